"""NumPy's files: pairs by name, and every way in which one can be wrong or mean harm."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.data.layouts.arrays.npy_files import StoredArray, load_array
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError

TRAIN = np.arange(3 * 4 * 5, dtype=np.uint8).reshape(3, 4, 5)
TEST = np.full((2, 4, 5), 200, np.uint8)


class Touch:
    """What pickle would run: it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize(
    "names",
    [
        ("x_train", "y_train", "x_test", "y_test"),
        ("X_train", "Y_train", "X_test", "Y_test"),
        ("train_images", "train_labels", "test_images", "test_labels"),
        ("images_train", "labels_train", "images_test", "labels_test"),
        ("trainX", "trainY", "testX", "testY"),
        ("X", "y", "X_test", "y_test"),
    ],
)
@pytest.mark.parametrize("packed", [np.savez, np.savez_compressed])
def test_four_arrays_are_two_labelled_parts(tmp_path: Path, names: tuple[str, ...], packed: Any) -> None:
    packed(tmp_path / "d.npz", **dict(zip(names, (TRAIN, [5, 0, 5], TEST, [0, 5]), strict=True)))
    dataset = open_dataset(tmp_path / "d.npz")
    train, test = dataset.parts["train"], dataset.parts["test"]
    assert (dataset.layout, dataset.class_names, dataset.name) == ("npz", ("0", "5"), "d")
    assert train.labels.tolist() == [1, 0, 1]  # type: ignore[union-attr]
    assert test.labels.tolist() == [0, 1]  # type: ignore[union-attr]
    np.testing.assert_array_equal(train.pictures.images[..., 0], TRAIN)  # type: ignore[attr-defined]
    assert test.ids == ("test/1", "test/2")
    assert f"it holds the arrays {', '.join(names[:2])}" in dataset.why


