"""Read class folders in `train/` together with a table of classes for the loose pictures of another part."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence
from dataclasses import dataclass

from onelook.data.layouts.hash_folders import are_hash_folders
from onelook.data.layouts.manifests.lists.find_tables import Survey
from onelook.data.layouts.manifests.lists.found_table import FoundTable
from onelook.data.layouts.manifests.names.listed_files import ListedFiles, best_places
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.part_names import PART_FOLDERS, PART_ORDER
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import counted

PATH, LABEL, SPLIT = "path", "label", "split"
_FEWEST_CLASSES = 2


@dataclass(frozen=True)
class AnnotatedParts:
    """The pictures of all parts as one table, with notes for the user."""

    table: ManifestTable
    entry: str  # the file of the table with the classes
    why: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Annotated:
    found: FoundTable
    part: str
    column: str


def has_annotated_part(location: Location, looked: Survey) -> bool:
    """Return whether a table gives the loose pictures of one part the classes of another part's folders."""
    return _annotated(looked, _class_folders(ListedFiles(location).without_copies())) is not None


def read_annotated_parts(location: Location, looked: Survey) -> AnnotatedParts | None:
    """Return the pictures of all parts with their classes; None if no table has the classes of a part.

    Raises:
        DataError: the table is damaged.
    """
    files = ListedFiles(location)
    pictures = files.without_copies()
    classes = _class_folders(pictures)
    annotated = _annotated(looked, classes)
    if annotated is None:
        return None
    found = annotated.found
    table = found.read(location)
    if not {found.path, annotated.column} <= table.columns.keys():
        raise DataError(f"{table.name}: its first rows have other columns than the rest. Expected one table.")
    cells = [cell or "" for cell in table.columns[found.path]]
    own = ListedFiles(location, found.folder)
    places = best_places(own.places(cells[:200], loosely=found.is_loose), found.entry, found.folder)
    labels: dict[str, str] = {}
    for cell, label in zip(cells, table.columns[annotated.column], strict=True):
        name = own.find(cell, places[0]) if cell else None
        if name is not None and label is not None:
            labels[name] = label.split()[0]
    rows: list[tuple[str, str | None, str]] = []
    left_out = len(files.pictures) - len(pictures)
    base = _base(pictures)
    for name in pictures:
        folders = name[len(base) :].split("/")[:-1]
        part = PART_FOLDERS.get(folders[0].casefold()) if folders else None
        if part == annotated.part:
            label = labels.get(name)
            left_out += label is None
            if label is not None:
                rows.append((name, label, part))
        elif part == "train":
            rows.append((name, folders[1] if len(folders) > 1 else None, part))
        elif part is not None:
            rows.append((name, folders[1] if len(folders) > 1 and folders[1] in classes else None, part))
        else:
            left_out += 1
    rows.sort(key=lambda row: PART_ORDER.index(row[2]))
    columns: dict[str, Sequence[str | None]] = {
        PATH: [row[0] for row in rows],
        LABEL: [row[1] for row in rows],
        SPLIT: [row[2] for row in rows],
    }
    notes = [*table.said, f"The classes of the pictures in {annotated.part}/ are those in {found.entry}."]
    if left_out:
        notes.append(f"{counted(left_out, 'picture')} of no part, or that {found.entry} does not list, left out.")
    why = (
        f"train/ holds {counted(len(classes), 'class folder')}, and {found.entry} has the classes of {annotated.part}/"
    )
    return AnnotatedParts(ManifestTable(table.name, columns, parts_from="the folders"), found.entry, why, tuple(notes))


def _class_folders(pictures: Sequence[str]) -> frozenset[str]:
    """Return the folders directly in `train/`; none if they only spread the files by their names."""
    if are_hash_folders(pictures):
        return frozenset()
    found = set()
    base = _base(pictures)
    for name in pictures:
        folders = name[len(base) :].split("/", 2)
        if len(folders) == 3 and PART_FOLDERS.get(folders[0].casefold()) == "train":
            found.add(folders[1])
    return frozenset(found)


def _base(pictures: Sequence[str]) -> str:
    """Return the folders that hold all parts, such as `Data/CLS-LOC/`; a part itself does not belong to them."""
    above = posixpath.commonprefix([min(pictures, default=""), max(pictures, default="")]).split("/")[:-1]
    at = next((at for at, folder in enumerate(above) if folder.casefold() in PART_FOLDERS), len(above))
    return "".join(f"{folder}/" for folder in above[:at])


def _annotated(looked: Survey, classes: frozenset[str]) -> _Annotated | None:
    if len(classes) < _FEWEST_CLASSES:
        return None
    for found in looked.listing:
        if found.part in (None, "train"):
            continue
        for column, cells in found.table.columns.items():
            values = {cell.split()[0] for cell in cells if cell is not None}
            if column != found.path and len(values) >= min(_FEWEST_CLASSES, len(cells)) and values <= classes:
                paths = found.table.columns[found.path]
                # If these pictures are in class folders too, no table is needed.
                if not any(cell and not classes.isdisjoint(cell.replace("\\", "/").split("/")) for cell in paths):
                    return _Annotated(found, str(found.part), column)
    return None


def ids_of(parts: AnnotatedParts) -> list[str]:
    """Return the files of the rows.

    Raises:
        DataError: there are none.
    """
    names = [name for name in parts.table.columns[PATH] if name is not None]
    if not names:
        raise DataError(f"{parts.entry}: not one of its pictures is there.")
    return names
