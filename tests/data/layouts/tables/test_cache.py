"""What a table's cache keeps, and what it forgets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from onelook.data.layouts.tables.cache import PixelTable, cached_table


class Reader:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> PixelTable:
        self.asked += 1
        return PixelTable(np.full((2, 4), self.asked, np.uint8), np.array([0, 1]), ("a", "b"))


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reader:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    return Reader()


def test_reads_once(reader: Reader) -> None:
    first, second = (cached_table("key", reader) for _ in range(2))
    assert reader.asked == 1
    np.testing.assert_array_equal(first.pixels, second.pixels)
    assert second.class_names == ("a", "b")


def test_a_damaged_entry_is_read_again(reader: Reader, tmp_path: Path) -> None:
    cached_table("key", reader)
    next((tmp_path / "cache").rglob("pixels.npy")).write_bytes(b"\x93NUMPY")
    assert cached_table("key", reader).pixels[0, 0] == 2