def test_one_pair_is_not_parted_and_one_hot_labels_are_looked_up(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", images=TRAIN, labels=np.eye(3, dtype=int)[[2, 0, 1]], ids=np.arange(3))
    dataset = open_dataset(tmp_path / "d.npz")
    assert {name: part.labels.tolist() for name, part in dataset.parts.items()} == {"all": [2, 0, 1]}  # type: ignore[union-attr]
    assert dataset.notes == ("Arrays that are neither pictures nor labels by name were left out: ids.",)


def test_labels_beside_one_array_that_is_no_picture_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", volumes=np.zeros((4, 3, 3, 3, 3), np.uint8), labels=np.arange(4))
    with pytest.raises(DataError, match="a file of NumPy arrays, whose meaning its names do not tell"):
        open_dataset(tmp_path / "d.npz")


def test_labels_may_be_words(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", X=TRAIN, y=np.array(["dog", "cat", "dog"]))
    dataset = open_dataset(tmp_path / "d.npz")
    assert dataset.class_names == ("cat", "dog")


def test_pairs_of_npy_files_are_mapped_not_read(tmp_path: Path) -> None:
    for name, array in {"x_train": TRAIN, "y_train": [0, 1, 0], "x_test": TEST, "y_test": [1, 0]}.items():
        np.save(tmp_path / f"{name}.npy", array)
    dataset = open_dataset(tmp_path)
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 3, "test": 2}
    images = load_array(Location(tmp_path), StoredArray("x_train.npy", None, "x_train"))
    assert isinstance(images.base, np.memmap)
    assert not images.flags.writeable


def test_a_zip_of_npy_files_and_a_file_a_part_hold_the_same(tmp_path: Path) -> None:
    parts = {"train": {"X": TRAIN, "y": np.array([0, 1, 0])}, "test": {"X": TEST, "y": np.array([1, 0])}}
    (tmp_path / "files").mkdir()
    with zipfile.ZipFile(tmp_path / "d.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for part, arrays in parts.items():
            np.savez(tmp_path / "files" / f"{part}.npz", **arrays)
            for name, array in arrays.items():
                archive.writestr(f"{name}_{part}.npy", npy(array))
    assert open_dataset(tmp_path / "files").fingerprint == open_dataset(tmp_path / "d.zip").fingerprint


def test_pictures_without_labels_are_unlabelled(tmp_path: Path) -> None:
    np.save(tmp_path / "X.npy", TRAIN)
    (tmp_path / "notes.txt").write_text("words")
    dataset = open_dataset(tmp_path)
    assert dataset.parts["all"].labels is None
    assert dataset.class_names == ()


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"x_train": TRAIN, "y_train": [0, 1]}, "train X has 3 pictures and train y has 2 labels."),
        ({"x_train": TRAIN, "y_train": [0, 1, 0], "x_test": TEST, "y_test": [0]}, "test X has 2 pictures and test y"),
        ({"x_train": TRAIN, "y_train": [0, 1, 0], "y_test": [0]}, "has labels for test, but no array has the pictures"),
        ({"x_train": TRAIN, "train_images": TRAIN}, "'x_train' in 'd.npz' and 'train_images' in 'd.npz' could both"),
        ({"x_train": TRAIN, "X": TRAIN}, "'X' in 'd.npz' and 'x_train' in 'd.npz' could both be the pictures to"),
        ({"X": TRAIN[0, 0], "y": [0, 1, 0, 1, 0]}, "1 axes. Expected (rows, height, width)"),
        ({"X": TRAIN, "y": [0, 0.5, 1]}, "the label in row 2 is 0.5"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(tmp_path: Path, arrays: dict[str, Any], message: str) -> None:
    np.savez(tmp_path / "d.npz", **arrays)
    with pytest.raises(DataError) as caught:
        open_dataset(tmp_path / "d.npz")
    assert message in str(caught.value)
    assert str(tmp_path / "d.npz") in str(caught.value)


@pytest.mark.parametrize("as_folder", [True, False])
def test_two_arrays_without_names_are_told_apart_by_their_shapes(tmp_path: Path, as_folder: bool) -> None:
    maps = np.arange(6 * 8 * 8, dtype=np.uint8).reshape(6, 8, 8)
    np.savez(tmp_path / "wafers.npz", maps, np.array([0, 1, 0, 1, 1, 1]))
    dataset = open_dataset(tmp_path if as_folder else tmp_path / "wafers.npz")
    assert dataset.parts["all"].labels is not None
    assert dataset.parts["all"].labels.tolist() == [0, 1, 0, 1, 1, 1]
    assert "By their shapes, 'arr_0' holds the pictures and 'arr_1' the labels." in dataset.notes
    several = np.array([[1, 1, 0], [0, 1, 0], [0, 0, 0], [1, 0, 0], [1, 0, 1], [0, 0, 1]])
    np.savez(tmp_path / "wafers.npz", several, maps)
    with pytest.raises(DataError, match="several labels a picture"):
        open_dataset(tmp_path if as_folder else tmp_path / "wafers.npz")
    for others in ([maps, maps], [maps, several[:5]], [maps, several[..., None]], [maps, several, several]):
        np.savez(tmp_path / "wafers.npz", *others)
        with pytest.raises(DataError, match="fits no layout"):
            open_dataset(tmp_path)


def test_a_data_set_of_arrays_in_each_folder_is_named(tmp_path: Path) -> None:
    for name in ("fog", "snow", "blur"):
        (tmp_path / name).mkdir()
        np.save(tmp_path / name / "train_images.npy", TRAIN)
        np.save(tmp_path / name / "train_labels.npy", np.array([0, 1, 0]))
    with pytest.raises(DataError, match=r"in each of 3 folders are a data set: give the path of one, as .*/blur\."):
        open_dataset(tmp_path)
    assert open_dataset(tmp_path / "blur").class_names == ("0", "1")
    np.save(tmp_path / "snow" / "train_images.npy", np.arange(3))
    (tmp_path / "snow" / "train_images.npy").rename(tmp_path / "snow" / "other.npy")
    with pytest.raises(DataError, match="fits no layout"):
        open_dataset(tmp_path)


def test_an_npz_without_pictures_by_name_says_how_arrays_come_in(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", TRAIN)
    with pytest.raises(DataError, match=r"a file of NumPy arrays, whose meaning its names do not tell"):
        open_dataset(tmp_path / "d.npz")
    with pytest.raises(DataError, match=r"no array of pictures was found there\. Expected x_train and y_train"):
        open_dataset(tmp_path / "d.npz", layout="npz")


@pytest.mark.parametrize("as_npz", [True, False])
def test_objects_are_refused_and_nothing_is_run(tmp_path: Path, as_npz: bool) -> None:
    proof = tmp_path / "proof"
    harm = np.empty(3, object)
    harm[:] = Touch(proof)
    (tmp_path / "data").mkdir()
    if as_npz:
        np.savez(tmp_path / "data" / "d.npz", X=TRAIN, y=harm)
    else:
        np.save(tmp_path / "data" / "X.npy", TRAIN)
        np.save(tmp_path / "data" / "y.npy", harm)
    with pytest.raises(DataError, match="it holds Python objects"):
        open_dataset(tmp_path / "data")
    assert not proof.exists()
    (tmp_path / "data" / "y.npy").write_bytes(pickle.dumps(Touch(proof)))
    with pytest.raises(DataError):
        open_dataset(tmp_path / "data", layout="npz")
    assert not proof.exists()


def forged(shape: tuple[int, ...]) -> bytes:
    """An NPY whose header states a shape that its 60 bytes do not have."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
    return file.getvalue() + bytes(60)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (forged((10**12, 4, 5)), "20,000,000,000,000 bytes, but 60 follow it. It is truncated or damaged"),
        (npy(TRAIN)[:-7], "60 bytes, but 53 follow it"),
        (npy(TRAIN) + b"\0", "60 bytes, but 61 follow it"),
        (npy(TRAIN)[:20], "cannot be read"),
        (b"", "cannot be read"),
        (b"\x93NUMPY\x09\x00" + npy(TRAIN)[8:], "it is of NPY version (9, 0), expected 1.0 or 2.0"),
    ],
)
@pytest.mark.parametrize("packing", ["npy", "npz", "zip"])
def test_damaged_and_forged_arrays_are_refused(tmp_path: Path, content: bytes, message: str, packing: str) -> None:
    if packing == "npy":
        (tmp_path / "X.npy").write_bytes(content)
    else:
        with zipfile.ZipFile(tmp_path / f"d.{packing}", "w") as archive:
            archive.writestr("X.npy", content)
    with pytest.raises(DataError) as caught:
        open_dataset(tmp_path / f"d.{packing}" if packing == "zip" else tmp_path, layout="npz")
    assert message in str(caught.value)
    assert "X" in str(caught.value)


def test_a_file_that_is_no_npz_is_said_to_be_none(tmp_path: Path) -> None:
    np.savez(tmp_path / "d.npz", X=TRAIN)
    content = (tmp_path / "d.npz").read_bytes()
    (tmp_path / "d.npz").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError, match=r"d\.npz: 'd\.npz' is no NPZ file that can be read"):
        open_dataset(tmp_path / "d.npz")


def test_an_archive_that_unpacks_to_far_more_than_it_has_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d.npz", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("X.npy", "w") as file:
        np.lib.format.write_array_header_1_0(
            file, {"descr": "|u1", "fortran_order": False, "shape": (65 << 10, 32, 32)}
        )
        for _ in range(65):
            file.write(bytes(1 << 20))
    with pytest.raises(DataError, match=r"it unpacks from [\d,]+ bytes to 68,157,568, as no"):
        open_dataset(tmp_path / "d.npz")


def test_files_that_are_data_sets_each_are_asked_about(tmp_path: Path) -> None:
    labels = np.array([0, 1, 0])
    for name in ("blood", "breast"):
        np.savez(tmp_path / f"{name}mnist.npz", train_images=TRAIN, train_labels=labels, test_images=TEST)
    with pytest.raises(ConfigError, match=r"2 files hold a data set each\. Choose one:") as asked:
        open_dataset(tmp_path)
    assert asked.value.options == (f"{tmp_path}/bloodmnist.npz", f"{tmp_path}/breastmnist.npz")
    (tmp_path / "breastmnist.npz").unlink()
    np.savez(tmp_path / "test.npz", test_images=TEST)
    with pytest.raises(DataError, match="could both be meant"):
        open_dataset(tmp_path)
