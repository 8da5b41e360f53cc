"""Read tables that list folders by their paths, with a label for all pictures in each: the studies of MURA."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from onelook.data.column_names import GROUP_NAMES
from onelook.data.layouts.manifests.columns.group_words import GROUP_WORDS
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.readers.text_table import with_columns
from onelook.data.storage.location import folders_above

_FEWEST_KEYS, _FEWEST_INDIVIDUALS = 8, 2  # fewer keys may be classes; persons, studies and the like are none
_SHARE_FOUND = 0.75  # the share of paths that must be folders
_SHARE_DISTINCT = 0.9  # of the rows: some may repeat others
_SAMPLE_ROWS = 200


@dataclass(frozen=True)
class FolderPaths:
    """How the cells of a column become folders: they begin with folders that are not here, or lack the first ones."""

    column: str
    dropped: int  # the number of folders at the beginning of each cell that are not here
    added: str  # the folders in front of each, with a slash at the end
    are_of_individuals: bool  # whether they contain a person, a study or the like: then they are no classes

    def folder(self, cell: str) -> str:
        """Return the folder that a cell names."""
        return self.added + "/".join(_parts(cell)[self.dropped :])


def find_folder_paths(table: ManifestTable, pictures: Sequence[str]) -> FolderPaths | None:
    """Return how a column of a table leads to folders of pictures; None if no column does."""
    for column, cells in table.columns.items():
        keys = [cell for cell in cells[:_SAMPLE_ROWS] if cell is not None]
        with_folders = [key for key in keys if len(_parts(key)) > 1]
        fewest = _FEWEST_INDIVIDUALS if groups_in_paths(keys) else _FEWEST_KEYS
        if len(set(keys)) < max(fewest, _SHARE_DISTINCT * len(keys)) or 2 * len(with_folders) < len(keys):
            continue
        if not all(any(map(str.isdecimal, key)) for key in keys):  # words without a number are more often classes
            continue
        folders = folders_above(pictures)
        found = _rule(column, with_folders, folders)
        if found and sum(found.folder(key) in folders for key in keys) >= _SHARE_FOUND * len(keys):
            return found
    return None


def without_header(table: ManifestTable, paths: FolderPaths, pictures: Sequence[str]) -> ManifestTable:
    """Return the table with its first line as a row if this names a folder too; its two columns are then named."""
    sample = table.sample
    at = list(table.columns).index(paths.column)
    if sample is None or len(sample.records[0]) <= at:
        return table
    if paths.folder(sample.records[0][at].strip()) not in folders_above(pictures):
        return table
    bare = with_columns(sample, 0, is_listed_first=True)
    if bare is None:
        return table
    if at == 0 and bare.width == 2 and paths.are_of_individuals:
        bare = replace(bare, form=replace(bare.form, columns=("folder", "label")))
    return replace(table, sample=bare)


def pictures_by_path(paths: FolderPaths, keys: Iterable[str], pictures: Sequence[str]) -> Mapping[str, list[str]]:
    """Return the pictures in and below the folder that each cell names."""
    key_of = {paths.folder(key): key for key in keys}
    known: dict[str, str | None] = {}
    found: dict[str, list[str]] = {}
    for name in pictures:
        folder = name.rpartition("/")[0]
        if folder not in known:
            parts = folder.split("/")
            above = ("/".join(parts[:count]) for count in range(len(parts), 0, -1))
            known[folder] = next((key_of[each] for each in above if each in key_of), None)
        key = known[folder]
        if key is not None:
            found.setdefault(key, []).append(name)
    return found


def groups_in_paths(keys: Sequence[str | None]) -> tuple[str, list[str | None]] | None:
    """Return the folder of each path that is a person or the like, such as `patient00012`, and a name for these.

    None if some path has no such folder, or all have the same.
    """
    for word in GROUP_WORDS:
        pattern = re.compile(rf"{word}s?[\W_]*\d+", re.I)
        found = [next(filter(pattern.fullmatch, _parts(key or "")), None) for key in keys]
        if None not in found and len(set(found)) > 1:
            return word if word in GROUP_NAMES else "group", found
    return None


def _rule(column: str, keys: Sequence[str], folders: Iterable[str]) -> FolderPaths | None:
    ends: dict[str, str] = {}
    for folder in sorted(folders, key=len, reverse=True):  # the shortest path to an end stays
        parts = folder.split("/")
        ends |= {"/".join(parts[first:]): folder for first in range(len(parts))}
    for key in keys[:3]:
        parts = _parts(key)
        for dropped in range(len(parts) - 1):
            end = "/".join(parts[dropped:])
            if end in ends:
                is_of_individuals = groups_in_paths(keys) is not None
                return FolderPaths(column, dropped, ends[end].removesuffix(end), is_of_individuals)
    return None


def _parts(cell: str) -> list[str]:
    return [part for part in cell.replace("\\", "/").split("/") if part not in ("", ".")]
