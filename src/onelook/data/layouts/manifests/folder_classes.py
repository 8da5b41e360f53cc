"""Classes by the folders and names of listed pictures, where a table says none or has numbers for what these name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from onelook.data.layouts.manifests.table import ManifestTable, Roles
from onelook.data.layouts.manifests.target import are_one_to_one
from onelook.data.part_names import PART_FOLDERS

# The column of the folders, where they are the label.
FOLDER = "folder"
# The column of the beginnings of names, where they are the label.
NAME = "beginning of the name"
_COUNTER = re.compile(r"[\s_.-]*\d+$")


def folder_levels(names: Sequence[str]) -> list[list[str]]:
    """Return the folders of all pictures by depth, those that differ, without such as are parts."""
    folders = [name.replace("\\", "/").split("/")[:-1] for name in names]
    if not folders or not all(folders):
        return []
    levels = []
    for depth in range(min(map(len, folders))):
        level = [each[depth] for each in folders]
        values = set(level)
        if len(values) > 1 and not all(value.casefold() in PART_FOLDERS for value in values):
            levels.append(level)
    return levels


def class_folders(levels: Sequence[Sequence[str]], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return the folder that is each picture's class, where a table only says which pictures are a part."""
    if roles.split is None and table.columns.keys() != {roles.path}:
        return None
    fitting = [level for level in levels if 2 * len(set(level)) <= len(level)]
    # Of several, a part of the body above a patient above a study, only the user can tell which is the class.
    return list(fitting[0]) if len(fitting) == 1 else None


def with_readable_classes(
    table: ManifestTable, roles: Roles, paths: Sequence[str], folders: Sequence[Sequence[str]]
) -> tuple[ManifestTable, Roles, list[str]]:
    """Return the table with what folders or names say where the label has codes for the same, and a note on it.

    Args:
        table: with a row for each path.
        roles: of its columns.
        paths: the file of each row.
        folders: of each path, by depth, as `folder_levels` gives them.
    """
    column, how, called = FOLDER, "by their folders, which say", _called_by_folders(folders, table, roles)
    if called is None:
        column, how = NAME, "as the names of their pictures begin, which say"
        called = _called_by_names(paths, table, roles)
    if called is None:
        return table, roles, []
    note = f"The classes are called {how} the same as the column '{roles.label}'."
    return replace(table, columns={**table.columns, column: called}), replace(roles, label=column), [note]


def _called_by_folders(levels: Sequence[Sequence[str]], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return the folder of each picture that has names where the label has codes for the same; None where none has."""
    cells = _codes(table, roles)
    fitting = (
        list(level)
        for level in levels
        if len(level) == len(cells) and not all(map(str.isdecimal, set(level))) and are_one_to_one(cells, level)
    )
    return next(fitting, None)


def _called_by_names(names: Sequence[str], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return what each picture's name begins with, where the label has codes for the same: `beagle` of `beagle_12`."""
    cells = _codes(table, roles)
    if not cells:
        return None
    beginnings = [_COUNTER.sub("", name.rpartition("/")[2].partition(".")[0]) for name in names]
    are_words = all(any(sign.isalpha() for sign in beginning) for beginning in set(beginnings))
    return beginnings if are_words and are_one_to_one(cells, beginnings) else None


def _codes(table: ManifestTable, roles: Roles) -> Sequence[str | None]:
    """Return the labels of the rows where all are numbers; empty where they are not."""
    if roles.label is None or roles.target.no_classes:
        return ()
    cells = table.columns[roles.label]
    return cells if all(cell is not None and cell.isdecimal() for cell in cells) else ()
