"""Validation pictures that are trained on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.checks.conftest import MakeEvidence

from onelook.checks.leak_validation import check


def test_counts_exact_and_near_copies_whatever_their_label(evidence: MakeEvidence) -> None:
    made = evidence(train=("cdcd", [1, 2, 3, 4]), val=("cccd", [3, 2, 8, 9]))
    near = replace(made.splits["val"], near_groups=np.array([3, 2, 8, 4]))  # the last one is nearly train/4
    (finding,) = check(replace(made, splits={**made.splits, "val": near}))
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
    splits = {
        name: replace(split, near_groups=np.ones(len(split.ids), np.int64)) for name, split in made.splits.items()
    }
    (finding,) = check(replace(made, splits=splits))
    assert finding.pairs == (("val/1", "train/2"),)


def test_a_clean_validation_set_and_none_at_all_are_fine(evidence: MakeEvidence) -> None:
    assert check(evidence(train=("cd", [1, 2]), val=("cd", [3, 4]), test=("c", [1]))) == []
    assert check(evidence(all=("cd", [1, 1]))) == []
