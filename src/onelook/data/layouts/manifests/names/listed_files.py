"""Find the files for the names in a table: names may be relative to a folder, or lack a suffix."""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath

from onelook.data.layouts.left_out import copied_trees
from onelook.data.layouts.manifests.names.extra_words import NO_EXTRA, ExtraWords, extra_words, may_have_extra
from onelook.data.layouts.manifests.names.spellings import FOLDS, Spelling, plainest, spellings_of
from onelook.data.part_names import names_a_part, part_and_rest
from onelook.data.pictures.by_content import PICTURE_SUFFIXES, picture_names
from onelook.data.storage.location import Location, folders_above, suffix_of
from onelook.errors import DataError

# Names that need no change, as most do: without `..`, drives and double slashes.
_PLAIN = re.compile(r"\w[\w\- ]*(?:[./]\w[\w\- ]*)*")
# Names without folders are searched in several folders if that finds this many times more than any one folder.
_SCATTERED_GAIN = 1.2


# Another spelling is tried if less than this share of the names are exact names of files.
_ENOUGH = 0.9


@dataclass(frozen=True)
class Whereabouts:
    """A rule that turns the names in a table into files."""

    folder: str = ""  # the folder to which names are relative, with its slash; "" is the root
    dropped: str = ""  # the beginning of each name that does not exist here, with its slash: the data was moved
    is_scattered: bool = False  # each name is unique among the pictures of all folders, or of those in `folder`
    spelling: Spelling = Spelling.SAME
    extra: ExtraWords = NO_EXTRA  # words that the files have around each name
    by_last: bool = False  # only the last part of each path counts, as their beginnings differ and lead nowhere


