"""Class names out of labels of every kind, and the names that no class can have."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from onelook.data.class_names import encode_labels
from onelook.data.open import open_dataset
from onelook.errors import DataError


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
