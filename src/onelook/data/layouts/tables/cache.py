"""The cache of pixel tables: pixels and labels as arrays, by the content of the file."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.cache.entries import mark_used, remove_expired
from onelook.data.labels import Labels, NoClassesError, encode_labels, note_on_spellings, refuse_measurements
from onelook.files import atomic_folder, write_text
from onelook.runtime import cache_folder

_ORIGIN = "\0"  # replaces the path of the table in what is kept


@dataclass(frozen=True)
class PixelTable:
    """A table that has been read and checked."""

    pixels: NDArray[Any]  # (rows, values), uint8
    labels: Labels | None
    class_names: tuple[str, ...]  # empty if there are no labels
    notes: tuple[str, ...] = ()  # notes on how the labels were read
    no_classes: str = ""  # why the labels are no classes; empty if they are, or if there are none


def labelled_table(pixels: NDArray[Any], values: Sequence[object] | NDArray[np.generic], origin: str) -> PixelTable:
    """Return the table of pixels and the labels beside them.

    Args:
        pixels: (rows, values).
        values: one label per row.
        origin: the name of the labels in errors.

    Raises:
        DataError: a label is missing, or is not a class.
    """
    try:
        if not isinstance(values, np.ndarray):
            refuse_measurements([str(value) for value in values], origin)
        class_names, labels = encode_labels(values, origin)
    except NoClassesError as problem:
        return PixelTable(pixels, None, (), no_classes=str(problem))
    note = None if isinstance(values, np.ndarray) else note_on_spellings(values)
    return PixelTable(pixels, labels, class_names, () if note is None else (f"{origin}: {note}",))


def cached_table(key: str, read: Callable[[], PixelTable], origin: str = "") -> PixelTable:
    """Return the table cached under `key`, memory-mapped; if there is none, cache the result of `read`.

    If the cache cannot be written or is damaged, this only costs time.

    Args:
        key: the same for equal tables, wherever they are.
        read: reads the table.
        origin: the path of the table, as its notes have it. Those on a copy that is read later have the copy's.
    """
    folder = cache_folder() / "tables" / key
    kept = _load(folder, origin)
    if kept is not None:
        mark_used(folder)
        return kept
    table = read()
    try:
        with atomic_folder(folder) as temporary:
            _save(temporary, table, origin)
    except OSError:  # a full or read-only disk
        return table
    remove_expired(folder.parent)
    return _load(folder, origin) or table


def _save(folder: Path, table: PixelTable, origin: str) -> None:
    np.save(folder / "pixels.npy", table.pixels)
    if table.labels is not None:
        np.save(folder / "labels.npy", table.labels)
    notes, no_classes = table.notes, table.no_classes
    if origin:
        notes = tuple(note.replace(origin, _ORIGIN) for note in notes)
        no_classes = no_classes.replace(origin, _ORIGIN)
    write_text(
        folder / "table.json",
        json.dumps({"class_names": table.class_names, "notes": notes, "no_classes": no_classes}),
    )


def _load(folder: Path, origin: str) -> PixelTable | None:
    try:
        described = json.loads((folder / "table.json").read_text("utf-8"))
        class_names = tuple(map(str, described["class_names"]))
        notes = tuple(str(note).replace(_ORIGIN, origin) for note in described.get("notes", ()))
        no_classes = str(described.get("no_classes", "")).replace(_ORIGIN, origin)
        pixels = np.load(folder / "pixels.npy", mmap_mode="r").view(np.ndarray)
        labels = np.load(folder / "labels.npy") if class_names else None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return PixelTable(pixels, labels, class_names, notes, no_classes)
