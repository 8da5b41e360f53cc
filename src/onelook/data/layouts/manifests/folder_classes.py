"""Folders as the classes of listed pictures, where a table says none or has numbers for what folders name."""

from __future__ import annotations

from collections.abc import Sequence

from onelook.data.layouts.manifests.table import ManifestTable, Roles
from onelook.data.layouts.manifests.target import are_one_to_one
from onelook.data.part_names import PART_FOLDERS

# The column of the folders, where they are the label.
FOLDER = "folder"


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


def called_by_folders(levels: Sequence[Sequence[str]], table: ManifestTable, roles: Roles) -> str:
    """Return the number of the folder that has names where the label has codes for the same; empty where none has."""
    if roles.label is None or roles.target.no_classes:
        return ""
    cells = table.columns[roles.label]
    if not all(cell is not None and cell.isdecimal() for cell in cells):
        return ""
    fitting = (
        str(number)
        for number, level in enumerate(levels)
        if len(level) == len(cells) and not all(map(str.isdecimal, set(level))) and are_one_to_one(cells, level)
    )
    return next(fitting, "")
