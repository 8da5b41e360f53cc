"""Take classes from the folders and names of listed pictures, if the table has none or only numbers for them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace

from onelook.data.layouts.manifests.columns.column_in_words import column_in_words
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence
from onelook.data.layouts.manifests.columns.label_columns import are_one_to_one
from onelook.data.layouts.manifests.columns.parts_column import part_of
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.roles import Roles
from onelook.data.part_names import PART_FOLDERS, are_numbered, names_a_part, parts_among
from onelook.data.person_names import are_called_after_persons
from onelook.data.share_names import number_shares
from onelook.wording import agree, counted

# The name of the column of folders, if they are the label.
FOLDER = "folder"
# The name of the column of beginnings of names, if they are the label.
NAME = "beginning of the name"
_SHARE_CALLED_ALIKE = 0.8  # of the classes in a table and the folders
_SHARE_OF_OTHERS = 0.5  # of the pictures; if more lie in other folders, these mean something else
_SHARE_OF_UNLIKE = 0.1  # of the pictures, where the folders have other names than the classes
_FIELDS = re.compile(r"[\W_]+")
_CODE = re.compile(r"\d+(?:\.0+)?")  # MXNet's lists write 3 as 3.000000
_COUNTER = re.compile(r"[\s_.-]*\d+$")


def folder_levels(names: Sequence[str]) -> list[list[str]]:
    """Return the folders of all pictures by depth, without folders of parts and those that are the same for all."""
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


def _plain(name: str) -> str:
    return _FIELDS.sub("", name.casefold())


def note_other_folders(
    table: ManifestTable, label: str | None, paths: Sequence[str], levels: Sequence[Sequence[str]]
) -> list[str]:
    """Return a note if the folders are called like the classes in a table, and some pictures lie in another one's."""
    cells = table.columns.get(label or "", ())
    if not cells or len({*paths}) < len(paths):  # the rows of one picture may be opinions on it
        return []
    for level in levels:
        pairs = Counter(zip(level, cells, strict=True))
        usual: dict[str, str] = {}
        for (folder, cell), _ in pairs.most_common():
            if cell is not None:
                usual.setdefault(folder, cell)
        classes = {cell for _, cell in pairs} - {None}
        if len(classes) < 2 or len({*usual.values()}) < len(usual) or {*usual.values()} != classes:
            continue
        alike = sum(_plain(folder) == _plain(cell) for folder, cell in usual.items())
        most = _SHARE_OF_OTHERS if alike >= _SHARE_CALLED_ALIKE * len(usual) else _SHARE_OF_UNLIKE
        others = [
            (path, cell)
            for path, folder, cell in zip(paths, level, cells, strict=True)
            if cell is not None and cell != usual[folder]
        ]
        if 0 < len(others) < most * len(paths):
            path, cell = others[0]
            lie = agree(len(others), "lies in a folder", "lie in folders")
            return [
                f"{counted(len(others), 'picture')} of {len(paths):,} {lie} of another class, as '{path}', which is "
                f"'{cell}' in {table.name}: the table is read. To read the folders: --layout class-folders."
            ]
    return []


def evidence_of_paths(evidence: LabelEvidence, paths: Sequence[str]) -> LabelEvidence:
    """Return the evidence on the label, with that in the folders and names of the pictures."""
    folders = [level for level in folder_levels(paths) if not are_called_after_persons(level)]
    return replace(evidence, folders=folders, paths=paths)


def parts_in_names(paths: Sequence[str]) -> list[str] | None:
    """Return the part that each file name begins with, as `train_0001.jpg` and `test_0001.jpg`; None if not all do."""
    if not paths or _part_in_name(paths[0]) is None:  # a quick look
        return None
    parts = [part for path in paths if (part := _part_in_name(path)) is not None]
    found = set(parts)
    return parts if len(parts) == len(paths) and "train" in found and len(found) > 1 else None


def parts_in_folders(names: Sequence[str | None]) -> list[str] | None:
    """Return the part that a folder of each file means, as in `train/1.jpg` and `test/2.jpg`; None if some mean none.

    A missing file is of the training part.

    Example:
        >>> parts_in_folders(["set/train/1.jpg", "set/test/2.jpg", None]), parts_in_folders(["train/1.jpg", "a/2.jpg"])
        (['train', 'test', 'train'], None)
    """
    folders = {name.rpartition("/")[0] for name in names if name is not None}
    depth = min((folder.count("/") + 1 if folder else 0 for folder in folders), default=0)
    for at in range(depth):
        level = {folder: folder.split("/")[at] for folder in folders}
        parts = parts_among({*level.values()})
        if parts.keys() == {*level.values()} and {"train"} < {*parts.values()}:
            part_of_folder = {folder: parts[folder_name] for folder, folder_name in level.items()}
            return ["train" if name is None else part_of_folder[name.rpartition("/")[0]] for name in names]
    return None


