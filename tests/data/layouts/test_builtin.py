"""Data sets by name: digits, and the published ones from $ONELOOK_DATA or a checked download."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from tests.data.pictures.drawn import png

from onelook.data.layouts import builtin
from onelook.data.layouts.builtin import DATASETS, FASHION_MNIST, Download, Published
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError
from onelook.files import checksum


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")  # where nothing is called like a data set
    return tmp_path / "cache"


def write_idx_pair(folder: Path, part: str, labels: list[int]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    images = struct.pack(">4I", 0x803, len(labels), 2, 2) + bytes(4 * len(labels))
    (folder / f"{part}-images-idx3-ubyte").write_bytes(images)
    (folder / f"{part}-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, len(labels)) + bytes(labels))


def test_digits_have_a_fixed_stratified_test_set_in_bytes() -> None:
    from sklearn.datasets import load_digits

    first, second = open_dataset("digits"), open_dataset("digits")
    assert first.fingerprint == second.fingerprint
    train, test = first.parts["train"], first.parts["test"]
    assert (len(train), len(test)) == (1437, 360)
    assert train.labels is not None
    assert test.labels is not None
    assert set(np.bincount(test.labels).tolist()) <= {35, 36, 37}  # a fifth of 174 to 183
    images = np.concatenate([train.pictures.images, test.pictures.images])  # type: ignore[attr-defined]
    assert images.dtype == np.uint8
    assert (images.min(), images.max()) == (0, 255)
    original, labels = load_digits(return_X_y=True)
    # Every picture is there once, with its own label, and 16 steps became 255.
    back = np.rint(images.reshape(-1, 64) / 255 * 16).astype(int)
    ours = sorted(map(tuple, np.c_[back, np.concatenate([train.labels, test.labels])].tolist()))
    assert ours == sorted(map(tuple, np.c_[original.astype(int), labels].tolist()))


def test_fashion_mnist_carries_its_class_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_DATA", str(tmp_path))
    write_idx_pair(tmp_path / "fashion_mnist", "train", [0, 9, 5])  # not all classes: named by value all the same
    dataset = open_dataset("fashion_mnist")
    assert dataset.name == "fashion_mnist"
    assert dataset.class_names == ("T-shirt/top", "Sandal", "Ankle boot")


def test_labels_beyond_the_published_names_keep_their_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_DATA", str(tmp_path))
    for highest in (9, 10):
        write_idx_pair(tmp_path / "fashion_mnist", "train", [0, highest])
        assert open_dataset("fashion_mnist").class_names == (
            ("T-shirt/top", "Ankle boot") if highest == 9 else ("0", "10")
        )


def test_a_named_set_is_opened_in_any_layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_DATA", str(tmp_path))
    (tmp_path / "mnist").mkdir()
    (tmp_path / "mnist" / "mnist.csv").write_text("label,p0,p1,p2,p3\n3,1,2,3,4\n8,5,6,7,8\n")
    dataset = open_dataset("mnist")
    assert (dataset.layout, dataset.name, dataset.class_names) == ("pixel-csv", "mnist", ("3", "8"))


def test_names_are_listed_with_a_line_each() -> None:
    assert list(DATASETS) == ["digits", "mnist", "fashion_mnist", "cifar10"]
    assert all(DATASETS.describe(name) for name in DATASETS)
    assert FASHION_MNIST.class_names is not None
    assert len(FASHION_MNIST.class_names) == 10


def test_an_unknown_name_offers_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"unknown data set 'mnits'\. Did you mean 'mnist'\? No file or folder"):
        open_dataset("mnits")


@pytest.fixture
def tiny_cifar(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CIFAR-10's archive in small, behind a file:// address that takes the place of the official one."""
    record = bytes([1]) + bytes([10] * 1024 + [20] * 1024 + [30] * 1024)
    members = {
        "batches.meta.txt": b"airplane\nautomobile\n\n",
        "data_batch_1.bin": record + bytes([0]) + bytes(3072),
        "test_batch.bin": record,
    }
    archive = tmp_path / "cifar.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for name, content in members.items():
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            packed.addfile(member, io.BytesIO(content))
    files = (Download(archive.as_uri(), checksum(archive)),)
    monkeypatch.setattr(builtin, "CIFAR10", Published("cifar10", files))
    monkeypatch.delenv("ONELOOK_DATA", raising=False)
    return archive


def test_a_download_is_unpacked_once_and_read(tiny_cifar: Path) -> None:
    dataset = open_dataset("cifar10")
    assert (dataset.layout, dataset.class_names) == ("cifar-binary", ("airplane", "automobile"))
    images = dataset.parts["train"].pictures.images  # type: ignore[attr-defined]
    assert images.shape == (2, 32, 32, 3)
    assert images[0, 5, 7].tolist() == [10, 20, 30]
    assert dataset.parts["test"].labels.tolist() == [1]  # type: ignore[union-attr]
    tiny_cifar.unlink()
    assert open_dataset("cifar10").fingerprint == dataset.fingerprint


def test_a_download_with_another_checksum_leaves_nothing(tiny_cifar: Path, cache: Path) -> None:
    tiny_cifar.write_bytes(tiny_cifar.read_bytes() + b"x")
    with pytest.raises(DataError, match="Nothing was kept"):
        open_dataset("cifar10")
    assert not [path for path in cache.rglob("*") if path.is_file()]


def test_what_is_in_the_data_folder_is_not_downloaded(
    tiny_cifar: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONELOOK_DATA", str(tmp_path / "data"))
    write_idx_pair(tmp_path / "data" / "cifar10", "train", [0, 1])
    assert open_dataset("cifar10").layout == "idx"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (bytes(3072), "3,072 bytes, expected a multiple of 3,073"),
        (bytes([7]) + bytes(3072), "the label 7 occurs, but batches.meta.txt names 2 classes"),
    ],
)
def test_malformed_cifar_batches_are_refused(tmp_path: Path, content: bytes, message: str) -> None:
    folder = tmp_path / "cifar-10-batches-bin"
    folder.mkdir()
    (folder / "batches.meta.txt").write_text("airplane\nautomobile\n")
    (folder / "data_batch_1.bin").write_bytes(content)
    with pytest.raises(DataError) as caught:
        open_dataset(folder)
    assert message in str(caught.value)


def test_cifar10_from_a_folder_with_one_zip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real one, of 60,000 pictures, is opened by tests/end_to_end/test_everyday.py."""
    monkeypatch.setenv("ONELOOK_DATA", str(tmp_path))
    (tmp_path / "cifar10").mkdir()
    with zipfile.ZipFile(tmp_path / "cifar10" / "cifar10_images.zip", "w") as archive:
        for shade, name in enumerate(builtin.CIFAR10.class_names):
            for part, count in (("train", 2), ("test", 1)):
                for at in range(count):
                    pixels = np.full((32, 32, 3), (20 * shade, at, count), np.uint8)
                    archive.writestr(f"{part}/{name}/{at:04}.png", png(pixels))
    dataset = open_dataset("cifar10")
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 20, "test": 10}
    assert dataset.class_names == builtin.CIFAR10.class_names