class ListedFiles:
    """The files of a location, found by the names in a table.

    Args:
        location: the location of the files.
        base: the folder of the table, with its slash; `../` in a name starts from it.
    """

    def __init__(self, location: Location, base: str = "") -> None:
        self._root = location.root
        self.base = base
        self._index = location.once(_index_of)
        self.pictures: Sequence[str] = self._index.pictures

    def without_copies(self) -> list[str]:
        """Return the pictures without those of a second copy of the whole tree."""
        return [name for name in self.pictures if name not in self._index.copies]

    def places(self, cells: Sequence[str], *, loosely: bool = False) -> Counter[Whereabouts]:
        """Return, for each rule, how many of these cells name a picture.

        Paths without a file are also tried without their first folders, because they may be from another machine.
        Names without folders are also searched in all folders.

        Args:
            loosely: whether to try other spellings too, if fewer than nine of ten names are exact names of files.
        """
        found = self._places(cells, self._index, Spelling.SAME)
        if max(found.values(), default=0) >= _ENOUGH * len(cells):
            return found
        if found and not loosely:  # some names may have other capitals, as `a.jpg` for `a.JPG`
            index = self._index.folded(Spelling.OTHER_CASE)
            folded = self._places(cells, index, Spelling.OTHER_CASE)
            return folded if max(folded.values(), default=0) > 1.1 * max(found.values()) else found
        if not loosely:
            return found
        for spelling in spellings_of(cells, self._index.plainest):
            if max(found.values(), default=0) >= _ENOUGH * len(cells):
                break
            folded = self._places(cells, self._index.folded(spelling), spelling)
            if spelling is Spelling.LOST_ZEROS and self._number_others(cells, folded):
                continue
            if max(folded.values(), default=0) > 1.1 * max(found.values(), default=0):
                found = folded
        return found or self._places_with_extra(cells)

    def _number_others(self, cells: Sequence[str], places: Counter[Whereabouts]) -> bool:
        """Return whether names have more zeros in front than the files, and not all lead to pictures of one folder.

        Programs lose zeros and add none: `set/000017.jpg` is no name for both `train/00017.jpg` and `test/00017.jpg`.
        """
        if not places:
            return False
        (place, most), *others = places.most_common(2)
        found = ((cell, name) for cell in cells if (name := self.find(cell, place)) is not None)
        have_more = any(len(_stem_of(_last_part(cell))) > len(_stem_of(_last_part(name))) for cell, name in found)
        return have_more and (bool(others) or most < _ENOUGH * len(cells))

    def _places_with_extra(self, cells: Sequence[str]) -> Counter[Whereabouts]:
        """Return the rules for files that have one more word than the cells, the same for all, as `_aligned`."""
        spelling = Spelling.OTHER_SIGNS
        if not may_have_extra(cells, self._index.plainest):
            return Counter()
        index = self._index.folded(spelling)
        bare = [spelt for cell in cells if (spelt := self._spelt(self._below(cell), spelling))]
        extra = extra_words(bare, index.ending)
        return self._places(cells, index, spelling, extra) if extra != NO_EXTRA else Counter()

    def _places(
        self, cells: Sequence[str], index: _Index, spelling: Spelling, extra: ExtraWords = NO_EXTRA
    ) -> Counter[Whereabouts]:
        found: Counter[Whereabouts] = Counter()
        scattered = 0
        of_cells: list[Sequence[str]] = []
        for cell in cells:
            path = self._spelt(self._below(cell), spelling, extra)
            folders = index.folders(path) if path else []
            of_cells.append(folders)
            found.update(Whereabouts(folder, spelling=spelling, extra=extra) for folder in folders)
            scattered += len(folders) == 1
            if not folders and extra == NO_EXTRA:
                found.update(self._moved(cell, index, spelling))
        alone = max(found.values(), default=0)
        if scattered > _SCATTERED_GAIN * alone:
            found[Whereabouts(is_scattered=True, spelling=spelling, extra=extra)] = scattered
        if max(found.values(), default=0) < _ENOUGH * len(cells):
            fewest = _ENOUGH * len(cells)
            once = _once_in_parts(of_cells, fewest) or (
                _once_above_parts(of_cells, fewest) if scattered < fewest else {}
            )
            found.update(
                {
                    Whereabouts(folder, is_scattered=True, spelling=spelling, extra=extra): count
                    for folder, count in once.items()
                }
            )
        if extra == NO_EXTRA and 2 * max(found.values(), default=0) < len(cells):
            lasts = [self._spelt(_last_part(cell), spelling) for cell in cells if _last_part(cell) != cell]
            alone = sum(len(index.folders(last)) == 1 for last in lasts if last)
            if alone > _SCATTERED_GAIN * max(found.values(), default=0):
                found[Whereabouts(is_scattered=True, spelling=spelling, by_last=True)] = alone
        return found

    def _spelt(self, path: str | None, spelling: Spelling, extra: ExtraWords = NO_EXTRA) -> str | None:
        spelt = path if path is None or spelling is Spelling.SAME else FOLDS[spelling](path)
        return extra.around(spelt) if spelt else spelt

    def find(self, cell: str, where: Whereabouts) -> str | None:
        """Return the file that a cell names; None if there is none.

        Raises:
            DataError: the suffix is missing, and several pictures differ only by it.
        """
        index = self._index if where.spelling is Spelling.SAME else self._index.folded(where.spelling)
        path = self._below(cell) if not where.dropped else self._without(cell, where.dropped)
        path = self._spelt(_last_part(cell) if where.by_last else path, where.spelling, where.extra)
        if not path:
            return None
        folder = where.folder
        if where.is_scattered:
            folders = [each for each in index.folders(path) if each.startswith(folder)]
            if len(folders) != 1:
                return None
            (folder,) = folders
        if folder + path in index.names:
            return index.real(folder + path)
        found = index.stems.get(folder + path, [])
        if len(found) > 1:
            raise DataError(f"'{cell}' may be {' or '.join(found)}. Expected names with their suffix in the table.")
        return index.real(found[0]) if found else None

    def _below(self, cell: str) -> str | None:
        """Return the cell as a POSIX path below the root; None if it leads out of the root."""
        if _PLAIN.fullmatch(cell):
            return cell
        path = PurePosixPath(cell.replace("\\", "/"))
        if path.is_absolute():
            root = PurePosixPath(self._root.resolve().as_posix())
            if not path.is_relative_to(root):
                return None
            path = path.relative_to(root)
        if ".." in path.parts:
            path = PurePosixPath(posixpath.normpath(f"{self.base}{path}")) if self.base else path
        return None if ".." in path.parts or path == PurePosixPath() else str(path)

    def _moved(self, cell: str, index: _Index, spelling: Spelling) -> Iterator[Whereabouts]:
        """Yield rules that find the path without its first folders, removing as few as possible."""
        parts = cell.replace("\\", "/").split("/")
        for first in range(1, len(parts)):
            tail = self._spelt("/".join(parts[first:]), spelling)
            folders = [] if not tail or ".." in parts[first:] else index.folders(tail)
            if folders:
                dropped = "/".join(parts[:first]) + "/"
                yield from (Whereabouts(folder, dropped, spelling=spelling) for folder in folders)
                return

    def _without(self, cell: str, dropped: str) -> str | None:
        path = cell.replace("\\", "/")
        rest = path[len(dropped) :]
        return rest if path.startswith(dropped) and rest and ".." not in rest.split("/") else None


