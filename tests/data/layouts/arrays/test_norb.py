"""NORB's matrices: pictures of two cameras in groups of a toy, packed or not, and what can be wrong with them."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from onelook.data.open import open_dataset
from onelook.data.part import Part
from onelook.errors import DataError

MAGIC = {"uint8": 0x1E3D4C55, "int32": 0x1E3D4C54, "float32": 0x1E3D4C51}
PICTURES = np.arange(3 * 2 * 4 * 4, dtype=np.uint8).reshape(3, 2, 4, 4)
TRAIN, TEST = "smallnorb-5x46789x9x18x6x2x96x96-training", "smallnorb-5x01235x9x18x6x2x96x96-testing"


def matrix(values: NDArray[np.generic]) -> bytes:
    sizes = [*values.shape, *[1] * (3 - values.ndim)]
    return struct.pack(f"<II{len(sizes)}I", MAGIC[str(values.dtype)], values.ndim, *sizes) + values.tobytes()


def write(folder: Path, stem: str, toys: list[int]) -> None:
    facts = np.array([[toy, 0, 0, 0] for toy in toys], np.int32)
    for kind, values in (("dat", PICTURES), ("cat", np.array([0, 3, 0], np.int32)), ("info", facts)):
        (folder / f"{stem}-{kind}.mat").write_bytes(matrix(values))


@pytest.fixture
def norb(tmp_path: Path) -> Path:
    write(tmp_path, TRAIN, [4, 4, 6])
    write(tmp_path, TEST, [0, 1, 0])
    return tmp_path


def groups_of(part: Part) -> list[str]:
    assert part.groups is not None
    return [part.group_names[group] for group in part.groups]


def labels_of(part: Part) -> list[int]:
    assert part.labels is not None
    return part.labels.tolist()


@pytest.mark.parametrize("packed", [False, True])
def test_both_cameras_are_read_in_groups_of_one_toy(norb: Path, packed: bool) -> None:
    for path in list(norb.iterdir()) if packed else []:
        (norb / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    dataset = open_dataset(norb)
    assert (dataset.layout, dataset.class_names) == ("norb", ("animal", "human", "airplane", "truck"))
    train, test = dataset.parts["train"], dataset.parts["test"]
    np.testing.assert_array_equal(train.pictures.images, PICTURES.reshape(6, 4, 4, 1))  # type: ignore[attr-defined]
    assert labels_of(train) == labels_of(test) == [0, 0, 3, 3, 0, 0]
    assert groups_of(train) == ["animal 4", "animal 4", "truck 4", "truck 4", "animal 6", "animal 6"]
    assert groups_of(test) == ["animal 0", "animal 0", "truck 1", "truck 1", "animal 0", "animal 0"]
    assert dataset.notes == ("The pictures of a toy, from all cameras, stay together when a split is made.",)


def test_without_the_numbers_of_toys_the_pictures_of_a_view_stay_together(norb: Path) -> None:
    for path in norb.glob("*testing*"):
        path.unlink()
    (norb / f"{TRAIN}-info.mat").unlink()
    part = open_dataset(norb).parts["all"]
    assert part.groups is not None
    assert part.groups.tolist() == [0, 0, 1, 1, 2, 2]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("dat", matrix(PICTURES)[:-1], "95 bytes of values, its header says 96"),
        ("dat", matrix(PICTURES)[:5], "5 bytes. It is truncated"),
        ("dat", matrix(PICTURES)[:4] + b"\xff\xff\xff\xff", "no matrix of NORB that can be read"),
        ("dat", matrix(PICTURES[:, 0]), "3×4×4 uint8. Expected the bytes of pictures"),
        ("cat", matrix(np.array([0, 1], np.int32)), "has 3 rows and"),
        ("cat", matrix(np.array([0, 1, 9], np.int32)), "expected whole numbers from 0 to 5"),
        ("cat", matrix(np.array([0, 1, 2], np.float32)), "expected whole numbers from 0 to 5"),
        ("cat", b"", "has pictures, and no categories"),
        ("info", matrix(np.zeros((2, 4), np.int32)), "expected a row of facts for each of 3 rows"),
    ],
)
def test_files_that_do_not_fit_are_refused(norb: Path, name: str, content: bytes, message: str) -> None:
    (norb / f"{TRAIN}-{name}.mat").write_bytes(content)
    with pytest.raises(DataError) as caught:
        open_dataset(norb, layout="norb")
    assert message in str(caught.value)


def test_two_files_of_one_part_are_refused(norb: Path) -> None:
    write(norb, "norb-training-02", [1, 2, 3])
    with pytest.raises(DataError, match="would both be the part 'train'"):
        open_dataset(norb)
