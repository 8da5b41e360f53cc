"""CIFAR's binary files: planes of red, green and blue made pictures, batches in their order, labels with names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from onelook.data.open import open_dataset
from onelook.errors import DataError

NAMES = ("airplane", "bird", "cat")


def picture(number: int) -> NDArray[np.uint8]:
    """(32, 32, 3), of which no two rows, columns or channels are the same."""
    row, column, channel = np.indices((32, 32, 3))
    return ((7 * row + 3 * column + 50 * channel + 11 * number) % 256).astype(np.uint8)


def write_batch(path: Path, labels: list[int], first: int) -> None:
    """Records as the format's description has them: the label, all red values row by row, all green, all blue."""
    records = b""
    for number, label in enumerate(labels, start=first):
        red, green, blue = (picture(number)[:, :, channel].tobytes() for channel in range(3))
        records += bytes([label]) + red + green + blue
    path.write_bytes(records)


@pytest.fixture
def cifar(tmp_path: Path) -> Path:
    root = tmp_path / "cifar"
    root.mkdir()
    write_batch(root / "data_batch_1.bin", [2, 0], first=0)
    write_batch(root / "data_batch_2.bin", [1, 2], first=2)
    write_batch(root / "data_batch_10.bin", [0], first=4)
    write_batch(root / "test_batch.bin", [1, 2, 0], first=10)
    (root / "batches.meta.txt").write_text("\n".join(NAMES) + "\n\n")
    return root


def test_every_pixel_and_label_is_where_it_belongs(cifar: Path) -> None:
    dataset = open_dataset(cifar)
    assert (dataset.layout, dataset.class_names) == ("cifar-binary", NAMES)
    train, test = dataset.parts["train"], dataset.parts["test"]
    assert train.labels is not None
    assert test.labels is not None
    assert (train.labels.tolist(), test.labels.tolist()) == ([2, 0, 1, 2, 0], [1, 2, 0])
    for part, numbers in ((train, range(5)), (test, range(10, 13))):
        images = part.pictures.images  # type: ignore[attr-defined]
        assert (images == np.stack([picture(number) for number in numbers])).all()
    assert (train.ids[0], test.ids[-1]) == ("train/1", "test/3")


def test_without_a_test_batch_nothing_is_parted(cifar: Path) -> None:
    (cifar / "test_batch.bin").unlink()
    assert list(open_dataset(cifar).parts) == ["all"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("data_batch_2.bin", bytes([3]) + bytes(3072), r"data_batch_2.bin: the label 3 occurs, but .* names 3 classes"),
        ("data_batch_1.bin", bytes(3072), r"data_batch_1.bin: 3,072 bytes, expected a multiple of 3,073"),
        ("test_batch.bin", b"", r"test_batch.bin: 0 bytes, expected a multiple of 3,073"),
        ("batches.meta.txt", b"\n", r"names no classes"),
    ],
)
def test_what_does_not_fit_is_refused(cifar: Path, name: str, content: bytes, message: str) -> None:
    (cifar / name).write_bytes(content)
    with pytest.raises(DataError, match=message):
        open_dataset(cifar)


def test_of_the_two_labels_of_cifar_100_the_second_is_the_class(tmp_path: Path) -> None:
    (tmp_path / "fine_label_names.txt").write_text("apple\nbee\ncan\n")
    (tmp_path / "coarse_label_names.txt").write_text("fruit\nthings\n")
    for name, fine, first in (("train.bin", [2, 0, 1, 2], 0), ("test.bin", [1, 0], 10)):
        records = b""
        for number, label in enumerate(fine, start=first):
            planes = picture(number).transpose(2, 0, 1).tobytes()
            records += bytes([7 + label, label]) + planes
        (tmp_path / name).write_bytes(records)
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("apple", "bee", "can")
    train, test = dataset.parts["train"], dataset.parts["test"]
    assert train.labels is not None
    assert test.labels is not None
    assert (train.labels.tolist(), test.labels.tolist()) == ([2, 0, 1, 2], [1, 0])
    images = train.pictures.images  # type: ignore[attr-defined]
    assert (images == np.stack([picture(number) for number in range(4)])).all()
    (tmp_path / "test.bin").write_bytes(bytes(3073))
    with pytest.raises(DataError, match=r"test.bin: 3,073 bytes, expected a multiple of 3,074 \(two labels and"):
        open_dataset(tmp_path)
