"""Find the column of a table with the names of pictures, and the header above it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from onelook.data.column_names import GROUP_NAMES, LABEL_NAMES, PATH_NAMES, SPLIT_NAMES, words_of
from onelook.data.layouts.manifests.columns.box_columns import box_columns
from onelook.data.layouts.manifests.lists.found_table import SAMPLE_ROWS, FoundTable, enumerate_columns, sampled_cells
from onelook.data.layouts.manifests.names.listed_files import ListedFiles, Whereabouts
from onelook.data.layouts.manifests.names.spellings import FOLDS, Spelling
from onelook.data.layouts.manifests.readers.table import ManifestTable, with_one_label
from onelook.data.layouts.manifests.readers.text_table import with_columns
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import suffix_of
from onelook.errors import DataError

_NO_PATHS = frozenset((*LABEL_NAMES, *SPLIT_NAMES))
# The share of sampled names that must be files. It is larger for names without a suffix, because these may be any
# numbers, and names of pictures are often numbers too.
SHARE_FOUND = 0.5
SHARE_FOUND_WITHOUT_SUFFIX = 0.75
# Numbers are names of pictures only if they name this share of a folder: beside 1.png to 200.png, the numbers of ten
# classes are also names of ten pictures.
_SHARE_OF_FOLDER = 0.25
# The numbers may be in the names of two parts alike; in more folders, they are those of another thing.
_MOST_FOLDERS_ALIKE = 2
# Numbers that are only parts of longer names must occur in nearly all of them.
_SHARE_OF_NUMBERS = 0.9
_LONG_NUMBER = 5  # digits
_LONG_NAME = re.compile(r"(?=.*[^\W\d_])(?=.*\d)[^.]{6,}(?:\..*)?", re.DOTALL)
_FEWEST_UNPACKED = 5  # pictures
_SHARE_UNPACKED = 0.2  # of the rows looked at, where not all are
NUMBER_WORDS = frozenset(
    ("id", "number", "no", "nr", "num", "index", "image", "img", "picture", "photo", "file", "name", "key")
)


def best_table(
    candidates: Sequence[FoundTable], files: ListedFiles, columns: Sequence[str] | None = None
) -> list[FoundTable]:
    """Return the table in the encoding in which most of its names are files; empty if too few are."""
    for loosely in (False, True):
        best: tuple[tuple[int, bool], FoundTable] | None = None
        for candidate in candidates:
            among = [each for each in candidate_columns(candidate.table) if columns is None or each in columns]
            found = _best_column(candidate.table, among, files, loosely=loosely)
            if found is None:
                continue
            column, most = found
            rank = (most, len(candidates) > 1 and _leads_there(candidate.table, column, files, loosely=loosely))
            if best is None or rank > best[0]:
                best = (rank, with_path(_with_header(candidate, column, files, loosely=loosely), column, loosely))
        if best is not None:
            return [best[1]]
    return []


def _leads_there(table: ManifestTable, column: str, files: ListedFiles, *, loosely: bool) -> bool:
    """Return whether the names are paths to files as they stand there, without folders of another machine."""
    ((place, _),) = files.places(sampled_cells(table, column), loosely=loosely).most_common(1)
    return not place.dropped and not place.by_last


def _with_header(candidate: FoundTable, column: str, files: ListedFiles, *, loosely: bool) -> FoundTable:
    """Return the table with its header, which is found by the column of the paths."""
    sample = candidate.table.sample
    if sample is None:
        return candidate
    at = list(candidate.table.columns).index(column)
    cells = [record[at].strip() if at < len(record) else "" for record in sample.records]
    rules = files.places([cell for cell in cells[1:] if cell], loosely=loosely)
    if not rules:
        return candidate
    ((rule, _),) = rules.most_common(1)
    is_listed = [bool(cell) and _is_there(files, cell, rule) for cell in cells]
    first = next((number for number, listed in enumerate(is_listed) if listed), None)
    is_listed_first = is_listed[0] or suffix_of(cells[0]) in PICTURE_SUFFIXES
    found = with_columns(sample, first, is_listed_first, is_listed_second=any(is_listed[1:2]))
    if found is None or found.form == sample.form:
        return candidate
    columns = dict(enumerate_columns(found))
    if at >= len(columns):  # most rows have fewer cells than the one with this column
        return candidate
    path = list(columns)[at]
    table = with_one_label(ManifestTable(candidate.table.name, columns, sample=found), but=path)
    return FoundTable(candidate.entry, table, path, found.form)


def _is_there(files: ListedFiles, cell: str, rule: Whereabouts) -> bool:
    try:
        return files.find(cell, rule) is not None
    except DataError:
        return True


def with_path(candidate: FoundTable, column: str, loosely: bool = False) -> FoundTable:
    path = candidate.path or column
    if candidate.path == "" and column not in candidate.table.columns:
        path = next(iter(candidate.table.columns))
    table = with_one_label(candidate.table, but=path)
    return FoundTable(candidate.entry, table, path, candidate.form, candidate.whole, loosely)


def candidate_columns(table: ManifestTable) -> list[str]:
    """Return the columns that may be paths, those with usual names first, and those of patients last."""
    rank = {name: at for at, name in enumerate(PATH_NAMES)} | dict.fromkeys(GROUP_NAMES, len(PATH_NAMES) + 1)
    columns = [column for column in table.columns if column.casefold() not in _NO_PATHS]
    return sorted(columns, key=lambda column: rank.get(column.casefold(), len(PATH_NAMES)))


def may_be_name(column: str) -> bool:
    return column.casefold() in PATH_NAMES or bool({"file", "image", "img", "path", "filename"} & set(words_of(column)))


def _best_column(
    table: ManifestTable, columns: Sequence[str], files: ListedFiles, *, loosely: bool
) -> tuple[str, int] | None:
    """Return the column with the most files among its cells, and their number; ties keep the first."""
    found: dict[str, int] = {}
    by_number: set[str] = set()  # columns of numbers that are in the names of pictures
    for column in columns:
        cells = sampled_cells(table, column)
        if not cells or (loosely and not _looks_like_names(table, column, cells)):
            continue
        places = files.places(cells, loosely=loosely)
        most = max(places.values(), default=0)
        with_suffix = sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells)
        share = SHARE_FOUND if 2 * with_suffix >= len(cells) else SHARE_FOUND_WITHOUT_SUFFIX
        if not most or (most < share * len(cells) and not _lists_all_there_are(cells, places, files)):
            continue
        if 2 * with_suffix >= len(cells) or _are_names(table, column, cells, places, files):
            found[column] = most
            if places.most_common(1)[0][0].spelling is Spelling.NUMBER_ALONE:
                by_number.add(column)
    if any(_names_files(table, column) for column in columns):  # a number beside names of files is about something else
        usual = (*PATH_NAMES, next(iter(table.columns)).casefold())
        found = {
            column: most
            for column, most in found.items()
            if not (column in by_number and _names_files_elsewhere(table, columns))
            and (column.casefold() in usual or not all(map(str.isdecimal, sampled_cells(table, column))))
        }
    if not found:
        return None
    column = max(found, key=lambda column: found[column])
    return column, found[column]


def _lists_all_there_are(cells: Sequence[str], places: Counter[Whereabouts], files: ListedFiles) -> bool:
    """Return whether names lead to nearly all pictures there are, as where a part of the data is not unpacked yet.

    The names are long, with a number and a letter, and so no pictures are called like them by chance.
    """
    ((place, most),) = places.most_common(1)
    if place.spelling is not Spelling.SAME or not all(map(_LONG_NAME.fullmatch, cells)):
        return False
    if _pictures_in(place, files) < _SHARE_OF_NUMBERS * len(files.pictures):
        return False
    if len(cells) >= SAMPLE_ROWS - 1:
        return most >= _SHARE_UNPACKED * len(cells)
    return most >= _SHARE_OF_NUMBERS * _pictures_in(place, files) and most >= _FEWEST_UNPACKED


def _names_files(table: ManifestTable, column: str) -> bool:
    """Return whether most cells end as names of pictures do."""
    cells = sampled_cells(table, column)
    return 2 * sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells) > len(cells)


def _names_files_elsewhere(table: ManifestTable, columns: Sequence[str]) -> bool:
    """Return whether a column has names of files that are no addresses in the web: if they are not here, numbers are
    no names of those that are.
    """
    return any(
        _names_files(table, column) and not any("://" in cell for cell in sampled_cells(table, column))
        for column in columns
    )


def _are_names(
    table: ManifestTable, column: str, cells: Sequence[str], places: Counter[Whereabouts], files: ListedFiles
) -> bool:
    """Return whether cells without suffix that match files are really names of files.

    Labels from 0 to 9 beside 0.png to 9.png match files too, but the same few many times; and so may other numbers.
    """
    distinct = len(set(cells))
    if may_be_name(column) and box_columns(table.columns) and max(places.values()) == len(cells):
        return True  # a picture has a row for each of its boxes
    if not all(cell.removesuffix(".0").isdecimal() for cell in cells):
        return 2 * distinct > len(cells) or 5 * distinct > len(cells) > 20
    if 2 * distinct <= len(cells):
        return False
    is_named = bool(NUMBER_WORDS & set(words_of(column))) or column.casefold() in PATH_NAMES
    is_first = next(iter(table.columns)) == column
    ((place, most),) = places.most_common(1)
    of_folder = _pictures_in(place, files)
    if place.spelling is Spelling.NUMBER_ALONE:  # nearly all of both, and not in each of many folders, or it is chance
        is_first, needed = False, _SHARE_OF_NUMBERS
        beside = sum(name.startswith(files.base) for name in files.pictures)
        base = FOLDS[Spelling.OTHER_CASE](files.base)
        alike = sum(count == most and each.folder.startswith(base) for each, count in places.items())
        if alike > _MOST_FOLDERS_ALIKE or most < _SHARE_OF_FOLDER * beside:
            return False
    else:
        needed = _SHARE_OF_FOLDER
    are_long = most == len(cells) and min(map(len, cells)) >= _LONG_NUMBER  # such numbers are in names by no chance
    # So `image_id` of the four pictures to predict names them beside many to train on, in folders of patients.
    covers = len(cells) >= SAMPLE_ROWS - 1 or most >= needed * of_folder or (are_long and is_named)
    return (is_named or is_first or are_long) and covers and distinct > 0.9 * len(cells)


def _pictures_in(place: Whereabouts, files: ListedFiles) -> int:
    """Return the number of pictures in the folder of a rule, which is in small letters in another spelling."""
    if place.spelling is Spelling.SAME:
        return sum(name.startswith(place.folder) for name in files.pictures)
    fold = FOLDS[Spelling.OTHER_CASE]
    folder = fold(place.folder)
    return sum(fold(name).startswith(folder) for name in files.pictures)


def _looks_like_names(table: ManifestTable, column: str, cells: Sequence[str]) -> bool:
    """Return whether cells may name files in another spelling: they have a suffix, or differ in a likely column."""
    if 2 * sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells) >= len(cells):
        return True
    if len(set(cells)) < 0.9 * len(cells):
        return False
    return may_be_name(column) or next(iter(table.columns)) == column
