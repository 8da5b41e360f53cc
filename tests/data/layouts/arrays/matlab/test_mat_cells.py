"""Pictures in the cells of a Matlab file: in a list with labels, and in a table with a row or column for each class."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.io import savemat

from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.errors import DataError


def cells(rows: int, columns: int, of: Callable[[int, int], object]) -> Any:
    found = np.empty((rows, columns), object)
    for row in range(rows):
        for column in range(columns):
            found[row, column] = of(row, column)
    return found


def picture(row: int, column: int) -> Any:
    """A picture of 8×7 whose first pixel tells its cell."""
    found = np.full((8, 7), 200, np.uint8)
    found[0, 0] = 10 * row + column
    return found


def told(dataset: Dataset) -> list[tuple[int, str]]:
    """The first pixel and the class of each picture."""
    part = dataset.parts["all"]
    assert part.labels is not None
    first = part.pictures.images[:, 0, 0, 0].tolist()  # type: ignore[attr-defined]
    return [(value, dataset.class_names[label]) for value, label in zip(first, part.labels, strict=True)]


@pytest.mark.parametrize(
    ("shape", "labels", "class_of"),
    [
        ((1, 6), np.arange(6) % 2 + 1, lambda row, column: str(column % 2 + 1)),
        (
            (6, 1),
            cells(1, 6, lambda row, column: ("cat", "dog")[column % 2]),
            lambda row, column: ("cat", "dog")[row % 2],
        ),
        ((2, 3), cells(1, 2, lambda row, column: "ab"[column]), lambda row, column: "ab"[row]),  # a row a class
        ((2, 3), cells(3, 1, lambda row, column: "abc"[row]), lambda row, column: "abc"[column]),  # a column a class
    ],
    ids=["numbers", "texts", "names of rows", "names of columns"],
)
def test_each_cell_is_a_picture_with_its_label(
    tmp_path: Path, shape: tuple[int, int], labels: Any, class_of: Callable[[int, int], str]
) -> None:
    savemat(tmp_path / "d.mat", {"dat": cells(*shape, picture), "of_each": labels, "count": 2.0})
    for data in (tmp_path, tmp_path / "d.mat"):
        dataset = open_dataset(data)
        assert dataset.layout == "mat"
        assert sorted(told(dataset)) == sorted(
            (10 * row + column, class_of(row, column)) for row in range(shape[0]) for column in range(shape[1])
        )


def test_empty_cells_are_no_pictures(tmp_path: Path) -> None:
    of = lambda row, column: np.zeros((0, 0)) if (row, column) == (0, 2) else picture(row, column)  # noqa: E731
    savemat(tmp_path / "d.mat", {"dat": cells(2, 3, of), "names": cells(1, 2, lambda row, column: "ab"[column])})
    assert sorted(told(open_dataset(tmp_path))) == [(0, "a"), (1, "a"), (10, "b"), (11, "b"), (12, "b")]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        (
            {"dat": cells(1, 4, lambda row, column: np.ones((8, 8 + column)))},
            r"cells of 'dat' hold pictures of 4 sizes",
        ),
        ({"dat": cells(1, 4, lambda row, column: "abcd"[column])}, "no variables look like pictures among dat"),
        ({"dat": cells(1, 4, lambda row, column: np.ones((2, 3)))}, "no variables look like pictures"),  # too small
        (
            {"dat": cells(2, 2, picture), "names": cells(1, 2, lambda row, column: "ab"[column])},
            "2 rows and 2 columns of cells, and 'names' may name either",
        ),
    ],
)
def test_other_cells_are_refused_with_the_reason(tmp_path: Path, variables: dict[str, Any], message: str) -> None:
    savemat(tmp_path / "d.mat", variables)
    with pytest.raises(DataError, match=message):
        open_dataset(tmp_path)


@pytest.mark.parametrize("names", [["x", "y"], None])
def test_each_cell_may_hold_the_pictures_of_a_class(tmp_path: Path, names: list[str] | None) -> None:
    """As the faces of UMIST lie: (height, width, pictures) for each person."""

    def stack(_: int, column: int) -> Any:
        return np.stack([picture(column, at) for at in range(2 + column)], axis=-1)

    called = {} if names is None else {"dirnames": cells(1, 2, lambda _, column: names[column])}
    savemat(tmp_path / "d.mat", {"facedat": cells(1, 2, stack), **called})
    dataset = open_dataset(tmp_path)
    first, second = names or ["1", "2"]
    assert told(dataset) == [(0, first), (1, first), (10, second), (11, second), (12, second)]
    assert "hold the pictures of a class each" in dataset.why


def test_cells_of_stacks_of_several_sizes_are_no_classes(tmp_path: Path) -> None:
    savemat(tmp_path / "d.mat", {"d": cells(1, 2, lambda _, column: np.ones((8, 7 + column, 4)))})
    with pytest.raises(DataError, match="no variables look like pictures"):
        open_dataset(tmp_path)
