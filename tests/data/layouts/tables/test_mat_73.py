"""Matlab's version 7.3 is read as version 5 is: axes, texts, cells, structs and arrays of structs."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image
from tests.data.layouts.tables.mat_73_as_written import written

from onelook.data.dataset import Dataset
from onelook.data.layouts.tables.matlab.mat_files import list_mat, read_mat
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import DataError

GREY = np.random.default_rng(3).integers(0, 256, (6, 8, 9), dtype=np.uint8)


def images(dataset: Dataset) -> np.ndarray:
    found: np.ndarray = dataset.parts["all"].pictures.images  # type: ignore[attr-defined]
    return found


def test_values_are_what_matlab_shows(tmp_path: Path) -> None:
    values = {
        "X": GREY.transpose(1, 2, 0),
        "word": "häuser",
        "names": ["cat", "dog"],
        "s": {"y": np.array([[1.0, 2.0]])},
        "records": [{"file": "a.jpg", "label": np.array([[1.0]])}, {"file": "b.jpg", "label": np.array([[2.0]])}],
    }
    location = Location(written(tmp_path / "d.mat", values))
    found = read_mat(location, "d.mat")
    np.testing.assert_array_equal(found.pop("X"), GREY.transpose(1, 2, 0))
    assert found.pop("s")["y"].tolist() == [[1, 2]]
    assert [(each["file"], each["label"].item()) for each in found.pop("records")] == [("a.jpg", 1), ("b.jpg", 2)]
    assert found == {"word": "häuser", "names": ["cat", "dog"]}
    listed = {name: str(variable) for name, variable in list_mat(location, "d.mat").items()}
    assert listed == {
        "X": "8×9×6 uint8",
        "word": "1×6 char",
        "names": "1×2 cell",
        "s": "1×1 struct",
        "records": "1×1 struct",
    }


def test_pictures_and_labels_open_upright_with_their_names(tmp_path: Path) -> None:
    labels = np.array([[1.0], [2.0]] * 3)
    values = {"images": GREY.transpose(1, 2, 0), "labels": labels, "classnames": ["cat", "dog"]}
    dataset = open_dataset(written(tmp_path / "d.mat", values))
    assert (dataset.layout, dataset.class_names) == ("mat", ("cat", "dog"))
    np.testing.assert_array_equal(images(dataset), GREY[..., None])


def test_arrays_of_another_program_are_in_its_own_order(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "d.mat", "w") as file:
        file["X"], file["y"] = GREY, [0, 1, 0, 1, 0, 1]
    np.testing.assert_array_equal(images(open_dataset(tmp_path)), GREY[..., None])


def test_a_list_of_pictures_labels_them(tmp_path: Path) -> None:
    for at in range(4):
        Image.new("L", (8, 8), 50 * at).save(tmp_path / f"{at}.png")
    records = [{"fname": f"{at}.png", "label": "cat" if at % 2 else "dog"} for at in range(4)]
    written(tmp_path / "annos.mat", {"annotations": records})
    dataset = open_dataset(tmp_path)
    assert (dataset.layout, dataset.class_names) == ("manifest", ("cat", "dog"))


def test_cells_that_hold_themselves_are_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "d.mat", {"c": ["cat", "dog"]})
    with h5py.File(path, "a") as file:
        file["c"][0, 0] = file["c"].ref
    assert read_mat(Location(path), "d.mat") == {"c": [None, "dog"]}


def test_a_struct_in_its_own_records_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "d.mat", {"records": [{"inside": np.ones((1, 1))}], "s": {"x": np.ones((1, 1))}})
    with h5py.File(path, "a") as file:
        file["s/above"] = file["records/inside"]
        del file["s/x"]
        file["records/inside"][0, 0] = file["s"].ref
    assert read_mat(Location(path), "d.mat") == {"records": [{"inside": {}}], "s": {}}


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "d.mat", {"images": GREY, "labels": np.array([[1.0], [2.0]] * 3)})
    path.write_bytes(path.read_bytes()[:1_500])
    with pytest.raises(DataError, match=r"d\.mat: cannot be read as Matlab's version 7\.3, which is HDF5 inside: "):
        open_dataset(path)
