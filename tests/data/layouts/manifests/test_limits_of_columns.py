"""Columns that may be the label by their cells alone, at the limits of an index, an id, a measurement and a code."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from onelook.data.layouts.manifests.columns.column_words import wider_ranks
from onelook.data.layouts.manifests.columns.label_columns import (
    are_alike,
    are_files,
    are_one_to_one,
    is_id,
    is_index,
    is_part_of,
    is_plausible,
    most_readable,
    people_among,
    say_the_same,
    usually_labels,
    without_codes,
)
from onelook.data.layouts.manifests.columns.number_columns import counts_rows, is_measure, is_of_decimals
from onelook.data.layouts.manifests.columns.raters.votes import _is_near, are_of_raters, kinds_of_rows

Cells = Sequence[str | None]
KINDS = ["cat", "dog"] * 6


@pytest.mark.parametrize(
    ("cells", "index", "own"),
    [
        (list("12345"), True, False),
        (list("1234"), False, False),
        (list("1234x"), False, False),
        ([*"1234", None], False, False),
        (list("12344"), False, False),
        (list("abcdefghij"), False, True),
        (list("abcdefghi"), False, False),
        ([*"abcdefghij", None], False, False),
        ([*"abcdefghij", "a"], False, False),
        (list(map(str, range(10))), True, True),
    ],
)
def test_five_numbers_are_an_index_and_ten_texts_are_ids(cells: Cells, index: bool, own: bool) -> None:
    assert (is_index(cells), is_id(cells)) == (index, own)


@pytest.mark.parametrize(
    ("name", "cells", "may_be"),
    [
        ("kind", KINDS, True),
        ("", KINDS, False),
        ("unnamed: 0", KINDS, False),
        ("kind index", KINDS, True),
        ("kind", ["cat"] * 12, False),
        ("kind", ["cat", "dog"], True),
        ("kind", list("12345"), False),
        # Of ten rows half may be blank, and in a smaller table more.
        ("kind", ["cat", "dog", "cat", "dog", "cat", *[None] * 5], True),
        ("kind", ["cat", "dog", "cat", "dog", *[None] * 6], False),
        ("kind", ["cat", "dog", *[None] * 7], True),
        # Ten pictures have two of each class, on average; fewer need not.
        ("kind", list("aabbccddee"), True),
        ("kind", list("aabbccddef"), False),
        ("kind", list("abcdefghi"), True),
        ("state", ["accept", "reject"] * 6, False),
        ("state", ["accept", "cat"] * 6, True),
        ("weight", ["0.5", "1"] * 6, False),
        ("weight", ["0.5", "heavy"] * 6, True),
        ("weight", ["5", "1"] * 6, True),
        ("day", ["2021-05-11", "11.5.21"] * 6, False),
        ("day", ["2021-05-11", "monday"] * 6, True),
        ("film", ["a.mp4", "b.MP4"] * 6, False),
        ("film", ["a.mp4", "b"] * 6, True),
    ],
)
def test_a_column_may_be_classes(name: str, cells: Cells, may_be: bool) -> None:
    assert is_plausible(name, cells) is may_be


def test_two_columns_say_the_same_or_one_is_a_part_of_the_other() -> None:
    codes = ["1" if kind == "cat" else "2" for kind in KINDS]
    assert are_one_to_one(KINDS, codes)
    assert not are_one_to_one(KINDS, ["1", "1"] * 6)
    assert not are_one_to_one(KINDS, [*codes[:-1], "3"])
    assert not are_one_to_one(["cat"] * 3, ["1"] * 3)  # a single value says nothing
    assert is_part_of(["tabby", "siam", "pug"], ["cat", "cat", "dog"])
    assert not is_part_of(["cat", "cat", "dog"], ["tabby", "siam", "pug"])
    assert not is_part_of(["tabby", "siam", "pug"], ["1", "2", "3"])


@pytest.mark.parametrize(
    ("blanks", "rows", "same"), [(0, 12, True), (10, 20, True), (11, 20, False), (3, 12, False), (2, 12, True)]
)
def test_a_sparser_column_says_the_same_if_half_of_it_and_ten_cells_are_filled(
    blanks: int, rows: int, same: bool
) -> None:
    fuller = ["cat", "dog"] * (rows // 2)
    codes = ["1", "2"] * (rows // 2)
    assert say_the_same([*[None] * blanks, *codes[blanks:]], fuller) is same


def test_a_sparser_column_says_the_same_of_all_classes_or_something_else() -> None:
    fuller = ["cat", "dog"] * 10 + ["eel"]
    assert say_the_same(["1", "2"] * 10 + ["3"], fuller)
    assert not say_the_same(["1", "2"] * 10 + [None], fuller)  # says nothing of eels
    assert not say_the_same([None, "1"] + ["1", "2"] * 9 + ["3"], fuller)


def test_of_columns_that_say_the_same_the_fullest_and_then_the_most_readable_is_kept() -> None:
    names, codes = KINDS, ["1", "2"] * 6
    assert without_codes({"code": codes, "name": names}, ["code", "name"]) == ["name"]
    assert without_codes({"code": codes, "name": [None, *names[1:]]}, ["code", "name"]) == ["code"]
    assert without_codes({"a": names, "b": ["x", "y", "z"] * 4}, ["b", "a"]) == ["b", "a"]
    assert most_readable({"code": codes, "name": names}, ["code", "name"]) == "name"
    assert most_readable({"code": codes, "other": ["3", "4"] * 6}, ["code", "other"]) == "code"


def test_usual_names_are_in_their_order_and_y_is_a_place_beside_x() -> None:
    assert usually_labels({"y": KINDS, "bird species": KINDS, "Label": KINDS, "n": KINDS}) == [
        "Label",
        "y",
        "bird species",
    ]
    assert usually_labels({"x": KINDS, "y": KINDS, "label": KINDS}) == ["label"]


def test_facts_on_people_are_columns_of_classes_with_such_a_name() -> None:
    columns = {"sex": ["m", "f"] * 6, "age": ["20.5", "30"] * 6, "kind": KINDS, "Gender": ["m"] * 12}
    assert people_among(columns) == ("sex",)


def test_a_cell_and_the_beginning_of_a_name_are_alike() -> None:
    assert are_alike("007", "7")
    assert are_alike("Cat", "cAT")
    assert not are_alike("7", "7a")
    assert not are_alike(None, "7")
    assert are_files(["a.wav", "b.wav", None])
    assert not are_files(["a.wav", "a.wav"])
    assert not are_files(["a.wav"])
    assert not are_files(["a.wav", "b"])


@pytest.mark.parametrize(
    ("cells", "are"),
    [
        (["0.5", "1"], True),
        (["1", "2.0"], False),
        (["0.5", "x"], False),
        (["0.5", None], True),
        ([None], False),
        (["1e15", "2"], False),
    ],
)
def test_decimals_are_numbers_of_which_one_is_not_whole(cells: Cells, are: bool) -> None:
    assert is_of_decimals(cells) is are


@pytest.mark.parametrize(
    ("name", "values", "measures"),
    [
        ("boneage", 10, True),
        ("boneage", 9, False),
        ("stage", 10, False),
        ("Age", 10, True),
        ("age group", 10, False),
        ("wind_speed", 10, True),
    ],
)
def test_ten_whole_numbers_under_the_name_of_a_measurement(name: str, values: int, measures: bool) -> None:
    cells = [str(value % values) for value in range(30)]
    assert is_measure(name, cells) is measures
    assert not is_measure(name, [*cells, "old"])
    assert is_measure(name, [*cells, None]) is measures


def test_a_nameless_column_that_counts_from_0_or_1_counts_the_rows() -> None:
    assert counts_rows("", ["1", "2", "3"])
    assert counts_rows("Unnamed: 0", ["0", "1"])
    assert not counts_rows("", ["2", "3"])
    assert not counts_rows("", ["0", "1", "3"])
    assert not counts_rows("", [])


def test_a_column_tells_who_gave_each_row() -> None:
    columns = {"rater": ["a", "b", "a"], "label": ["x", "y", "x"]}
    assert are_of_raters(columns, {"1.png": [0, 1], "2.png": [2]})
    assert not are_of_raters(columns, {"1.png": [0, 2], "2.png": [1]})  # twice by one person
    assert not are_of_raters(columns, {"1.png": [0], "2.png": [1], "3.png": [2]})
    assert not are_of_raters({"kind": ["a", "b", "a"]}, {"1.png": [0, 1], "2.png": [2]})


def test_each_picture_has_a_row_for_each_kind() -> None:
    rows_of = {"1.png": [0, 1], "2.png": [2, 3]}
    whole: dict[str, Cells] = {"kind": ["mass", "edge", "edge", "mass"], "present": ["0", "1", "1", "0"]}
    assert kinds_of_rows(whole, "present", rows_of) == "kind"
    assert kinds_of_rows({**whole, "present": ["0", "1", "1", "2"]}, "present", rows_of) is None
    assert kinds_of_rows({**whole, "kind": ["mass", "edge", "edge", "edge"]}, "present", rows_of) is None
    assert kinds_of_rows({**whole, "kind": ["mass", "edge", "edge", "m2"]}, "present", rows_of) is None
    assert kinds_of_rows(whole, "present", {"1.png": [0, 1, 2], "2.png": [3]}) is None


def test_ranks_above_the_narrowest_are_wider_and_what_is_below_the_species_too() -> None:
    ranks = ["Species", "class", "genus", "subspecies", "variety", "label"]
    assert wider_ranks(ranks) == ["class", "genus", "subspecies", "variety"]
    assert wider_ranks(["family", "genus", "subspecies"]) == []
    assert wider_ranks(["order", "family", "genus"]) == ["order", "family"]


@pytest.mark.parametrize(
    ("cells", "near"),
    [
        (["2.5"] * 10, True),
        (["2.5"] * 9 + ["4"], True),  # nine of ten rows
        (["2.5"] * 9 + [None], True),
        (["2.5"] * 8 + ["4", "x"], False),
        (["2.509"] * 10, True),
        (["2.511"] * 10, False),
        (["2.489"] * 10, False),
    ],
)
def test_a_column_is_the_mean_of_marks_within_a_hundredth_in_nearly_all_rows(cells: Cells, near: bool) -> None:
    assert _is_near(cells, [2.5] * 10) is near
