"""STL-10's binaries: planes of columns, labels from 1, and what can be wrong with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onelook.data.open import open_dataset
from onelook.errors import DataError

RNG = np.random.default_rng(5)
PICTURES = RNG.integers(0, 256, (4, 96, 96, 3), dtype=np.uint8)


@pytest.fixture
def stl(tmp_path: Path) -> Path:
    for part, rows in (("train", 4), ("test", 2)):
        # Plane by plane, and in a plane column by column.
        planes = [picture[:, :, colour].T.tobytes() for picture in PICTURES[:rows] for colour in range(3)]
        (tmp_path / f"{part}_X.bin").write_bytes(b"".join(planes))
        (tmp_path / f"{part}_y.bin").write_bytes(bytes([1, 3, 2, 1][:rows]))
    (tmp_path / "class_names.txt").write_text("airplane\nbird\ncar\n")
    return tmp_path


def test_pictures_are_upright_and_labels_are_named(stl: Path) -> None:
    (stl / "unlabeled_X.bin").write_bytes(bytes(27648))
    dataset = open_dataset(stl)
    assert (dataset.layout, dataset.class_names) == ("stl-binary", ("airplane", "bird", "car"))
    np.testing.assert_array_equal(dataset.parts["train"].pictures.images, PICTURES)  # type: ignore[attr-defined]
    assert {name: part.labels.tolist() for name, part in dataset.parts.items()} == {  # type: ignore[union-attr]
        "train": [0, 2, 1, 0],
        "test": [0, 2],
    }
    assert dataset.notes == ("unlabeled_X.bin has pictures without labels and was left out.",)


def test_without_names_the_classes_are_numbers(stl: Path) -> None:
    (stl / "class_names.txt").unlink()
    dataset = open_dataset(stl)
    assert dataset.class_names[:3] == ("1", "2", "3")
    assert dataset.notes == ("class_names.txt was not found: the classes are called 1, 2, 3 … as in the labels.",)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("train_X.bin", bytes(27647), "27,647 bytes, expected a multiple of 27,648"),
        ("train_X.bin", b"", "0 bytes, expected a multiple of 27,648"),
        ("train_X.bin", bytes(27648), "train_X.bin has 1 picture and train_y.bin 4 labels"),
        ("train_y.bin", bytes([1, 4, 2, 1]), "label 4 of picture 2. Expected 1 to 3"),
        ("train_y.bin", bytes([1, 2, 2, 0]), "label 0 of picture 4. Expected 1 to 3"),
        ("class_names.txt", b" \n", "names no classes"),
    ],
)
def test_files_that_do_not_fit_are_refused(stl: Path, name: str, content: bytes, message: str) -> None:
    (stl / name).write_bytes(content)
    with pytest.raises(DataError) as caught:
        open_dataset(stl)
    assert message in str(caught.value)


@pytest.mark.parametrize("lost", [("test_y.bin",), ("test_X.bin",), ("test_X.bin", "test_y.bin")])
def test_a_part_without_pictures_or_labels_is_passed_over(stl: Path, lost: tuple[str, ...]) -> None:
    for name in lost:
        (stl / name).unlink()
    dataset = open_dataset(stl)
    assert dataset.why == "STL-10's binary files by name: train_X.bin"
    assert {name: part.labels.tolist() for name, part in dataset.parts.items()} == {  # type: ignore[union-attr]
        "all": [0, 2, 1, 0],
    }
