"""Values of files without a dtype that means something: which are bytes, and which value is white."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from onelook.data.layouts.tables.levels import Levels, levels_of


@pytest.mark.parametrize(
    ("values", "levels", "shown"),
    [
        ([0, 1, 1, 0], Levels(True, 1), [0, 255, 255, 0]),
        ([0, 8, 15, 16], Levels(True, 16), [0, 127, 239, 255]),
        ([0, 1, 2], Levels(True, 16), [0, 15, 31]),
        ([0, 16, 17], Levels(True), [0, 16, 17]),
        ([0, 0], Levels(True), [0, 0]),
        ([0.0, 128.0, 255.0], Levels(True), [0, 128, 255]),
        ([0.0, 0.5, 1.0], Levels(False), [0.0, 0.5, 1.0]),
        ([0, 256], Levels(False), [0, 256]),
        ([-1, 1], Levels(False), [-1, 1]),
        ([False, True], Levels(True, 1), [0, 255]),
    ],
)
def test_whole_numbers_up_to_255_are_bytes_and_one_or_sixteen_may_be_white(
    values: list[Any], levels: Levels, shown: list[Any]
) -> None:
    found = levels_of(np.array([values]))
    assert found == levels
    applied = found.apply(np.array([values]))
    assert applied.tolist() == [shown]
    assert (applied.dtype == np.uint8) == levels.whole
    assert applied.dtype != np.float64


def test_a_part_with_higher_values_than_the_training_part_is_not_stretched() -> None:
    few = Levels(True, 16)
    assert few.apply(np.array([[0, 16]])).tolist() == [[0, 255]]
    assert few.apply(np.array([[0, 16, 17]])).tolist() == [[0, 16, 17]]
    assert few.apply(np.array([[0.5, 16.0]])).tolist() == [[0.5, 16.0]]
    assert Levels(False).apply(np.array([[0, 1]])).tolist() == [[0, 1]]


def test_a_value_far_below_the_others_is_seen() -> None:
    pictures = np.zeros((3_000, 2))
    assert levels_of(pictures + 200) == Levels(True)
    pictures[2_500, 1] = 0.5
    assert levels_of(pictures) == Levels(False)
