"""The picture files of a location and their folders, and a data set made of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.ids import pack_texts
from onelook.data.layouts.folders.paired_masks import paired_masks
from onelook.data.layouts.folders.parts.parted_root import classes_root, parted_root
from onelook.data.layouts.folders.versions import Versions, find_versions, numbered_copies, same_trees
from onelook.data.layouts.left_out import MASK, leave_out, notes_on_left_out
from onelook.data.layouts.packed import note_on_archives
from onelook.data.layouts.tables.workbook import can_read, hint_on_spreadsheets, read_workbook
from onelook.data.natural_order import natural_sorted
from onelook.data.part import Part
from onelook.data.part_names import PART_ORDER, names_to_predict, part_and_rest, parts_among
from onelook.data.pictures.by_content import PICTURE_SUFFIXES, picture_names
from onelook.data.pictures.from_files import FilePictures
from onelook.data.share_names import names_a_share
from onelook.data.storage.location import Location, folders_above, suffix_of
from onelook.errors import DataError
from onelook.wording import agree, counted, listed, printable

_SHOWN = 5
_MOST_STRAYS = 3  # pictures in no folder, beside the parts
_TABLES = frozenset({".csv", ".tsv", ".parquet"})
_ARCHIVES = frozenset({".zip", ".tar", ".gz", ".tgz", ".7z", ".rar", ".001", ".z01"})
_YAML = frozenset({".yaml", ".yml"})
_TEXT = ".txt"
_START_BYTES = 1 << 16
# `1000268201_693b08cb0e.jpg#0 A child in a pink dress is climbing up a set of stairs .`, as in Flickr8k.
_CAPTION = re.compile(rb"^\S+\.(?:jpe?g|png)#\d+\s+(?:\S+ ){3}", re.IGNORECASE | re.MULTILINE)
_PICTURE_NAME = re.compile(rb"\w\.(?:jpe?g|png|bmp|gif|tiff?|webp)\b", re.IGNORECASE)
_SPREADSHEETS = frozenset({".xlsx", ".xlsm", ".xls", ".ods", ".numbers"})


@dataclass(frozen=True)
class PictureTree:
    """The pictures of a location, and its other entries."""

    names: Sequence[str]  # names in the location, in natural order
    base: str  # the folders that contain all pictures, with a slash at the end; empty if there is no such folder
    bare_folders: Sequence[str]  # folders without pictures in them or below
    notes: Sequence[str]  # notes on files that are not pictures or are left out
    left_out: Mapping[str, str] = field(default_factory=dict)  # masks and second copies of the tree -> reason
    empty_folders: Sequence[str] = ()  # the bare folders that hold no files at all
    read: Callable[[str], bytes] = field(default=lambda _: b"", compare=False)  # returns the bytes of a picture

    @cached_property
    def tops(self) -> dict[str, list[str]]:
        """The pictures by the first folder below `base`; "" has those in no folder."""
        return _by_top(self.names, self.base)

    @cached_property
    def versions(self) -> Versions | None:
        """The first folders if all of them hold versions of the same pictures."""
        return find_versions(self.tops, self.base, self.read)

    @cached_property
    def parts(self) -> dict[str, str]:
        """First folder -> the part that its name means; folders that mean none are left out."""
        found = parts_among(self.tops)
        return found if "train" in found.values() else self._parts_beside_training() or found

    def _parts_beside_training(self) -> dict[str, str]:
        """The parts, if one folder of class folders is beside others with a word for a part in their names.

        `rps/` is to train on beside `rps-test-set/` with the same class folders; a folder of other classes is no part.
        Loose pictures in a folder such as `simpsons_testset/` are to be predicted.
        """
        means = {top: part_and_rest(top)[0] or self._to_predict(top) for top in self.tops if top}
        plain = [top for top, part in means.items() if part is None]
        if not plain:  # `train_sep/` beside `valid/` and `test/`
            plain = [top for top, part in means.items() if part == "train"]
            means = {top: None if top in plain else part for top, part in means.items()}
        if len(plain) != 1 or len(self.tops.get("", ())) > _MOST_STRAYS:
            return {}
        inside = {top: self._folders_below(top) for top in means}
        if len(inside[plain[0]]) < 2:
            return {}
        classes = inside[plain[0]]
        parts = {
            top: part
            for top, part in means.items()
            if part and (inside[top] <= classes if not _is_loose(inside[top] - {top}) else part == "test")
        }
        is_clear = "train" not in parts.values() and len(set(parts.values())) == len(parts) > 0
        return {plain[0]: "train", **parts} if is_clear else {}

    def _to_predict(self, top: str) -> str | None:
        """Return the part of a folder called after pictures to predict, such as `to_predict`; None for others."""
        return "test" if names_to_predict(top) and _is_loose(self._folders_below(top)) else None

    def _folders_below(self, top: str) -> set[str]:
        """Return the folders in a first folder with pictures; those below if it lies in itself, as `test/test/`."""
        start = len(self.base) + len(top) + 1
        paths = [name[start:].split("/")[:-1] for name in self.tops[top]]
        if all(path[:1] == [top] for path in paths) and len({*map(tuple, paths)}) > 1:
            paths = [path[1:] for path in paths]
        return {path[0] for path in paths if path}

    def bare_below(self, path: str) -> list[str]:
        """Return the folders directly in `path` (with its slash; empty for the root) without pictures."""
        return [folder for folder in self.bare_folders if folder.rpartition("/")[0] == path.rstrip("/")]

    def empty_below(self, path: str) -> list[str]:
        """Return those of the folders directly in `path` that wait for pictures: they hold no other files."""
        return [folder for folder in self.bare_below(path) if folder in self.empty_folders]


def _is_loose(folders: Collection[str]) -> bool:
    """Return whether pictures lie in none of these folders, or in one that is called as no class is, as `images`."""
    return not folders or (len(folders) == 1 and all(map(names_a_share, folders)))


@dataclass(frozen=True)
class FoundPart:
    """One part of a data set: its pictures, and their classes if there are any."""

    names: Sequence[str]
    classes: Sequence[str] | None
    groups: Sequence[str | None] | None = None  # the group of each picture, if names contain one


@dataclass(frozen=True)
class Arrangement:
    """The parts and classes that a layout finds in folders and names."""

    parts: Mapping[str, FoundPart]
    why: str
    notes: Sequence[str] = field(default_factory=tuple)
    set_aside: Mapping[str, str] = field(default_factory=dict)  # picture -> why it is in no part


def read_tree(location: Location) -> PictureTree:
    """Return the pictures of the location, by their suffix; if it is unknown, by their first bytes."""
    return location.once(_read_tree)


def read_whole_tree(location: Location) -> PictureTree:
    """Return all pictures of the location, masks and second copies among them, to be predicted."""
    return _tree(location, is_whole=True)


def _read_tree(location: Location) -> PictureTree:
    return _tree(location, is_whole=False)


def _tree(location: Location, *, is_whole: bool) -> PictureTree:
    names = location.once(picture_names)
    others: Counter[str] = Counter()
    if len(names) < len(location.entries()):
        pictures = set(names)
        others.update(suffix_of(name) or "no suffix" for name in location.entries() if name not in pictures)
    empty = set(location.empty_folders())
    folders = folders_above(location.entries()) | empty
    above = folders_above(names)
    bare_folders = natural_sorted(folders - above)
    kept, left_out = (names, {}) if is_whole else leave_out(names, above)
    if not is_whole and (copies := numbered_copies(kept, above, location.read)):
        left_out = left_out | copies
        kept = [name for name in kept if name not in left_out]
    if not is_whole and (masks := paired_masks(location, kept)):
        left_out = left_out | dict.fromkeys(masks, MASK)
        kept = [name for name in kept if name not in left_out]
    base = _base(kept, empty)
    of_kept = folders_above(kept) if left_out else above
    for find_root, held in () if is_whole else ((parted_root, "parts"), (classes_root, "class folders")):
        if (root := find_root(kept, base, of_kept)) is None:
            continue
        beside = [name for name in kept if not name.startswith(root)]
        left_out = left_out | dict.fromkeys(beside, f"it lies beside '{root}', which holds the {held}")
        kept = [name for name in kept if name.startswith(root)]
        base = root
        break
    if not is_whole and (copies := same_trees(_by_top(kept, base), base, location.read)):
        left_out = left_out | copies
        kept = [name for name in kept if name not in left_out]
        base = _base(kept, empty)
    archives = note_on_archives(location.entries()) if others.keys() & _ARCHIVES else ""
    of_others = [*_notes_on_others(others, archives), *_notes_on_unread_lists(location, others)]
    notes = [*of_others, *notes_on_left_out(left_out)] if names else ()
    return PictureTree(kept, base, bare_folders, notes, left_out, natural_sorted(empty), location.read)


def _by_top(names: Sequence[str], base: str) -> dict[str, list[str]]:
    by_top: dict[str, list[str]] = {}
    for name in names:
        top, slash, _ = name[len(base) :].partition("/")
        by_top.setdefault(top if slash else "", []).append(name)
    return by_top


def part_folders(tree: PictureTree) -> dict[str, list[str]]:
    """Return the first folders whose names mean a part: part -> folders, in the order train, val, test."""
    parts = tree.parts
    by_part = {part: [top for top in tree.tops if parts.get(top) == part] for part in PART_ORDER}
    return {part: found for part, found in by_part.items() if found}


def picture_dataset(location: Location, layout: str, tree: PictureTree, found: Arrangement) -> Dataset:
    """Return the data set of an arrangement, with class names in natural order over all parts."""
    class_names = natural_sorted({name for part in found.parts.values() for name in part.classes or ()})
    position = {name: at for at, name in enumerate(class_names)}
    numbers: dict[str, int] = {}
    groups = {name: _numbered(part.groups, numbers) for name, part in found.parts.items()}
    parts = {}
    for name, part in found.parts.items():
        labels = None if part.classes is None else np.array([position[each] for each in part.classes], np.int64)
        names = pack_texts(part.names)
        ids = names if names.whole.isascii() else pack_texts(map(printable, names))
        parts[name] = Part(name, ids, labels, FilePictures(location, names), groups[name], group_names=tuple(numbers))
    return Dataset(
        name=location.name,
        layout=layout,
        why=found.why,
        class_names=tuple(class_names),
        parts=parts,
        fingerprint=location.fingerprint([name for part in found.parts.values() for name in part.names]),
        notes=(*found.notes, *tree.notes),
        set_aside={printable(name): reason for name, reason in {**tree.left_out, **found.set_aside}.items()},
    )


def does_not_fit(location: Location, tree: PictureTree, expected: str) -> DataError:
    """Return the error for a layout that the user named and that does not fit."""
    if tree.names:
        found = f"{counted(len(tree.names), 'picture')}, such as {listed(tree.names[:3])}"
        return DataError(f"{location.root}: {found}. Expected {expected}.")
    return DataError(
        f"no pictures under {location.root}: {counted(len(location.entries()), 'file')}, none ending in "
        f"{listed(sorted(PICTURE_SUFFIXES), most=len(PICTURE_SUFFIXES), last='or')}. Expected {expected}."
    )


def _numbered(groups: Sequence[str | None] | None, numbers: dict[str, int]) -> NDArray[np.int64] | None:
    """Return a number for each group, the same over all parts, and -1 for none; None if there are no groups."""
    if groups is None:
        return None
    return np.array([-1 if each is None else numbers.setdefault(each, len(numbers)) for each in groups], np.int64)


def _base(names: Sequence[str], empty_folders: set[str]) -> str:
    """Return the folders that contain all pictures, and so are not classes, unless an empty folder is beside them."""
    base = ""
    while names:
        tops = {name[len(base) :].partition("/")[:2] for name in names}
        beside = {name for name in empty_folders if name.startswith(base) and "/" not in name[len(base) :]}
        if len(tops) != 1 or beside:
            break
        ((top, slash),) = tops
        if not slash:
            break
        base += f"{top}/"
    return base


def _notes_on_unread_lists(location: Location, others: Collection[str]) -> list[str]:
    """Return a note on each damaged workbook beside the pictures, on captions, and on a list of pictures in YAML."""
    notes = []
    for suffixes, pattern, told in (
        (_YAML, _PICTURE_NAME, "lists pictures in YAML, which is not read: save it as CSV or JSON."),
        ({_TEXT}, _CAPTION, "describes the pictures in sentences, which are no classes, and was not read."),
    ):
        entries = [name for name in location.entries() if suffix_of(name) in suffixes] if suffixes & {*others} else []
        found = [name for name in entries[:_SHOWN] if _begins_with(location, name, pattern)]
        notes += [f"'{found[0]}' {told}"] if found else []
    books = [name for name in location.entries() if can_read(suffix_of(name))] if _SPREADSHEETS & {*others} else []
    for name in books[:_SHOWN]:
        try:
            read_workbook(location, name, most_rows=1)
        except DataError as problem:
            if problem.__cause__ is None or isinstance(problem.__cause__, DataError):
                continue  # a workbook without a table, or one that is too large
            notes.append(f"'{name}' is damaged, and was not read: save the workbook again, or as CSV.")
    return notes


def _begins_with(location: Location, name: str, pattern: re.Pattern[bytes]) -> bool:
    """Return whether the beginning of a file has a pattern."""
    with location.open(name) as file:
        return pattern.search(file.read(_START_BYTES)) is not None


def _notes_on_others(others: Counter[str], archives: str) -> tuple[str, ...]:
    if not others:
        return ()
    kinds = listed((f"{count:,} {suffix}" for suffix, count in others.most_common()), most=_SHOWN, last="")
    total = others.total()
    verb, are = agree(total, "was", "were"), agree(total, "is no picture", "are no pictures")
    sheets = hint_on_spreadsheets([*others.keys() & _SPREADSHEETS])
    are_tables = others.keys() & _TABLES or (others.keys() & _SPREADSHEETS and not sheets)
    hint = (" A table that lists pictures is opened by its own path." if are_tables else "") + sheets
    return (f"{counted(total, 'file')} that {are} by suffix {verb} ignored ({kinds}).{hint}{archives}",)
