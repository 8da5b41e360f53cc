"""A table with a row for each picture in each fold: one fold is read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.layouts.manifests.readers.one_fold import one_fold
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.open import open_dataset

NAMES = ["1.png", "2.png", "1.png", "2.png"]


@pytest.mark.parametrize(
    ("column", "folds", "rows"),
    [
        ("fold", ["2", "2", "10", "10"], [0, 1]),  # 2 is before 10
        ("cv_fold", ["2", "2", "1", "1"], [2, 3]),
        ("fold", ["1", "1", "1", "1"], None),  # a picture is twice in it: raters, or boxes
        ("fold", ["1", "2", "1", "2"], None),
        ("fold", ["1", "1", None, "2"], None),
        ("fold", ["a", "a", "b", "b"], None),
        ("rater", ["1", "1", "2", "2"], None),
    ],
)
def test_the_first_of_several_folds_is_read(column: str, folds: list[str | None], rows: list[int] | None) -> None:
    grades = ["a", "b", "c", "d"]
    table = ManifestTable("Folds.csv", {"path": NAMES, column: folds, "grade": grades})
    found, notes = one_fold(table, "path")
    if rows is None:
        assert found is table
        assert notes == ()
    else:
        assert found.columns == {"path": ["1.png", "2.png"], "grade": [grades[row] for row in rows]}
        assert notes == (
            f"Folds.csv has a row for a picture in each of 2 folds: those of '{column}' {folds[rows[0]]} were read.",
        )


def test_parts_that_differ_between_folds_are_no_contradiction(tmp_path: Path) -> None:
    rows = ["path,fold,set,finding"]
    for number in range(8):
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(tmp_path / f"{number}.png")
        rows += [
            f"{number}.png,{fold},{('train', 'test')[(number + fold) % 2]},{'ab'[number % 4 > 1]}" for fold in (1, 2)
        ]
    (tmp_path / "Folds.csv").write_text("\n".join(rows) + "\n")
    dataset = open_dataset(tmp_path)
    assert dataset.parts["train"].ids == ("1.png", "3.png", "5.png", "7.png")
    assert len(dataset.parts["test"]) == 4
    assert any("those of 'fold' 1 were read" in note for note in dataset.notes)
