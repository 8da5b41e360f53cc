"""Which files the names in a table mean: relative to which folder, and with which suffix where it is left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from onelook.data.picture_file import PICTURE_SUFFIXES
from onelook.data.sources.picture_tree import suffix_of
from onelook.data.sources.source import Location
from onelook.errors import DataError

# Names that mean what they say, and that is most: no climbing, no drive, nothing to tidy up.
_PLAIN = re.compile(r"\w[\w\- ]*(?:[./]\w[\w\- ]*)*")


class ListedFiles:
    """The files of a location, found by the names that a table gives them."""

    def __init__(self, location: Location) -> None:
        self._root = location.root
        self._names = frozenset(location.entries())
        self.pictures: Sequence[str] = [name for name in location.entries() if suffix_of(name) in PICTURE_SUFFIXES]
        self._stems: dict[str, list[str]] = {}
        self._ending: dict[str, list[str]] = {}  # by the last part of the path, with and without suffix
        for name in self.pictures:
            stem = name[: -len(suffix_of(name))]
            self._stems.setdefault(stem, []).append(name)
            last = stem.rpartition("/")[2]
            self._ending.setdefault(last, []).append(stem)
            self._ending.setdefault(name.rpartition("/")[2], []).append(name)

    def folders(self, cells: Sequence[str]) -> Counter[str]:
        """How many of these cells name a picture relative to which folder (with its slash; "" is the root)."""
        found: Counter[str] = Counter()
        for cell in cells:
            path = self.below(cell)
            if path is None:
                continue
            ends = {name for name in self._ending.get(path.rpartition("/")[2], ()) if f"/{name}".endswith(f"/{path}")}
            found.update(name[: len(name) - len(path)] for name in ends)
        return found

    def find(self, cell: str, folder: str) -> str | None:
        """The file that a cell names relative to a folder; None where there is none.

        Raises:
            DataError: the suffix is left out, and several pictures differ by it alone.
        """
        path = self.below(cell)
        if path is None:
            return None
        if folder + path in self._names:
            return folder + path
        found = self._stems.get(folder + path, [])
        if len(found) > 1:
            raise DataError(f"'{cell}' may be {' or '.join(found)}. Expected names with their suffix in the table.")
        return found[0] if found else None

    def below(self, cell: str) -> str | None:
        """The cell as a POSIX path below the root; None where it leads out of it."""
        if _PLAIN.fullmatch(cell):
            return cell
        path = PurePosixPath(cell.replace("\\", "/"))
        if path.is_absolute():
            root = PurePosixPath(self._root.resolve().as_posix())
            if not path.is_relative_to(root):
                return None
            path = path.relative_to(root)
        return None if ".." in path.parts or path == PurePosixPath() else str(path)


def best_folders(found: Counter[str], table_name: str) -> list[str]:
    """The folders that fit most names: one, or several where nothing tells them apart.

    Of equals the root goes before, then a folder that is called like the table, as `train/` beside `train.csv`.

    Example:
        >>> best_folders(Counter({"train/": 3, "test/": 3, "old/": 1}), "train.csv")
        ['train/']
    """
    most = max(found.values(), default=0)
    equal = sorted(folder for folder, count in found.items() if count == most)
    if "" in equal:
        return [""]
    words = _words(table_name)
    alike = [folder for folder in equal if _words(folder) & words]
    return alike if len(alike) == 1 else equal


def _words(name: str) -> set[str]:
    return set(re.findall("[a-z]+", name.partition(".")[0].casefold()))
