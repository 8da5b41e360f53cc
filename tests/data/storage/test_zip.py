"""A zip's members as they were packed, stored or deflated, by many threads; damage is told, not passed on."""

from __future__ import annotations

import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onelook.data.storage.location import Location
from onelook.data.storage.zip import ZipStorage
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


STREAMED = 0x8  # sizes and checksum follow the content, and its own header has zeros
ZIP64 = struct.pack("<HHQQ", 1, 16, 6, 6)


@pytest.mark.parametrize(
    ("own_extra", "listed_extra", "flags"),
    [
        (b"UT\x09\0\3" + bytes(8) + b"ux\x0b\0\1" + bytes(10), b"UT\5\0\3" + bytes(4) + b"ux\x0b\0\1" + bytes(10), 0),
        (b"", b"\x0a\0\x20\0" + bytes(32), 0),
        (ZIP64, b"", 0),
        (b"UX\x0c\0" + bytes(12), b"UX\x08\0" + bytes(8), STREAMED),
    ],
    ids=["Info-ZIP", "Windows and 7-Zip", "sizes for large files", "macOS, streamed"],
)
def test_a_member_is_read_where_another_tool_put_it(
    tmp_path: Path, own_extra: bytes, listed_extra: bytes, flags: int
) -> None:
    content, local, listed = [b"first!", b"second"], b"", b""
    for number, each in enumerate(content):
        name = f"{number}.jpg".encode()
        facts = struct.pack("<LLL", zlib.crc32(each), len(each), len(each))
        behind = b"PK\7\x08" + facts if flags else b""
        shared = struct.pack("<HHHHH", 20, flags, 0, 0, 0x5A21)
        listed += b"PK\1\2" + struct.pack("<H", 0x31E) + shared + facts
        listed += struct.pack("<HHHHHLL", len(name), len(listed_extra), 0, 0, 0, 0, len(local)) + name + listed_extra
        local += b"PK\3\4" + shared + (bytes(12) if flags else facts)
        local += struct.pack("<HH", len(name), len(own_extra)) + name + own_extra + each + behind
    end = b"PK\5\6" + struct.pack("<HHHHLLH", 0, 0, 2, 2, len(listed), len(local), 0)
    (tmp_path / "a.zip").write_bytes(local + listed + end)
    storage = ZipStorage(tmp_path / "a.zip")
    assert [storage.read(name) for name in storage.files] == content
    with storage.open("1.jpg") as stream:
        assert stream.read() == b"second"


def test_names_with_the_slashes_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("", "cat\\", "cat\\1.jpg", "cat\\2.jpg", "dog\\1.jpg", "none\\"):
            member = zipfile.ZipInfo(f"pets\\{name}")
            archive.writestr(member, name.encode() if name.endswith("g") else b"")
    location = Location(path)
    assert list(location.entries()) == ["cat/1.jpg", "cat/2.jpg", "dog/1.jpg"]
    assert (location.wrapping, list(location.empty_folders())) == ("pets", ["none"])
    assert location.read("dog/1.jpg") == b"dog\\1.jpg"


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


def test_an_offset_before_the_beginning_is_told(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip")
    whole = path.read_bytes()
    path.write_bytes(whole[20:])  # the directory stands where it should, the first member's header before the file
    with pytest.raises(DataError, match="cut short inside the archive"):
        ZipStorage(path).read("0.jpg")


def test_a_size_beyond_the_end_is_told_before_memory_is_taken(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip")
    storage = damaged(path, directory_entry(path, "49.jpg") + 20, struct.pack("<LL", 1 << 30, 1 << 30))
    with pytest.raises(DataError, match="cut short inside the archive"):
        storage.read("49.jpg")


@pytest.mark.parametrize("kind", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_damaged_packing_is_told_in_every_way_to_read(tmp_path: Path, kind: int) -> None:
    path = write_zip(tmp_path / "a.zip", kind)
    storage = damaged(path, path.read_bytes().index(b"3.jpg") + 12, b"\xff\x00\xff")
    with pytest.raises(DataError, match=r"(damaged inside|cannot be read from) the zip"):
        storage.read("3.jpg")
    with pytest.raises(DataError, match=r"the zip"), storage.open("3.jpg") as stream:
        stream.read()
    assert storage.read("4.jpg") == CONTENT["4.jpg"]


def test_a_member_that_swells_is_refused_and_the_others_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.png", bytes(65 << 20))
        archive.writestr("good.png", b"pixels")
    storage = ZipStorage(path)
    for ask in (storage.read, storage.open):
        with pytest.raises(DataError, match=r"unpacks from .* bytes to 68,157,440: .* so it is refused"):
            ask("bomb.png")
    assert storage.read("good.png") == b"pixels"


def test_members_that_share_their_bytes_are_no_way_around_the_limit(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("0.png", bytes(40 << 20))
    content = path.read_bytes()
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    directory = content[start:end] + content[start:end].replace(b"0.png", b"1.png")
    tail = struct.pack("<HHHHIIH", 0, 0, 2, 2, len(directory), start, 0)
    path.write_bytes(content[:start] + directory + b"PK\x05\x06" + tail)
    with pytest.raises(DataError, match=r"that unpack to 83,886,080: pictures do not compress like that"):
        ZipStorage(path)


@pytest.mark.parametrize("name", ["n" * 5_000, "d/" * 65 + "x.png"])
def test_names_that_no_file_has_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, b"pixels")
    with pytest.raises(DataError, match="Expected at most 4,096 characters and 64 folders"):
        ZipStorage(path)


def test_a_file_without_a_name_refuses_the_archive(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        member = zipfile.ZipInfo("x")
        member.filename = ""
        archive.writestr(member, b"pixels")
    with pytest.raises(DataError, match="the archive holds a file without a name"):
        ZipStorage(path)


def test_dots_and_slashes_that_say_nothing_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("./cat/1.png", "cat//2.png", "cat/./3.png", "cat/4.png"):
            archive.writestr(name, b"pixels")
    assert ZipStorage(path).files == ["cat/1.png", "cat/2.png", "cat/3.png", "cat/4.png"]


def test_a_size_that_no_picture_has_is_refused(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip")
    storage = damaged(path, directory_entry(path, "49.jpg") + 24, struct.pack("<L", (1 << 30) + 1))
    with pytest.raises(DataError, match="unpacks to 1,073,741,825 bytes, more than a picture has"):
        storage.read("49.jpg")


def test_a_forged_size_when_packed_does_not_let_a_member_swell(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", zipfile.ZIP_DEFLATED)
    # It says that its packed bytes are a gigabyte, but no member has more bytes than the archive.
    storage = damaged(path, directory_entry(path, "49.jpg") + 20, struct.pack("<LL", 1 << 30, 500 << 20))
    with pytest.raises(DataError, match="unpacks from 1,073,741,824 bytes to 524,288,000: .* so it is refused"):
        storage.read("49.jpg")
    assert storage.read("4.jpg") == CONTENT["4.jpg"]
