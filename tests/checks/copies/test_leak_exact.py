from __future__ import annotations

from collections.abc import Callable

from onelook.checks.copies.leak_exact import check
from onelook.checks.evidence import Evidence


def test_test_pictures_that_stand_elsewhere_are_counted_once_each(evidence: Callable[..., Evidence]) -> None:
    (found,) = check(evidence(train=("ccd", [1, 1, 2]), val=("c", [3]), test=("ccdd", [1, 3, 4, 2])))
    assert (found.split, found.count, found.ids) == ("test", 3, ("test/1", "test/2", "test/4"))
    assert found.message == (
        "3 pictures of 4 in the test set (75.0 %) are also among those to train or tune on, pixel for pixel "
        "(test/1, test/2, test/4). A model can remember these, so the test score is too good to be believed: remove "
        "them from one side."
    )


def test_a_leak_is_one_whatever_the_label_or_without_any(evidence: Callable[..., Evidence]) -> None:
    assert check(evidence(train=("cd", [1, 2]), test=("d", [1])))[0].count == 1
    assert check(evidence(train=("cd", [1, 2]), test=(None, [1, 5])))[0].count == 1


def test_without_labels_there_is_no_score_to_doubt(evidence: Callable[..., Evidence]) -> None:
    (found,) = check(evidence(train=("cd", [1, 2]), test=(None, [1, 5])))
    assert found.message == (
        "1 picture of 2 in the test set (50.0 %) is also among those to train or tune on, pixel for pixel (test/1). A "
        "model can remember these. They have no labels and are not scored here; where others score what is predicted, "
        "they count too."
    )
    assert found.severity == "note"
    assert check(evidence(train=("cd", [1, 2]), test=("cd", [1, 5])))[0].severity == "error"


def test_copies_within_test_are_no_leak(evidence: Callable[..., Evidence]) -> None:
    assert check(evidence(train=("cd", [1, 2]), test=("cc", [3, 3]))) == []
    assert check(evidence(test=("cc", [3, 3]))) == []
    assert check(evidence(train=("cd", [1, 2]), val=("c", [1]))) == []


def test_each_is_shown_with_its_twin_in_training_first(evidence: Callable[..., Evidence]) -> None:
    (found,) = check(evidence(train=("ccd", [1, 1, 2]), val=("cd", [3, 2]), test=("dcc", [2, 3, 1])))
    assert found.pairs == (("test/1", "train/3"), ("test/2", "val/1"), ("test/3", "train/1"))
