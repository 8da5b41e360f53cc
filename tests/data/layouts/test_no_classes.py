"""Arrays and pixel tables whose labels are no classes: `inspect` says what they are, and a training is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet
from scipy.io import savemat

from onelook.commands.inspect import inspect_data
from onelook.data.open import open_dataset
from onelook.errors import DataError

PICTURES = np.random.default_rng(5).integers(0, 256, (12, 8, 8)).astype(np.uint8)
ROWS = PICTURES.reshape(12, 64).tolist()
SEVERAL = [[1, at % 2, 0] for at in range(12)]
NUMBERS = [at + 0.5 for at in range(12)]


def _lines(rows: list[list[object]], header: str = "") -> str:
    return header + "".join(",".join(map(str, row)) + "\n" for row in rows)


def _pixel_table(root: Path) -> None:
    header = "label," + ",".join(f"pixel{at}" for at in range(64)) + "\n"
    (root / "t.csv").write_text(_lines([[y, *row] for y, row in zip(NUMBERS, ROWS, strict=True)], header))


def _rows_and_labels(root: Path) -> None:
    (root / "csvTrainImages.csv").write_text(_lines(ROWS))
    (root / "csvTrainLabel.csv").write_text(_lines(SEVERAL))


def _json(root: Path) -> None:
    labels = [[1], *([at, 2] for at in range(11))]
    (root / "d.json").write_text(json.dumps({"data": ROWS, "labels": labels}))


def _parquet(root: Path) -> None:
    from io import BytesIO

    from PIL import Image

    encoded = []
    for picture in PICTURES:
        Image.fromarray(picture).save(content := BytesIO(), "PNG")
        encoded.append(content.getvalue())
    parquet.write_table(pa.table({"image": encoded, "labels": SEVERAL}), root / "train.parquet")


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda root: np.savez(root / "d.npz", X=PICTURES, y=SEVERAL), "y has rows with no class or several"),
        (lambda root: np.savez(root / "d.npz", X=PICTURES, y=NUMBERS), "y: the label in row 1 is 0.5. Expected whole"),
        (lambda root: savemat(root / "d.mat", {"X": PICTURES, "y": SEVERAL}), "y has 3 numbers a picture, and not one"),
        (_json, "d.json: 'labels' holds lists of different lengths: several labels a picture"),
        (_rows_and_labels, "csvTrainLabel.csv: 3 numbers a row, and not one 1 in each: several labels a picture"),
        (_pixel_table, "t.csv: the labels are 12 different numbers with decimals, such as '0.5', '1.5' and '2.5'"),
        (_parquet, "train.parquet: the column 'labels' holds list<element: int64>, several labels a picture"),
    ],
)
def test_labels_in_arrays_that_are_no_classes_are_a_finding_and_refused_by_a_training(
    tmp_path: Path, write: Callable[[Path], None], said: str
) -> None:
    write(tmp_path)
    for _ in range(2):  # the second time from the cache
        found = inspect_data(str(tmp_path))
        assert [each.message[: len(said)] for each in found.findings if each.check == "no-classes"] == [said]
        assert (found.dataset.rows, found.dataset.class_names) == (12, ())
        assert not any(note.startswith(said) for note in found.dataset.notes)  # the finding says it
    with pytest.raises(DataError) as caught:
        open_dataset(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path}: {said}")


def test_a_few_levels_with_decimals_may_be_classes(tmp_path: Path) -> None:
    header = "label," + ",".join(f"pixel{at}" for at in range(64)) + "\n"
    rows = [[0.5 * (at % 3), *row] for at, row in enumerate(ROWS)]
    (tmp_path / "t.csv").write_text(_lines(rows, header))
    assert open_dataset(tmp_path).class_names == ("0.0", "0.5", "1.0")
