from __future__ import annotations

from collections.abc import Callable

from onelook.checks.copies.duplicates import check
from onelook.checks.evidence import Evidence


def test_copies_are_counted_without_their_originals(evidence: Callable[..., Evidence]) -> None:
    (found,) = check(evidence(train=("ccccd", [1, 1, 1, 2, 3]), test=("c", [1])))
    assert (found.split, found.count, found.ids) == ("train", 2, ("train/2", "train/3"))
    assert found.pairs == (("train/1", "train/2"), ("train/1", "train/3"))
    assert found.message == (
        "2 pictures in the training set are exact copies of another there with the same label (train/2, train/3). "
        "Each picture is used once."
    )


def test_copies_under_another_label_or_in_another_split_are_not_its_business(evidence: Callable[..., Evidence]) -> None:
    assert check(evidence(train=("cd", [1, 1]), test=("c", [1]))) == []


def test_many_ids_are_kept_and_few_are_shown(evidence: Callable[..., Evidence]) -> None:
    (found,) = check(evidence(all=("c" * 9, [1] * 9)))
    assert found.count == len(found.ids) == 8
    assert "8 pictures in the data are" in found.message
    assert "(all/2, all/3, all/4 and 5 more)" in found.message
