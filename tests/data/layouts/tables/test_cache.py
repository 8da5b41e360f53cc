"""What a table's cache keeps, and what it forgets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from onelook.data.layouts.tables.cache import PixelTable, cached_table
from onelook.data.open import open_dataset


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


@pytest.mark.parametrize("kept", ["notes", "no_classes"])
def test_a_copy_of_a_table_has_its_own_path_in_what_is_said_of_it(kept: str, reader: Reader) -> None:
    def read() -> PixelTable:
        said = "old/t.csv: a remark on 'a' in old/t.csv"
        return replace(reader(), notes=(said,) if kept == "notes" else (), no_classes=said if kept != "notes" else "")

    for path in ("old/t.csv", "new place/t.csv", "old/t.csv"):
        found = cached_table("key", read, path)
        assert (*found.notes, found.no_classes)[0] == f"{path}: a remark on 'a' in {path}"
    assert reader.asked == 1


def test_a_copy_of_a_table_elsewhere_is_told_by_its_own_path(reader: Reader, tmp_path: Path) -> None:
    header = "label," + ",".join(f"pixel{at}" for at in range(64))
    rows = "\n".join(",".join([label, *["7"] * 64]) for label in ("1", "01", "2", "02"))
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "t.csv").write_text(f"{header}\n{rows}\n", encoding="utf-8")
        (said,) = [note for note in open_dataset(tmp_path / name).notes if "same number" in note]
        assert said.startswith(f"{tmp_path}/{name}/t.csv: Labels that are the same number are one class")