def _once_in_parts(of_cells: Sequence[Sequence[str]], fewest: float, *, is_above: bool = False) -> Mapping[str, int]:
    """Return, for each folder of a part, how many names are in it once: in `train/cat/` and `test/dog/` alike.

    Args:
        of_cells: the folders of each name.
        fewest: how many names a folder needs.
        is_above: whether to count in the folder above those of the parts.
    """
    found: Counter[str] = Counter()
    known: dict[str, str] = {}
    for folders in of_cells:
        below = Counter(
            known[each] if each in known else known.setdefault(each, _part_folder(each, is_above=is_above))
            for each in folders
        )
        found.update(folder for folder, count in below.items() if folder and count == 1)
    return {folder: count for folder, count in found.items() if count >= fewest}


def _once_above_parts(of_cells: Sequence[Sequence[str]], fewest: float) -> Mapping[str, int]:
    """Return the folders above those of parts that hold nearly all names once, if several do: `images/` and `masks/`,
    each with `train/` and `val/`.
    """
    found = _once_in_parts(of_cells, fewest, is_above=True)
    return found if len(found) > 1 else {}


def _part_folder(folder: str, *, is_above: bool = False) -> str:
    """Return the path up to the outermost folder that is called like a part, with its slash; empty if none is.

    Args:
        folder: the path of a folder, with its slash.
        is_above: whether to leave out the part's own folder.

    Example:
        >>> _part_folder("cars/train/bmw/"), _part_folder("cars/bmw/"), _part_folder("cars/train/bmw/", is_above=True)
        ('cars/train/', '', 'cars/')
    """
    names = folder.rstrip("/").split("/")
    at = next((at for at, name in enumerate(names) if part_and_rest(name)[0]), None)
    end = 0 if at is None else at + (0 if is_above else 1)
    return "/".join(names[:end]) + "/" if end else ""


def _stem_of(name: str) -> str:
    return name[: -len(suffix_of(name))] if suffix_of(name) in PICTURE_SUFFIXES else name


def _last_part(cell: str) -> str:
    return cell.replace("\\", "/").rpartition("/")[2]


@dataclass(frozen=True)
class _Index:
    """The pictures of a location, by the forms of their names in a table."""

    pictures: Sequence[str]
    names: Collection[str]  # all files, or the pictures in another spelling
    stems: Mapping[str, list[str]]  # path without suffix -> pictures
    ending: Mapping[str, list[str]]  # last part of the path, with and without suffix -> pictures
    spelt: Mapping[str, str] = field(default_factory=dict)  # other spelling -> name of the file
    _folded: dict[Spelling, _Index] = field(default_factory=dict)
    _exact: _Index | None = None  # the index of the unchanged names, if this one has another spelling

    @cached_property
    def copies(self) -> Collection[str]:
        """The pictures of a second copy of the whole tree, with and without suffix."""
        if self._exact is not None:
            return {key for key, name in self.spelt.items() if name in self._exact.copies}
        again = copied_trees(self.pictures, folders_above(self.pictures))
        return again.keys() | {name[: -len(suffix_of(name))] for name in again}

    @cached_property
    def plainest(self) -> Collection[str]:
        """The names of the pictures in the form in which all spellings are alike."""
        return frozenset(plainest(self.pictures))

    def folders(self, path: str) -> list[str]:
        """Return the folders, with their slash, from which this path leads to a picture; those of a second copy of the
        data only if no other folder does.
        """
        ends = {name for name in self.ending.get(path.rpartition("/")[2], ()) if f"/{name}".endswith(f"/{path}")}
        if len(ends) > 1:
            ends = {name for name in ends if name not in self.copies} or ends
        return sorted({name[: len(name) - len(path)] for name in ends})

    def real(self, name: str) -> str:
        """Return the actual name of the file."""
        return self.spelt.get(name, name)

    def folded(self, spelling: Spelling) -> _Index:
        """Return the index of the pictures in another spelling; pictures that become equal are left out."""
        if spelling not in self._folded:
            fold = FOLDS[spelling]
            keys = [fold(name) for name in self.pictures]
            times = Counter(keys)
            spelt = {key: name for key, name in zip(keys, self.pictures, strict=True) if key and times[key] == 1}
            ending: dict[str, list[str]] = {}
            for key in spelt:
                ending.setdefault(key.rpartition("/")[2], []).append(key)
                if spelling is Spelling.OTHER_CASE and (stem := key.rpartition(".")[0]):
                    ending.setdefault(stem.rpartition("/")[2], []).append(stem)
            stems: dict[str, list[str]] = {}
            if spelling is Spelling.OTHER_CASE:
                for key in spelt:
                    stems.setdefault(key[: -len(suffix_of(key))], []).append(key)
            self._folded[spelling] = _Index(self.pictures, spelt.keys(), stems, ending, spelt, _exact=self)
        return self._folded[spelling]


