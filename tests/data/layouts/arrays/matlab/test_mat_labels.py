"""Labels in Matlab's forms, whichever way they lie, and the names of classes that are numbered from 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from onelook.data.labels import NoClassesError
from onelook.data.layouts.arrays.from_python import open_arrays
from onelook.data.layouts.arrays.matlab.mat_labels import class_labels, label_count, named_classes

HOT = np.eye(3)[[0, 2, 1, 2]]  # four pictures


@pytest.mark.parametrize(
    ("labels", "shape", "count", "found"),
    [
        (np.array([[1], [3], [2], [3]]), (4, 64), 4, [1, 3, 2, 3]),
        (np.array([[1, 3, 2, 3]]), (8, 8, 4), 4, [1, 3, 2, 3]),
        (np.array([[1.0, 3.0, 2.0, 3.0]]), (8, 8, 4), 4, [1, 3, 2, 3]),
        (HOT, (4, 64), 4, [0, 2, 1, 2]),
        (HOT.T, (64, 4), 4, [0, 2, 1, 2]),
        (HOT.T, (8, 8, 1, 4), 4, [0, 2, 1, 2]),
        (HOT.T * 2 - 1, (64, 4), 4, [0, 2, 1, 2]),
        (np.array([[True, False, True, False]]), (4, 64), 4, [1, 0, 1, 0]),
        (["b", "a", "b", "c"], (4, 64), 4, ["b", "a", "b", "c"]),
    ],
)
def test_labels_lie_in_a_row_a_column_or_one_hot_either_way(
    labels: Any, shape: tuple[int, ...], count: int, found: list[Any]
) -> None:
    assert label_count(labels, shape) == count
    assert class_labels(labels, count, "y").tolist() == found


@pytest.mark.parametrize("labels", [np.ones((4, 3)), HOT * 2, HOT + HOT[::-1] * 0.5, np.zeros((3, 4))])
def test_several_numbers_a_picture_are_no_class(labels: Any) -> None:
    with pytest.raises(NoClassesError, match="y has 3 numbers a picture, and not one 1 in each"):
        class_labels(labels, 4, "y")


@pytest.mark.parametrize(
    ("labels", "names", "called", "first"),
    [
        ([1, 2, 3, 1], ["ant", "bee", "cow"], ("ant", "bee", "cow"), 1),
        ([0, 1, 2, 1], ["ant", "bee", "cow"], ("ant", "bee", "cow"), 0),
        ([2, 3, 2, 3], ["ant", "bee", "cow"], ("bee", "cow"), 1),  # no picture of the first class
        ([0, 2, 0, 2], ["ant", "bee", "cow"], ("ant", "cow"), 0),
        ([1, 4, 1, 4], ["ant", "bee", "cow"], ("1", "4"), None),  # of a fourth there is no name
        ([0, 3, 0, 3], ["ant", "bee", "cow"], ("0", "3"), None),
        (["x", "y", "x", "y"], ["ant", "bee"], ("x", "y"), None),
    ],
)
def test_numbers_are_named_from_0_or_1_if_all_have_a_name(
    labels: list[Any], names: list[str], called: tuple[str, ...], first: int | None
) -> None:
    dataset = named_classes(open_arrays((np.zeros((4, 8, 8), np.uint8), labels)), {"class_names": names, "x": 1})
    assert dataset.class_names == called
    told = [note.partition(":")[0] for note in dataset.notes if "called as" in note]
    assert told == ([] if first is None else [f"The classes are called as 'class_names' says, counted from {first}"])
