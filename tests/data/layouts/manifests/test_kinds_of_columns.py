"""What the cells of a column are: lists of labels, votes, marks, groups, and numbers; both sides of each threshold."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from onelook.data.layouts.manifests.columns.group_column import group_column, named_group, notes_on_constants
from onelook.data.layouts.manifests.columns.group_words import names_groups
from onelook.data.layouts.manifests.columns.number_columns import are_codes, is_measure, is_of_decimals
from onelook.data.layouts.manifests.columns.one_hot import OneHot, read_one_hot
from onelook.data.layouts.manifests.columns.raters.votes import Votes, are_opinions, majority, read_votes
from onelook.data.layouts.manifests.columns.several_labels import several_in_words


@pytest.mark.parametrize(
    ("name", "cells", "said"),
    [
        ("x", "['a' 'b'];['a'];c", "'['a' 'b']': 4 labels in 3"),
        ("x", "['a' 'b']", ""),  # one class alone
        ("x", "['a, b'];(c| d);{e}", "'['a, b']' and '(c| d)': 5 labels in 3"),
        ("x", "a|b;c", ""),
        ("x", "a|b;a", "'a|b': 2 labels in 2"),
        ("x", "a,b;a", ""),
        ("tags", "a,b;a", "'a,b': 2 labels in 2"),  # by its name, one that occurs again is enough
        ("x", "a,b;b,c;a;c", "'a,b' and 'b,c': 3 labels in 4"),
        ("x", "a,b;b,c", ""),
        ("x", "red, dark;blue, dark;green", ""),
        ("x", "red, dark;dark, red", "'red, dark' and 'dark, red': 2 labels in 2"),
        ("my_tags", "red, dark;blue, dark;green", "'red, dark' and 'blue, dark': 4 labels in 3"),
        ("tagset", "red, dark;blue, dark;green", ""),
        ("x", "16 0;7", "'16 0': 3 labels in 2"),  # numbers of classes
        ("x", "-1 2;3", "'-1 2': 3 labels in 2"),
        ("x", "16 a;7", ""),
        ("x", "rust scab;rust;scab", "'rust scab': 2 labels in 3"),
        ("x", "rust scab;rust;mold", ""),
        ("x", "a b;c d;a;b;c;d", "'a b' and 'c d': 4 labels in 6"),
        ("x", "a b;c d;a;b", ""),  # half of them
        ("tags", "a b;c d;a;b", "'a b' and 'c d': 4 labels in 4"),
        ("x", "golden retriever;labrador retriever;poodle", ""),
        (
            "x",
            "big red car;red big dog;small red cat",
            "'big red car', 'red big dog' and 'small red cat': 6 labels in 3",
        ),
        ("tags", "golden retriever;labrador retriever;poodle", ""),
        ("tags", "red car;big red bike;x", "'red car' and 'big red bike': 5 labels in 3"),  # red moves
        ("x", "red car;big red bike;x", ""),
        ("findings", "bilateral mass;right upper mass;normal", ""),  # the mass is always the last
        ("findings", "bilateral mass;mass left;normal", "'bilateral mass' and 'mass left': 4 labels in 3"),
        ("x", "red dark car;red dark;blue", ""),
        ("x", "no tumor;tumor;no", ""),
        ("x", "a / b;a;b", ""),
    ],
)
def test_lists_of_labels_are_told_from_names_of_several_words(name: str, cells: str, said: str) -> None:
    values = cells.split(";")
    found = several_in_words(name, [*values, values[0]])
    begin = f"The column '{name}' holds several labels a picture (a list in a cell), such as {said} combinations. onel"
    assert found.startswith(begin) if said else not found


A, B, C = ["7", "5"], ["2", "5"], ["1", "0"]


@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        ({"a": A, "b": B, "c": C}, ("a", None)),
        ({"a": ["7.0", "5"], "b": B, "c": ["1", "0.0"]}, ("a", None)),
        ({"a": ["1", "0"], "b": ["1", "0"], "c": ["1", "3"]}, (None, "c")),  # a tie of three
        ({"a": A, "b": B}, None),
        ({"a": ["3", "0"], "b": ["0", "1"], "c": ["0", "2"]}, ("a", "c")),  # three voters
        ({"a": ["2", "0"], "b": ["0", "1"], "c": ["0", "1"]}, None),
        ({"a": [*"333333333", "0"], "b": [*"000000000", "1"], "c": [*"000000000", "0"]}, ("a",) * 9 + ("b",)),
        ({"a": [*"33333333", "0", "0"], "b": [*"00000000", "1", "1"], "c": [*"00000000", "0", "0"]}, None),
        ({"a": [*"333333333", "0"], "b": [*"000000000", "4"], "c": [*"000000000", "0"]}, None),  # more than voters
        ({"x": A, "b": B, "c": C}, None),  # a box
        ({"a": ["12345678", "12345677"], "b": ["2", "3"], "c": ["0", "0"]}, ("a", "a")),
        ({"a": ["123456789", "123456788"], "b": ["2", "3"], "c": ["0", "0"]}, None),
        ({"a": [None, "5"], "b": B, "c": C}, None),
        ({"a": [], "b": [], "c": []}, None),
    ],
)
def test_votes_have_one_sum_in_nearly_all_rows(
    columns: dict[str, list[str | None]], labels: tuple[str | None, ...] | None
) -> None:
    rows = len(next(iter(columns.values())))
    other: dict[str, list[str | None]] = {"rater": ["1"] * rows, "note": ["1", *["x"] * rows][:rows]}
    expected = None if labels is None else Votes(tuple(columns), labels)
    assert read_votes(columns | other, ["rater", None]) == expected


def test_most_pictures_have_several_rows_where_rows_are_opinions() -> None:
    assert not are_opinions({"a": [1, 2], "b": [3]})
    assert are_opinions({"a": [1, 2], "b": [3, 4], "c": [5]})
    assert [majority(each) for each in ([], ["a"], ["a", "b", "b", "a", "c"], ["c", "b", "b"])] == [
        None,
        "a",
        None,
        "b",
    ]


@pytest.mark.parametrize(
    ("columns", "kept", "labels"),
    [
        ("n=1111111111 a=1010101010 b=0101010101", "a b", "ababababab"),  # 1 in all of ten rows is no class
        ("n=111111111 a=101010101 b=010101010", "n a b", None),
        ("n=0000000000 a=1010101010 b=0101010101", "n a b", "ababababab"),  # a class without pictures is one
        ("n=1111111111 a=0000000000", "n a", "nnnnnnnnnn"),
        ("a=1.. b=.1. c=..1", "a b c", "abc"),
        ("a=1. b=.1", "", None),  # two columns that are mostly empty say little
        ("a=1- b=-1", "a b", "ab"),
        ("a=1-0 b=-11", "a b", None),  # yes, no and perhaps
        ("a=.- b=10 c=01", "b c", "bc"),
        ("a=00 b=00", "", None),
        ("a=12 b=01 c=10", "b c", "cb"),
    ],
)
def test_columns_of_marks_have_one_1_in_each_row(columns: str, kept: str, labels: str | None) -> None:
    signs = {".": None, "-": "-1.0"}
    found = {name: [signs.get(sign, sign) for sign in cells] for name, cells in (c.split("=") for c in columns.split())}
    expected = OneHot(tuple(kept.split()), None if labels is None else tuple(labels)) if kept else None
    assert read_one_hot(found, []) == expected


@pytest.mark.parametrize(
    ("columns", "group"),
    [
        ("patient=aabb label=xyxy", "patient"),
        ("label=xyxy Patient ID=aabb", "Patient ID"),
        ("site=aabbccdd patient_no=aabbccdd", "patient_no"),  # the wider group
        ("plot=aabbccdd site=aabbccdd", "site"),
        *(
            (f"{name}=aabbccdd label=xyyxxyxy", name)
            for name in ("userid", "PERSONID", "SubjectNo", "slidecode", "pid")
        ),
        ("covid=aabbccdd label=xyyxxyxy", None),
        ("site=aabbcc", None),  # three groups are too few
        ("site=aabbccdd", "site"),
        ("site=abcdefghii", "site"),  # nine of ten alone
        ("site=abcdefghij", None),
        ("patient_age=aabbccdd", None),
        ("site=aabbccdd label=xxyyzzww", None),  # the label under another name
        ("site=aaaabbbbccccdddd label=eeffgghhiijjkkll", None),  # a wider class
        ("site=aaaaabbbccccdddd label=eeffgghhiijjkkll", "site"),  # but for one picture
        ("site=aaaabbbbccccdddd label=eeffgghhiijjkkl.", "site"),
        ("site=aabbccdd label=xxyyxxyy", "site"),
    ],
)
def test_groups_are_what_several_pictures_share_and_the_label_does_not_say(columns: str, group: str | None) -> None:
    pairs = [each.rpartition("=")[::2] for each in columns.replace("Patient ID", "Patient_ID_").split()]
    cells: dict[str, Sequence[str | None]] = {
        name.replace("Patient_ID_", "Patient ID"): [None if cell == "." else cell for cell in text]
        for name, text in pairs
    }
    assert group_column(cells, "label" if "label" in cells else None) == group


def test_a_column_with_one_value_makes_no_groups_and_is_named() -> None:
    hidden: dict[str, Sequence[str | None]] = {"Patient ID": ["removed"] * 4, "site": ["a"] * 4, "kind": list("xyxy")}
    assert group_column(hidden, "kind") is None
    assert named_group({"patient_id": ["removed"] * 4}) is None
    assert named_group({"patient_id": ["removed"]}) == "patient_id"  # the one picture of one patient
    said = "'Patient ID' holds 'removed' in all rows, so it makes no groups."
    assert notes_on_constants(hidden, ["Patient ID", "site"]) == [said]
    assert notes_on_constants({"patient": [None, None]}, ["patient"]) == []


def test_names_of_groups_are_those_of_things_and_not_of_their_properties() -> None:
    names = ("Lesion_ID", "site view", "participant_id", "my site", "patient_age", "breed")
    assert [names_groups(name) for name in names] == [True, False, True, True, False, False]


def test_decimals_codes_and_measurements_are_told_by_all_cells() -> None:
    decimals = (["1", "2.5", None], ["1", "2"], ["a", "1.5"], [None], [], ["1e20", "1"])
    assert [is_of_decimals(cells) for cells in decimals] == [True, False, False, False, False, False]
    ones = ["1"] * 1999
    assert [are_codes(cells) for cells in ([*ones, "a"], [*ones, "1", "a"], ["1", None, "-2.5"])] == [False, True, True]
    names = ("boneage", "Age", "image", "stage", "mileage", "weight", "my_score", "score_no")
    ten = [str(number) for number in range(10)]
    assert [name for name in names if is_measure(name, ten)] == ["boneage", "Age", "mileage", "weight", "my_score"]
    assert [is_measure("age", cells) for cells in (ten[1:], [*ten[1:], None], ["a", *ten])] == [False] * 3
