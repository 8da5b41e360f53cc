"""Tell whether folders are classes beside tables with several labels a picture."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.part_names import names_a_part
from onelook.data.person_names import are_called_after_persons
from onelook.data.share_names import names_a_share

_FEWEST_FOLDERS = 2
_FEWEST_PICTURES = 3  # of a folder; fewer may have a label in common by chance
_FEWEST_COLUMNS = 3
_LONG_NUMBER = re.compile(r"\d{4,}")  # of a person or a place
_YES = frozenset({"1", "1.0"})
_VALUES = _YES | {"0", "0.0", "-1", "-1.0"}


def marks_tell_folders(tables: Iterable[tuple[ManifestTable, Sequence[str]]]) -> bool:
    """Return whether all pictures of each folder have a label of their own in common: the folders are classes.

    In `Images/beach/` every picture has `sand` and `sea`, and some have `trees`. Folders that share the pictures out
    have no label in common. Folders say the same as two columns if each combination of these has a folder of its own:
    `tom/`, `jerry/`, `both/` and `neither/`.

    Args:
        tables: tables with columns of 0 and 1, and the picture of each row.
    """
    marks: defaultdict[str, list[frozenset[str]]] = defaultdict(list)
    columns: set[str] = set()
    for table, names in tables:
        columns |= _columns_of_marks(table).keys()
        for name, of_picture in zip(names, _marks(table), strict=False):
            marks[name.rpartition("/")[0]].append(of_picture)
    return not _are_no_classes(marks) and (
        _are_one_to_one(marks) or (len(columns) >= _FEWEST_COLUMNS and _have_labels_in_common(marks))
    )


def _marks(table: ManifestTable) -> list[frozenset[str]]:
    """Return the columns with a 1 in each row, of those that hold only 0 and 1."""
    columns = _columns_of_marks(table)
    rows = zip(*columns.values(), strict=True)
    return [frozenset(name for name, cell in zip(columns, row, strict=True) if cell in _YES) for row in rows]


def _columns_of_marks(table: ManifestTable) -> Mapping[str, Sequence[str | None]]:
    return {name: cells for name, cells in table.columns.items() if {*cells} <= _VALUES}


def _are_no_classes(folders: Iterable[str]) -> bool:
    """Return whether folders share the pictures out, or are those of persons, or there are no several of them."""
    folders = list(folders)
    last = {folder.rpartition("/")[2] for folder in folders}
    if len(last) < max(len(folders), _FEWEST_FOLDERS) or are_called_after_persons(last):
        return True
    return any(not each or names_a_part(each) or names_a_share(each) or _LONG_NUMBER.fullmatch(each) for each in last)


def _have_labels_in_common(marks: Mapping[str, Sequence[frozenset[str]]]) -> bool:
    common = [frozenset.intersection(*of_folder) for of_folder in marks.values()]
    return min(map(len, marks.values())) >= _FEWEST_PICTURES and all(common) and len({*common}) == len(common)


def _are_one_to_one(marks: Mapping[str, Sequence[frozenset[str]]]) -> bool:
    found = [{*of_folder} for of_folder in marks.values()]
    are_enough = min(map(len, marks.values())) >= _FEWEST_PICTURES
    return are_enough and all(len(each) == 1 for each in found) and len(set().union(*found)) == len(found)
