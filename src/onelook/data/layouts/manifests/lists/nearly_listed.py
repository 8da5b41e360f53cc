"""Explain why a table that seems to be about the pictures is not used as their list."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from onelook.data.column_names import LABEL_NAMES, SPLIT_NAMES, words_of
from onelook.data.layouts.manifests.columns.column_words import CLASS_LIST_WORDS
from onelook.data.layouts.manifests.lists.found_table import FoundTable, sampled_cells
from onelook.data.layouts.manifests.lists.path_column import (
    NUMBER_WORDS,
    SHARE_FOUND_WITHOUT_SUFFIX,
    candidate_columns,
    may_be_name,
)
from onelook.data.layouts.manifests.names.listed_files import ListedFiles
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.roles import find_roles
from onelook.data.layouts.tables.files import open_table, table_suffix
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, folders_above, suffix_of
from onelook.errors import DataError
from onelook.wording import counted, named

_SIGNS = re.compile(r"[_\-. ]")
_BEFORE_KIND = re.compile(r"(.+)[_\-. ]([^\W_]+)", re.DOTALL)
_SHORTENED = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)  # 1.23E+05 of 123456
_LARGEST_BYTES = 16 << 20  # of a file of labels alone
_LONGEST_NAME = 255  # characters of a file's name
_FEWEST_ROWS = 5  # in a table that may be about pictures
_SHARE_OF_VALUES = 0.8  # of the rows: labels repeat
_OF_TRAINING = frozenset({"epoch", "epochs", "step", "iteration", "iter"})
_SHARE_DISTINCT = 0.9  # the share of distinct cells in a column that names the rows


def note_nearly(found: FoundTable, files: ListedFiles) -> list[str]:
    """Return why a table is not used as the list of the pictures; empty if it does not seem to be about pictures."""
    name = found.entry
    here = f"the pictures are called as '{files.pictures[0]}'"
    for column in candidate_columns(found.table):
        cells = sampled_cells(found.table, column)
        with_suffix = sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells)
        if cells and 2 * with_suffix >= len(cells):
            there = max(files.places(cells, loosely=True).values(), default=0)
            few = f"only {there:,} of {len(cells):,} looked at are here" if there else f"none of them is here: {here}"
            is_headless = suffix_of(column) in PICTURE_SUFFIXES  # its first line is a row
            where, first = ("its first column", column) if is_headless else (f"the column '{column}'", cells[0])
            return [f"{name} names pictures in {where}, such as '{first}', and {few}. It was left out."]
        if 2 * len(set(cells)) > len(cells) > 4 and _beginnings(cells, files):
            is_headless = column.isdecimal() or _beginnings([column], files) > 0  # its first line is no header
            where = "first column" if is_headless else f"'{column}'"
            cells = cells if column.isdecimal() or not is_headless else [column, *cells]
            several = _beginnings(cells, files)
            return [
                f"{name} has a row for several pictures each, whose names begin with its {where}, such as "
                f"'{_example(cells, files)}' ({counted(len(cells), 'row')}, {counted(several, 'picture')}). No column "
                "is surely their label, so it was left out."
            ]
    # Other notes are on Matlab's files, and a text that is called like a picture has its label.
    is_table = table_suffix(name) != ".mat" and not _is_of_one_picture(name, files)
    if is_table and not found.table.rows and any(map(may_be_name, found.table.columns)):
        return [f"{name} has a header and no rows. It was left out."]
    key = _key_of(found)
    return [] if key is None else _note_on_key(found, key, files)


def _is_of_one_picture(entry: str, files: ListedFiles) -> bool:
    """Return whether a file lies beside a picture and is called like it."""
    stem = entry[: -len(table_suffix(entry))]
    return any(name[: -len(suffix_of(name))] == stem for name in files.pictures)


def note_labels_alone(location: Location, found: FoundTable, pictures: int) -> list[str]:
    """Return a note on a text with as many lines as there are pictures, and a few words on them: perhaps the labels."""
    sample = found.table.sample
    if sample is None or sample.width != 1 or table_suffix(found.entry) != suffix_of(found.entry):  # packed
        return []
    words = {record[0].strip() for record in sample.records}
    if not 1 < len(words) <= len(sample.records) // 2:
        return []
    try:
        with open_table(location, found.entry) as file:
            lines = sum(1 for line in file.read(_LARGEST_BYTES).splitlines() if line.strip())
    except (DataError, OSError):
        return []
    if lines not in (pictures, pictures + 1):  # with a header
        return []
    return [
        f"{found.entry} has {lines:,} lines such as '{sample.records[-1][0].strip()}' for "
        f"{counted(pictures, 'picture')}, and names none of them: it was not read, because the order of the pictures "
        "would be a guess. Write the name of each picture in front of its line to make a table of it."
    ]


def _note_on_key(found: FoundTable, key: str, files: ListedFiles) -> list[str]:
    """Return why a table is not used whose rows have names of their own that are no names of pictures."""
    name, here = found.entry, f"the pictures are called as '{files.pictures[0]}'"
    cells = sampled_cells(found.table, key)
    if all(map(_SHORTENED.fullmatch, cells)):
        return [
            f"{name} has numbers such as '{cells[0]}' in the column '{key}', which a spreadsheet shortened: they "
            f"name no picture. It was left out; {here}."
        ]
    folders = {part for folder in folders_above(files.pictures) for part in folder.split("/")}
    if 2 * len(folders & set(cells)) > found.table.rows:
        what = "may be a class" if _has_labels(found.table, key) else "has no label that is sure"
        return [f"{name} has a row for each folder in the column '{key}', which {what}. It was not read."]
    if kinds := _kinds_behind(cells, files):
        return [
            f"{name} has a row for each picture and each of the {len(kinds)} kinds {named(kinds, most=4)}, as "
            f"'{cells[0]}' in the column '{key}' (several labels a picture). onelook gives each picture one class: "
            "write the rows of one kind into a table, with the names of the pictures. It was left out."
        ]
    if not _has_labels(found.table, key) or not _may_be_of_pictures(found.table, key):
        return []
    what = f"'{key}'" if key else "number in its first column"
    some = max(files.places(cells, loosely=False).values(), default=0)
    if some > 1:
        return [
            f"{name} has a label for each {what}, such as '{cells[0]}', and only {some:,} of {len(cells):,} looked at "
            f"name pictures here: {here}. It was left out."
        ]
    return [
        f"{name} has a label for each {what}, such as '{cells[0]}', but no picture is called so: {here}. It was left "
        "out; a column with the names of the files would join it."
    ]


def _kinds_behind(cells: Sequence[str], files: ListedFiles) -> list[str]:
    """Return the words behind the names of pictures in cells such as `ID_12cad_epidural`; empty for other cells."""
    stems = {name.rpartition("/")[2].rpartition(".")[0] for name in files.pictures}
    split = [match.groups() for cell in cells if (match := _BEFORE_KIND.fullmatch(cell))]
    kinds = Counter(kind for picture, kind in split if picture in stems)
    are_names = kinds.total() >= SHARE_FOUND_WITHOUT_SUFFIX * len(cells) > 0
    return sorted(kinds) if are_names and 1 < len(kinds) <= len(cells) // 2 else []


def _key_of(found: FoundTable) -> str | None:
    """Return the column that names the rows of a table with more columns; None if there is none."""
    table = found.table
    if table.rows < _FEWEST_ROWS or CLASS_LIST_WORDS & set(words_of(found.entry.rpartition("/")[2].partition(".")[0])):
        return None
    for column in table.columns:
        cells = sampled_cells(table, column)
        if column.casefold() in (*LABEL_NAMES, *SPLIT_NAMES) or any(len(cell) > _LONGEST_NAME for cell in cells):
            continue
        is_named = may_be_name(column) or bool(NUMBER_WORDS & set(words_of(column)))
        is_first = next(iter(table.columns)) == column
        if not (is_named or is_first) or not cells or len(table.columns) < 2:
            continue
        if len(set(cells)) >= _SHARE_DISTINCT * len(cells) or all(map(_SHORTENED.fullmatch, cells)):
            return column
    return None


def _may_be_of_pictures(table: ManifestTable, key: str) -> bool:
    """Return whether rows may be about pictures: not what a training writes each epoch, or facts on a data set."""
    if _OF_TRAINING & set(words_of(key)):
        return False
    others = [sampled_cells(table, column) for column in table.columns if column != key]
    return any(len(set(cells)) <= _SHARE_OF_VALUES * len(cells) for cells in others if cells)


def _has_labels(table: ManifestTable, key: str) -> bool:
    try:
        roles = find_roles(table, key)
    except DataError:
        return False
    return roles.label is not None or bool(roles.target.choices or roles.target.no_classes)


def _example(cells: Sequence[str], files: ListedFiles) -> str:
    """Return the first cell that the name of a picture begins with."""
    stems = [name.rpartition("/")[2] for name in files.pictures]
    return next((cell for cell in cells if any(stem.startswith(cell) for stem in stems)), cells[0])


def _beginnings(cells: Sequence[str], files: ListedFiles) -> int:
    """Return how many pictures' names begin with one of these cells; 0 unless nearly all cells begin some name."""
    wanted = set(cells)
    hits: Counter[str] = Counter()
    for name in files.pictures[:20_000]:
        stem = name.rpartition("/")[2].rpartition(".")[0]
        for match in _SIGNS.finditer(stem):
            if (start := stem[: match.start()]) in wanted:
                hits[start] += 1
                break
    return hits.total() if len(hits) >= SHARE_FOUND_WITHOUT_SUFFIX * len(wanted) else 0
