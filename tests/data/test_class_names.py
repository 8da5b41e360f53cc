"""Class names: which may be, how they are given to integer labels, and how two data sets are matched by them."""

from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from onelook.data.class_names import (
    are_same_numbers,
    has_integer_labels,
    name_classes,
    names_as_in,
    note_on_numbers,
    positions_among,
)
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["cat", "cat", "dog"], "two classes are called 'cat'. Expected a name of its own for each."),
        (["cat", "", "dog"], "of its 3 classes, class 1 has an empty name."),
    ],
)
def test_names_that_a_file_gives_must_differ(tmp_path: Path, names: list[str], message: str) -> None:
    batch = {"data": np.arange(3 * 3072).reshape(3, 3072).astype(np.uint8), "labels": [0, 1, 2]}
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps(batch, 2))
    (tmp_path / "batches.meta").write_bytes(pickle.dumps({"label_names": names}, 2))
    with pytest.raises(DataError, match=message):
        open_dataset(tmp_path)


def test_half_a_character_in_a_name_is_spelled_out(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x_train=np.zeros((2, 2, 2), np.uint8), y_train=np.array(["a\ud800", "b"]))
    assert open_dataset(tmp_path / "a.npz").class_names == (r"a\ud800", "b")


def test_a_part_without_pictures_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data_batch_1").write_bytes(pickle.dumps({"data": np.zeros((0, 3072), np.uint8), "labels": []}, 4))
    (tmp_path / "batches.meta").write_bytes(pickle.dumps({"label_names": ["cat", "dog"]}, 2))
    with pytest.raises(DataError, match="there are no pictures in it. Expected at least one."):
        open_dataset(tmp_path)


def test_classes_are_found_among_the_known_ones_by_name() -> None:
    assert positions_among(["c", "a", "d", "b"], ["a", "b", "c", "d"], "it").tolist() == [2, 0, 3, 1]
    assert positions_among(["30", "2"], ["2", "5", "30"], "it").tolist() == [2, 0]  # by name where both are numbers
    assert positions_among(["2", "0"], ["cat", "dog", "eel"], "it").tolist() == [2, 0]
    assert positions_among([], ["cat"], "it").tolist() == []
    for names, known in ((["c", "x"], ["a", "c"]), (["3"], ["cat", "dog", "eel"]), (["-1"], ["cat", "dog"])):
        with pytest.raises(DataError, match=f"it has classes that the training data has not: {names[-1]}"):
            positions_among(names, known, "it")


def test_what_numbers_were_taken_for_is_said_where_only_they_have_no_names() -> None:
    assert note_on_numbers(["2", "0"], ["cat", "dog", "eel"]) == (
        "The labels are numbers, the classes have names: 2 was taken for 'eel' and 0 for 'cat'."
    )
    assert note_on_numbers(["0", "1"], ["0", "1"]) is None
    assert note_on_numbers(["cat"], ["cat", "dog"]) is None
    assert [has_integer_labels(names) for names in (["-1", "10"], ["0", "cat"], ["1.5"], [])] == [
        *(True, False, False, False)
    ]


def test_numbers_are_found_in_another_spelling_and_it_is_said() -> None:
    for names, known in ((["10", "1"], ["001", "002", "010"]), (["010", "001"], ["1", "2", "10"])):
        assert positions_among(names, known, "it").tolist() == [2, 0]
        assert note_on_numbers(names, known) == (
            f"The labels are the same numbers in another spelling: {names[0]} was taken for '{known[2]}' "
            f"and {names[1]} for '{known[0]}'."
        )
    # Folders may be called 1 and 01: then the spelling alone tells them apart.
    assert positions_among(["01"], ["01", "1"], "it").tolist() == [0]
    assert note_on_numbers(["01"], ["01", "1"]) is None
    for names, known in ((["001"], ["01", "1"]), (["1", "01"], ["001", "002"]), (["3"], ["001", "002"])):
        with pytest.raises(DataError, match="it has classes that the training data has not"):
            positions_among(names, known, "it")


@pytest.mark.parametrize(
    ("known", "class_names"),
    [
        (["bag", "boot", "coat"], ("bag", "boot")),  # the model knows more classes
        (["boot", "bag"], ("bag", "boot")),
        (["bag", "shoe"], ("0", "1")),
        (["0", "1"], ("0", "1")),
        ([], ("0", "1")),
    ],
)
def test_published_names_give_way_to_the_numbers_where_one_of_them_is_not_known(
    known: list[str], class_names: tuple[str, ...]
) -> None:
    opened = open_dataset((np.zeros((2, 2, 2), np.uint8), [0, 1]))
    published = replace(opened, class_names=("bag", "boot"), codes=("0", "1"))
    found = names_as_in(published, known)
    assert (found.class_names, found is published) == (class_names, class_names == ("bag", "boot"))
    assert found.codes == (() if class_names == ("0", "1") else ("0", "1"))
    plain = replace(opened, class_names=("bag", "boot"))
    assert names_as_in(plain, known) is plain


def test_names_are_given_to_integer_labels_in_numeric_order_once_each() -> None:
    numbers = open_dataset((np.zeros((3, 2, 2), np.uint8), [10, 2, 5]))
    named = name_classes(numbers, ["two", "five", "ten"])
    assert named.class_names == ("two", "five", "ten")
    labels = named.parts["all"].labels
    assert labels is not None
    assert [named.class_names[label] for label in labels] == ["ten", "two", "five"]
    for names, message in ((["a", "b"], "gives 2 names, but .* has 3 classes"), (["a", "b", "a"], "stands twice")):
        with pytest.raises(ConfigError, match=message):
            name_classes(numbers, names)
    with pytest.raises(ConfigError, match="have names already"):
        name_classes(named, ["x", "y", "z"])


@pytest.mark.parametrize(("digits", "are"), [(17, True), (18, False)])
def test_numbers_of_more_than_eighteen_digits_are_names(digits: int, are: bool) -> None:
    number = "1" * digits
    assert are_same_numbers([number], [f"0{number}"]) is are


def test_numbers_in_another_spelling_each_mean_one_class() -> None:
    assert are_same_numbers(["1"], ["01", "02"])
    assert not are_same_numbers(["1"], ["01", "001"])  # either could be meant
    assert not are_same_numbers(["1", "01"], ["001", "002"])
    assert not are_same_numbers(["3"], ["01", "02"])
    assert not are_same_numbers(["1"], ["1", "02"])  # spelled alike
    assert not are_same_numbers(["cat"], ["01"])
