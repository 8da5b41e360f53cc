"""Find the folder of the pictures that a table lists, if the user gives the table alone: beside it, or further up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from onelook.data.layouts.manifests.lists.found_table import FoundTable, first_rows, sampled_cells
from onelook.data.layouts.manifests.lists.path_column import candidate_columns
from onelook.data.layouts.manifests.names.listed_files import ListedFiles
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError

_LEVELS_UP = 2
_LEVELS_DOWN = 3
_MOST_FOLDERS = 1_000  # that are looked into, at each level: a table may lie in someone's home
_LOOKED_AT = 20  # names, of which all must be there
_LONGEST_NAME = 255  # characters of the name of a file
_USUAL_SUFFIXES = ("", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp", ".JPG")


def lone_first_rows(location: Location) -> list[FoundTable]:
    """Return the first rows of the table that the location is, in each possible encoding."""
    return first_rows(location, location.entries()[0])


def table_place(location: Location) -> Location:
    """Return the folder in which the pictures of a lone table are searched: that of the table, if any is in it.

    Pictures often lie beside the folder of their lists, as `images/1.jpg` of `labels/train.csv`. The table's folder is
    returned too if the pictures are nowhere, or in several folders alike.
    """
    beside = Location(location.root.parent)
    try:
        tables = location.once(lone_first_rows)
    except DataError:  # whoever reads the table reports it
        return beside
    if any(ListedFiles(beside).places(cells) for cells in _numbers(tables)):
        return beside
    for cells in _names(tables):
        if any(_is_file(beside.root / cell) for cell in cells) or ListedFiles(beside).places(cells):
            return beside
        if (found := _further_up(location.root.parent.resolve(), cells)) is not None:
            return Location(found)
    return beside


def note_place(location: Location, place: Location) -> list[str]:
    """Return a note if the pictures of a lone table are not in its folder."""
    if not location.is_file or place.root == location.root.parent:
        return []
    return [f"The pictures that {location.root.name} lists are not in its folder; they were found in {place.root}."]


def _names(tables: Sequence[FoundTable]) -> Iterator[list[str]]:
    """Yield the first names in each column that may hold those of pictures; columns with names of files come first."""
    columns = [
        list(dict.fromkeys(sampled_cells(each.table, column)))[1 : _LOOKED_AT + 1]
        for each in tables
        for column in candidate_columns(each.table)
    ]
    columns = [cells for cells in columns if cells and all(map(_may_be_file, cells))]
    yield from sorted(columns, key=lambda cells: suffix_of(cells[0]) not in PICTURE_SUFFIXES)


def _numbers(tables: Sequence[FoundTable]) -> Iterator[list[str]]:
    """Yield the first numbers in each column in which all differ, as 1, 2, 3 of 1.png, 2.png, 3.png.

    They are too common to be searched for further up. But where they name the pictures beside the table, no other
    column does: the names of classes may be those of files in a folder above, which has nothing to do with the table.
    """
    for each in tables:
        for column in candidate_columns(each.table):
            cells = sampled_cells(each.table, column)[1:]
            if cells and all(map(str.isdecimal, cells)) and len(set(cells)) == len(cells):
                yield cells[:_LOOKED_AT]


def _may_be_file(cell: str) -> bool:
    """Return whether a cell may be the name of a file, and is no number or text."""
    return len(cell) <= _LONGEST_NAME and cell.isprintable() and not cell.replace(".", "").isdecimal()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that no system takes
        return False


def _further_up(folder: Path, names: Sequence[str]) -> Path | None:
    """Return the one folder, beside or below those above, to which all names are relative; None if there is none."""
    above = folder
    for _ in range(_LEVELS_UP):
        if above.parent == above:
            return None
        above = above.parent
        found = [each for each in _folders_below(above) if _holds(each, names)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _holds(folder: Path, names: Sequence[str]) -> bool:
    suffix = next((each for each in _USUAL_SUFFIXES if _is_file(folder / f"{names[0]}{each}")), None)
    return suffix is not None and all(_is_file(folder / f"{name}{suffix}") for name in names)


def _folders_below(folder: Path) -> Iterator[Path]:
    """Yield a folder and those below it, the outermost first; not the hidden ones, and not more than some."""
    level, seen = [folder], 0
    for _ in range(_LEVELS_DOWN):
        below: list[Path] = []
        for each in level:
            seen += 1
            if seen > _MOST_FOLDERS:
                return
            yield each
            try:
                below += sorted(path for path in each.iterdir() if path.is_dir() and not path.name.startswith("."))
            except OSError:
                continue
        level = below
