"""Every registered layout obeys its contract: it knows its own data, says why, and leaves the others' alone."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import struct
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image
from scipy.io import savemat
from tests.data.layouts.arrays.tf_records_as_written import example, write

from onelook.data.layouts.layout import Layout, LayoutOptions
from onelook.data.layouts.recognise import candidates, implied_layout, may_be, standing
from onelook.data.layouts.registry import LAYOUTS, layout_entry
from onelook.data.open import open_dataset
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.pictures.from_arrays import ArrayPictures
from onelook.data.pictures.from_files import FilePictures
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.settings.opening import OpeningOptions


def _pixel_csv(folder: Path) -> Path:
    (folder / "train.csv").write_text("label,p0,p1,p2,p3\n0,1,2,3,4\n1,5,6,7,8\n")
    return folder / "train.csv"


def _pixel_csv_pair(folder: Path) -> Path:
    _pixel_csv(folder)
    (folder / "test.csv").write_text("label,p0,p1,p2,p3\n0,1,2,3,4\n")
    return folder


def _pixel_csv_gz(folder: Path) -> Path:
    (folder / "train.csv.gz").write_bytes(gzip.compress(b"label,p0,p1,p2,p3\n0,1,2,3,4\n1,5,6,7,8\n"))
    return folder / "train.csv.gz"


def _pixel_parquet(folder: Path) -> Path:
    columns = {"label": [0, 1], **{f"p{at}": [at, at + 4] for at in range(4)}}
    pq.write_table(pa.table(columns), folder / "train.parquet")
    return folder / "train.parquet"


def _four_csv(folder: Path) -> Path:
    for part in ("train", "test"):
        (folder / f"{part}_images.csv").write_text("4,3,2,1\n5,6,7,8\n")
        (folder / f"{part}_labels.csv").write_text("0\n1\n")
    return folder


def _idx(folder: Path) -> Path:
    (folder / "train-images-idx3-ubyte").write_bytes(struct.pack(">4I", 0x803, 2, 2, 2) + bytes(8))
    (folder / "train-labels-idx1-ubyte").write_bytes(struct.pack(">2I", 0x801, 2) + bytes([0, 1]))
    return folder


def _cifar_binary(folder: Path) -> Path:
    (folder / "batches.meta.txt").write_text("airplane\nautomobile\n")
    (folder / "data_batch_1.bin").write_bytes(bytes(3073) + bytes([1]) + bytes(3072))
    return folder


def _cifar_python(folder: Path) -> Path:
    batch = {"data": np.zeros((2, 3072), np.uint8), "labels": [0, 1]}
    (folder / "data_batch_1").write_bytes(pickle.dumps(batch, protocol=2))
    (folder / "batches.meta").write_bytes(pickle.dumps({"label_names": ["airplane", "automobile"]}, protocol=2))
    return folder


def _npz(folder: Path) -> Path:
    x, y = np.zeros((2, 4, 4), np.uint8), np.array([0, 1])
    np.savez(folder / "mnist.npz", x_train=x, y_train=y, x_test=x, y_test=y)
    return folder / "mnist.npz"


def _hdf5(folder: Path) -> Path:
    with h5py.File(folder / "usps.h5", "w") as file:
        file["train/data"], file["train/target"] = np.zeros((2, 64), np.uint8), [0, 1]
    return folder / "usps.h5"


def _npy_pair(folder: Path) -> Path:
    np.save(folder / "X.npy", np.zeros((2, 4, 4), np.uint8))
    np.save(folder / "y.npy", np.array([0, 1]))
    return folder


def _npy_of_words(folder: Path) -> Path:
    np.save(folder / "faces.npy", np.zeros((2, 4, 4), np.uint8))
    np.save(folder / "faces_target.npy", np.array([0, 1]))
    return folder


def _class_arrays(folder: Path) -> Path:
    for at, name in enumerate(("ant", "bee")):
        np.save(folder / f"{name}.npy", np.full((2, 49), at, np.uint8))
    return folder


def _pixel_rows(folder: Path) -> Path:
    for part in ("train", "test"):
        rows = ["1," + "0,9," * 31 + "0,0", "0," + "0,7," * 31 + "0,0", "1," + "0,5," * 31 + "0,0"]
        (folder / f"letters-{part}.csv").write_text("\n".join(rows) + "\n")
    return folder


def _pixel_rows_pair(folder: Path) -> Path:
    (folder / "csvImages.csv").write_text(("0,9," * 31 + "9,0\n") * 2)
    (folder / "csvLabels.csv").write_text("0\n1\n")
    return folder


def _pixel_cells(folder: Path) -> Path:
    pixels = " ".join(["0", "9"] * 32)
    (folder / "fer2013.csv").write_text(
        f"emotion,pixels,Usage\n0,{pixels},Training\n1,{pixels},Training\n0,{pixels},PrivateTest\n"
    )
    return folder / "fer2013.csv"


def _json_arrays(folder: Path) -> Path:
    content = {"data": [[0, 9] * 32, [0, 7] * 32], "labels": [0, 1]}
    (folder / "ships.json").write_text(json.dumps(content))
    return folder / "ships.json"


def _mat(folder: Path) -> Path:
    for part in ("train", "test"):
        savemat(folder / f"{part}_32x32.mat", {"X": np.zeros((8, 8, 3, 2), np.uint8), "y": np.array([[1], [2]])})
    return folder


def _mat_file(folder: Path) -> Path:
    savemat(folder / "Yale.mat", {"fea": np.zeros((2, 64)), "gnd": np.array([[1], [2]])})
    return folder / "Yale.mat"


def _stl_binary(folder: Path) -> Path:
    (folder / "train_X.bin").write_bytes(bytes(2 * 27_648))
    (folder / "train_y.bin").write_bytes(bytes([1, 2]))
    (folder / "class_names.txt").write_text("airplane\nbird\n")
    return folder


def _norb(folder: Path) -> Path:
    header = struct.pack("<6I", 0x1E3D4C55, 4, 2, 2, 4, 4)
    (folder / "smallnorb-training-dat.mat").write_bytes(header + bytes(64))
    (folder / "smallnorb-training-cat.mat").write_bytes(struct.pack("<7I", 0x1E3D4C54, 1, 2, 1, 1, 0, 1))
    return folder


def _hf_parquet(folder: Path) -> Path:
    file = io.BytesIO()
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(file, "PNG")
    rows = pa.table({"image": [{"bytes": file.getvalue(), "path": "1.png"}] * 2, "label": [0, 1]})
    for part in ("train", "test"):
        pq.write_table(rows, folder / f"{part}-00000-of-00001.parquet")
    return folder


def _hf_arrow(folder: Path) -> Path:
    rows = pq.read_table(_hf_parquet(folder) / "train-00000-of-00001.parquet")
    for part in ("train", "test"):
        (folder / f"{part}-00000-of-00001.parquet").unlink()
        (folder / part).mkdir()
        with pa.ipc.new_stream(str(folder / part / "data-00000-of-00001.arrow"), rows.schema) as stream:
            stream.write_table(rows)
    return folder


def _tfrecord(folder: Path) -> Path:
    file = io.BytesIO()
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(file, "PNG")
    for part in ("train", "test"):
        write(folder / f"{part}.tfrecord", *(example(image=file.getvalue(), label=number) for number in (0, 1)))
    return folder


def _pictures(*names: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        for number, name in enumerate(names):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((4, 4), number, np.uint8)).save(folder / name)
        return folder

    return write


def _manifest(table: str, text: str, *names: str) -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        _pictures(*names)(folder)
        (folder / table).write_text(text)
        return folder

    return write


def _label_files(folder: Path) -> Path:
    _pictures("000001.png", "000002.png")(folder)
    for number in (1, 2):
        (folder / f"{number:06d}.cls").write_text(f"{number % 2}\n")
    return folder


# A new layout brings its example: without one the first test below fails.
EXAMPLES: list[tuple[str, Callable[[Path], Path]]] = [
    ("pixel-csv", _pixel_csv),
    ("pixel-csv", _pixel_csv_pair),
    ("pixel-csv", _pixel_csv_gz),
    ("pixel-parquet", _pixel_parquet),
    ("four-csv", _four_csv),
    ("idx", _idx),
    ("cifar-binary", _cifar_binary),
    ("cifar-python", _cifar_python),
    ("hf-parquet", _hf_parquet),
    ("hf-arrow", _hf_arrow),
    ("tfrecord", _tfrecord),
    ("npz", _npz),
    ("npz", _npy_pair),
    ("hdf5", _hdf5),
    ("npz", _npy_of_words),
    ("class-arrays", _class_arrays),
    ("pixel-rows", _pixel_rows),
    ("pixel-rows", _pixel_rows_pair),
    ("pixel-cells", _pixel_cells),
    ("json-arrays", _json_arrays),
    ("mat", _mat),
    ("mat", _mat_file),
    ("stl-binary", _stl_binary),
    ("norb", _norb),
    ("manifest", _manifest("train.csv", "id,label\n1,cat\n2,dog\n10,dog\n", "im/1.png", "im/2.png", "im/10.png")),
    ("manifest", _manifest("all.tsv", "file\tkind\ta\na/1.png\tx\t0\nb.png\ty\t1\n", "a/1.png", "b.png")),
    ("class-folders", _pictures("cat/1.png", "dog/1.png")),
    ("class-folders", _manifest("list.csv", "path,label\ncat/1.png,cat\ndog/1.png,dog\n", "cat/1.png", "dog/1.png")),
    ("class-folders", _pictures("train/cat/1.png", "train/dog/1.png", "test/cat/1.png", "test/dog/2.png")),
    ("labelled-names", _pictures("cat.1.png", "cat.2.png", "dog.1.png", "dog.2.png")),
    ("labelled-names", _pictures("cat_1.png", "cat_2.png", "dog_1.png", "dog_2.png")),
    ("label-files", _label_files),
    ("picture-folder", _pictures("1.png", "2.png", "10.png")),
]


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))


def _place(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_every_layout_has_an_example_here() -> None:
    assert set(LAYOUTS) == {name for name, _ in EXAMPLES}


@pytest.mark.parametrize(("name", "write"), EXAMPLES)
def test_a_layout_knows_its_own_data_and_no_other_claims_it(
    tmp_path: Path, name: str, write: Callable[[Path], Path]
) -> None:
    fitting = standing(candidates(Location(write(_place(tmp_path)))))
    assert list(fitting) == [name]
    assert fitting[name].why


@pytest.mark.parametrize(("name", "write"), EXAMPLES)
def test_a_layout_that_is_not_asked_would_not_have_known_the_data(
    tmp_path: Path, name: str, write: Callable[[Path], Path]
) -> None:
    location = Location(write(_place(tmp_path)))
    silent = [each for each in LAYOUTS if not may_be(each, location)]
    assert name not in silent
    assert len(silent) >= len(LAYOUTS) // 3
    assert [each for each in silent if LAYOUTS.load(each)().recognise(location) is not None] == []


@pytest.mark.parametrize("packed", [True, False])
def test_names_in_capitals_and_gzipped_files_are_asked_about(tmp_path: Path, packed: bool) -> None:
    for name in LAYOUTS:
        for ending in layout_entry(name).endings:
            (tmp_path / name).mkdir(exist_ok=True)
            path = tmp_path / name / f"ABC{ending.upper()}{'.GZ' if packed else ''}"
            path.write_bytes(b"")
            assert may_be(name, Location(path))
            assert may_be(name, Location(tmp_path / name))


def test_what_a_layout_looks_for_is_no_picture() -> None:
    """Pictures are passed over when the endings of names are gathered: a layout of theirs says `needs_pictures`."""
    for name in LAYOUTS:
        entry = layout_entry(name)
        assert PICTURE_SUFFIXES.isdisjoint(entry.endings)
        assert not (entry.needs_pictures and entry.endings)


@pytest.mark.parametrize("first", ["pixel", "0.", "-", ""])
def test_a_header_of_pixels_is_told_from_a_row_of_values(tmp_path: Path, first: str) -> None:
    cells = [f"{first}{number % 7 if first != 'pixel' else number}" for number in range(255)]
    words = " ".join(["0", "9"] * 32)
    (tmp_path / "a.csv").write_text(",".join(["label", *cells]) + "\n" + ",".join([words, *["1"] * 255]) + "\n")
    location = Location(tmp_path / "a.csv")
    asked = {name for name in LAYOUTS if may_be(name, location)}
    assert ("pixel-rows" in asked) is (first != "pixel")
    known = {name for name in LAYOUTS if LAYOUTS.load(name)().recognise(location) is not None}
    assert known <= asked
    assert "pixel-csv" in asked


@pytest.mark.parametrize(("name", "write"), EXAMPLES)
def test_what_a_layout_can_do_is_what_it_does(tmp_path: Path, name: str, write: Callable[[Path], Path]) -> None:
    path, entry = write(_place(tmp_path)), layout_entry(name)
    parts = open_dataset(path).parts.values()
    assert all(isinstance(part.pictures, FilePictures) for part in parts) is entry.has_picture_files
    assert all(isinstance(part.pictures, ArrayPictures) for part in parts) is not entry.has_picture_files
    with pytest.raises(ConfigError) as caught:  # either the layout looks for the column, or there is none to name
        open_dataset(path, label_column="no such column")
    assert ("is no table, its layout is" not in str(caught.value)) is entry.reads_label_column
    if not entry.has_picture_files:
        with pytest.raises(ConfigError, match="is no folder or archive of pictures"):
            open_dataset(path, label_from="folder:1")


def test_the_layouts_that_label_from_asks_for_read_it(tmp_path: Path) -> None:
    location = Location(_pictures("cat/1.png", "dog/1.png")(_place(tmp_path)))
    asked = {implied_layout(location, LayoutOptions(OpeningOptions(label_from=text))) for text in ("folder:1", "(.)")}
    assert asked == {name for name in LAYOUTS if layout_entry(name).reads_label_from}


@pytest.mark.parametrize(("name", "write"), EXAMPLES)
def test_what_a_layout_opens_is_whole(tmp_path: Path, name: str, write: Callable[[Path], Path]) -> None:
    path = write(_place(tmp_path))
    dataset = open_dataset(path)
    assert dataset.layout == name
    assert dataset.why
    assert dataset.fingerprint == open_dataset(path).fingerprint
    for key, part in dataset.parts.items():
        assert key == part.name
        assert key in ("train", "val", "test", "all")
        assert len(part) == len(part.ids) == len(set(part.ids)) > 0
        assert sum(part.pictures.facts().sizes.values()) == len(part)
        if part.labels is not None:
            assert part.labels.dtype == np.int64
            assert len(part.labels) == len(part)
            assert set(part.labels.tolist()) <= set(range(len(dataset.class_names)))
    ids = [each for part in dataset.parts.values() for each in part.ids]
    assert len(set(ids)) == len(ids)
    assert max(map(len, str(dataset).splitlines())) <= 80


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_a_layout_leaves_alone_what_is_no_data(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "words.txt").write_text("a b c\n")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)))
    layout: Layout = LAYOUTS.load(name)()
    for place in ("empty", "words.txt", "noise.bin"):
        assert layout.recognise(Location(tmp_path / place)) is None


@pytest.mark.parametrize("name", list(LAYOUTS))
def test_a_layout_that_is_forced_on_other_data_refuses_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "words.txt").write_text("a b c\n")
    with pytest.raises(DataError):
        open_dataset(tmp_path / "data", layout=name)
