"""A zip's members as they were packed, stored or deflated, by many threads; damage is told, not passed on."""

from __future__ import annotations

import struct
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onelook.data.zip_storage import ZipStorage
from onelook.errors import DataError

CONTENT = {f"{number}.jpg": bytes([number]) * (1_000 + number) for number in range(50)}


def write_zip(path: Path, kind: int = zipfile.ZIP_STORED) -> Path:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in CONTENT.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_many_threads_read_what_was_packed(tmp_path: Path, kind: int) -> None:
    storage = ZipStorage(write_zip(tmp_path / "a.zip", kind))
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(storage.read, CONTENT)) == list(CONTENT.values())


def test_what_stands_before_the_zip_does_not_matter(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip")
    path.write_bytes(b"#!/bin/sh\n" + path.read_bytes())  # as a self-extracting archive has it
    assert ZipStorage(path).read("7.jpg") == CONTENT["7.jpg"]


def test_extras_in_a_member_s_own_header_are_skipped(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        member = zipfile.ZipInfo("1.jpg")
        member.extra = struct.pack("<HH8s", 0x7855, 8, b"whatever")
        archive.writestr(member, b"pixels")
    assert ZipStorage(path).read("1.jpg") == b"pixels"


def damaged(path: Path, at: int, content: bytes) -> ZipStorage:
    whole = path.read_bytes()
    path.write_bytes(whole[:at] + content + whole[at + len(content) :])
    return ZipStorage(path)


def directory_entry(path: Path, name: str) -> int:
    """Where the directory's entry of a member begins."""
    return path.read_bytes().rindex(name.encode()) - 46


def test_a_changed_byte_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip")
    storage = damaged(path, path.read_bytes().index(CONTENT["3.jpg"]) + 5, b"\xff")
    with pytest.raises(DataError, match=r"damaged inside the zip \(its checksum is another\)"):
        storage.read("3.jpg")
    assert storage.read("4.jpg") == CONTENT["4.jpg"]


def test_an_offset_that_leads_astray_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip")
    storage = damaged(path, directory_entry(path, "49.jpg") + 42, struct.pack("<L", 77))
    with pytest.raises(DataError, match=r"damaged inside the zip \(no header where its directory names one\)"):
        storage.read("49.jpg")


def test_a_size_beyond_the_end_is_told_before_memory_is_taken(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip")
    storage = damaged(path, directory_entry(path, "49.jpg") + 20, struct.pack("<LL", 1 << 30, 1 << 30))
    with pytest.raises(DataError, match="cut short inside the archive"):
        storage.read("49.jpg")


def test_a_size_that_no_picture_has_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip")
    storage = damaged(path, directory_entry(path, "49.jpg") + 24, struct.pack("<L", (1 << 30) + 1))
    with pytest.raises(DataError, match="unpacks to 1,073,741,825 bytes, more than a picture has"):
        storage.read("49.jpg")
