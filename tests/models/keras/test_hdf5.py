"""HDF5 is read as h5py reads it, and what Keras does not write, or what is damaged, ends in an error."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.models.keras.conftest import KerasFiles

from onelook.errors import ModelError
from onelook.hdf5.file import Hdf5Dataset, Hdf5File, Hdf5Group
from onelook.models.keras.file import refusal
from onelook.models.keras.network import read_keras_network

h5py = pytest.importorskip("h5py")


def assert_same(ours: Hdf5Group, peer: h5py.Group) -> int:
    """Compare two groups, and return the number of arrays in them."""
    assert sorted(ours.names) == sorted(peer)
    for name, value in peer.attrs.items():
        if isinstance(value, str):
            assert ours.attributes[name] == value
        elif isinstance(value, np.ndarray) and value.dtype.kind == "S":
            assert ours.attributes[name] == tuple(each.decode() for each in value)
    count = 0
    for name, item in peer.items():
        if isinstance(item, h5py.Group):
            group = ours.group(name)
            assert group is not None
            count += assert_same(group, item)
        else:
            dataset = ours.dataset(name)
            assert isinstance(dataset, Hdf5Dataset)
            assert (dataset.shape, dataset.dtype) == (item.shape, item.dtype)
            np.testing.assert_array_equal(dataset.read(), item[()])
            count += 1
    return count


@pytest.mark.parametrize(("version", "ending"), [("2.15", "h5"), ("2.15", "keras"), ("3.15", "h5"), ("3.15", "keras")])
def test_reads_what_h5py_reads(version: str, ending: str, keras_files: KerasFiles) -> None:
    path = keras_files.path(version, "nested", ending)
    content = path.read_bytes()
    if ending == "keras":
        with zipfile.ZipFile(path) as archive:
            content = archive.read("model.weights.h5")
    with h5py.File(io.BytesIO(content)) as peer:
        assert assert_same(Hdf5File(content, refusal("mine")).root, peer) == 20


Write = Callable[[h5py.File], object]


def written(path: Path, write: Write, **options: object) -> Hdf5Group:
    with h5py.File(path, "w", **options) as file:
        write(file)
    return Hdf5File(path.read_bytes(), refusal(str(path))).root


def test_reads_types_names_and_groups_of_any_number(tmp_path: Path) -> None:
    def write(file: h5py.File) -> None:
        for number in range(300):
            file[f"layer {number}/a/kernel"] = np.full((2, 3), number, np.float64)
        file["half"] = np.arange(5, dtype=np.float16)
        file["big end"] = np.arange(5, dtype=">f4")
        file["whole"] = np.int64(7)
        file["none"] = np.zeros((0, 4), np.float32)
        file.attrs["text"] = "ü" * 70_000
        file.attrs["names"] = np.array([b"a", b"bc"])
        file.attrs["number"] = 3.5

    root = written(tmp_path / "mine.h5", write)
    with h5py.File(tmp_path / "mine.h5") as peer:
        assert assert_same(root, peer) == 304
    assert "number" not in root.attributes


@pytest.mark.parametrize(
    ("write", "said"),
    [
        (lambda file: file.create_dataset("x", data=np.zeros(9), compression="lzf"), "is packed with LZF"),
        (
            lambda file: file.create_dataset("x", (9,), "f4", external=[("/etc/passwd", 0, 36)]),
            "numbers are in another file, which is never opened",
        ),
        (
            lambda file: file.create_virtual_dataset("x", layout_of("/etc/passwd")),
            "a view of other files, which are never opened",
        ),
        (lambda file: file.__setitem__("x", h5py.ExternalLink("other.h5", "/x")), "they link to other files"),
        (lambda file: file.__setitem__("x", h5py.SoftLink("/y")), "it holds links instead of arrays"),
        (lambda file: file.__setitem__("x", np.zeros(3, "f4,i4")), "not of plain numbers"),
        (lambda file: file.create_dataset("x", (10**9,), "f4"), "has a shape, and not that many numbers"),
    ],
)
def test_what_keras_does_not_write_is_refused(write: Write, said: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError) as refused:
        written(tmp_path / "mine.h5", write).dataset("x").read()  # type: ignore[union-attr]
    assert said in str(refused.value)
    assert "mine.h5: cannot be read as the HDF5 that Keras writes" in str(refused.value)


def layout_of(path: str) -> h5py.VirtualLayout:
    layout = h5py.VirtualLayout(shape=(4,), dtype="f4")
    layout[:] = h5py.VirtualSource(path, "x", shape=(4,))
    return layout


def test_newer_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="it has superblock 3, and 0 or 1 is read"):
        written(tmp_path / "mine.h5", lambda file: file.__setitem__("x", 1.0), libver="latest")


def test_groups_that_lead_back_to_themselves_are_counted(tmp_path: Path) -> None:
    """A damaged index may name itself; without a limit, reading it would never end."""
    root = written(tmp_path / "mine.h5", lambda file: file.__setitem__("x/y", 1.0))
    content = bytearray((tmp_path / "mine.h5").read_bytes())
    tree = content.index(b"TREE")
    content[tree + 5] = 1  # one level above the lists of names
    content[tree + 32 : tree + 40] = tree.to_bytes(8, "little")  # of which the first is the index itself
    assert root.group("x") is not None
    with pytest.raises(ModelError, match="the index of a group is damaged"):
        _ = Hdf5File(bytes(content), refusal("mine")).root.names


def test_more_parts_than_any_network_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.hdf5.file._MOST_STEPS", 100)
    with pytest.raises(ModelError, match="more parts than any network or data set"):
        _ = written(tmp_path / "mine.h5", lambda file: [file.create_group(str(at)) for at in range(60)]).names


@pytest.mark.parametrize(("version", "ending"), [("2.15", "h5"), ("3.15", "keras")])
def test_altered_files_are_refused_or_read(version: str, ending: str, keras_files: KerasFiles, tmp_path: Path) -> None:
    """`benchmarks/fuzz` does the same to thousands."""
    draw = random.Random(7)
    original = keras_files.path(version, "residual", ending).read_bytes()
    refused = 0
    for _ in range(30):
        content = bytearray(original)
        for _ in range(draw.choice((1, 4, 32))):
            at = draw.randrange(len(content))
            content[at] = draw.choice((0, 0xFF, draw.randrange(256)))
        path = tmp_path / f"altered.{ending}"
        path.write_bytes(content[: draw.choice((len(content), len(content), draw.randrange(len(content))))])
        try:
            read_keras_network(path)
        except ModelError:
            refused += 1
    assert 5 < refused <= 30
