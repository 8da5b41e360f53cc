"""Archives beside other files are named: they may hold the pictures of a table."""

from __future__ import annotations

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


def test_pictures_in_zips_beside_their_table_are_to_be_unpacked(tmp_path: Path) -> None:
    root = tmp_path / "cactus"
    root.mkdir()
    pack(root / "train.zip", "train/a.png train/b.png train/c.png")
    pack(root / "test.zip", "test/d.png")
    (root / "train.csv").write_text(TABLE)
    with pytest.raises(DataError) as caught:
        open_dataset(root)
    assert str(caught.value) == (
        f"{root}: a folder of 3 files (2 .zip, 1 .csv): archives in it are not looked into (test.zip holds 1 picture "
        "and train.zip holds 3 pictures). Unpack test.zip and train.zip here, each in a folder of its own name, and "
        "give this folder again."
    )
    with pytest.raises(DataError, match=r"not one of 3 files .*test\.zip and train\.zip are archives beside other"):
        open_dataset(root / "train.csv")
    with zipfile.ZipFile(root / "train.zip") as archive:
        archive.extractall(root)
    dataset = open_dataset(root)
    assert len(dataset.parts["all"]) == 3
    (note,) = [note for note in dataset.notes if ".zip" in note]
    assert note == (
        "2 other files were not read (2 .zip). test.zip and train.zip are archives beside other files, and were not "
        "looked into: unpack them here if they hold pictures of this data."
    )


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
