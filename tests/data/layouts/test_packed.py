"""Archives beside other files are named: they may hold the pictures of a table."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.errors import DataError

TABLE = "id,cactus\na.png,0\nb.png,1\nc.png,1\n"


def png(shade: int) -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.full((2, 2), shade, np.uint8)).save(file, "png")
    return file.getvalue()


def pack(path: Path, names: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for shade, name in enumerate(names.split()):
            archive.writestr(name, png(shade))


def test_zips_of_parts_beside_their_table_are_read_in_place(tmp_path: Path) -> None:
    root = tmp_path / "cactus"
    root.mkdir()
    pack(root / "train.zip", "train/a.png train/b.png train/c.png __MACOSX/train/._a.png")
    pack(root / "test.zip", "test/d.png")
    (root / "train.csv").write_text(TABLE)
    dataset = open_dataset(root)
    assert list(dataset.parts["all"].ids) == ["train/a.png", "train/b.png", "train/c.png"]
    assert np.asarray(dataset.parts["all"].labels).tolist() == [0, 1, 1]
    assert any("1 picture" in note and "test/d.png" in note for note in dataset.notes)
    (note,) = [note for note in dataset.notes if ".zip" in note]
    assert note == "2 zips (test.zip and train.zip) are read in place as folders of their names, of one data set."
    assert len(open_dataset(root / "train.csv").parts["all"]) == 3
    with zipfile.ZipFile(root / "train.zip") as archive:
        archive.extract("train/a.png", root)
        archive.extract("train/b.png", root)
        archive.extract("train/c.png", root)
    dataset = open_dataset(root)  # pictures beside: some zips may be unpacked already
    assert len(dataset.parts["all"]) == 3
    (note,) = [note for note in dataset.notes if ".zip" in note]
    assert note == (
        "2 other files were not read (2 .zip). test.zip and train.zip are archives beside other files, and were not "
        "looked into: unpack them here if they hold pictures of this data."
    )


@pytest.mark.parametrize(
    ("zips", "classes", "parts"),
    [
        ({"train": "a/1 b/2 a/3", "valid": "a/4 b/5", "test": "a/6 b/7"}, "a b", {"train": 3, "val": 2, "test": 2}),
        ({"data/train": "train/a/1 train/b/2", "data/test": "test/a/6 test/b/7"}, "a b", {"train": 2, "test": 2}),
        ({"batch_1": "a/1 b/2", "batch_2": "a/3 b/4 b/5"}, "a b", {"all": 5}),
        ({"Rock-samples": "0 1 2", "Paper-samples": "0 1"}, "Paper Rock", {"all": 5}),
        ({"cats": "cats/1 cats/2", "dogs": "1 2", "model": ""}, "cats dogs", {"all": 4}),
    ],
)
def test_zips_of_parts_shares_or_classes_are_folders(
    tmp_path: Path, zips: dict[str, str], classes: str, parts: dict[str, int]
) -> None:
    for name, members in zips.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pack(tmp_path / f"{name}.zip", " ".join(f"{member}.png" for member in members.split()))
    dataset = open_dataset(tmp_path)
    assert list(dataset.class_names) == classes.split()
    assert {name: len(part) for name, part in dataset.parts.items()} == parts
    assert any("are read in place as folders of their names" in note for note in dataset.notes)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("birds.zip owl/1.png robin/2.png", "cars.zip vw/1.png bmw/2.png"),  # two data sets
        ("train.zip a/1.png b/2.png", "more.zip a/3.png b/4.png"),
        ("Rock.zip 1.png", "Rock-samples.zip 2.png"),  # both would be the folder Rock
        ("a/cats.zip 1.png", "b/dogs.zip 2.png"),
        ("val.zip a/1.png b/1.png", "test.zip a/3.png b/4.png"),
    ],
)
def test_zips_that_may_be_of_several_data_sets_are_to_be_unpacked(tmp_path: Path, first: str, second: str) -> None:
    for each in (first, second):
        name, members = each.split(" ", 1)
        (tmp_path / name).parent.mkdir(exist_ok=True)
        pack(tmp_path / name, members)
    with pytest.raises(DataError, match=r"archives in it are not looked into \(.* Unpack .* each in a folder"):
        open_dataset(tmp_path)


def test_an_archive_beside_class_folders_is_named(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "1.png").write_bytes(png(len(name)))
    (tmp_path / "more.tar.gz").write_bytes(b"")
    (note,) = [note for note in open_dataset(tmp_path, for_training=False).notes if "more" in note]
    assert "more.tar.gz is an archive beside other files, and was not looked into: unpack it" in note


@pytest.mark.parametrize(("beside", "opens"), [("README.md", True), ("LICENSE", True), ("labels.csv", False)])
def test_one_archive_is_opened_beside_documents_alone(tmp_path: Path, beside: str, opens: bool) -> None:
    pack(tmp_path / "pets.zip", "cat/1.png cat/2.png dog/1.png")
    (tmp_path / beside).write_text("words")
    if opens:
        assert open_dataset(tmp_path).class_names == ("cat", "dog")
        return
    with pytest.raises(DataError, match=r"pets\.zip holds 3 pictures\)\. Unpack pets\.zip here"):
        open_dataset(tmp_path)


def test_archives_of_an_archive_and_pieces_have_their_own_advice(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "outer.zip", "w") as outer:
        outer.writestr("a.zip", b"")
        outer.writestr("b.zip", b"")
    with pytest.raises(DataError, match=r"Unpack it, then a\.zip and b\.zip in the folder that this makes, each in"):
        open_dataset(tmp_path / "outer.zip")
    pieces = tmp_path / "pieces"
    pieces.mkdir()
    for name in ("data.zip.001", "data.zip.002"):
        (pieces / name).write_bytes(b"PK")
    with pytest.raises(
        DataError, match=r"data\.zip\.001 and data\.zip\.002 are pieces of one archive: join and unpack"
    ):
        open_dataset(pieces)


@pytest.mark.parametrize("content", [b"", b"PK\3\4broken", b"PK\5\6" + b"\xff" * 18])
def test_a_damaged_archive_beside_a_table_is_named_without_a_count(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "train.zip").write_bytes(content)
    (tmp_path / "train.csv").write_text(TABLE)
    with pytest.raises(DataError, match=r"archives in it are not looked into\. Unpack train\.zip here, and give this"):
        open_dataset(tmp_path)


@pytest.mark.parametrize("name", ["camelyonpatch_split_train_x.h5.gz", "X.npy.gz", "train_32x32.MAT.gz", "a.npz.gz"])
def test_arrays_packed_with_gzip_are_named_with_what_to_do(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"\x89HDF\r\n\x1a\n"))
    reason = rf"{name} is packed with gzip, in which onelook reads texts and IDX files alone\. Unpack it \(gunzip\)"
    for data in (tmp_path, tmp_path / name):
        with pytest.raises(DataError, match=reason):
            open_dataset(data)
