"""A file that many threads read: every byte up to its end and none behind it, in as many pieces as the system gives."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onelook.data.storage.shared_file import SharedFile
from onelook.errors import DataError

DIGITS = b"0123456789"


@pytest.fixture
def shared(tmp_path: Path) -> SharedFile:
    (tmp_path / "digits").write_bytes(DIGITS)
    return SharedFile((tmp_path / "digits").open("rb"))


def test_bytes_are_read_up_to_the_end(shared: SharedFile) -> None:
    for start in range(11):
        for size in range(11 - start):
            assert shared.read_at(start, size) == DIGITS[start : start + size]


@pytest.mark.parametrize(("start", "size"), [(0, 11), (10, 1), (9, 2), (-1, 2), (11, 0), (0, 1 << 60)])
def test_what_is_not_there_is_refused_before_it_is_read(shared: SharedFile, start: int, size: int) -> None:
    with pytest.raises(DataError, match="cut short inside the archive"):
        shared.read_at(start, size)


def test_pieces_are_joined_and_a_file_that_became_shorter_is_told(
    shared: SharedFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = os.pread
    monkeypatch.setattr(os, "pread", lambda file, size, at: whole(file, min(size, 3), at))
    assert shared.read_at(1, 8) == DIGITS[1:9]
    assert shared.read_at(0, 10) == DIGITS
    monkeypatch.setattr(os, "pread", lambda file, size, at: whole(file, min(size, 3, max(7 - at, 0)), at))
    assert shared.read_at(1, 6) == DIGITS[1:7]
    with pytest.raises(DataError, match="cut short inside the archive"):
        shared.read_at(1, 7)


def test_an_error_of_the_disk_is_told(shared: SharedFile, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", fail)
    with pytest.raises(DataError, match="cannot be read from the archive"):
        shared.read_at(0, 1)
