"""Open arrays by their names: x_train, y_train, x_test, y_test in one file or in a file each; one array with labels."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from shlex import quote
from typing import Any, ClassVar

from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.layouts.arrays.facts_beside import chosen_fact, facts_beside
from onelook.data.layouts.arrays.file_pairs import arrays_beside, find_file_pairs, is_of_pictures
from onelook.data.layouts.arrays.from_python import open_stored_arrays
from onelook.data.layouts.arrays.labels_beside import with_labels_beside
from onelook.data.layouts.arrays.matlab.mat_labels import named_classes, names_classes
from onelook.data.layouts.arrays.npy_files import StoredArray, array_shape, load_array, stored_arrays
from onelook.data.layouts.arrays.shards import are_shards, in_order, load_shards
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.layouts.tables.pair_names import read_name
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import listed

_PARTS: Mapping[str, str] = {
    **dict.fromkeys(("train", "training"), "train"),
    **dict.fromkeys(("val", "valid", "validation"), "val"),
    **dict.fromkeys(("test", "testing"), "test"),
}
_PART = f"(?P<part>{'|'.join(_PARTS)})"
_KIND = "(?P<pictures>x|images?|imgs|data|pictures|pixels)|(?P<labels>y|labels?|targets?|ans|category)"
# `x_train`, `trainX`, `train_images`, `labels`, `train_set_x`, `train/data` of HDF5, and with hyphens.
_NAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (f"(?:{_KIND})(?:[-_]?{_PART})?", f"{_PART}(?:_set)?[-_/]?(?:{_KIND})")
)
_PICTURES_AND_LABELS = 2
_EXPECTED = "x_train and y_train, with x_test and y_test or without, or X and y, in one"


class NamedArrays:
    """A layout of files of arrays: NumPy's, or HDF5.

    Attributes:
        name: the name of the layout.
        suffixes: of its files.
        files: what is expected, after "in one".
    """

    name: ClassVar[str]
    suffixes: ClassVar[tuple[str, ...]]
    files: ClassVar[str]

    def recognise(self, location: Location) -> Candidate | None:
        """Say why these are the arrays of a data set, by their names; None if no name means pictures.

        A file with the suffix of an NPZ that is not one is also accepted here; opening refuses it with the reason.
        """
        if location.is_file and location.suffix not in self.suffixes:
            return None
        try:
            found = _find(location, self.suffixes)
        except DataError:
            return Candidate(f"its name ends in {location.suffix}", LabelSource.FORMAT) if location.is_file else None
        if location.suffix == ".npy" and not any(pair.labels for pair in found.pairs.values()):
            return None  # pictures without labels: only `--layout npz` opens them
        pictures = [stored for pair in found.pairs.values() for stored in pair.pictures]
        has_pictures = any(not stored.is_in_hdf5 or _may_be_pictures(location, stored) for stored in pictures)
        return Candidate(_why(found), LabelSource.FORMAT) if has_pictures else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set of the arrays, in the same way as `open_arrays`.

        Raises:
            DataError: an array is missing or damaged, has not the shape of pictures, or two arrays fit.
            ConfigError: the files belong to several data sets.
        """
        found = _find(location, self.suffixes)
        pairs = {part: pair for part, pair in found.pairs.items() if pair.pictures or pair.labels}
        _refuse_several_sets(location, pairs)
        for part, pair in pairs.items():
            if not pair.pictures:
                raise DataError(
                    f"{location.root}: {pair.labels[0]} has labels{'' if part == 'all' else f' for {part}'}, but no "
                    f"array has the pictures. Expected {_EXPECTED} {self.files}."
                )
            for several in (pair.pictures, pair.labels):
                if len(several) > 1 and not are_shards(several):
                    raise DataError(
                        f"{location.root}: {' and '.join(map(str, several))} could both be meant. "
                        "Expected one of them: move or rename the other."
                    )
        if not pairs:
            raise DataError(
                f"{location.root}: no array of pictures was found there. Expected {_EXPECTED} {self.files}."
            )
        if "all" in pairs and "train" in pairs:
            raise DataError(
                f"{location.root}: {pairs['all'].pictures[0]} and {pairs['train'].pictures[0]} could both be the "
                "pictures to train on. Expected one of them: move or rename the other."
            )
        if "all" in pairs and len(pairs) > 1:
            pairs = {"train" if part == "all" else part: pair for part, pair in pairs.items()}
        loaded = {part: _load(location, pair) for part, pair in pairs.items()}
        stored_here = _stored_here(location, self.suffixes)
        fact, arrays = _with_fact(
            location, [each for each in stored_here if each.name in found.others], pairs, loaded, options
        )
        has_labels = fact is not None or any(pair.labels for pair in pairs.values())
        arrays, of_tables = (arrays, []) if has_labels else with_labels_beside(location, arrays)
        dataset = open_stored_arrays(arrays, location.root, location.name)
        shapes = dataset.why.removeprefix("arrays from Python: ")
        dataset = named_classes(dataset, _names_of_classes(location, stored_here, found.others))
        said = [name for name in found.others if any(f"'{name}'" in note for note in dataset.notes)]
        rest = dict.fromkeys(name for name in found.others if name not in (*said, (fact or "").partition(":")[0]))
        others = f"Arrays that are neither pictures nor labels by name were left out: {listed(rest)}."
        notes = (*found.notes, *of_tables, *_notes_on_shards(pairs), *([others] if rest else []), *dataset.notes)
        of_fact = "" if fact is None else f"; the label is '{fact}'"
        return replace(dataset, layout=self.name, why=f"{_why(found)}; {shapes}{of_fact}", notes=notes)


