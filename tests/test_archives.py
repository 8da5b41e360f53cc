"""Archives from elsewhere."""

from __future__ import annotations

import gzip
import io
import random
import warnings
import zipfile
from pathlib import Path

import pytest

from onelook import archives
from onelook.errors import DataError, ModelError


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("name", ["../x.jpg", "a/../../x.jpg", "/etc/passwd", "..\\x.jpg", "C:\\x.jpg", "c:x.jpg"])
def test_a_member_that_leaves_the_folder_is_refused(name: str) -> None:
    with pytest.raises(DataError, match="names a file outside itself"):
        archives.checked_member_name(name, Path("photos.zip"))


@pytest.mark.parametrize("name", ["a/b.jpg", "12:30.jpg", "a..b.jpg", "a/c:d.jpg"])
def test_a_harmless_member_name_passes(name: str) -> None:
    assert str(archives.checked_member_name(name, Path("photos.zip"))) == name


@pytest.mark.parametrize(
    ("name", "is_refused"),
    [
        ("a/" * 64 + "x.jpg", False),
        ("a/" * 65 + "x.jpg", True),
        ("x" * 4_096, False),
        ("x" * 4_097, True),
    ],
)
def test_a_member_may_lie_64_folders_deep_and_have_a_path_of_4096_characters(name: str, is_refused: bool) -> None:
    if not is_refused:
        assert str(archives.checked_member_name(name, Path("photos.zip"))) == name
        return
    with pytest.raises(DataError, match=r"Expected at most 4,096 characters and 64 folders"):
        archives.checked_member_name(name, Path("photos.zip"))


def test_a_gzip_file_is_unpacked_as_far_as_its_size_allows_all_of_its_blocks_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archives, "_HARMLESS_BYTES", 3_000)
    monkeypatch.setattr(archives, "_MAXIMUM_COMPRESSION", 1)
    monkeypatch.setattr(archives, "_BLOCK_BYTES", 1_000)
    assert archives.unpack_gzip(io.BytesIO(gzip.compress(bytes(3_000))), "x.gz") == bytes(3_000)
    with pytest.raises(DataError, match=r"x\.gz: \d+ bytes that unpack to more than 3,000"):
        archives.unpack_gzip(io.BytesIO(gzip.compress(bytes(3_001))), "x.gz")
    with pytest.raises(DataError, match=r"x\.gz: the gzip file is truncated or damaged"):
        archives.unpack_gzip(io.BytesIO(gzip.compress(bytes(3_000))[:-9]), "x.gz")


class TestUnpackModelZip:
    def test_unpacks_files_and_folders(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
            archive.mkdir("model")
            archive.writestr("model/model.json", "{}")
        archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / "out")
        assert (tmp_path / "out" / "model" / "model.json").read_text() == "{}"

    def test_a_path_outside_is_refused_before_it_is_written(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
            archive.writestr("../escaped.txt", "x")
        with pytest.raises(ModelError, match="outside itself"):
            archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / "out")
        assert not (tmp_path / "escaped.txt").exists()

    def test_a_bomb_is_refused_before_it_is_unpacked(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for index in range(2):  # each below the limit, both together above it
                with archive.open(f"zeros{index}", "w") as member:
                    for _ in range(40):
                        member.write(bytes(1 << 20))
        with pytest.raises(ModelError, match="unpack to 83,886,080"):
            archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / "out")
        assert not (tmp_path / "out").exists()

    def test_black_golden_pictures_are_no_bomb(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "m.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("golden.safetensors", bytes(16 * 224 * 224 * 3))
        archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / "out")
        assert (tmp_path / "out" / "golden.safetensors").stat().st_size == 16 * 224 * 224 * 3

    def test_too_many_members_are_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(archives, "_MAXIMUM_MEMBERS", 2)
        with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
            for index in range(3):
                archive.writestr(str(index), "")
        with pytest.raises(ModelError, match="holds 3 files, at most 2"):
            archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / "out")
        monkeypatch.setattr(archives, "_MAXIMUM_MEMBERS", 3)
        archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / "out")
        assert names_in(tmp_path / "out") == ["0", "1", "2"]

    def test_not_a_zip_and_not_there(self, tmp_path: Path) -> None:
        (tmp_path / "m.zip").write_text("plain text")
        with pytest.raises(ModelError, match="not a readable zip"):
            archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / "out")
        with pytest.raises(ModelError, match="not a readable zip"):
            archives.unpack_model_zip(tmp_path / "absent.zip", tmp_path / "out")

    def test_a_member_with_a_password_is_refused(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "m.zip", "w") as archive:
            archive.writestr("model.json", "{}")
        content = bytearray((tmp_path / "m.zip").read_bytes())
        content[6] |= 1  # the flag "encrypted" in the local header and in the directory
        content[content.index(b"PK\x01\x02") + 8] |= 1
        (tmp_path / "m.zip").write_bytes(content)
        with pytest.raises(ModelError, match="password"):
            archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / "out")

    @pytest.mark.parametrize("compression", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
    def test_damage_of_any_kind_is_a_model_error(self, tmp_path: Path, compression: int) -> None:
        with zipfile.ZipFile(tmp_path / "whole.zip", "w", compression) as archive:
            archive.writestr("model/model.json", b"some text " * 30)
        whole = (tmp_path / "whole.zip").read_bytes()
        chance = random.Random(0)
        refused = 0
        for attempt in range(60):
            damaged = bytearray(whole)
            for _ in range(3):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            (tmp_path / "m.zip").write_bytes(damaged)
            try:
                with warnings.catch_warnings(action="ignore"):
                    archives.unpack_model_zip(tmp_path / "m.zip", tmp_path / f"out{attempt}")
            except ModelError:
                refused += 1
        assert refused > 30
