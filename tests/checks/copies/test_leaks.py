"""Exact and near copies on two sides of a split."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.checks.conftest import MakeEvidence

from onelook.checks.copies.leaks import check_exact, check_near, check_validation
from onelook.data.duplicates.near.pairs import NearPair


def test_test_pictures_that_stand_elsewhere_are_counted_once_each(evidence: MakeEvidence) -> None:
    (found,) = check_exact(evidence(train=("ccd", [1, 1, 2]), val=("c", [3]), test=("ccdd", [1, 3, 4, 2])))
    assert (found.split, found.count, found.ids) == ("test", 3, ("test/1", "test/2", "test/4"))
    assert found.message == (
        "3 pictures of 4 in the test set (75.0 %) are also among those to train or tune on, pixel for pixel "
        "(test/1, test/2, test/4). A model can remember them, and they change the test score by up to 75 points: "
        "remove them from one side."
    )


def test_a_leak_is_one_whatever_the_label_or_without_any(evidence: MakeEvidence) -> None:
    assert check_exact(evidence(train=("cd", [1, 2]), test=("d", [1])))[0].count == 1
    assert check_exact(evidence(train=("cd", [1, 2]), test=(None, [1, 5])))[0].count == 1


def test_without_labels_there_is_no_score_to_doubt(evidence: MakeEvidence) -> None:
    (found,) = check_exact(evidence(train=("cd", [1, 2]), test=(None, [1, 5])))
    assert found.message == (
        "1 picture of 2 in the test set (50.0 %) is also among those to train or tune on, pixel for pixel (test/1). A "
        "model can remember it. It has no label and is not scored here; where others score what is predicted, it "
        "counts too."
    )
    assert found.severity == "note"
    assert check_exact(evidence(train=("cd", [1, 2]), test=("cd", [1, 5])))[0].severity == "error"


@pytest.mark.parametrize(
    ("rows", "severity", "effect"),
    [
        (
            4_443,
            "note",
            ": it changes the test score by 0.023 points at most. The score without it is given too.",
        ),
        (1_000, "warning", ": it changes the test score by 0.1 points at most."),
        (101, "warning", ": it changes the test score by 0.99 points at most."),
        (100, "error", ", and it changes the test score by up to 1 point: remove it from one side."),
    ],
)
def test_the_share_of_a_leak_decides_how_grave_it_is(
    evidence: MakeEvidence, rows: int, severity: str, effect: str
) -> None:
    test = ("cd" * (rows // 2) + "c" * (rows % 2), [1, *range(10, rows + 9)])
    (found,) = check_exact(evidence(train=("cd", [1, 2]), test=test))
    assert (found.count, found.severity) == (1, severity)
    assert effect in found.message


def test_copies_within_test_are_no_leak(evidence: MakeEvidence) -> None:
    assert check_exact(evidence(train=("cd", [1, 2]), test=("cc", [3, 3]))) == []
    assert check_exact(evidence(test=("cc", [3, 3]))) == []
    assert check_exact(evidence(train=("cd", [1, 2]), val=("c", [1]))) == []


def test_each_is_shown_with_its_twin_in_training_first(evidence: MakeEvidence) -> None:
    (found,) = check_exact(evidence(train=("ccd", [1, 1, 2]), val=("cd", [3, 2]), test=("dcc", [2, 3, 1])))
    assert found.pairs == (("test/1", "train/3"), ("test/2", "val/1"), ("test/3", "train/1"))


def test_without_labels_there_is_no_score_to_doubt_of_a_near_copy(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), test=(None, [3, 4]))
    (found,) = check_near(replace(made, near_pairs=(NearPair("train", 1, "test", 0),)))
    assert "score is" not in found.message
    assert found.message.endswith(
        "compression (test/1). A model can remember it too. It has no label and is not scored here; where others "
        "score what is predicted, it counts too."
    )
    assert found.severity == "note"


def test_the_surest_comes_first_with_its_twin(evidence: MakeEvidence) -> None:
    made = evidence(train=("cdcd", [1, 2, 3, 4]), val=("c", [5]), test=("cccd", [6, 7, 8, 9]))
    near = (NearPair("val", 0, "test", 2), NearPair("train", 1, "test", 0), NearPair("train", 2, "test", 0))
    (found,) = check_near(replace(made, near_pairs=near))
    assert (found.split, found.count, found.severity) == ("test", 2, "error")
    assert found.ids == ("test/3", "test/1")
    assert found.pairs == (("test/3", "val/1"), ("test/1", "train/2"))
    assert found.message == (
        "2 pictures of 4 in the test set (50.0 %) are also among those to train or tune on, the same but "
        "for brightness, a shift, a crop, noise or compression (test/3, test/1). A model can remember them too, "
        "and they change the test score by up to 50 points: remove them from one side."
    )


def test_an_exact_leak_is_not_told_of_twice(evidence: MakeEvidence) -> None:
    made = evidence(train=("ccd", [1, 2, 5]), test=("cc", [2, 8]))
    found = replace(made, near_pairs=(NearPair("train", 0, "train", 1), NearPair("train", 0, "test", 1)))
    exact, near = check_exact(found)[0].ids, check_near(found)[0].ids
    assert (exact, near) == (("test/1",), ("test/2",))


def test_a_pair_holds_for_exact_copies_of_its_pictures(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("cd", [7, 8]), test=("ccd", [9, 9, 7]))
    # val/1 stands for test/3 too, which is an exact leak; test/1 stands for test/2.
    (found,) = check_near(replace(made, near_pairs=(NearPair("train", 0, "val", 0), NearPair("train", 1, "test", 0))))
    assert found.ids == ("test/1", "test/2")


def test_near_copies_within_a_side_are_no_leak(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("c", [3]), test=("cd", [4, 5]))
    within = (NearPair("train", 0, "train", 1), NearPair("train", 0, "val", 0), NearPair("test", 0, "test", 1))
    assert check_near(replace(made, near_pairs=within)) == []


def test_a_picture_that_is_trained_on_and_tuned_on_is_told_as_trained_on(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("c", [2]), test=("c", [6]))
    (found,) = check_near(replace(made, near_pairs=(NearPair("val", 0, "test", 0),)))
    assert found.pairs == (("test/1", "train/2"),)


def test_counts_exact_and_near_copies_whatever_their_label(evidence: MakeEvidence) -> None:
    made = evidence(train=("cdcd", [1, 2, 3, 4]), val=("cccd", [3, 2, 8, 9]))
    (finding,) = check_validation(replace(made, near_pairs=(NearPair("val", 3, "train", 3),)))
    assert (finding.split, finding.count, finding.severity) == ("val", 3, "error")
    assert finding.pairs == (("val/1", "train/3"), ("val/2", "train/2"), ("val/4", "train/4"))
    assert finding.ids == ("val/1", "val/2", "val/4")
    assert finding.message == (
        "3 pictures of 4 in the validation set (75.0 %) are also among those to train on, the same or nearly so "
        "(val/1, val/2, val/4). Validation decides which epoch is kept, and these pictures favour an epoch "
        "that remembers them: remove them from one side."
    )


def test_of_several_twins_the_exact_one_is_shown(evidence: MakeEvidence) -> None:
    made = evidence(train=("cc", [1, 2]), val=("c", [2]))
    (finding,) = check_validation(replace(made, near_pairs=(NearPair("train", 0, "val", 0),)))
    assert finding.pairs == (("val/1", "train/2"),)


def test_a_pair_holds_for_exact_copies_of_its_pictures_in_validation(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("cd", [7, 8]), test=("c", [7]))
    (finding,) = check_validation(
        replace(made, near_pairs=(NearPair("train", 1, "test", 0),))
    )  # test/1 stands for val/1 too
    assert finding.pairs == (("val/1", "train/2"),)


def test_pictures_that_both_resemble_a_third_are_no_copies(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("cd", [7, 8]), test=("c", [5]))
    between = (NearPair("train", 0, "test", 0), NearPair("test", 0, "val", 0))
    assert check_validation(replace(made, near_pairs=between)) == []


def test_a_clean_validation_set_and_none_at_all_are_fine(evidence: MakeEvidence) -> None:
    assert check_validation(evidence(train=("cd", [1, 2]), val=("cd", [3, 4]), test=("c", [1]))) == []
    assert check_validation(evidence(all=("cd", [1, 1]))) == []
