"""Columns of Parquet that may hold classes, by their values alone."""

from __future__ import annotations

import pytest

from onelook.data.layouts.hugging_face.columns import _agree, _may_be_classes


@pytest.mark.parametrize(
    ("values", "may_be"),
    [
        (["a", "b", "a", "b"], True),
        (["a", "b", "c", "b"], False),  # two rows of each class, on average
        (["a", "b", "a", None], False),
        (["a", "b", None, None], False),  # rows without a value do not count
        (["a", "b", "a", "b", None], True),
        (["a"] * 4, False),
        ([0, 1, 1, 0], True),
        ([number % 1_000 for number in range(2_000)], True),
        ([number % 1_001 for number in range(4_000)], False),
    ],
)
def test_classes_have_several_rows_each(values: list[object], may_be: bool) -> None:
    assert _may_be_classes(values) is may_be


def test_two_columns_agree_if_each_value_has_one_other() -> None:
    assert _agree([0, 1, 0], ["a", "b", "a"])
    assert not _agree([0, 1, 0], ["a", "b", "b"])
    assert not _agree([0, 1, 2], ["a", "b", "a"])
    assert not _agree([0, 0, 0], ["a", "b", "a"])
