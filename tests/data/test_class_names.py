"""Class names out of labels of every kind, and the names that no class can have."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from onelook.data.class_names import (
    encode_labels,
    has_integer_labels,
    name_classes,
    note_on_numbers,
    positions_among,
)
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError


@pytest.mark.parametrize("label", ["1e30", "9" * 25, "9" * 5_000, "1e999", "-1e30"])
def test_a_number_that_no_class_has_is_a_name(label: str) -> None:
    names, labels = encode_labels([label, "1", label], "y")
    assert set(names) == {label, "1"}
    assert labels[0] == labels[2] != labels[1]


@pytest.mark.parametrize("value", [1e300, -1e17, np.inf, np.nan, 0.5])
def test_a_float_that_is_no_class_is_refused(value: float) -> None:
    with pytest.raises(DataError, match="y: the label in row 2 is .* Expected whole numbers"):
        encode_labels(np.array([1.0, value]), "y")


def test_bytes_that_are_no_text_are_spelled_out() -> None:
    assert encode_labels([b"cat", b"\xff"], "y")[0] == (r"\xff", "cat")


def test_an_array_of_texts_that_are_none_is_refused() -> None:
    codes = np.array([0x41, 0x7FFFFFFF], np.uint32).view("<U1")
    with pytest.raises(DataError, match="y: a label is no text"):
        encode_labels(codes, "y")


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


@pytest.mark.parametrize(
    ("values", "names", "labels"),
    [
        (["c", "a", "b", "a"], ("a", "b", "c"), [2, 0, 1, 0]),
        (["img10", "img9", "Img1"], ("Img1", "img9", "img10"), [2, 1, 0]),
        (["10", "9", "-1", "9.0"], ("-1", "9", "10"), [2, 1, 0, 1]),
        (["07", "7", "x"], None, None),
        ([30, 2, 5, 2], ("2", "5", "30"), [2, 0, 1, 0]),
        ([3.0, 1.0, 20.0], ("1", "3", "20"), [1, 0, 2]),
        ([True, False, True], ("0", "1"), [1, 0, 1]),
        ([b"b", b"a", b" c "], ("a", "b", "c"), [1, 0, 2]),
    ],
)
def test_labels_of_every_kind_are_numbered_in_natural_order(
    values: list[object], names: tuple[str, ...] | None, labels: list[int] | None
) -> None:
    found, positions = encode_labels(values, "y")
    assert positions.dtype == np.int64
    if names is None:  # one name among numbers makes all of them names
        assert sorted(found) == ["07", "7", "x"]
        assert [found[position] for position in positions] == values
    else:
        assert (found, positions.tolist()) == (names, labels)


@pytest.mark.parametrize("values", [["a", None, "b", " "], [b"a", b"", b"b", b" "], ["a", float("nan"), "b", None]])
def test_missing_labels_are_counted_and_the_first_is_named(values: list[object]) -> None:
    with pytest.raises(DataError, match="y: 2 of 4 labels are missing, the first in row 2"):
        encode_labels(values, "y")


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
