"""Which files are pictures: by suffix where that is known, else by their first bytes."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.data.pictures.drawn import dicom
from tests.data.pictures.test_decode import file_bytes

from onelook.data.layouts.folders.tree import read_tree
from onelook.data.open import open_dataset
from onelook.data.pictures.by_content import is_picture, picture_names
from onelook.data.storage.location import Location
from onelook.settings import DecodeSettings

RED = Image.new("RGB", (8, 8), "red")


@pytest.mark.parametrize(
    "kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP", "JPEG2000", "AVIF", "PPM", "PCX", "SGI", "QOI"]
)
def test_pictures_are_known_by_their_first_bytes(kind: str) -> None:
    assert is_picture(file_bytes(RED, kind)[:132])


def sun_raster(pixels: NDArray[np.uint8]) -> bytes:
    """Return a grey picture of an even width as Sun wrote it: eight numbers, and the rows."""
    height, width = pixels.shape
    return struct.pack(">8I", 0x59A66A95, width, height, 8, width * height, 1, 0, 0) + pixels.tobytes()


def drawn(kind: str, grey: int) -> bytes:
    if kind == "SUN":
        return sun_raster(np.full((8, 8), grey, np.uint8))
    mode = "1" if kind == "XBM" else "RGB" if kind == "QOI" else "L"
    return file_bytes(Image.new("L", (8, 8), grey).convert(mode), kind)


@pytest.mark.parametrize(
    ("suffix", "kind"),
    [
        *((".ras", "SUN"), (".pcx", "PCX"), (".sgi", "SGI"), (".xbm", "XBM"), (".qoi", "QOI"), (".dib", "DIB")),
        *((".tga", "TGA"), (".jp2", "JPEG2000"), (".PGM", "PPM"), (".canvas", "SUN"), (".rgb", "SGI"), (".px", "PCX")),
    ],
)
def test_older_formats_open_in_class_folders_and_in_lists(tmp_path: Path, suffix: str, kind: str) -> None:
    for name, grey in (("dark/1", 0), ("dark/2", 0), ("light/3", 255), ("light/4", 255)):
        path = tmp_path / f"{name}{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(drawn(kind, grey))
    dataset = open_dataset(tmp_path)
    part = dataset.parts["all"]
    assert (dataset.layout, dataset.class_names, part.labels.tolist()) == (
        "class-folders",
        ("dark", "light"),
        [0, 0, 1, 1],
    )
    assert part.pictures.decode(DecodeSettings(height=1, width=1, channels=1)).images.ravel().tolist() == [
        0,
        0,
        255,
        255,
    ]
    (tmp_path / "list.csv").write_text(f"file,kind\ndark/1{suffix},a\nlight/3{suffix},b\ndark/2{suffix},b\n")
    assert open_dataset(tmp_path / "list.csv").parts["all"].ids == tuple(
        f"{n}{suffix}" for n in ("dark/1", "light/3", "dark/2")
    )


def test_other_kinds_of_pictures_are_known_by_their_first_bytes() -> None:
    assert is_picture(dicom(np.zeros((2, 2), np.uint16))[:132])
    assert is_picture(b"\0\0\0\x18ftypheic" + bytes(9))
    assert is_picture(b"P5\n# drawn\n3 2\n255\n")


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"GIF",
        b"BM25 ranks documents",
        b"P5",
        b"P5-Q1.txt",
        b"RIFF\0\0\0\0WAVE",
        b"\0\0\0\x18ftypmp42",
        bytes(132),
        b"\n\5\1",
        b"\x01\xda\0\7",
        b"\n\3\1\x08" + bytes([7]) * 128,
    ],
)
def test_what_begins_in_a_like_way_is_none(start: bytes) -> None:
    assert not is_picture(start)


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    """Four people with six faces each, GIF named after what they show, as the Yale faces lie; and what lies beside."""
    for person in range(1, 5):
        for number, face in enumerate(("happy", "sad", "wink", "glasses", "normal", "gif")):
            pixels = np.full((8, 8), 40 * number + person, np.uint8)
            path = tmp_path / "faces" / f"subject{person:02d}.{face}"
            path.parent.mkdir(exist_ok=True)
            Image.fromarray(pixels).save(path, "GIF")
    (tmp_path / "faces" / "Readme").write_text("The faces")
    (tmp_path / "faces" / "subject01.bak").write_bytes(file_bytes(RED, "GIF"))
    (tmp_path / "faces" / "index.csv").write_text("a,b\n")
    return tmp_path / "faces"


def test_content_decides_where_a_suffix_is_not_known(faces: Path) -> None:
    names = picture_names(Location(faces))
    assert len(names) == 24
    assert names == [name for name in Location(faces).entries() if name.startswith("subject") and "bak" not in name]
    found = open_dataset(faces, for_training=False, needs_labels=False)
    assert found.rows == 24
    assert any("(1 no suffix, 1 .bak, 1 .csv)" in note or "1 .bak" in note for note in found.notes)


def test_it_is_the_same_in_a_zip(faces: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        for path in sorted(faces.iterdir()):
            archive.write(path, path.name)
    assert picture_names(Location(tmp_path / "faces.zip")) == picture_names(Location(faces))


def test_pictures_without_a_suffix_are_found_and_texts_among_them_are_not(tmp_path: Path) -> None:
    for name, colour in (("cat", "red"), ("dog", "blue")):
        (tmp_path / "data" / name).mkdir(parents=True)
        for number in range(10):
            Image.new("RGB", (8, 8), colour).save(tmp_path / "data" / name / f"{number}f3a9", "JPEG")
    (tmp_path / "data" / "LICENSE").write_text("do as you like")
    found = open_dataset(tmp_path / "data")
    assert (found.layout, found.class_names, found.rows) == ("class-folders", ("cat", "dog"), 20)
    assert any("1 file that is no picture" in note for note in found.notes)


def test_an_index_of_dicom_files_is_no_picture(tmp_path: Path) -> None:
    content = dicom(np.zeros((4, 4), np.uint16))
    for name in ("DICOMDIR", "IM0001", "IM0002"):
        (tmp_path / name).write_bytes(content)
    assert picture_names(Location(tmp_path)) == ["IM0001", "IM0002"]


def test_a_known_suffix_is_believed_and_no_file_is_opened(
    tmp_path: Path, draw: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw("data/1.png")
    for name in ("2.csv", "3.xml", "4.mat", "5.nef"):
        (tmp_path / "data" / name).write_bytes(file_bytes(RED, "PNG"))
    location = Location(tmp_path / "data")

    def refuse(self: Location, name: str) -> BinaryIO:
        raise AssertionError(name)

    monkeypatch.setattr(Location, "open", refuse)
    assert read_tree(location).names == ["1.png"]


def test_of_an_unknown_suffix_a_few_files_settle_that_none_is_a_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        (tmp_path / f"{number}.xyz").write_text("0 0 1\n")
    location, opened = Location(tmp_path), []
    original = Location.open

    def noting(self: Location, name: str) -> BinaryIO:
        opened.append(name)
        return original(self, name)

    monkeypatch.setattr(Location, "open", noting)
    assert picture_names(location) == []
    assert sorted(opened) == ["0.xyz", "16.xyz", "32.xyz", "49.xyz"]
