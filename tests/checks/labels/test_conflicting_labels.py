from __future__ import annotations

from collections.abc import Callable

from onelook.checks.evidence import Evidence
from onelook.checks.labels.conflicting_labels import check


def test_the_same_pixels_under_two_labels_are_found_with_both(evidence: Callable[..., Evidence]) -> None:
    (found,) = check(evidence(train=("cdcd", [1, 1, 2, 3])))
    assert (found.split, found.count, found.ids) == ("train", 2, ("train/1", "train/2"))
    assert found.pairs == (("train/1", "train/2"),)
    assert found.message == (
        "2 pictures in the training set have two labels: the same pixels occur under each. train/1, for example, is "
        "labelled 'cat' and 'dog'. One of the labels is wrong: correct it, or remove the picture."
    )


def test_a_contradiction_between_two_splits_shows_in_both(evidence: Callable[..., Evidence]) -> None:
    first, second = check(evidence(train=("cd", [1, 2]), test=("de", [1, 3])))
    assert (first.split, first.ids) == ("train", ("train/1",))
    assert (second.split, second.ids) == ("test", ("test/1",))
    assert (first.pairs, second.pairs) == ((("train/1", "test/1"),), (("test/1", "train/1"),))
    assert "'cat' and 'dog'" in second.message


def test_copies_with_one_label_do_not_contradict(evidence: Callable[..., Evidence]) -> None:
    assert check(evidence(train=("ccd", [1, 1, 2]), test=(None, [1]))) == []
