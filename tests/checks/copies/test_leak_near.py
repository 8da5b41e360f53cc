"""Test pictures of which an altered copy is trained on."""

from __future__ import annotations

from dataclasses import replace

from tests.checks.conftest import MakeEvidence

from onelook.checks.copies.leak_exact import check as check_exact
from onelook.checks.copies.leak_near import check
from onelook.data.duplicates.near.pairs import NearPair


def test_without_labels_there_is_no_score_to_doubt(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), test=(None, [3, 4]))
    (found,) = check(replace(made, near_pairs=(NearPair("train", 1, "test", 0),)))
    assert "score is" not in found.message
    assert found.message.endswith(
        "compression (test/1). A model can remember these too. They have no labels and are not scored here; where "
        "others score what is predicted, they count too."
    )
    assert found.severity == "note"


def test_the_surest_comes_first_with_its_twin(evidence: MakeEvidence) -> None:
    made = evidence(train=("cdcd", [1, 2, 3, 4]), val=("c", [5]), test=("cccd", [6, 7, 8, 9]))
    near = (NearPair("val", 0, "test", 2), NearPair("train", 1, "test", 0), NearPair("train", 2, "test", 0))
    (found,) = check(replace(made, near_pairs=near))
    assert (found.split, found.count, found.severity) == ("test", 2, "error")
    assert found.ids == ("test/3", "test/1")
    assert found.pairs == (("test/3", "val/1"), ("test/1", "train/2"))
    assert found.message == (
        "2 pictures of 4 in the test set (50.0 %) are also among those to train or tune on, but for brightness, a "
        "shift, a crop, noise or compression (test/3, test/1). A model can remember these too, so the test score is "
        "too good to be believed: remove them from one side."
    )


def test_an_exact_leak_is_not_told_of_twice(evidence: MakeEvidence) -> None:
    made = evidence(train=("ccd", [1, 2, 5]), test=("cc", [2, 8]))
    found = replace(made, near_pairs=(NearPair("train", 0, "train", 1), NearPair("train", 0, "test", 1)))
    exact, near = check_exact(found)[0].ids, check(found)[0].ids
    assert (exact, near) == (("test/1",), ("test/2",))


def test_a_pair_holds_for_exact_copies_of_its_pictures(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("cd", [7, 8]), test=("ccd", [9, 9, 7]))
    # val/1 stands for test/3 too, which is an exact leak; test/1 stands for test/2.
    (found,) = check(replace(made, near_pairs=(NearPair("train", 0, "val", 0), NearPair("train", 1, "test", 0))))
    assert found.ids == ("test/1", "test/2")


def test_near_copies_within_a_side_are_no_leak(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("c", [3]), test=("cd", [4, 5]))
    within = (NearPair("train", 0, "train", 1), NearPair("train", 0, "val", 0), NearPair("test", 0, "test", 1))
    assert check(replace(made, near_pairs=within)) == []


def test_a_picture_that_is_trained_on_and_tuned_on_is_told_as_trained_on(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("c", [2]), test=("c", [6]))
    (found,) = check(replace(made, near_pairs=(NearPair("val", 0, "test", 0),)))
    assert found.pairs == (("test/1", "train/2"),)
