"""Headers split into columns, and which of these are numbered pixels."""

from __future__ import annotations

import pytest

from onelook.data.column_names import are_mostly_numbered, numbered_columns, split_header


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["x1", "x2", "x3", "x4", "p0", "p1", "p2", "p3", "p4"], [4, 5, 6, 7, 8]),  # the largest group, not the first
        (["p10", "id", "p9", "P2", "p1"], [4, 3, 2, 0]),  # in the order of their numbers, whatever their case
        (["id", "p0", "p1", "p2"], []),  # three are no picture
        (["1x1", "1x2", "2x1", "2x2", "label"], [0, 1, 2, 3]),
        (["id", "label", "name", "split"], []),
        ([], []),
    ],
)
def test_the_largest_group_that_differs_by_its_numbers_is_that_of_the_pixels(
    columns: list[str], found: list[int]
) -> None:
    assert numbered_columns(columns) == found


@pytest.mark.parametrize(
    ("line", "cells", "delimiter"),
    [
        ("id,label", ["id", "label"], ","),
        (" id ;label; a,b", ["id", "label", "a,b"], ";"),
        ("id\tlabel", ["id", "label"], "\t"),
        ('"a,b",c', ["a,b", "c"], ","),
        ("alone", ["alone"], ","),
        ("", [], ","),
    ],
)
def test_a_header_is_cut_where_its_commonest_delimiter_stands(line: str, cells: list[str], delimiter: str) -> None:
    assert split_header(line) == (cells, delimiter)


def test_a_known_delimiter_is_kept_though_another_is_commoner() -> None:
    assert split_header("a;b,c,d", ";") == (["a", "b,c,d"], ";")


@pytest.mark.parametrize(
    ("columns", "are_pixels"),
    [
        (["p5", "p3", "p4", "p6", "label"], True),
        (["P0", "p1", "P2", "p3"], True),
        (["p0", "p1", "p2", "p4"], False),  # a gap: they may be anything
        ([f"p{2 * number}" for number in range(49)], True),  # so many are pixels all the same
        ([f"p{2 * number}" for number in range(48)], False),
        (["id", "a", "b", "p0", "p1", "p2", "p3"], True),
        (["id", "a", "b", "c", "p0", "p1", "p2", "p3"], False),  # half of them
        (["1x1", "1x2", "2x1", "3x7"], True),  # a row and a column each
        (["label", "p0", "p1", "p2"], False),
        ([], False),
    ],
)
def test_columns_are_pixels_where_most_are_counted_up(columns: list[str], are_pixels: bool) -> None:
    assert are_mostly_numbered(columns) is are_pixels
