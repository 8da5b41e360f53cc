"""Columns of marks at the limits between a label, several labels and facts beside the label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest

from onelook.data.layouts.manifests.columns.one_hot import (
    OneHot,
    chief_column,
    mark_among,
    read_crosses,
    read_one_hot,
    value_for_no,
)

Cells = Sequence[str | None]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        # Four rows of five have a cross, which is enough, and three of five are not.
        (
            {"cat": ["x", "x", None, None, None], "dog": [None, None, "x", "x", None]},
            OneHot(("cat", "dog"), ("cat", "cat", "dog", "dog", None), "x"),
        ),
        ({"cat": ["x", "x", None, None, None], "dog": [None, None, "x", None, None]}, None),
        # Words for no are no crosses, and other words are no answers.
        ({"cat": ["ja", "nein"], "dog": ["nein", "ja"]}, OneHot(("cat", "dog"), ("cat", "dog"), "ja")),
        ({"cat": ["ja", "nein"], "dog": ["nein", "vielleicht"]}, None),
        ({"cat": ["no", "no"], "dog": ["no", "no"]}, None),
        # Two crosses in a row: of three columns they are several labels, of two they are facts.
        (
            {"cat": ["x", "x"], "dog": [None, "x"], "eel": [None, "x"]},
            OneHot(("cat", "dog", "eel"), None, "x"),
        ),
        ({"cat": ["x", "x"], "dog": [None, "x"]}, None),
        # What is a fact by its name is no class.
        ({"cat": ["x", None], "dog": [None, "x"], "age": ["x", "x"]}, OneHot(("cat", "dog"), ("cat", "dog"), "x")),
        ({"cat": ["x", "x"], "id": ["a", "b"]}, None),
    ],
)
def test_crosses_name_the_class_where_most_rows_have_one(columns: Mapping[str, Cells], expected: OneHot | None) -> None:
    found = read_crosses(columns, ["id"])
    assert found == expected
    assert found is None or expected is None or found.mark == expected.mark


def one_hot(rows: int, **more: Cells) -> dict[str, Cells]:
    """A 1 for `a` in the first row, and for `b` in all others."""
    return {"a": ["1"] + ["0"] * (rows - 1), "b": ["0"] + ["1"] * (rows - 1), **more}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (one_hot(3), OneHot(("a", "b"), ("a", "b", "b"))),
        ({"a": ["1.0", "0.0"], "b": ["False", "True"]}, OneHot(("a", "b"), ("a", "b"))),
        ({"a": ["1", "-1"], "b": ["-1", "1"]}, OneHot(("a", "b"), ("a", "b"))),
        # With a 0 beside it, -1 is another answer than no.
        ({"a": ["1", "-1"], "b": ["0", "1"]}, OneHot(("a", "b"), ("a", "b"))),
        ({"a": ["1", "-1", "0"], "b": ["0", "1", "1"]}, OneHot(("a", "b"), None)),
        # An empty cell says no in three columns, and two are facts that are not told of all.
        (
            {"a": ["1", None, None], "b": [None, "1", None], "c": [None, None, "1"]},
            OneHot(("a", "b", "c"), ("a", "b", "c")),
        ),
        ({"a": ["1", None], "b": [None, "1"]}, None),
        # Several, or none, in one row.
        (one_hot(3, c=["0", "0", "1"]), OneHot(("a", "b", "c"), None)),
        ({"a": ["1", "0"], "b": ["0", "0"]}, OneHot(("a", "b"), None)),
        ({"a": ["0", "0"], "b": ["0", "0"]}, None),
        ({"a": ["1", "0"]}, None),
        # What is 1 in every row of ten is no class, and in nine it may be so by chance.
        (one_hot(10, c=["1"] * 10), OneHot(("a", "b"), ("a", *["b"] * 9))),
        (one_hot(9, c=["1"] * 9), OneHot(("a", "b", "c"), None)),
        # The number of a series that is the same in all rows.
        (one_hot(3, Series_ID=["1"] * 3), OneHot(("a", "b"), ("a", "b", "b"))),
        (one_hot(3, Series_ID=["1", "0", "0"]), OneHot(("a", "b", "Series_ID"), None)),
        (one_hot(3, other=["1", "2", "0"]), OneHot(("a", "b"), ("a", "b", "b"))),
    ],
)
def test_columns_of_0_and_1_name_the_class_where_each_row_has_one_1(
    columns: Mapping[str, Cells], expected: OneHot | None
) -> None:
    assert read_one_hot(columns, []) == expected


@pytest.mark.parametrize(
    ("stress", "found"),
    [("aabbc", "stress"), ("abcde", "stress"), ("aabbb", "stress"), ("abcdef", None), ("aaaaa", None), ("ababc", None)],
)
def test_the_chief_of_several_marks_has_one_value_for_each_and_few_others(stress: str, found: str | None) -> None:
    # Rust is marked in the rows of `a`, and mites in those of `b`.
    rows = {
        "stress": list(stress),
        "rust": ["1" if letter == "a" and at < 2 else "0" for at, letter in enumerate(stress)],
        "mites": ["1" if letter == "b" and at in (1, 2, 3, 4) else "0" for at, letter in enumerate(stress)],
    }
    assert chief_column(rows, ["rust", "mites"]) == found


def test_one_mark_has_no_chief_and_two_columns_are_none() -> None:
    rows = {"one": ["a", "b", "c"], "rust": ["1", "0", "0"], "mites": ["0", "1", "0"]}
    assert chief_column(rows, ["rust", "mites"]) == "one"
    assert chief_column(rows, ["rust"]) is None
    assert chief_column({**rows, "other": ["d", "e", "f"]}, ["rust", "mites"]) is None


def test_the_sign_for_yes_and_the_one_for_no() -> None:
    assert mark_among(["no", "yes", None]) == "yes"
    assert mark_among([None, "0"]) == "1"
    assert value_for_no(["1", "-1"]) == "-1"
    assert value_for_no(["1", "-1", "0"]) == "0"
    assert value_for_no(["1", None]) == "0"
