"""Entries appear whole or not at all, and damaged ones count as missing."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from onelook.data.cache.entries import KEY_DIGITS, cache_key, new_entry, read_entries, read_entry
from onelook.errors import DataError

ROWS = np.arange(5 * 3 * 2, dtype=np.uint8).reshape(5, 3, 2)


def keep(key: str = "k") -> None:
    with new_entry(key, (3, 2)) as writer:
        writer.append(ROWS[:2])
        writer.append(ROWS[2:])
        writer.facts = {"note": "kept"}
        writer.columns = {"heights": np.arange(5)}


def folder_of(cache_folder: Path, key: str = "k") -> Path:
    return cache_folder / "pictures" / key


def test_what_is_kept_is_read_again() -> None:
    assert read_entry("k") is None
    keep()
    found = read_entry("k")
    assert found is not None
    assert found.pictures.tolist() == ROWS.tolist()
    assert found.pictures.dtype == np.uint8
    assert found.facts == {"note": "kept"}
    assert {name: column.tolist() for name, column in found.columns.items()} == {"heights": [0, 1, 2, 3, 4]}


def test_entries_of_one_beginning_come_by_their_keys_without_damaged_and_unfinished_ones(cache_folder: Path) -> None:
    keys = [f"ab{letter}".ljust(KEY_DIGITS, "0") for letter in "cadeb"]
    for number, key in enumerate([*keys, "x".ljust(KEY_DIGITS, "0"), "ab.unfinished"]):
        with new_entry(key, (1,)) as writer:
            writer.append(np.full((1, 1), number, np.uint8))
    cut(folder_of(cache_folder, keys[2]))
    long_ago = 1_000_000_000
    for key in keys:
        os.utime(folder_of(cache_folder, key), (long_ago, long_ago))

    def used() -> list[str]:
        return [key for key in keys if folder_of(cache_folder, key).stat().st_mtime > long_ago]

    assert [int(entry.pictures[0, 0]) for entry in read_entries("ab", marks_used=False)] == [1, 4, 0, 3]
    assert used() == []
    assert [int(entry.pictures[0, 0]) for entry in read_entries("aba")] == [1]
    assert used() == [keys[1]]
    assert read_entry(keys[0], marks_used=False) is not None
    assert used() == [keys[1]]


def test_the_pictures_are_an_ordinary_npy_file(cache_folder: Path) -> None:
    keep()
    assert np.load(folder_of(cache_folder) / "pictures.npy").tolist() == ROWS.tolist()


def test_the_pictures_stay_on_disk_and_cannot_be_changed() -> None:
    keep()
    found = read_entry("k")
    assert found is not None
    assert not found.pictures.flags.writeable
    assert isinstance(found.pictures.base, np.memmap)


@pytest.mark.parametrize("count", [0, 1, 9, 10, 12_345])
def test_the_header_fits_any_number_of_rows(count: int) -> None:
    with new_entry("k", (1,), np.int64) as writer:
        writer.append(np.arange(count, dtype=np.int64)[:, None])
    found = read_entry("k")
    assert found is not None
    assert found.pictures[:, 0].tolist() == list(range(count))


def test_rows_of_another_shape_or_type_are_a_mistake() -> None:
    with (
        pytest.raises(ValueError, match=r"rows of \(2, 3\) uint8 in an entry of \(3, 2\) uint8"),
        new_entry("k", (3, 2)) as writer,
    ):
        writer.append(ROWS.transpose(0, 2, 1))
    with pytest.raises(ValueError, match="int64"), new_entry("k", (3, 2)) as writer:
        writer.append(ROWS.astype(np.int64))


@pytest.mark.parametrize("problem", [RuntimeError, KeyboardInterrupt])
def test_an_interrupted_entry_leaves_nothing(problem: type[BaseException], cache_folder: Path) -> None:
    def interrupted() -> None:
        with new_entry("k", (3, 2)) as writer:
            writer.append(ROWS)
            raise problem

    with pytest.raises(problem):
        interrupted()
    assert read_entry("k") is None
    assert list((cache_folder / "pictures").iterdir()) == []


def test_a_newer_entry_takes_the_place_of_the_old() -> None:
    keep()
    with new_entry("k", (1,)) as writer:
        writer.append(np.ones((1, 1), np.uint8))
    found = read_entry("k")
    assert found is not None
    assert found.pictures.tolist() == [[1]]


def cut(folder: Path) -> None:
    content = (folder / "pictures.npy").read_bytes()
    (folder / "pictures.npy").write_bytes(content[:-1])


def blank(folder: Path) -> None:
    content = (folder / "pictures.npy").read_bytes()
    (folder / "pictures.npy").write_bytes(content[:128] + bytes(len(content) - 128))


def other_rows(folder: Path) -> None:
    np.save(folder / "pictures.npy", ROWS[:4])


def no_header(folder: Path) -> None:
    (folder / "pictures.npy").write_bytes(b"nothing")


def empty(folder: Path) -> None:
    (folder / "pictures.npy").write_bytes(b"")  # as a power failure leaves it


def no_pictures(folder: Path) -> None:
    (folder / "pictures.npy").unlink()


def no_json(folder: Path) -> None:
    (folder / "entry.json").write_text('{"version": 1')


def other_json(folder: Path) -> None:
    (folder / "entry.json").write_text("[]")


def no_column(folder: Path) -> None:
    (folder / "heights.npy").unlink()


def other_column(folder: Path) -> None:
    np.save(folder / "heights.npy", np.arange(1, 6))


def other_type_of_column(folder: Path) -> None:
    np.save(folder / "heights.npy", np.arange(5).astype(np.uint64))  # the same bytes


def other_version(folder: Path) -> None:
    entry = json.loads((folder / "entry.json").read_text())
    (folder / "entry.json").write_text(json.dumps(entry | {"version": 0}))


@pytest.mark.parametrize(
    "damage",
    [
        *(cut, blank, other_rows, no_header, empty, no_pictures, no_json, other_json),
        *(no_column, other_column, other_type_of_column, other_version),
    ],
)
def test_a_damaged_entry_counts_as_missing_and_is_built_again(
    damage: Callable[[Path], None], cache_folder: Path
) -> None:
    keep()
    damage(folder_of(cache_folder))
    assert read_entry("k") is None
    keep()
    assert read_entry("k") is not None


@pytest.mark.parametrize("blank_rows", [slice(0, 40), slice(480, 520), slice(999, 1_000)])
def test_a_stretch_of_many_rows_that_is_blank_is_noticed_wherever_it_is(cache_folder: Path, blank_rows: slice) -> None:
    with new_entry("k", (4,)) as writer:
        writer.append(np.random.default_rng(0).integers(1, 256, (1_000, 4), dtype=np.uint8))
    assert read_entry("k") is not None
    kept = np.load(folder_of(cache_folder) / "pictures.npy", mmap_mode="r+")
    kept[blank_rows] = 0
    kept.flush()
    assert read_entry("k") is None


def test_a_cache_that_cannot_be_written_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match=r"cannot be written \(.*\). Make room there, or set \$ONELOOK_CACHE"):
        keep()


def test_keys_tell_their_parts_apart() -> None:
    keys = {cache_key("ab", "c"), cache_key("a", "bc"), cache_key("abc"), cache_key("ab", "c", "")}
    assert len(keys) == 4
    assert cache_key("ab", "c") == cache_key("ab", "c")
