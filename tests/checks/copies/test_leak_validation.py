"""Validation pictures that are trained on."""

from __future__ import annotations

from dataclasses import replace

from tests.checks.conftest import MakeEvidence

from onelook.checks.copies.leak_validation import check
from onelook.data.duplicates.near.pairs import NearPair


def test_counts_exact_and_near_copies_whatever_their_label(evidence: MakeEvidence) -> None:
    made = evidence(train=("cdcd", [1, 2, 3, 4]), val=("cccd", [3, 2, 8, 9]))
    (finding,) = check(replace(made, near_pairs=(NearPair("val", 3, "train", 3),)))
    assert (finding.split, finding.count, finding.severity) == ("val", 3, "error")
    assert finding.pairs == (("val/1", "train/3"), ("val/2", "train/2"), ("val/4", "train/4"))
    assert finding.ids == ("val/1", "val/2", "val/4")
    assert finding.message == (
        "3 pictures of 4 in the validation set (75.0 %) are also among those to train on, the same or nearly so "
        "(val/1, val/2, val/4). Validation decides which epoch is kept, and these favour one that remembers: remove "
        "them from one side."
    )


def test_of_several_twins_the_exact_one_is_shown(evidence: MakeEvidence) -> None:
    made = evidence(train=("cc", [1, 2]), val=("c", [2]))
    (finding,) = check(replace(made, near_pairs=(NearPair("train", 0, "val", 0),)))
    assert finding.pairs == (("val/1", "train/2"),)


def test_a_pair_holds_for_exact_copies_of_its_pictures(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("cd", [7, 8]), test=("c", [7]))
    (finding,) = check(replace(made, near_pairs=(NearPair("train", 1, "test", 0),)))  # test/1 stands for val/1 too
    assert finding.pairs == (("val/1", "train/2"),)


def test_pictures_that_both_resemble_a_third_are_no_copies(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("cd", [7, 8]), test=("c", [5]))
    between = (NearPair("train", 0, "test", 0), NearPair("test", 0, "val", 0))
    assert check(replace(made, near_pairs=between)) == []


def test_a_clean_validation_set_and_none_at_all_are_fine(evidence: MakeEvidence) -> None:
    assert check(evidence(train=("cd", [1, 2]), val=("cd", [3, 4]), test=("c", [1]))) == []
    assert check(evidence(all=("cd", [1, 1]))) == []
