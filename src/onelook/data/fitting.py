"""Which layout data has: the one place that decides between those that recognise it, or says what is there instead."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Mapping
from pathlib import PurePosixPath

from onelook.data.location import ARCHIVE_SUFFIXES, Location
from onelook.data.sources import LAYOUTS, layout_entry
from onelook.data.sources.array_files import stored_arrays
from onelook.data.sources.choices import Choice, ask_which
from onelook.data.sources.label_from import FolderLevel
from onelook.data.sources.manifest_table import TABLE_SUFFIXES, read_manifest_table
from onelook.data.sources.packed_table import table_suffix
from onelook.data.sources.picture_tree import read_tree
from onelook.data.sources.source import Candidate, SourceOptions, ToldBy
from onelook.data.sources.table_text import read_first_line
from onelook.errors import DataError
from onelook.wording import agree, counted, listed

_OTHER_ARCHIVES = frozenset({".7z", ".rar", ".bz2", ".xz", ".zst"})
_WORKBOOKS = frozenset({".xls", ".xlsx", ".ods"})
_TABLES = frozenset({".csv", ".tsv", ".txt", ".parquet"})
_LOOKED_AT_ROWS = 200

_BY_FOLDERS_OR_NAMES = frozenset({ToldBy.FOLDERS, ToldBy.CONVENTION, ToldBy.PATTERN, ToldBy.PATTERN_ACROSS_FOLDERS})


# What each kind of candidate yields to, where that stands: looked at in this order, the weakest last.
_YIELDS_TO: Mapping[ToldBy, frozenset[ToldBy]] = {
    # Where pixels are in a table, the table beside them describes other things.
    ToldBy.TABLE: frozenset({ToldBy.PIXEL_TABLE}),
    # It says nothing that folders and names do not say for more pictures.
    ToldBy.TABLE_OF_PATHS: frozenset({ToldBy.PIXEL_TABLE, ToldBy.FOLDERS, ToldBy.CONVENTION}),
    ToldBy.CONVENTION: frozenset({ToldBy.FOLDERS}),
    # A table says what its pictures are; a pattern that we find ourselves is worth less.
    ToldBy.PATTERN: frozenset({ToldBy.FOLDERS, ToldBy.TABLE, ToldBy.TABLE_OF_PATHS}),
    ToldBy.NOTHING: frozenset({ToldBy.TABLE, ToldBy.TABLE_OF_PATHS}) | _BY_FOLDERS_OR_NAMES,
}


def implied_layout(location: Location, options: SourceOptions) -> str | None:
    """The layout that `--label-from` asks for, where the location holds pictures; else None."""
    if options.label_from is None or not read_tree(location).names:
        return None
    return "class-folders" if isinstance(options.label_from, FolderLevel) else "labelled-names"


def candidates(location: Location) -> dict[str, Candidate]:
    """How each layout that recognises what is there would read it, by the name of the layout."""
    asked = {name: LAYOUTS.load(name)().recognise(location) for name in LAYOUTS}
    return {name: candidate for name, candidate in asked.items() if candidate is not None}


def standing(found: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """The candidates that yield to no other one. Only the user can tell which of several is meant."""
    remaining = dict(found)
    for told_by, stronger in _YIELDS_TO.items():
        if not stronger.isdisjoint(each.told_by for each in remaining.values()):
            remaining = {name: each for name, each in remaining.items() if each.told_by is not told_by}
    return remaining


def fitting_layout(location: Location, options: SourceOptions) -> str:
    """The one layout that recognises what is there, and yields to no other.

    Raises:
        DataError: none does; says what is there, and what could be.
        ConfigError: several do.
    """
    fitting = standing(candidates(location))
    if not options.needs_labels and any(each.told_by in _BY_FOLDERS_OR_NAMES for each in fitting.values()):
        return "picture-folder"  # all pictures, whatever their folders and names mean
    if len(fitting) > 1 and options.label_column is not None:  # which only tables have
        fitting = {name: each for name, each in fitting.items() if layout_entry(name).reads_label_column} or fitting
    if len(fitting) > 1:
        ways = [Choice(f"--layout {name}", each.why) for name, each in fitting.items()]
        raise ask_which(f"{location.root} can be read in {len(fitting)} ways.", ways)
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
        verb, them = agree(len(packed), "is", "are"), agree(len(packed), "it", "them")
        return f", and {listed(sorted(packed))} {verb} not unpacked. Unpack {them}, and give the folder."
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
    kinds = listed((f"{count:,} {suffix}" for suffix, count in suffixes.most_common()), most=5, last="")
    return f"a {kind} of {counted(len(entries), 'file')} ({kinds})"
