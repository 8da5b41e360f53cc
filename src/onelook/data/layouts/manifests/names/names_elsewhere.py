"""Find the files of names that are not in the folder of most: a table may name the pictures of `train/` and `test/`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from onelook.data.layouts.manifests.names.listed_files import ListedFiles, Whereabouts
from onelook.wording import agree, counted, named


def find_elsewhere(
    files: ListedFiles, cells: Sequence[str | None], names: Sequence[str | None], where: Whereabouts
) -> Mapping[int, str]:
    """Return the file of each row that has none in the folder of most, by the row.

    A folder whose pictures are called like those found, as `1.png` in `train/` and in `test/`, numbers other pictures.

    Args:
        files: the files of the location.
        cells: the names in the table.
        names: the file of each row in the folder of most; None if it is not there.
        where: the rule by which they were found.
    """
    missing = [row for row, name in enumerate(names) if name is None and cells[row]]
    if not missing or where.is_scattered or len(missing) == len(names):
        return {}
    # Names that are in `masks/val/` and in `images/val/` are those beside `images/train/`.
    around = [replace(where, folder=each, is_scattered=True) for each in ("", *_folders_around(where.folder))]
    taken = {name for name in names if name is not None}
    by_folder: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for row in missing:
        found = next((name for each in around if (name := files.find(cells[row] or "", each)) is not None), None)
        if found is not None and found not in taken:
            by_folder[found.rpartition("/")[0]][row] = found
    if not by_folder:
        return {}
    last = {_stem(name) for name in taken}
    others = {
        folder for name in files.pictures if (folder := name.rpartition("/")[0]) in by_folder and _stem(name) in last
    }
    return {row: name for folder, rows in by_folder.items() if folder not in others for row, name in rows.items()}


def _folders_around(folder: str) -> list[str]:
    """Return the folders that a folder lies in, the outermost first.

    Example:
        >>> _folders_around("a/images/train/"), _folders_around("train/")
        (['a/', 'a/images/'], [])
    """
    return [folder[: at + 1] for at, sign in enumerate(folder[:-1]) if sign == "/"]


def note_elsewhere(table: str, where: Whereabouts, elsewhere: Mapping[int, str]) -> list[str]:
    """Return a note on the pictures that were found in other folders."""
    if not elsewhere:
        return []
    folders = sorted({f"{name.rpartition('/')[0]}/" for name in elsewhere.values()})
    verb = agree(len(elsewhere), "lies", "lie")
    beside = f"beside '{where.folder}'" if where.folder else "below the others"
    return [f"{counted(len(elsewhere), 'picture')} of {table} {verb} in {named(folders, most=3)}, {beside}."]


def common_folder(names: Sequence[str | None]) -> str:
    """Return the innermost folder that holds all these files, with its slash; empty if it is the root.

    Example:
        >>> common_folder(["x/train/1.png", "x/test/2.png", None]), common_folder(["a/1.png", "b/2.png"])
        ('x/', '')
    """
    folders = {name.rpartition("/")[0] for name in names if name is not None}
    levels = zip(*(folder.split("/") for folder in folders), strict=False)
    alike = takewhile(lambda level: len({*level}) == 1 and level[0], levels)
    return "".join(f"{level[0]}/" for level in alike)


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]
