"""The label column by the folders that say the same: folders of parts and shares say nothing, numbered classes do."""

from __future__ import annotations

import pytest

from onelook.data.layouts.manifests.columns.target import LabelEvidence, choose_target

COLUMNS = {"status": ["x", "y", "x", "y"] * 3, "grown": ["p", "p", "q", "q"] * 3}


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (("0", "1"), "status"),
        (("cat", "dog"), "status"),
        (("imgs_part_1", "imgs_part_2"), None),
        (("train", "val"), None),
    ],
)
def test_a_column_agrees_with_folders_that_may_be_classes(names: tuple[str, str], chosen: str | None) -> None:
    evidence = LabelEvidence(folders=[[names[0], names[1]] * 6])
    target = choose_target(COLUMNS, None, evidence)
    assert target.column == chosen
    assert target.choices == (() if chosen else ("status", "grown"))


def test_many_whole_numbers_are_measured_if_the_name_ends_so_and_nobody_asks_for_the_column() -> None:
    years = {name: [str(20 + at % 12) for at in range(48)] for name in ("apparent_age", "age_group", "stage")}
    measured = {
        name: bool(choose_target({name: cells}, None, LabelEvidence()).no_classes) for name, cells in years.items()
    }
    assert measured == {"apparent_age": True, "age_group": False, "stage": False}
    assert not choose_target({"apparent_age": years["apparent_age"]}, "apparent_age", LabelEvidence()).no_classes
