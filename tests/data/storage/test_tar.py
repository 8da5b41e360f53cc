"""A tar read in place: what is refused, what is read, and by how many at once."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.data.storage.tar import TarStorage
from onelook.errors import DataError
from onelook.settings import DecodeSettings


def write_tar(path: Path, *members: tuple[tarfile.TarInfo, bytes]) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for member, content in members:
            archive.addfile(member, io.BytesIO(content))
    return path


def file(name: str, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    return member, content


def special(name: str, kind: bytes, target: str = "") -> tuple[tarfile.TarInfo, bytes]:
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member, b""


@pytest.mark.parametrize("name", ["data.tar", "data.tar.gz", "data.tgz", "DATA.TAR"])
def test_a_tar_of_class_folders_opens_like_the_folder(tmp_path: Path, name: str) -> None:
    members = []
    for at, picture in enumerate(("cat/1.png", "cat/2.png", "dog/1.png", "dog/2.png")):
        content = io.BytesIO()
        Image.fromarray(np.full((4, 4), 10 * at, np.uint8)).save(content, "PNG")
        members.append(file(f"pets/{picture}", content.getvalue()))
    dataset = open_dataset(write_tar(tmp_path / name, *members))
    assert (dataset.layout, dataset.class_names, dataset.name.lower()) == ("class-folders", ("cat", "dog"), "data")
    part = dataset.parts["all"]
    decoded = part.pictures.decode(DecodeSettings(height=4, width=4, channels=1))
    assert decoded.images[:, 0, 0, 0].tolist() == [0, 10, 20, 30]
    assert list(part.pictures.facts().sizes) == [(4, 4)]


def test_a_member_opens_as_a_file_that_seeks(tmp_path: Path) -> None:
    storage = TarStorage(write_tar(tmp_path / "a.tar", file("first", b"xxxx"), file("second", b"0123456789")))
    with storage.open("second") as stream:
        assert stream.read(3) == b"012"
        assert stream.seek(-2, io.SEEK_END) == 8
        assert stream.read() == b"89"
        assert stream.read() == b""
    assert storage.read("first") == b"xxxx"
    with pytest.raises(DataError, match="no 'third' in the archive"):
        storage.read("third")


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("name", ["packed.tar", "plain.tar.gz"])
def test_every_form_of_a_tar_is_read_whatever_its_name_says(tmp_path: Path, form: int, name: str) -> None:
    long = f"{'folder/' * 12}{'ä' * 20}/{'n' * 60}.jpg"
    content = {"old.jpg": b"0" * 511, long: b"1" * 512, "é.jpg": b"", "last.jpg": b"2" * 513}
    with tarfile.open(tmp_path / "x", "w", format=form) as archive:
        for each, raw in content.items():
            member, _ = file(each, raw)
            member.type = tarfile.AREGTYPE if each == "old.jpg" else tarfile.REGTYPE  # as before 1988
            archive.addfile(member, io.BytesIO(raw))
    raw = (tmp_path / "x").read_bytes()
    (tmp_path / name).write_bytes(gzip.compress(raw) if name == "packed.tar" else raw)
    storage = TarStorage(tmp_path / name)
    assert {each: storage.read(each) for each in storage.files} == content
    assert storage.repeated == []


@pytest.mark.parametrize("name", ["../evil.jpg", "a/../../evil.jpg", "/etc/evil.jpg", "..\\evil.jpg"])
def test_a_name_that_leads_outside_refuses_the_archive(tmp_path: Path, name: str) -> None:
    path = write_tar(tmp_path / "a.tar", file("cat/1.jpg", b"1"), file(name, b""))
    with pytest.raises(DataError, match=r"a\.tar: the archive names a file outside itself"):
        TarStorage(path)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (tarfile.SYMTYPE, "a link"),
        (tarfile.LNKTYPE, "a link"),
        (tarfile.CHRTYPE, "neither a plain file nor a folder"),
        (tarfile.FIFOTYPE, "neither a plain file nor a folder"),
    ],
)
def test_links_and_devices_refuse_the_archive(tmp_path: Path, kind: bytes, words: str) -> None:
    path = write_tar(tmp_path / "a.tar", file("1.jpg", b"1"), special("2.jpg", kind, "/etc/passwd"))
    with pytest.raises(DataError, match=rf"'2\.jpg' in the archive is {words}\. Such an archive is refused whole"):
        TarStorage(path)


@pytest.mark.parametrize(
    "spoil", [lambda c: b"", lambda c: b"no tar at all" * 100, lambda c: c[:700], lambda c: c[:1200]]
)
def test_what_is_no_tar_or_cut_short_is_refused(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    path = write_tar(tmp_path / "a.tar", file("1.jpg", bytes(300)), file("2.jpg", bytes(300)))
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(DataError, match=r"a\.tar: not a tar that can be read .*fetch or pack it again"):
        TarStorage(path)


def test_a_broken_header_in_the_middle_is_not_taken_for_the_end(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar", file("1.jpg", bytes(300)), file("2.jpg", bytes(300)))
    content = bytearray(path.read_bytes())
    content[1024] ^= 0xFF  # the second header's name, which its checksum covers
    path.write_bytes(content)
    with pytest.raises(DataError, match="after 1 files comes no header of another"):
        TarStorage(path)


def test_a_gzip_that_is_cut_short_is_refused(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar.gz", file("1.jpg", bytes(range(256)) * 8))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="not a tar that can be read"):
        TarStorage(path)


def test_a_bomb_is_refused_while_it_is_still_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("onelook.archives._HARMLESS_BYTES", 1 << 20)
    path = tmp_path / "a.tgz"
    path.write_bytes(gzip.compress(bytes(8 << 20)))
    with pytest.raises(DataError, match=r"that unpack to more than .*, so it is refused"):
        TarStorage(path)


@pytest.mark.parametrize("size", ["-1536", "-10", "nan", "9" * 5_000])
def test_a_size_that_leads_back_ends_the_reading(tmp_path: Path, size: str) -> None:
    member, content = file("a.png", b"x")
    member.pax_headers = {"size": size}
    path = write_tar(tmp_path / "a.tar", file("first.png", b"x"), (member, content), file("last.png", b"x"))
    with pytest.raises(DataError, match="not a tar that can be read") as caught:
        TarStorage(path).read("a.png")
    assert "int" not in str(caught.value)


def test_headers_that_only_announce_headers_end_the_reading(tmp_path: Path) -> None:
    member = tarfile.TarInfo("announcement")
    member.type = tarfile.GNUTYPE_LONGNAME
    path = tmp_path / "a.tar"
    path.write_bytes(member.tobuf(tarfile.GNU_FORMAT) * 3_000)
    with pytest.raises(DataError, match="not a tar that can be read"):
        TarStorage(path)


def test_the_unpacked_copy_leaves_no_file_behind(tmp_path: Path, cache_folder: Path) -> None:
    storage = TarStorage(write_tar(tmp_path / "a.tgz", file("1.jpg", b"1")))
    assert storage.read("1.jpg") == b"1"
    assert not [path for path in cache_folder.rglob("*") if path.is_file()]


def test_many_threads_read_one_tar(tmp_path: Path) -> None:
    files = {f"{number}.txt": f"content of {number}".encode() * 100 for number in range(200)}
    storage = TarStorage(write_tar(tmp_path / "a.tar.gz", *(file(*each) for each in files.items())))
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(storage.read, files)) == list(files.values())


def test_a_file_with_holes_is_refused(tmp_path: Path) -> None:
    path = write_tar(tmp_path / "a.tar", file("good.png", b"pixels"), special("holes.png", tarfile.GNUTYPE_SPARSE))
    with pytest.raises(DataError, match=r"'holes\.png' in the archive is neither a plain file nor a folder"):
        TarStorage(path)


@pytest.mark.parametrize("missing", [1, 512])
def test_the_last_file_must_be_whole(tmp_path: Path, missing: int) -> None:
    path = write_tar(tmp_path / "a.tar", file("1.png", b"x" * 512), file("2.png", b"x" * 1024))
    whole = 512 + 512 + 512 + 1024  # two headers, and the bytes of both
    path.write_bytes(path.read_bytes()[:whole])
    assert TarStorage(path).read("2.png") == b"x" * 1024
    path.write_bytes(path.read_bytes()[: whole - missing])
    with pytest.raises(DataError, match=r"not a tar that can be read \('2\.png' is cut short\)"):
        TarStorage(path)