def _may_be_pictures(location: Location, stored: StoredArray) -> bool:
    """Return whether an array may be pictures by its shape: features and weights are in HDF5 too."""
    shape = array_shape(location, stored)
    return len(shape) == 4 or is_of_pictures(shape)


def _refuse_several_sets(location: Location, pairs: Mapping[str, _Pair]) -> None:
    """Ask which file to open if each holds a data set of its own, as those of MedMNIST.

    Raises:
        ConfigError: several files have pictures and labels of the same parts.
    """
    held: dict[str, list[tuple[str, str]]] = {}  # file -> the part and the kind of each of its arrays
    for part, pair in pairs.items():
        for kind, arrays in (("pictures", pair.pictures), ("labels", pair.labels)):
            for stored in arrays:
                held.setdefault(stored.entry, []).append((part, kind))
    first, *others = held.values() or [[]]
    if not others or any(each != first for each in others) or len({kind for _, kind in first}) < _PICTURES_AND_LABELS:
        return
    if all(are_shards(pair.pictures) for pair in pairs.values()):
        return
    choices = [Choice(quote(f"{location.place}/{entry}"), "its own pictures and labels") for entry in held]
    raise ask_which(f"{location.root}: {len(held)} files hold a data set each.", choices)


def _with_fact(
    location: Location,
    others: Sequence[StoredArray],
    pairs: Mapping[str, _Pair],
    arrays: Mapping[str, Any],
    options: LayoutOptions,
) -> tuple[str | None, Mapping[str, Any]]:
    """Return the fact beside the pictures that is their label, if one is, and the arrays with it.

    Raises:
        ConfigError: several may be the label, or none has the name that the user gave.
    """
    labels = [stored.name for pair in pairs.values() for stored in pair.labels]
    facts: dict[str, NDArray[Any]] = {}
    if arrays.keys() == {"all"} and (options.label_column is not None or not labels):
        images = arrays["all"][0] if labels else arrays["all"]
        facts = facts_beside(location, others, len(images))
    fact = chosen_fact(location.root, facts, options.label_column, labels, must_choose=options.needs_labels)
    if fact is None:
        return None, arrays
    images = arrays["all"][0] if labels else arrays["all"]
    return fact, {"all": (images, facts[fact])}


def _files_here(location: Location, suffixes: tuple[str, ...]) -> list[str]:
    return [entry for entry in location.entries() if "/" not in entry and entry.lower().endswith(suffixes)]


def _stored_here(location: Location, suffixes: tuple[str, ...]) -> list[StoredArray]:
    """Return the arrays in the files directly in the location."""
    return [stored for entry in _files_here(location, suffixes) for stored in stored_arrays(location, entry)]


def _names_of_classes(
    location: Location, stored_here: Sequence[StoredArray], others: Sequence[str]
) -> dict[str, list[str]]:
    """Return the texts in arrays such as `class_names`, by the name of the array."""
    names: dict[str, list[str]] = {}
    for stored in stored_here if names_classes(others) else ():
        if stored.name in names or not names_classes([stored.name]):
            continue
        with suppress(DataError):  # arrays of Python objects are not read
            array = load_array(location, stored)
            if array.dtype.kind == "U":
                names[stored.name] = array.ravel().tolist()
    return names


def _notes_on_shards(pairs: Mapping[str, _Pair]) -> list[str]:
    return [
        f"Numbered files were joined: {listed((stored.entry for stored in in_order(pair.pictures)), most=5)}."
        for pair in pairs.values()
        if len(pair.pictures) > 1
    ]


@dataclass
class _Pair:
    """The arrays named like the pictures and the labels of one part. There should be one of each."""

    pictures: list[StoredArray] = field(default_factory=list)
    labels: list[StoredArray] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    pairs: Mapping[str, _Pair]  # by part; `all` if the name has none
    others: list[str]  # the names of the other arrays
    notes: tuple[str, ...] = ()


