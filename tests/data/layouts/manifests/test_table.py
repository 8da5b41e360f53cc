"""What the columns of a table that lists pictures are for: every usual name, and what is told by the cells alone."""

from __future__ import annotations

import pytest

from onelook.data.layouts.manifests.columns.parts_column import part_of
from onelook.data.layouts.manifests.readers.table import ManifestTable, with_one_label
from onelook.data.layouts.manifests.roles import Roles, find_roles
from onelook.errors import ConfigError, DataError


def roles(label_column: str | None = None, **columns: list[str | None]) -> Roles:
    return find_roles(
        ManifestTable("t.csv", {"path": ["a.png", "b.png", "c.png"][: len(next(iter(columns.values())))], **columns}),
        "path",
        label_column,
    )


@pytest.mark.parametrize(
    "name",
    [
        *("group", "groups", "group_id", "patient", "patient_id", "patientid", "subject", "subject_id"),
        *("lesion_id", "participant_id", "Patient_ID"),
    ],
)
def test_every_usual_name_of_a_group_is_known(name: str) -> None:
    found = roles(label=["x", "y"], **{name: ["1", "2"]})
    assert (found.label, found.group, found.split, found.others) == ("label", name, None, ())


@pytest.mark.parametrize("name", ["split", "subset", "partition", "set", "Split"])
def test_every_usual_name_of_a_split_is_known_where_it_holds_parts(name: str) -> None:
    found = roles(label=["x", "y"], **{name: ["Train", "validation"]})
    assert (found.label, found.split, found.others) == ("label", name, ())


def test_what_is_called_like_a_split_and_holds_other_words_is_none_but_for_split_itself() -> None:
    assert roles(label=["x", "y"], set=["red", "train"]).others == ("set",)
    with pytest.raises(DataError, match=r"the column 'split' holds 'red'.*Expected train, val"):
        roles(label=["x", "y"], split=["red", "train"])


@pytest.mark.parametrize("name", ["dataset", "phase", "which", "part of"])
def test_a_column_of_names_of_parts_alone_is_a_split_whatever_it_is_called(name: str) -> None:
    assert roles(label=["x", "y"], **{name: ["TRAIN", "valid"]}).split == name
    assert roles(label=["x", "y"], **{name: ["test", "valid"]}).split is None  # there is nothing to train on
    assert roles(label=["x", "y"], **{name: ["train", "other"]}).split is None


@pytest.mark.parametrize(
    ("name", "cells", "parts"),
    [
        ("split", "0 0 1 2", "train train val test"),
        ("partition", "0 0 1 2", "train train val test"),
        ("eval partition", "2 0 1 0", "test train val train"),
        ("is_train", "1 0", "train test"),
        ("is_training_image", "0.0 1.0", "test train"),
        ("is_test", "False True", "train test"),
        ("is_valid", "no yes", "train val"),
        # What may mean another thing keeps its cells.
        ("partition", "0 1 1 2", "0 1 1 2"),
        ("partition", "0 1", "0 1"),
        ("fold", "0 0 1 2", "0 0 1 2"),
        ("is_train", "1 1", "1 1"),
        ("is_train", "0 1 2", "0 1 2"),
        ("is_ill", "0 1", "0 1"),
        ("test", "0 1", "0 1"),
    ],
)
def test_numbers_and_yes_and_no_stand_for_parts_where_the_name_says_so(name: str, cells: str, parts: str) -> None:
    table = with_one_label(ManifestTable("t.csv", {"label": ["x"] * len(cells.split()), name: cells.split()}))
    assert list(table.columns[name]) == parts.split()
    assert bool(table.parts_from) == (cells != parts)


@pytest.mark.parametrize(
    "name", ["label", "labels", "class", "target", "y", "category", "class_name", "class_id", "classname", "digit"]
)
def test_every_usual_name_of_a_label_is_known_among_others(name: str) -> None:
    found = roles(age=["3", "4"], **{name: ["x", "y"]}, weight=["5", "6"])
    assert (found.label, found.others) == (name, ("age", "weight"))


def test_the_likelier_name_is_the_label_and_a_named_column_before_all() -> None:
    assert roles(y=["1", "2"], label=["a", "b"]).label == "label"
    found = roles("mood", y=["1", "2"], label=["a", "b"], mood=["sad", "glad"], group=["1", "2"])
    assert (found.label, found.group, found.others) == ("mood", "group", ("y", "label"))
    assert roles(mood=["sad", "glad"]).label == "mood"  # the only one that is left
    assert roles(mood=["sad", "glad"], age=["3", "4"]).label == "mood"  # an age is hardly ever the class
    assert roles(mood=["sad", "glad", "sad"], coat=["red", "red", "blue"]).target.choices == ("mood", "coat")
    assert roles("group", group=["1", "2"], label=["a", "b"]) == Roles("path", "group", None, None, ("label",))
    with pytest.raises(ConfigError, match=r"unknown column 'moot'. Did you mean 'mood'"):
        roles("moot", mood=["sad", "glad"])


def test_words_of_parts_are_read_in_any_case_and_nothing_else_is_one() -> None:
    assert [part_of(word) for word in ("TRAIN", "Valid", "test", "hold-out", "", None)] == [
        *("train", "val", "test", None, None, None)
    ]
