"""Matlab's version 7.3 is read as version 5 is: axes, texts, cells, structs and arrays of structs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.layouts.tables.matlab.mat_files import list_mat, read_mat
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import DataError

h5py = pytest.importorskip("h5py")

HEADER = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Tue Dec  1 00:00:00 2026 HDF5 schema 1.00 .".ljust(124)
GREY = np.random.default_rng(3).integers(0, 256, (6, 8, 9), dtype=np.uint8)


class Matlab:
    """Writes as Matlab does: axes reversed, a class for each variable, and the contents of cells in `#refs#`."""

    def __init__(self, file: h5py.File) -> None:
        self.file = file
        self.refs = file.require_group("#refs#")

    def put(self, at: Any, name: str, value: Any) -> Any:
        if isinstance(value, dict):
            group = at.create_group(name)
            group.attrs["MATLAB_class"] = np.bytes_("struct")
            for key, each in value.items():
                self.put(group, key, each)
            return group
        if isinstance(value, list) and value and isinstance(value[0], dict):
            group = at.create_group(name)
            group.attrs["MATLAB_class"] = np.bytes_("struct")
            for key in value[0]:
                group.create_dataset(key, data=self._links([each[key] for each in value]), dtype=h5py.ref_dtype)
            return group
        if isinstance(value, list):
            made = at.create_dataset(name, data=self._links(value), dtype=h5py.ref_dtype)
            kind = "cell"
        elif isinstance(value, str):
            made = at.create_dataset(name, data=np.array([[ord(letter)] for letter in value], np.uint16))
            kind = "char"
        else:
            made = at.create_dataset(name, data=value.T, compression="gzip", chunks=True)
            kind = {"float64": "double"}.get(str(value.dtype), str(value.dtype))
        made.attrs["MATLAB_class"] = np.bytes_(kind)
        return made

    def _links(self, values: list[Any]) -> np.ndarray:
        made = [self.put(self.refs, f"r{len(self.refs)}_{at}", each).ref for at, each in enumerate(values)]
        return np.array(made, h5py.ref_dtype).reshape(-1, 1)


def written(path: Path, values: dict[str, Any]) -> Path:
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, value in values.items():
            Matlab(file).put(file, name, value)
    content = bytearray(path.read_bytes())
    content[: len(HEADER) + 4] = HEADER + b"\x00\x02IM"
    path.write_bytes(bytes(content))
    return path


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


def test_a_damaged_file_is_an_error(tmp_path: Path) -> None:
    path = written(tmp_path / "d.mat", {"images": GREY, "labels": np.array([[1.0], [2.0]] * 3)})
    path.write_bytes(path.read_bytes()[:1_500])
    with pytest.raises(DataError, match=r"d\.mat: cannot be read as Matlab's version 7\.3, which is HDF5 inside: "):
        open_dataset(path)