def _find(location: Location, suffixes: tuple[str, ...]) -> _Found:
    """Return the arrays in the files directly in the location, sorted by the meaning of their names.

    If no array has one of the usual names, the words in the names of the files decide.
    """
    if location.suffix == ".npy":
        return _single(location, location.entries()[0], suffixes)
    found = _by_usual_names(location, suffixes)
    if any(pair.pictures for pair in found.pairs.values()):
        return found
    if (told := _by_shapes(location, found, suffixes)) is not None:
        return told
    if location.is_file:
        is_alone = len(found.others) == 1 and not any(pair.labels for pair in found.pairs.values())
        return _single(location, location.entries()[0], suffixes) if is_alone else found
    pairs = find_file_pairs(location, suffixes)
    named = {part: _Pair([pair.pictures], [pair.labels]) for part, pair in pairs.parts.items()}
    return _Found(named, [], pairs.notes) if named else found


def _single(location: Location, entry: str, suffixes: tuple[str, ...]) -> _Found:
    """Return the only array of a file, and the labels beside it."""
    (pictures,) = stored_arrays(location, entry)
    beside = arrays_beside(location, suffixes)
    if beside is None:
        return _Found({}, [pictures.name])
    return _Found({"all": _Pair([pictures], beside.labels)}, [], beside.notes)


def _by_usual_names(location: Location, suffixes: tuple[str, ...]) -> _Found:
    """Return the arrays with names that are usual in Python, such as `x_train` and `labels`."""
    pairs = {part: _Pair() for part in ("all", "train", "val", "test")}
    others: list[str] = []
    for stored in _stored_here(location, suffixes):
        match = next((found for name in _NAMES if (found := name.fullmatch(stored.name))), None)
        if match is None:
            others.append(stored.name)
            continue
        # In train.npz, or cifar102_train.npz, with X and y, the name of the file is the part.
        of_file = read_name(stored.entry.rpartition(".")[0]).part
        pair = pairs[_PARTS[match["part"].lower()] if match["part"] else of_file]
        (pair.pictures if match["pictures"] else pair.labels).append(stored)
    return _Found(pairs, others)


def _by_shapes(location: Location, found: _Found, suffixes: tuple[str, ...]) -> _Found | None:
    """Return the pictures and the labels in each file, such as `arr_0` and `arr_1`, by their shapes; else None.

    Where there are several files, the name of each has the word for another part: `train.npz` and `test.npz`.
    """
    files = _files_here(location, suffixes)
    with_labels = sum(len(pair.labels) for pair in found.pairs.values())
    if not files or len(found.others) + with_labels != _PICTURES_AND_LABELS * len(files):
        return None
    pairs: dict[str, _Pair] = {}
    notes = []
    for entry in files:
        part = "all" if len(files) == 1 else read_name(entry.rpartition(".")[0]).part
        arrays = stored_arrays(location, entry)
        told = _told_by_shapes(location, arrays)
        if told is None or part in pairs:
            return None
        pictures, labels = told
        pairs[part] = _Pair([pictures], [labels])
        notes.append(f"By their shapes, '{pictures.name}' holds the pictures and '{labels.name}' the labels.")
    return _Found(pairs, [], tuple(dict.fromkeys(notes)))


def _told_by_shapes(location: Location, arrays: Sequence[StoredArray]) -> tuple[StoredArray, StoredArray] | None:
    """Return the pictures and the labels of two arrays; None if their shapes do not tell."""
    shapes = {stored: array_shape(location, stored) for stored in arrays}
    pictures = [stored for stored, shape in shapes.items() if is_of_pictures(shape)]
    if len(arrays) != _PICTURES_AND_LABELS or len(pictures) != 1:
        return None
    (labels,) = [stored for stored in arrays if stored is not pictures[0]]
    fits = shapes[labels][:1] == shapes[pictures[0]][:1] and len(shapes[labels]) <= 2
    return (pictures[0], labels) if fits else None


def _load_one(location: Location, arrays: Sequence[StoredArray]) -> Any:
    return load_shards(location, arrays) if len(arrays) > 1 else load_array(location, arrays[0])


def _why(found: _Found) -> str:
    names = [stored for pair in found.pairs.values() for stored in (*pair.pictures, *pair.labels)]
    # NumPy's default name of an array says less than the name of its file.
    called = (stored.entry if stored.name.startswith("arr_") else stored.name for stored in names)
    return f"it holds the arrays {listed(dict.fromkeys(called))}"


def _load(location: Location, pair: _Pair) -> Any:
    pictures = _load_one(location, pair.pictures)
    if not pair.labels:
        return pictures
    if len(pair.labels) > 1 or len(pair.pictures) > 1:
        numbered = [[stored.entry for stored in in_order(several)] for several in (pair.pictures, pair.labels)]
        if numbered[0] != numbered[1]:
            raise DataError(
                f"{location.root}: the numbered files {listed(numbered[0], most=3)} have pictures, and "
                f"{listed(numbered[1], most=3)} have labels. Expected both in each."
            )
        return pictures, _load_one(location, pair.labels)
    of_labels = pair.labels[0].entry
    is_beside = of_labels not in location.entries()  # of a single file
    return pictures, load_array(Location(location.root.parent, [of_labels]) if is_beside else location, pair.labels[0])
