"""Pictures in HDF5, in the arrays of public sets; weights beside pictures stay what they are."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.layouts.tables import hdf5_files
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

h5py = pytest.importorskip("h5py")

RNG = np.random.default_rng(3)


def pictures(rows: int, *shape: int) -> np.ndarray:
    return RNG.integers(0, 256, (rows, *shape), dtype=np.uint8)


def written(path: Path, arrays: dict[str, Any], **packed: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with h5py.File(path, "w") as file:
        for name, array in arrays.items():
            file.create_dataset(name, data=array, **packed)
    return path


def images(dataset: Dataset, part: str = "all") -> np.ndarray:
    found: np.ndarray = dataset.parts[part].pictures.images  # type: ignore[attr-defined]
    return found


def named(dataset: Dataset, part: str = "all") -> list[str]:
    return [dataset.class_names[label] for label in dataset.parts[part].labels]  # type: ignore[union-attr]


def test_cats_and_other_pictures_of_a_course(tmp_path: Path) -> None:
    train, test = pictures(6, 8, 8, 3), pictures(2, 8, 8, 3)
    names = np.array([b"non-cat", b"cat"])
    written(
        tmp_path / "train_catvnoncat.h5",
        {"list_classes": names, "train_set_x": train, "train_set_y": [0, 1, 0, 1, 0, 0]},
    )
    written(tmp_path / "test_catvnoncat.h5", {"list_classes": names, "test_set_x": test, "test_set_y": [1, 0]})
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, dataset.class_names) == ("hdf5", ("non-cat", "cat"))
    assert named(dataset, "test") == ["cat", "non-cat"]
    np.testing.assert_array_equal(images(dataset, "train"), train)
    assert any("called as 'list_classes' says, counted from 0: 0 is 'non-cat'" in note for note in dataset.notes)


def test_patches_with_labels_in_files_of_their_own(tmp_path: Path) -> None:
    for part, rows in (("train", 6), ("valid", 4), ("test", 2)):
        name = f"camelyonpatch_level_2_split_{part}"
        written(tmp_path / f"{name}_x.h5", {"x": pictures(rows, 9, 9, 3)}, chunks=(1, 9, 9, 3), compression="gzip")
        written(tmp_path / f"{name}_y.h5", {"y": np.arange(rows).reshape(rows, 1, 1, 1) % 2})
    written(tmp_path / "camelyonpatch_level_2_split_train_mask.h5", {"mask": pictures(6, 9, 9, 1)})
    dataset = open_dataset(tmp_path)
    assert {name: named(dataset, name) for name in dataset.parts} == {
        "train": ["0", "1"] * 3,
        "val": ["0", "1"] * 2,
        "test": ["0", "1"],
    }
    assert dataset.notes == ("Arrays that are neither pictures nor labels by name were left out: mask.",)


def test_flat_digits_in_groups(tmp_path: Path) -> None:
    flat = RNG.random((6, 256)).astype(np.float32)
    arrays = {"train/data": flat, "train/target": np.arange(6), "test/data": flat[:2], "test/target": [5, 0]}
    dataset = open_dataset(written(tmp_path / "usps.h5", arrays))
    assert (images(dataset, "train").shape, named(dataset, "test")) == ((6, 16, 16, 1), ["5", "0"])


@pytest.mark.parametrize(
    ("name", "arrays"),
    [
        ("Galaxy10.h5", {"images": pictures(4, 9, 9, 3), "ans": np.array([1, 0, 1, 0], np.uint8)}),
        ("LetterColorImages.h5", {"images": pictures(4, 8, 8, 3), "labels": [1, 0, 1, 0], "backgrounds": [0, 0, 1, 1]}),
        ("SVHN_single_grey1.h5", {"X_train": pictures(4, 8, 8), "y_train": [1, 0, 1, 0]}),
        ("mnist.hdf5", {"features": pictures(4, 1, 8, 8), "targets": np.array([[1], [0], [1], [0]])}),
        (
            "food_c2_n4_r8x8x3.h5",
            {
                "images": pictures(4, 8, 8, 3),
                "category": np.eye(2, dtype=bool)[[1, 0, 1, 0]],
                "category_names": np.array([b"0", b"1"]),
            },
        ),
    ],
)
def test_pictures_and_labels_by_their_names(name: str, arrays: dict[str, Any], tmp_path: Path) -> None:
    dataset = open_dataset(written(tmp_path / name, arrays))
    assert dataset.layout == "hdf5"
    assert [named(dataset, part) for part in dataset.parts] == [["1", "0", "1", "0"]]


def test_which_of_several_facts_is_the_label_is_asked(tmp_path: Path) -> None:
    facts = {"countries": [0, 0, 1, 1] * 2, "types": [0, 1, 0, 1] * 2}
    path = written(tmp_path / "DecorColorImages.h5", {"images": pictures(8, 8, 8, 3), **facts})
    with pytest.raises(ConfigError, match="'countries' and 'types' each hold a fact about each picture") as asked:
        open_dataset(path)
    assert asked.value.options == ("--label-column countries", "--label-column types")
    assert named(open_dataset(path, label_column="types")) == ["0", "1"] * 4


def test_bands_of_a_satellite_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = written(tmp_path / "so2sat.h5", {"images": np.zeros((4, 8, 8, 10), np.float32), "labels": np.eye(4)})
    with pytest.raises(DataError, match=r"neither axis 1 nor axis 3 is 1 or 3.*choose one or three of them"):
        open_dataset(path)


@pytest.mark.parametrize("packed", [{}, {"chunks": (2, 8, 8), "compression": "gzip"}])
def test_large_arrays_are_mapped(packed: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdf5_files, "_MOST_IN_MEMORY", 100)
    monkeypatch.setattr(hdf5_files, "_BLOCK_BYTES", 200)
    train, test = pictures(5, 8, 8), pictures(5, 8, 8)
    arrays = {"x_train": train, "x_test": test}
    path = written(tmp_path / "d.h5", arrays, **packed)
    with h5py.File(path, "a") as file:
        file["y_train"], file["y_test"] = [0, 1, 0, 1, 0], [0, 1, 0, 1, 0]
    dataset = open_dataset(path)
    np.testing.assert_array_equal(images(dataset, "train")[..., 0], train)
    np.testing.assert_array_equal(images(dataset, "test")[..., 0], test)
    whole: Any = images(dataset, "train")
    while isinstance(whole, np.ndarray):
        whole = whole.base
    assert isinstance(whole, mmap.mmap)


def test_weights_beside_pictures_are_counted_and_no_data(tmp_path: Path) -> None:
    for at, name in enumerate(("cat", "cat", "dog", "dog")):
        (tmp_path / name).mkdir(exist_ok=True)
        Image.new("L", (8, 8), 60 * at).save(tmp_path / name / f"{at}.png")
    written(tmp_path / "weights.h5", {"model_weights/conv/kernel:0": pictures(3, 3, 3, 8), "data": np.zeros((4, 3))})
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, dataset.class_names) == ("class-folders", ("cat", "dog"))
    assert any("1" in note and ".h5" in note for note in dataset.notes), dataset.notes


def test_other_arrays_are_named(tmp_path: Path) -> None:
    path = written(tmp_path / "scans.h5", {"volume/raw": pictures(3, 4, 4, 4), "age": [1, 2, 3]})
    with pytest.raises(DataError, match=r"'scans.h5' holds the arrays age \(3\) and volume/raw \(3×4×4×4\)"):
        open_dataset(path)


def test_which_of_two_sets_is_asked(tmp_path: Path) -> None:
    for name in ("a", "b"):
        written(tmp_path / f"{name}.h5", {"images": pictures(4, 8, 8), "labels": [1, 0, 1, 0]})
    with pytest.raises(ConfigError, match="2 files hold a data set each"):
        open_dataset(tmp_path)


def test_a_file_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "d.h5", {"images": pictures(40, 8, 8), "labels": np.arange(40) % 2})
    path.write_bytes(path.read_bytes()[:2_500])
    with pytest.raises(DataError, match="d.h5: cannot be read as HDF5: .*damaged or was not downloaded whole"):
        open_dataset(path)
    with pytest.raises(DataError, match="d.h5: cannot be read as HDF5"):
        open_dataset(tmp_path)
    path.write_bytes(b"")
    with pytest.raises(DataError, match="it is empty, or nearly so"):
        open_dataset(path)
