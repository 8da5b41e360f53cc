"""Ids that are row numbers, or texts in one piece, behave as the texts that they stand for."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from onelook.data.ids import PackedTexts, RowIds, pack_texts, row_ids, take_ids


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


TEXTS = ("cat/1.png", "", "caf\udce9.png", "고양이/2.png", "cat/1.png")


def test_packed_texts_are_the_texts_whatever_they_are() -> None:
    packed = pack_texts(TEXTS)
    assert [*packed] == [*TEXTS]
    assert [packed[at] for at in range(-5, 5)] == [TEXTS[at] for at in range(-5, 5)]
    assert packed == TEXTS
    assert packed == [*TEXTS]
    assert packed != (*TEXTS[:4], "cat/2.png")
    assert packed != TEXTS[:4]
    assert packed != "12345"
    assert "고양이/2.png" in packed
    assert packed.index("고양이/2.png") == 3
    with pytest.raises(IndexError):
        packed[5]


def test_some_packed_texts_are_in_the_same_piece() -> None:
    packed = pack_texts(TEXTS)
    assert pack_texts(packed) is packed
    some = take_ids(packed, np.array([3, 0]))
    assert isinstance(some, PackedTexts)
    assert some.whole is packed.whole
    assert some == ("고양이/2.png", "cat/1.png")
    assert some[:1] == ("고양이/2.png",)
    assert take_ids(some, np.array([1])) == ("cat/1.png",)
    again = pickle.loads(pickle.dumps(some))
    assert again == some
    assert again.whole == "고양이/2.pngcat/1.png"  # without the others


def test_many_and_no_packed_texts() -> None:
    many = pack_texts(map(str, range(10_000)))
    assert [*many] == [str(number) for number in range(10_000)]
    assert repr(many) == "PackedTexts(10,000, '0' to '9999')"
    assert [*pack_texts(())] == []
    assert repr(pack_texts(())) == "PackedTexts(0)"
