"""Classes that are missing from a split, and classes of very different sizes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks.conftest import MakeEvidence

from onelook.checks.labels.class_counts import check_imbalance, check_missing


def test_each_split_names_the_classes_that_it_lacks(evidence: MakeEvidence) -> None:
    train, val, test = check_missing(evidence(train=("cd", [1, 2]), val=("c", [3]), test=("de", [4, 5])))
    assert (train.split, train.count, train.ids) == ("train", 1, ())
    assert train.message == (
        "The training set has no picture of class 'eel'. The model cannot learn what it never sees: add pictures, or "
        "remove the class."
    )
    assert val.message.startswith("The validation set has no picture of classes 'dog' and 'eel'. They are trained")
    assert test.message == "The test set has no picture of class 'cat'. The score says nothing about it."


def test_unlabelled_pictures_lack_nothing(evidence: MakeEvidence) -> None:
    assert check_missing(evidence(train=("cde", [1, 2, 3]), test=(None, [4]))) == []


def test_before_a_split_a_missing_class_means_what_it_means_for_training(evidence: MakeEvidence) -> None:
    (found,) = check_missing(evidence(all=("cd", [1, 2])))
    assert found.message.startswith("The data has no picture of class 'eel'. The model cannot learn what it never sees")


def test_of_many_classes_the_first_are_named(evidence: MakeEvidence) -> None:
    names = ("cat", *(f"c{number}" for number in range(1, 41)))
    (finding,) = check_missing(replace(evidence(train=("cc", [1, 2])), class_names=names))
    assert finding.count == 40
    assert "classes 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9', 'c10' and 30 more. The" in finding.message


def test_ten_missing_classes_are_all_named_and_the_eleventh_is_one_more(evidence: MakeEvidence) -> None:
    for missing, end in ((10, "'c9' and 'c10'. The"), (11, "'c9', 'c10' and 1 more. The")):
        names = ("cat", *(f"c{number}" for number in range(1, missing + 1)))
        (finding,) = check_missing(replace(evidence(train=("cc", [1, 2])), class_names=names))
        assert f"'c8', {end}" in finding.message


@pytest.mark.parametrize(("large", "is_found"), [(19, False), (20, True)])
def test_from_ten_to_one_on_it_is_found(evidence: MakeEvidence, large: int, is_found: bool) -> None:
    letters = "c" * large + "dd" + "eeeeee"
    assert bool(check_imbalance(evidence(train=(letters, list(range(len(letters))))))) is is_found


def test_it_names_the_classes_and_points_to_the_weights(evidence: MakeEvidence) -> None:
    letters = "c" * 40 + "dd" + "eee"
    (found,) = check_imbalance(evidence(train=(letters, list(range(45))), test=("d" * 50 + "c", list(range(100, 151)))))
    assert (found.split, found.count, found.ids) == ("train", 2, ())
    assert found.message == (
        "The class 'cat' has 40 pictures to train on, 'dog' only 2: 20 times fewer. Accuracy hides how small classes "
        "do: look at the balanced accuracy, and give each class the same weight."
    )
    assert found.options == ("--set", "class_weights=balanced")


def test_copies_and_missing_classes_do_not_count(evidence: MakeEvidence) -> None:
    assert check_imbalance(evidence(train=("c" * 30 + "dd", [*[1] * 29, 2, 3, 4]))) == []
    assert check_imbalance(evidence(train=("c" * 30, list(range(30))))) == []
    (found,) = check_imbalance(evidence(train=("c" * 30 + "ddd", list(range(33)))))
    assert found.count == 1  # the third class has no picture, which is another check's business


def test_before_the_split_all_pictures_count(evidence: MakeEvidence) -> None:
    letters = "c" * 40 + "dd"
    assert check_imbalance(evidence(all=(letters, list(range(42)))))[0].split == "all"


def test_every_class_of_a_tenth_or_less_is_counted(evidence: MakeEvidence) -> None:
    letters = "c" * 40 + "dddd" + "e" * 4
    assert check_imbalance(evidence(train=(letters, list(range(48)))))[0].count == 2
    letters = "c" * 40 + "dddd" + "e" * 5
    assert check_imbalance(evidence(train=(letters, list(range(49)))))[0].count == 1
