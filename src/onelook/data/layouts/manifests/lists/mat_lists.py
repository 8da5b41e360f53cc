"""Search Matlab's files beside pictures for lists of the pictures, with labels, parts and names of classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from onelook.data.layouts.manifests.lists.found_table import FoundTable
from onelook.data.layouts.manifests.lists.nearly_listed import note_nearly
from onelook.data.layouts.manifests.lists.path_column import best_table
from onelook.data.layouts.manifests.names.listed_files import ListedFiles
from onelook.data.layouts.manifests.names.numbered_pictures import PATH, numbered_list
from onelook.data.layouts.manifests.readers.json_records import JsonTable
from onelook.data.layouts.manifests.readers.mat_class_names import may_name_classes
from onelook.data.layouts.manifests.readers.mat_parts import parts_by_number
from onelook.data.layouts.manifests.readers.mat_tables import (
    SPLIT,
    Column,
    MatContent,
    is_mat,
    read_mat_content,
    without_files_a_picture,
)
from onelook.data.layouts.manifests.readers.table import json_manifest
from onelook.data.layouts.manifests.roles import split_column
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import agree, counted, listed

_MOST_FILES = 40
_MOST_NAMED = 3


@dataclass(frozen=True)
class MatLists:
    """The facts in Matlab's files about the pictures beside them."""

    listing: tuple[FoundTable, ...] = ()
    class_names: Mapping[str, Sequence[str]] = field(default_factory=dict)  # file and variable -> names
    notes: tuple[str, ...] = ()  # notes on files without such facts, and on unreadable ones


def find_mat_lists(location: Location) -> MatLists:
    """Return the facts in the Matlab files of a location about its pictures. It reads files that may be lists."""
    entries = [entry for entry in location.entries() if is_mat(entry)]
    if not entries:
        return MatLists()
    lists, a_picture_each = without_files_a_picture(entries)
    contents: dict[str, MatContent] = {}
    notes = _notes_on_sidecars(a_picture_each)
    unread: dict[str, str] = {}
    lists.sort(key=lambda entry: entry.count("/"))
    for entry in lists[:_MOST_FILES]:
        try:
            contents[entry] = read_mat_content(location, entry)
        except DataError as problem:
            unread[entry] = str(problem).removeprefix(f"{location.place}/{entry}: ")
    unread |= dict.fromkeys(lists[_MOST_FILES:], f"no more than {_MOST_FILES} are looked at.")
    notes += _notes_on_unread(unread)
    listing = [found for entry in contents if (found := _listing(location, entry, contents)) is not None]
    if not listing and (numbered := numbered_list(ListedFiles(location).pictures, contents)):
        listing = [_found(numbered.entry, numbered.columns, PATH, numbered.notes)]
    rows = {each.table.rows for each in listing}
    names = {
        f"{entry}: {name}": texts
        for entry, each in contents.items()
        for name, texts in each.texts.items()
        if len(texts) not in rows
    }
    told = " ".join(note for each in listing for note in each.said)
    said = [entry for entry in contents if entry in told or any(entry == each.entry for each in listing)]
    nearly = {
        entry: note for entry in contents if entry not in said if (note := _note_nearly(location, entry, contents))
    }
    notes += nearly.values()
    said += nearly
    naming = {entry for entry, each in contents.items() if any(map(may_name_classes, each.texts))}
    notes += _notes_on_others({entry: each for entry, each in contents.items() if entry not in {*naming, *said}})
    return MatLists(tuple(listing), names, tuple(notes))


def _listing(location: Location, entry: str, contents: Mapping[str, MatContent]) -> FoundTable | None:
    """Return the table of a file that lists pictures by their names; None if there is none."""
    folder = f"{entry.rpartition('/')[0]}/" if "/" in entry else ""
    candidates = [_found(entry, columns) for columns in contents[entry].tables]
    files = ListedFiles(location, folder)
    found = next(iter(best_table(candidates, files)), None)
    if found is None or found.whole is None:
        return None
    cells = found.whole.columns[found.path]
    if all(cell is None or cell.isdecimal() for cell in cells) and 2 * len(cells) < len(files.pictures):
        return None  # numbers of classes, of which some pictures have the name
    columns: dict[str, Column] = {name: list(cells) for name, cells in found.whole.columns.items()}
    notes: list[str] = []
    if nameless := columns[found.path].count(None):
        notes.append(f"{counted(nameless, 'row')} of {entry} {agree(nameless, 'names', 'name')} no picture.")
        columns = _rows_with(columns, found.path)
    elif split_column(found.table, list(found.table.columns)) is None:
        # Row numbers of parts count in the same file; in another file they may be those of another list.
        parts = parts_by_number({entry: contents[entry]}, len(columns[found.path]), 1)
        if parts is not None:
            notes.append(parts.note)
            columns = _rows_with({**columns, SPLIT: parts.column}, SPLIT)
    return replace(_found(entry, columns, found.path, tuple(notes)), is_loose=found.is_loose)


def _note_nearly(location: Location, entry: str, contents: Mapping[str, MatContent]) -> str:
    """Return a note on a list of pictures that are not here; empty without such a list."""
    files = ListedFiles(location)
    notes = (note for columns in contents[entry].tables for note in note_nearly(_found(entry, columns), files))
    return next(notes, "")


def _rows_with(columns: Mapping[str, Column], needed: str) -> dict[str, Column]:
    rows = [row for row, cell in enumerate(columns[needed]) if cell is not None]
    return {name: [cells[row] for row in rows] for name, cells in columns.items()}


def _found(entry: str, columns: Mapping[str, Column], path: str = "", notes: tuple[str, ...] = ()) -> FoundTable:
    whole = JsonTable(columns)
    return FoundTable(entry, json_manifest(whole, entry.rpartition("/")[2]), path, whole=whole, said=notes)


def _notes_on_sidecars(entries: Sequence[str]) -> list[str]:
    if not entries:
        return []
    return [
        f"{counted(len(entries), 'Matlab file')} of one picture each, such as '{entries[0]}', "
        f"{agree(len(entries), 'was', 'were')} not read: onelook takes labels from lists."
    ]


def _notes_on_unread(unread: Mapping[str, str]) -> list[str]:
    """Return a note on the files that cannot be read, with the reason for the first."""
    if not unread:
        return []
    first, several = next(iter(unread.values())), len(unread) > 1
    shown = f"{listed(unread, most=_MOST_NAMED)} {agree(len(unread), 'was', 'were')} not read"
    return [f"{shown}. The first: {first}" if several else f"{shown}: {first}"]


def _notes_on_others(others: Mapping[str, MatContent]) -> list[str]:
    """Return a note on the files that say nothing of the pictures."""
    if not others:
        return []
    it = agree(len(others), "it lists", "they list")
    shown = listed(others, most=_MOST_NAMED)
    note = (
        f"{shown} {agree(len(others), 'was', 'were')} left out: {it} no pictures that are here with a class for each."
    )
    variables = next(iter(others.values())).variables if len(others) == 1 else ()
    holds = f" It holds {listed(variables, most=_MOST_NAMED)}." if variables else ""
    return [f"{note}{holds}"]
