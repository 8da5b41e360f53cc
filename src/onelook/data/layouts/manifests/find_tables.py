"""The search for tables that list pictures, and for the column that lists them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onelook.data.column_names import GROUP_NAMES, LABEL_NAMES, PATH_NAMES, SPLIT_NAMES, numbered_columns, split_header
from onelook.data.layouts.manifests.listed_files import ListedFiles
from onelook.data.layouts.manifests.table import TABLE_SUFFIXES, ManifestTable, Roles, find_roles, read_manifest_table
from onelook.data.layouts.tables.files import table_suffix
from onelook.data.layouts.tables.text import read_first_line
from onelook.data.part_names import PART_FOLDERS
from onelook.data.pictures.formats import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import ConfigError, DataError

SAMPLE_ROWS = 200
# What `onelook predict` writes: a guess is no label, unless someone gives that very file.
_PREDICTIONS = {"id", "label", "confidence"}
_NO_PATHS = frozenset((*LABEL_NAMES, *SPLIT_NAMES, *GROUP_NAMES))
# The share of sampled names that must be files. A name without a suffix may be any number, and pictures are often
# called by numbers too: then more must be.
_SHARE_FOUND = 0.5
_SHARE_FOUND_WITHOUT_SUFFIX = 0.75


@dataclass(frozen=True)
class FoundTable:
    """A table that lists pictures, with its first rows read."""

    entry: str
    table: ManifestTable
    path: str  # the column

    @property
    def folder(self) -> str:
        """Where the table lies, with its slash; empty for the root."""
        folder, slash, _ = self.entry.rpartition("/")
        return folder + slash

    @property
    def part(self) -> str | None:
        """The part of a data set that the table, or the folder that it lies in, is called like."""
        name = self.entry.rpartition("/")[2].partition(".")[0].casefold()
        words = [name, *name.replace("-", "_").split("_"), *self.folder.casefold().rstrip("/").split("/")]
        return next((PART_FOLDERS[word] for word in words if word in PART_FOLDERS), None)

    def roles(self, label_column: str | None = None) -> Roles:
        """What its columns are for, as far as the first rows tell."""
        asked = label_column if label_column in self.table.columns else None
        return find_roles(self.table, self.path, asked)


def lone_table(location: Location, files: ListedFiles | None = None) -> list[FoundTable]:
    """Return the table that the location is, as a list of one; empty where it lists no pictures.

    Names that end like pictures' are enough; only for others is the table's folder looked at, which may be large.
    """
    (entry,) = location.entries()
    if table_suffix(entry) not in TABLE_SUFFIXES:
        return []
    columns, _ = split_header(read_first_line(location, entry) or "")
    if 2 * len(numbered_columns(columns)) > len(columns):  # hundreds of columns, a pixel each: to read them takes long
        return []
    table = read_manifest_table(location, entry, SAMPLE_ROWS)
    for column in _candidates(table):
        cells = _cells(table, column)
        if cells and sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells) > len(cells) * _SHARE_FOUND:
            return [FoundTable(entry, table, column)]
    named = [column for column in _candidates(table) if column.casefold() in PATH_NAMES and _cells(table, column)]
    if not named:
        return []
    files = files or ListedFiles(Location(location.root.parent))
    best = _best_column(table, named, files)
    return [] if best is None else [FoundTable(entry, table, best)]


def tables_in(location: Location) -> list[FoundTable]:
    """Return the tables of a folder or archive that list its pictures: those directly in it, else those below."""
    entries = [entry for entry in location.entries() if _may_list(entry)]
    if not entries or not ListedFiles(location).pictures:
        return []
    right_there = [entry for entry in entries if "/" not in entry]
    found = _listing(location, right_there)
    return found or _listing(location, [entry for entry in entries if "/" in entry])


def _may_list(entry: str) -> bool:
    """Return whether this is a table, and not the sample submission of a competition."""
    name = entry.rpartition("/")[2].casefold()
    return table_suffix(name) in TABLE_SUFFIXES and "submission" not in name and "sample" not in name


def _listing(location: Location, entries: Sequence[str]) -> list[FoundTable]:
    found = []
    for entry in entries:
        try:
            table = read_manifest_table(location, entry, SAMPLE_ROWS)
        except (DataError, ConfigError):  # notes and results lie about in folders too
            continue
        files = ListedFiles(location, f"{entry.rpartition('/')[0]}/" if "/" in entry else "")
        column = _best_column(table, _candidates(table), files)
        if column is not None and not table.columns.keys() >= _PREDICTIONS:
            found.append(FoundTable(entry, table, column))
    return found


def _candidates(table: ManifestTable) -> list[str]:
    """Return the columns that may hold paths, likely names first."""
    rank = {name: at for at, name in enumerate(PATH_NAMES)}
    columns = [column for column in table.columns if column.casefold() not in _NO_PATHS]
    return sorted(columns, key=lambda column: rank.get(column.casefold(), len(rank)))


def _best_column(table: ManifestTable, columns: Sequence[str], files: ListedFiles) -> str | None:
    """Return the column with the most files among its cells; ties keep the first. None where there are too few."""
    found: dict[str, int] = {}
    for column in columns:
        cells = _cells(table, column)
        most = max(files.places(cells).values(), default=0)
        with_suffix = sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells)
        share = _SHARE_FOUND if 2 * with_suffix >= len(cells) else _SHARE_FOUND_WITHOUT_SUFFIX
        # A label from 0 to 9 beside 0.png to 9.png names files too, but the same again and again.
        if most and most >= share * len(cells) and 2 * len(set(cells)) > len(cells):
            found[column] = most
    return max(found, key=lambda column: found[column]) if found else None


def _cells(table: ManifestTable, column: str) -> list[str]:
    return [cell for cell in table.columns[column][:SAMPLE_ROWS] if cell is not None]
