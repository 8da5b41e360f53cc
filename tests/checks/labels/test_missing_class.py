from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from onelook.checks.evidence import Evidence
from onelook.checks.labels.missing_class import check


def test_each_split_names_the_classes_that_it_lacks(evidence: Callable[..., Evidence]) -> None:
    train, val, test = check(evidence(train=("cd", [1, 2]), val=("c", [3]), test=("de", [4, 5])))
    assert (train.split, train.count, train.ids) == ("train", 1, ())
    assert train.message == (
        "The training set has no picture of class 'eel'. The model cannot learn what it never sees: add pictures, or "
        "remove the class."
    )
    assert val.message.startswith("The validation set has no picture of classes 'dog' and 'eel'. They are trained")
    assert test.message == "The test set has no picture of class 'cat'. The score says nothing about it."


def test_unlabelled_pictures_lack_nothing(evidence: Callable[..., Evidence]) -> None:
    assert check(evidence(train=("cde", [1, 2, 3]), test=(None, [4]))) == []


def test_of_many_classes_the_first_are_named(evidence: Callable[..., Evidence]) -> None:
    names = ("cat", *(f"c{number}" for number in range(1, 41)))
    (finding,) = check(replace(evidence(train=("cc", [1, 2])), class_names=names))
    assert finding.count == 40
    assert "classes 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9', 'c10' and 30 more. The" in finding.message


def test_ten_missing_classes_are_all_named_and_the_eleventh_is_one_more(evidence: Callable[..., Evidence]) -> None:
    for missing, end in ((10, "'c9' and 'c10'. The"), (11, "'c9', 'c10' and 1 more. The")):
        names = ("cat", *(f"c{number}" for number in range(1, missing + 1)))
        (finding,) = check(replace(evidence(train=("cc", [1, 2])), class_names=names))
        assert f"'c8', {end}" in finding.message