def _part_in_name(path: str) -> str | None:
    return PART_FOLDERS.get(_FIELDS.split(path.rpartition("/")[2], maxsplit=1)[0].casefold())


def class_folders(levels: Sequence[Sequence[str]], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return the class folder of each picture, if the table only lists the pictures of a part."""
    if roles.split is None and table.columns.keys() != {roles.path}:
        return None
    fitting = [level for level in levels if 2 * len(set(level)) <= len(level) and not _share_out({*level})]
    # If there are several (a part of the body, a patient, a study), only the user knows which is the class.
    return list(fitting[0]) if len(fitting) == 1 else None


def _share_out(folders: Collection[str]) -> bool:
    """Return whether folders number shares of the pictures, or of those of a part, as `test_images_1` and `_2`."""
    return number_shares(folders) or (are_numbered(folders) and all(map(names_a_part, folders)))


def with_readable_classes(
    table: ManifestTable, roles: Roles, paths: Sequence[str], folders: Sequence[Sequence[str]]
) -> tuple[ManifestTable, Roles, list[str]]:
    """Return the table with readable labels from folders or names instead of codes for the same, and a note.

    Args:
        table: a table with a row for each path.
        roles: the roles of its columns.
        paths: the file of each row.
        folders: the folders of each path, by depth, as `folder_levels` returns them.
    """
    if (firsts := _firsts_of_several(folders, table, roles)) is not None:
        column = column_in_words(roles.label or "", table.nameless)
        note = f"In {column} some pictures have more labels than their folder, which is the class."
        roles = replace(roles, label=FOLDER, target=replace(roles.target, no_classes=""))
        return replace(table, columns={**table.columns, FOLDER: firsts}), roles, [note]
    column, how, called = FOLDER, "by their folders, which say", _called_by_folders(folders, table, roles)
    if called is None:
        how, called = "by the folders in the training part, which say", _called_by_training(paths, table, roles)
    if called is None:
        column, how = NAME, "as the names of their pictures begin, which say"
        called = _called_by_names(paths, table, roles)
    if called is None:
        return table, roles, []
    note = f"The classes are called {how} the same as {column_in_words(roles.label or '', table.nameless)}."
    return replace(table, columns={**table.columns, column: called}), replace(roles, label=column), [note]


def _firsts_of_several(levels: Sequence[Sequence[str]], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return the first label of each picture if some have several between blanks, and a folder is the first of each."""
    cells = table.columns.get(roles.label or "", ())
    if not any(" " in (cell or "") for cell in cells) or None in cells:
        return None
    firsts = [(cell or "").partition(" ")[0] for cell in cells]
    return firsts if any(list(level) == firsts for level in levels) else None


def _called_by_folders(levels: Sequence[Sequence[str]], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return the folder of each picture, if these folders are names for the codes of the label; else None."""
    cells = _codes(table, roles)
    fitting = (
        list(level)
        for level in levels
        if len(level) == len(cells) and not all(map(str.isdecimal, set(level))) and are_one_to_one(cells, level)
    )
    return next(fitting, None)


def _called_by_training(paths: Sequence[str], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return the training pictures' folder with the same code for each picture, as ImageNet's `val/` has no folders."""
    cells = _codes(table, roles)
    if roles.split is None or not cells:
        return None
    rows = [row for row, cell in enumerate(table.columns[roles.split]) if part_of(cell) == "train"]
    codes = [cells[row] for row in rows]
    folders = [paths[row].replace("\\", "/").rpartition("/")[0] for row in rows]
    if len({folder.count("/") for folder in folders}) != 1:  # some names have more folders, as `bow_window/indoor`
        return None
    level = [folder.rpartition("/")[2] for folder in folders]
    if all(map(str.isdecimal, set(level))) or not are_one_to_one(codes, level):
        return None
    folder_of = dict(zip(codes, level, strict=True))
    return [folder_of[cell] for cell in cells] if folder_of.keys() >= set(cells) else None


def _called_by_names(names: Sequence[str], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return the beginning of each picture's name, if it names the code of the label: `beagle` in `beagle_12`."""
    cells = _codes(table, roles)
    if not cells:
        return None
    beginnings = [_COUNTER.sub("", name.rpartition("/")[2].partition(".")[0]) for name in names]
    are_words = all(any(sign.isalpha() for sign in beginning) for beginning in set(beginnings))
    return beginnings if are_words and are_one_to_one(cells, beginnings) else None


def _codes(table: ManifestTable, roles: Roles) -> Sequence[str | None]:
    """Return the labels of the rows if all are whole numbers; otherwise empty."""
    if roles.label is None or roles.target.no_classes:
        return ()
    cells = table.columns[roles.label]
    return cells if all(cell is not None and _CODE.fullmatch(cell) for cell in cells) else ()
