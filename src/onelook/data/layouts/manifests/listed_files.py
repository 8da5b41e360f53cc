"""The files that the names in a table mean: the folder they are relative to, and a suffix that is left out."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError

# Names that mean what they say, and that is most: no climbing, no drive, nothing to tidy up.
_PLAIN = re.compile(r"\w[\w\- ]*(?:[./]\w[\w\- ]*)*")
# Names without folders are looked for in several folders where so many more are found there than in any one.
_SCATTERED_GAIN = 1.2


@dataclass(frozen=True)
class Whereabouts:
    """A rule that leads from the names in a table to files."""

    folder: str = ""  # they are relative to, with its slash; "" is the root
    dropped: str = ""  # what stands in front of each and is not there, with its slash: the data was moved
    is_scattered: bool = False  # each is the only picture of its name, in whatever folder


class ListedFiles:
    """The files of a location, found by the names that a table gives them.

    Args:
        location: where they lie.
        base: the folder of the table, with its slash, which `../` climbs out of.
    """

    def __init__(self, location: Location, base: str = "") -> None:
        self._root = location.root
        self._base = base
        self._names = frozenset(location.entries())
        self.pictures: Sequence[str] = location.once(picture_names)
        self._stems: dict[str, list[str]] = {}
        self._ending: dict[str, list[str]] = {}  # by the last part of the path, with and without suffix
        for name in self.pictures:
            stem = name[: -len(suffix_of(name))]
            self._stems.setdefault(stem, []).append(name)
            last = stem.rpartition("/")[2]
            self._ending.setdefault(last, []).append(stem)
            self._ending.setdefault(name.rpartition("/")[2], []).append(name)

    def places(self, cells: Sequence[str]) -> Counter[Whereabouts]:
        """Return how many of these cells name a picture by each rule.

        Paths that lead nowhere are tried without what they begin with, as those that were written on another
        machine; names without folders, where they lie in several, by themselves.
        """
        found: Counter[Whereabouts] = Counter()
        scattered = 0
        for cell in cells:
            path = self._below(cell)
            folders = self._folders(path) if path else []
            found.update(Whereabouts(folder) for folder in folders)
            scattered += len(folders) == 1
            if not folders:
                found.update(self._moved(cell))
        alone = max(found.values(), default=0)
        if scattered > _SCATTERED_GAIN * alone:
            found[Whereabouts(is_scattered=True)] = scattered
        return found

    def find(self, cell: str, where: Whereabouts) -> str | None:
        """Return the file that a cell names; None where there is none.

        Raises:
            DataError: the suffix is left out, and several pictures differ by it alone.
        """
        path = self._below(cell) if not where.dropped else self._without(cell, where.dropped)
        if path is None:
            return None
        folder = where.folder
        if where.is_scattered:
            folders = self._folders(path)
            if len(folders) != 1:
                return None
            (folder,) = folders
        if folder + path in self._names:
            return folder + path
        found = self._stems.get(folder + path, [])
        if len(found) > 1:
            raise DataError(f"'{cell}' may be {' or '.join(found)}. Expected names with their suffix in the table.")
        return found[0] if found else None

    def _below(self, cell: str) -> str | None:
        """Return the cell as a POSIX path below the root; None where it leads out of it."""
        if _PLAIN.fullmatch(cell):
            return cell
        path = PurePosixPath(cell.replace("\\", "/"))
        if path.is_absolute():
            root = PurePosixPath(self._root.resolve().as_posix())
            if not path.is_relative_to(root):
                return None
            path = path.relative_to(root)
        if ".." in path.parts:
            path = PurePosixPath(posixpath.normpath(f"{self._base}{path}")) if self._base else path
        return None if ".." in path.parts or path == PurePosixPath() else str(path)

    def _folders(self, path: str) -> list[str]:
        """Return the folders, with their slash, relative to which this path names a picture."""
        ends = {name for name in self._ending.get(path.rpartition("/")[2], ()) if f"/{name}".endswith(f"/{path}")}
        return sorted({name[: len(name) - len(path)] for name in ends})

    def _moved(self, cell: str) -> Iterator[Whereabouts]:
        """Yield rules that find the path without its first folders, as few of them as possible."""
        parts = cell.replace("\\", "/").split("/")
        for first in range(1, len(parts)):
            tail = "/".join(parts[first:])
            folders = [] if not tail or ".." in parts[first:] else self._folders(tail)
            if folders:
                dropped = "/".join(parts[:first]) + "/"
                yield from (Whereabouts(folder, dropped) for folder in folders)
                return

    def _without(self, cell: str, dropped: str) -> str | None:
        path = cell.replace("\\", "/")
        rest = path[len(dropped) :]
        return rest if path.startswith(dropped) and rest and ".." not in rest.split("/") else None


def best_places(found: Counter[Whereabouts], table_name: str) -> list[Whereabouts]:
    """Return the rules that fit most names: one, or several that fit equally well.

    Ties prefer the root, then a folder with the name of the table, as `train/` beside `train.csv`.

    Example:
        >>> places = Counter({Whereabouts("train/"): 3, Whereabouts("test/"): 3, Whereabouts("old/"): 1})
        >>> [place.folder for place in best_places(places, "train.csv")]
        ['train/']
    """
    most = max(found.values(), default=0)
    equal = sorted((place for place, count in found.items() if count == most), key=lambda place: place.folder)
    in_root = [place for place in equal if not place.folder]
    if in_root:
        return in_root[:1]
    words = _words(table_name)
    alike = [place for place in equal if _words(place.folder) & words]
    return alike if len(alike) == 1 else equal


def _words(name: str) -> set[str]:
    return set(re.findall("[a-z]+", name.partition(".")[0].casefold()))
