"""Ids that are row numbers behave as the texts that they stand for."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from onelook.data.ids import RowIds, row_ids, take_ids


def test_they_equal_the_texts_in_any_sequence_and_no_others() -> None:
    ids = row_ids(3, "train/")
    assert ids == ("train/1", "train/2", "train/3")
    assert ids == ["train/1", "train/2", "train/3"]
    assert ids == row_ids(3, "train/")
    assert ids != ("train/1", "train/2", "train/4")
    assert ids != ("train/1", "train/2")
    assert ids != 3


def test_more_than_are_made_at_once_come_in_order() -> None:
    ids = row_ids(10_000)
    assert list(ids) == [str(row) for row in range(1, 10_001)]
    assert (len(ids), ids[0], ids[-1], ids[np.int64(4)]) == (10_000, "1", "10000", "5")
    assert ids.index("77") == 76
    with pytest.raises(IndexError):
        ids[10_000]


def test_some_of_them_are_such_ids_again() -> None:
    ids = row_ids(9, "val/")
    assert isinstance(ids[2:4], RowIds)
    assert ids[2:4] == ("val/3", "val/4")
    assert take_ids(ids, np.array([8, 0])) == ("val/9", "val/1")
    assert take_ids(ids[1:], np.array([0])) == ("val/2",)
    assert pickle.loads(pickle.dumps(ids)) == ids


def test_a_prefix_comes_in_front_once() -> None:
    ids = row_ids(2).with_prefix("train/")
    assert ids == ("train/1", "train/2")
    assert ids.with_prefix("train/") == ids
    assert ids.with_prefix("test/") == ("test/train/1", "test/train/2")


def test_their_repr_is_short() -> None:
    assert repr(row_ids(1_200)) == "RowIds(1,200, '1' to '1200')"
    assert repr(row_ids(0)) == "RowIds(0)"
