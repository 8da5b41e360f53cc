"""A table that lists picture files with their labels: CSV, TSV or Parquet, alone or in the folder of the pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onelook.data.dataset import Dataset
from onelook.data.location import Location as Place
from onelook.data.picture_file import PICTURE_SUFFIXES
from onelook.data.sources.class_folders import ClassFolders
from onelook.data.sources.manifest_files import ListedFiles, best_folders
from onelook.data.sources.manifest_rows import Listing, listed_dataset
from onelook.data.sources.manifest_table import (
    GROUP_NAMES,
    SPLIT_NAMES,
    TABLE_SUFFIXES,
    ManifestTable,
    find_roles,
    read_manifest_table,
)
from onelook.data.sources.name_labels import found_ways
from onelook.data.sources.packed_table import table_suffix
from onelook.data.sources.picture_tree import counted, read_tree, some, suffix_of
from onelook.data.sources.pixel_csv import PixelCsv
from onelook.data.sources.pixel_header import LABEL_NAMES
from onelook.data.sources.pixel_parquet import PixelParquet
from onelook.data.sources.source import Location, SourceOptions
from onelook.errors import ConfigError, DataError

# Names that a column of paths goes by, the likeliest first; any other is found by what it holds.
PATH_NAMES = (
    *("path", "file_path", "filepath", "image_path", "file_name", "filename", "file", "image", "img", "picture"),
    *("image_name", "image_id", "id_code", "id", "name"),
)
# What `onelook predict` writes: a guess is no label, unless someone gives that very file.
_PREDICTIONS = {"id", "label", "confidence"}
_NO_PATHS = frozenset((*LABEL_NAMES, *SPLIT_NAMES, *GROUP_NAMES))
_SAMPLE_ROWS = 200
# Of the sampled names so many must be files. Without a suffix a name is but a number, and pictures are often
# called by numbers too: then more must be.
_SHARE_FOUND = 0.5
_SHARE_FOUND_WITHOUT_SUFFIX = 0.75


class Manifest:
    """The layout `manifest`."""

    def recognise(self, location: Location) -> str | None:
        """Why a table lists pictures; None where no column names files that are there, or pixels are in it.

        Beside class folders or labelled names it is only one where it says another thing than these.
        """
        try:
            if PixelCsv().recognise(location) is not None or PixelParquet().recognise(location) is not None:
                return None
            found = _lone_file(location) if location.is_file else _tables_in(location, ListedFiles(location))
        except (DataError, ConfigError):  # no table, or none that can be read here: `open` would say so
            return None
        if not found or (not location.is_file and _is_told_by_names(location, found)):
            return None
        return "; ".join(f"{each.table.name} lists pictures in the column '{each.path}'" for each in found)

    def open(self, location: Location, options: SourceOptions) -> Dataset:
        """The data set, in the table's order; the parts are those of its split column, else `all`.

        A file that is missing is quarantined when the pictures are read. Pictures that the table does not list are
        left out and noted.

        Raises:
            DataError: there is no such table or there are several, a row has no path or no label, one picture
                stands there in two ways, or all files are missing.
            ConfigError: there is no column of the name that the user gave for the label.
        """
        place: Location = Place(location.root.parent) if location.is_file else location
        files = ListedFiles(place)
        found = _lone_file(location, files) if location.is_file else _tables_in(location, files)
        if not found:
            raise DataError(
                f"{location.root}: no CSV, TSV or Parquet file with a column of names of pictures that lie beside it "
                "was found there. Expected a header, as 'path,label', and a row a picture."
            )
        if len(found) > 1:
            tables = [each.table.name for each in found]
            raise DataError(
                f"{location.root}: {len(tables)} tables list pictures: {some(tables)}. Expected one: give the path of "
                f"the one to train on, and another with --test, as in {location.root}/{tables[0]}."
            )
        (only,) = found
        table = read_manifest_table(location, only.entry)
        roles = find_roles(table, only.path, options.label_column)
        folder = _folder(table, only.path, files)
        names = _found_names(table, only.path, folder, files)
        return listed_dataset(
            Listing(
                place=place,
                name=location.name,
                layout="manifest",
                table=table,
                roles=roles,
                names=names,
                ids=[name or f"{folder}{cell}" for name, cell in zip(names, table.columns[only.path], strict=True)],
                why=_why(table, only.path, roles.label, folder, names),
            ),
            notes=_note_extras(table, files, names),
        )


@dataclass(frozen=True)
class _Found:
    """A table that lists pictures, its first rows read."""

    entry: str
    table: ManifestTable
    path: str  # the column


def _lone_file(location: Location, files: ListedFiles | None = None) -> list[_Found]:
    """The table that the location is, as a list of one; empty where it lists no pictures.

    Names that end like pictures' are enough; only for others is the table's folder looked at, which may be large.
    """
    (entry,) = location.entries()
    if table_suffix(entry) not in TABLE_SUFFIXES:
        return []
    table = read_manifest_table(location, entry, _SAMPLE_ROWS)
    for column in _candidates(table):
        cells = _cells(table, column)
        if cells and sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells) > len(cells) * _SHARE_FOUND:
            return [_Found(entry, table, column)]
    named = [column for column in _candidates(table) if column.casefold() in PATH_NAMES and _cells(table, column)]
    if not named:
        return []
    files = files or ListedFiles(Place(location.root.parent))
    best = _best_column(table, named, files)
    return [] if best is None else [_Found(entry, table, best)]


def _tables_in(location: Location, files: ListedFiles) -> list[_Found]:
    """The tables directly in a folder or an archive that list pictures in it; a sample submission is none."""
    found = []
    for entry in location.entries() if files.pictures else ():
        is_sample = "submission" in entry.casefold() or "sample" in entry.casefold()
        if "/" in entry or table_suffix(entry) not in TABLE_SUFFIXES or is_sample:
            continue
        try:
            table = read_manifest_table(location, entry, _SAMPLE_ROWS)
        except (DataError, ConfigError):  # notes and results lie about in folders too
            continue
        column = _best_column(table, _candidates(table), files)
        if column is not None and not table.columns.keys() >= _PREDICTIONS:
            found.append(_Found(entry, table, column))
    return found


def _candidates(table: ManifestTable) -> list[str]:
    """The columns that may hold paths, likely names first."""
    rank = {name: at for at, name in enumerate(PATH_NAMES)}
    columns = [column for column in table.columns if column.casefold() not in _NO_PATHS]
    return sorted(columns, key=lambda column: rank.get(column.casefold(), len(rank)))


def _best_column(table: ManifestTable, columns: Sequence[str], files: ListedFiles) -> str | None:
    """The column of which most cells are files; of equals the first. None where too few are."""
    found: dict[str, int] = {}
    for column in columns:
        cells = _cells(table, column)
        most = max(files.folders(cells).values(), default=0)
        with_suffix = sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells)
        share = _SHARE_FOUND if 2 * with_suffix >= len(cells) else _SHARE_FOUND_WITHOUT_SUFFIX
        # A label from 0 to 9 beside 0.png to 9.png names files too, but the same again and again.
        if most and most >= share * len(cells) and 2 * len(set(cells)) > len(cells):
            found[column] = most
    return max(found, key=lambda column: found[column]) if found else None


def _cells(table: ManifestTable, column: str) -> list[str]:
    return [cell for cell in table.columns[column][:_SAMPLE_ROWS] if cell is not None]


def _is_told_by_names(location: Location, found: Sequence[_Found]) -> bool:
    """Whether folders or file names give labels, and the tables say the same or nothing about them."""
    for each in found:
        columns = {column.casefold(): column for column in each.table.columns}
        if any(name in columns for name in (*SPLIT_NAMES, *GROUP_NAMES)):
            return False
        label = next((columns[name] for name in LABEL_NAMES if name in columns), None)
        pairs = zip(each.table.columns[each.path], each.table.columns[label] if label else (), strict=False)
        if any(
            path and cell and cell not in path.replace("\\", "/").replace(".", "/").split("/") for path, cell in pairs
        ):
            return False
    # Asked last: it looks at every name, the table only at its first rows.
    return ClassFolders().recognise(location) is not None or bool(found_ways(read_tree(location)))


def _folder(table: ManifestTable, column: str, files: ListedFiles) -> str:
    """The folder, with its slash, that the names are relative to."""
    cells = [cell for cell in table.columns[column] if cell is not None]
    step = max(1, len(cells) // _SAMPLE_ROWS)
    found = files.folders(cells[::step]) or files.folders(cells)
    if not found:
        raise DataError(
            f"{table.name}: not one of {counted(len(cells), 'file')} that the column '{column}' lists is there, such "
            f"as {some(cells[:3])}. Expected paths relative to the table's folder, or in one folder below it."
        )
    best = best_folders(found, table.name)
    if len(best) > 1:
        raise DataError(
            f"{table.name}: the names in the column '{column}', such as '{cells[0]}', are found in {some(best)} alike. "
            "Expected paths relative to the table's folder: write the folder in front of the names."
        )
    return best[0]


def _found_names(table: ManifestTable, column: str, folder: str, files: ListedFiles) -> list[str | None]:
    names: list[str | None] = []
    for row, cell in enumerate(table.columns[column], start=table.first_row):
        if cell is None:
            raise DataError(f"{table.name}, row {row}: the column '{column}' is empty. Expected a path in every row.")
        names.append(files.find(cell, folder))
    return names


def _why(table: ManifestTable, path: str, label: str | None, folder: str, names: Sequence[str | None]) -> str:
    first = next(name for name in names if name is not None)
    cell = next(cell for cell, name in zip(table.columns[path], names, strict=True) if name is not None)
    meaning = "" if cell == first else f" ('{cell}' is '{first}')"
    place = f" in '{folder.rstrip('/')}'" if folder else ""
    labels = f"the label in the column '{label}'" if label else "no label column"
    return f"{table.name} lists {counted(table.rows, 'picture')}{place} in the column '{path}'{meaning}, and {labels}"


def _note_extras(table: ManifestTable, files: ListedFiles, names: Sequence[str | None]) -> list[str]:
    listed = set(names)
    extras = [name for name in files.pictures if name not in listed]
    if not extras:
        return []
    verb = "is" if len(extras) == 1 else "are"
    return [f"{counted(len(extras), 'picture')} that {table.name} does not list {verb} left out: {some(extras)}."]
