"""Groups that a given split tears."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.checks.conftest import MakeEvidence

from onelook.checks.copies.torn_groups import check
from onelook.checks.evidence import Evidence


def grouped(made: Evidence, **groups: list[int]) -> Evidence:
    splits = {name: replace(split, given_groups=np.array(groups[name])) for name, split in made.splits.items()}
    return replace(made, splits=splits)


def test_pictures_of_a_group_that_is_trained_on_are_counted(evidence: MakeEvidence) -> None:
    made = evidence(train=("cdcd", [1, 2, 3, 4]), val=("cd", [5, 6]), test=("cdc", [7, 8, 9]))
    found = check(grouped(made, train=[0, 1, -1, 2], val=[3, 3], test=[-1, 2, 2]))
    assert [(each.split, each.ids) for each in found] == [("test", ("test/2", "test/3"))]
    assert found[0].message == (
        "2 pictures of 3 in the test set (66.7 %) are of 1 group that is also trained on (test/2 is of the same group "
        "as train/4). What a model learns about a group helps it with that group only, so the score may be too good: "
        "keep each group on one side."
    )


def test_without_labels_there_is_no_score_to_doubt(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("cd", [3, 4]), test=(None, [5, 6]))
    (found,) = check(grouped(made, train=[0, 1], val=[2, 3], test=[1, 4]))
    assert found.message.endswith("helps it with that group only. They have no labels and are not scored here.")
    assert found.severity == "note"


def test_pictures_in_no_group_belong_to_nobody(evidence: MakeEvidence) -> None:
    made = evidence(train=("cd", [1, 2]), val=("cd", [5, 6]), test=("c", [7]))
    assert check(grouped(made, train=[-1, 0], val=[-1, 1], test=[-1])) == []
    assert check(made) == []
