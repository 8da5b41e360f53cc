"""Which layout data has: the one that recognises it, or what is there instead and what could be."""

from __future__ import annotations

import textwrap
from collections import Counter
from pathlib import PurePosixPath

from onelook.data.class_names import listed
from onelook.data.location import ARCHIVE_SUFFIXES, Location
from onelook.data.sources import LAYOUTS, WITH_LABEL_COLUMN, WITH_LABEL_FROM
from onelook.data.sources.array_files import stored_arrays
from onelook.data.sources.label_from import FolderLevel
from onelook.data.sources.manifest_table import TABLE_SUFFIXES, read_manifest_table
from onelook.data.sources.packed_table import table_suffix
from onelook.data.sources.picture_tree import read_tree
from onelook.data.sources.source import SourceOptions
from onelook.data.sources.table_text import read_first_line
from onelook.errors import ConfigError, DataError

_OTHER_ARCHIVES = frozenset({".7z", ".rar", ".bz2", ".xz", ".zst"})
_WORKBOOKS = frozenset({".xls", ".xlsx", ".ods"})
_TABLES = frozenset({".csv", ".tsv", ".txt", ".parquet"})
_LOOKED_AT_ROWS = 200


def implied_layout(location: Location, options: SourceOptions) -> str | None:
    """The layout that `--label-from` asks for, where the location holds pictures; else None."""
    if options.label_from is None or not read_tree(location).names:
        return None
    return "class-folders" if isinstance(options.label_from, FolderLevel) else "labelled-names"


def fitting_layout(location: Location, options: SourceOptions) -> str:
    """The one layout that recognises what is there.

    Raises:
        DataError: none does; says what is there, and what could be.
        ConfigError: several do.
    """
    asked = {name: LAYOUTS.load(name)().recognise(location) for name in LAYOUTS}
    fitting = {name: why for name, why in asked.items() if why is not None}
    if not options.needs_labels and not fitting.keys().isdisjoint(WITH_LABEL_FROM):
        return "picture-folder"  # all pictures, whatever their folders and names mean
    if len(fitting) > 1 and options.label_column is not None:  # which only tables have
        fitting = {name: why for name, why in fitting.items() if name in WITH_LABEL_COLUMN} or fitting
    if len(fitting) > 1:
        ways = "\n".join(f"  --layout {name}\n      {why}" for name, why in fitting.items())
        raise ConfigError(f"{location.root} can be read in {len(fitting)} ways. Choose one:\n{ways}")
    if fitting:
        return next(iter(fitting))
    entries = location.entries()
    if entries and all(entry.lower().endswith(ARCHIVE_SUFFIXES) for entry in entries):
        raise DataError(
            f"{location.root}: {_contents(location)}: archives in it are not looked into. "
            "Unpack it, and give the archive or folder that holds the pictures."
        )
    if location.suffix in (".npy", ".npz"):
        raise DataError(
            f"{location.root}: a file of NumPy arrays, whose meaning its names do not tell. "
            "Load it in Python and train on the arrays: onelook.train((X, y))."
        )
    _refuse_damaged_files(location)
    raise DataError(f"{location.root}: {_contents(location)}{_hint(location)} What onelook opens:\n{_layout_table()}")


def _refuse_damaged_files(location: Location) -> None:
    """Returns quietly where no table and no NPZ among the files is damaged: such a one was meant to be opened.

    Raises:
        DataError: one is; says what is wrong with it.
    """
    for entry in location.entries():
        if "/" not in entry and table_suffix(entry) in TABLE_SUFFIXES:
            read_manifest_table(location, entry, _LOOKED_AT_ROWS)
        elif "/" not in entry and table_suffix(entry) == ".npz":
            stored_arrays(location, entry)


def _layout_table() -> str:
    """A line a layout, with what it looks like; of 80 columns where the terminal has no more."""
    width = max(map(len, LAYOUTS))
    lines = [
        textwrap.wrap(
            LAYOUTS.describe(name),
            80,
            initial_indent=f"  {name:{width}}  ",
            subsequent_indent=" " * (width + 4),
            break_on_hyphens=False,
        )
        for name in LAYOUTS
    ]
    return "\n".join(line for of_layout in lines for line in of_layout)


def _hint(location: Location) -> str:
    """What to do about what fits no layout, where that can be told."""
    entries = location.entries()
    if not entries:
        return "."
    suffixes = {PurePosixPath(entry).suffix.lower() for entry in entries}
    if packed := suffixes & _OTHER_ARCHIVES:
        return f", and {', '.join(sorted(packed))} is not unpacked. Unpack it, and give the folder."
    if suffixes & _WORKBOOKS:
        return ", which fits no layout. Save the table as CSV."
    if location.is_file and suffixes & _TABLES:
        return ", which fits no layout: it has neither a column a pixel nor a column with the paths of pictures."
    return ", which fits no layout."


def _contents(location: Location) -> str:
    """What lies there, in a few words."""
    entries = location.entries()
    if location.is_file:
        line = read_first_line(location, entries[0])
        start = f" that starts with '{line[:40]}'" if line and line.isprintable() else ""
        return f"a file with the suffix '{location.suffix}'{start}"
    kind = {"": "folder", ".zip": "zip"}.get(location.suffix, "tar")
    if not entries:
        hidden = f" (hidden and system entries do not count: {listed(location.ignored)})" if location.ignored else ""
        return f"an empty {kind}{hidden}"
    suffixes = Counter(PurePosixPath(entry).suffix.lower() or "without suffix" for entry in entries)
    kinds = ", ".join(f"{count:,} {suffix}" for suffix, count in suffixes.most_common(5))
    return f"a {kind} of {len(entries):,} file{'s' * (len(entries) > 1)} ({kinds})"