def _index_of(location: Location) -> _Index:
    entries = location.entries()
    pictures = location.once(picture_names)
    stems: dict[str, list[str]] = {}
    ending: dict[str, list[str]] = {}
    for name in pictures:
        stem = name[: -len(suffix_of(name))]
        stems.setdefault(stem, []).append(name)
        last = stem.rpartition("/")[2]
        ending.setdefault(last, []).append(stem)
        ending.setdefault(name.rpartition("/")[2], []).append(name)
    return _Index(pictures, frozenset(entries), stems, ending)


def best_places(found: Counter[Whereabouts], table_name: str, own_folder: str = "") -> list[Whereabouts]:
    """Return the rules that fit the most names: one, or several if they fit equally well.

    Ties prefer the table's own folder, then those around it up to the root, then the folder with the most words of the
    table's name (for `cars_train.csv`, `cars_train/` and not `cars_test/`), and pictures to their masks.

    Example:
        >>> places = Counter({Whereabouts("train/"): 3, Whereabouts("test/"): 3, Whereabouts("old/"): 1})
        >>> [place.folder for place in best_places(places, "train.csv")]
        ['train/']
    """
    most = max(found.values(), default=0)
    near = [place for place, count in found.items() if count >= _ENOUGH * most]
    equal = sorted((place for place, count in found.items() if count == most), key=lambda place: place.folder)
    above = [own_folder[:at] for at in range(len(own_folder) - 1, 0, -1) if own_folder[at - 1] == "/"]
    for folder in (own_folder, *above, ""):
        right_there = [place for place in equal if place.folder == folder and not place.dropped]
        if right_there:
            return right_there[:1]
    # Each part may have the same names: in `train/images/` and `valid/images/`, or in folders below its own table.
    below = [place for place in near if own_folder and place.folder.startswith(own_folder) and not place.dropped]
    if len(below) == 1 and (
        names_a_part(own_folder)
        or all(f"/{place.folder}".endswith(f"/{below[0].folder[len(own_folder) :]}") for place in near)
    ):
        return below
    in_root = [place for place in equal if not place.folder]
    if in_root:
        return in_root[:1]
    near = [place for place in near if not _MASKS & _words(place.folder)] or near
    words = _words(table_name)
    shared = [len(_words(place.folder) & words) for place in near]
    alike = [place for place, count in zip(near, shared, strict=True) if count == max(shared) > 0]
    if len(alike) == 1:
        return alike
    part = _part_in(table_name)
    of_part = [place for place in near if part is not None and _part_in(place.folder) == part]
    if len(of_part) == 1:
        return of_part
    return [place for place in equal if not _MASKS & _words(place.folder)] or equal


def _part_in(path: str) -> str | None:
    """Return the part that a word in a table's name means, or in the innermost folder with such a word; or None."""
    names = [re.sub(r"(?:\.\w+)+$", "", name) for name in reversed(path.split("/")) if name]
    return next((part for name in names if (part := part_and_rest(name)[0])), None)


_MASKS = frozenset({"mask", "masks", "trimap", "trimaps", "segmentation", "segmentations", "groundtruth"})


def _words(name: str) -> set[str]:
    """Return the words of a folder, or of a table without its suffix."""
    return set(re.findall("[a-z]+", re.sub(r"(?:\.\w+)+$", "", name).casefold()))
