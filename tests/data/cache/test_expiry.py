"""The cache lets go of what nobody asks for, and of nothing else."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np

from onelook.data.cache.entries import KEPT_DAYS, mark_used, new_entry, read_entry, remove_expired
from onelook.data.cache.resumable import resumable_entry
from onelook.data.layouts.tables.cache import PixelTable, cached_table

DAY = 86_400


def keep(key: str) -> None:
    with new_entry(key, (2,)) as writer:
        writer.append(np.zeros((3, 2), np.uint8))


def grow_old(folder: Path, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(folder, (then, then))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir()}


def test_a_new_entry_sends_those_away_that_nobody_asked_for(cache_folder: Path) -> None:
    pictures = cache_folder / "pictures"
    ages = {"forgotten": KEPT_DAYS + 1, "asked": KEPT_DAYS + 1, "young": KEPT_DAYS - 1}
    for key in ages:
        keep(key)
    for key, days in ages.items():
        grow_old(pictures / key, days)
    assert read_entry("asked") is not None
    keep("new")
    assert names(pictures) == {"asked", "young", "new"}


def test_one_that_is_made_by_and_by_does_so_too(cache_folder: Path) -> None:
    keep("forgotten")
    grow_old(cache_folder / "pictures" / "forgotten", KEPT_DAYS + 1)
    with resumable_entry("new", (2,)) as writer:
        writer.append(np.zeros((3, 2), np.uint8), "note")
    assert names(cache_folder / "pictures") == {"new"}


def test_an_old_beginning_stays_while_it_is_gone_on_with(cache_folder: Path) -> None:
    try:
        with resumable_entry("long", (2,)) as writer:
            writer.append(np.zeros((3, 2), np.uint8), "note")
            raise KeyboardInterrupt
    except KeyboardInterrupt:
        grow_old(cache_folder / "pictures" / "long.unfinished", KEPT_DAYS + 1)
    with resumable_entry("long", (2,)) as writer:
        keep("other")
        writer.append(np.ones((3, 2), np.uint8), "note")
    entry = read_entry("long")
    assert entry is not None
    assert entry.pictures.tolist() == [[0, 0]] * 3 + [[1, 1]] * 3


def test_tables_go_and_stay_alike(cache_folder: Path) -> None:
    table = PixelTable(np.zeros((2, 4), np.uint8), None, ())
    tables = cache_folder / "tables"
    for key in ("forgotten", "asked"):
        cached_table(key, lambda: table)
    for key in ("forgotten", "asked"):
        grow_old(tables / key, KEPT_DAYS + 1)
    cached_table("asked", lambda: table)
    cached_table("new", lambda: table)
    assert names(tables) == {"asked", "new"}


def test_what_is_open_can_be_read_to_its_end(cache_folder: Path) -> None:
    keep("open")
    entry = read_entry("open")
    assert entry is not None
    remove_expired(cache_folder / "pictures", now=time.time() + (KEPT_DAYS + 1) * DAY)
    assert read_entry("open") is None
    assert entry.pictures.sum() == 0


def test_files_and_links_are_left_alone(tmp_path: Path) -> None:
    cache, elsewhere = tmp_path / "cache", tmp_path / "elsewhere"
    cache.mkdir()
    elsewhere.mkdir()
    (cache / "key.lock").touch()
    (cache / "link").symlink_to(elsewhere)
    remove_expired(cache, now=time.time() + 1e9)
    assert {path.name for path in cache.iterdir()} == {"key.lock", "link"}
    assert elsewhere.is_dir()


def test_a_cache_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    remove_expired(tmp_path / "nowhere")
    mark_used(tmp_path / "nowhere")
