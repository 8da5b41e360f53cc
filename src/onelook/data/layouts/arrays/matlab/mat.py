"""The layout `mat`: pictures and labels in Matlab's files, as in SVHN, EMNIST or Yale's faces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from shlex import quote
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.data.labels import NoClassesError
from onelook.data.layouts.array_dataset import without_classes
from onelook.data.layouts.arrays.file_pairs import is_of_pictures
from onelook.data.layouts.arrays.from_python import open_stored_arrays
from onelook.data.layouts.arrays.matlab.mat_axes import with_classes_apart
from onelook.data.layouts.arrays.matlab.mat_cells import may_hold_cells_of_pictures, read_cells
from onelook.data.layouts.arrays.matlab.mat_labels import class_labels, label_count, named_classes
from onelook.data.layouts.arrays.matlab.matlab_order import pictures_first
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.layouts.tables.colour_order import ColourOrder
from onelook.data.layouts.tables.emnist import name_by_mapping, read_mapping
from onelook.data.layouts.tables.files import read_unpacked_beginning, top_files
from onelook.data.layouts.tables.levels import Levels, levels_of
from onelook.data.layouts.tables.matlab.mat_files import MAT_SUFFIX, MatVariable, is_norb, list_mat, read_mat
from onelook.data.layouts.tables.pair_names import ArrayKind, NamedPair, PairName, pair_names, read_name
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import ConfigError, DataError, unknown_name
from onelook.wording import counted, listed

_INSIDE = "\0"  # separates the name of a file from the name of a variable in it
# One variable for each class, as in `mnist_all.mat`: train0 … test9.
_CLASS_VARIABLE = re.compile(r"(?P<part>train|val|test)_?(?P<label>\w+)", re.IGNORECASE)
# Deng Cai's files and EMNIST's are known to be written column by column.
_BY_COLUMNS = frozenset({"fea", "dataset.train.images", "dataset.test.images"})
_FINE, _COARSE = "fine_labels", "coarse_labels"  # CIFAR-100's classes and their groups
_LABELS_END, _NAMES_END = "labels", "names"
_MAPPING = "mapping"  # EMNIST's variable that maps labels to characters
_EXPECTED = (
    "pictures and labels in variables such as X and y, train_data and train_labels, or fea and gnd; for a list of "
    "picture files, give the folder that holds both"
)


class Mat:
    """The layout `mat`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why Matlab's files have pictures; None if no variables look like pictures.

        Beside picture files they mostly contain labels, which belong to another layout.
        """
        entries = _mat_files(location)
        if not entries:
            return None
        why = f"it holds Matlab's files: {listed(entries, most=3)}"
        if location.is_file:
            return Candidate(why, LabelSource.FORMAT)
        picture_files = sum(suffix_of(entry) in PICTURE_SUFFIXES for entry in location.entries())
        try:
            variables = [each for entry in entries for each in list_mat(location, entry).values()]
        except (DataError, ConfigError):  # opening reports it, if there is nothing else
            return Candidate(why, LabelSource.FORMAT) if len(entries) == len(location.entries()) else None
        fits = any(_may_hold_pictures(each, picture_files) for each in variables)
        fits = fits or (len(entries) == len(location.entries()) and any(map(may_hold_cells_of_pictures, variables)))
        return Candidate(why, LabelSource.FORMAT) if fits else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set of the variables, by their names and those of the files.

        Raises:
            DataError: a file is damaged, or no variables are pictures by their name and shape.
            ConfigError: there are several data sets.
        """
        entries = _mat_files(location)
        if not entries:
            raise DataError(f"{location.root}: no file ending in {MAT_SUFFIX} was found there.")
        values = {
            f"{entry[: -len(MAT_SUFFIX)]}{_INSIDE}{name}": value
            for entry in entries
            for name, value in _flat(read_mat(location, entry))
        }
        apart = with_classes_apart(values) if options.needs_labels else None
        values, told = apart or (values, "")
        try:
            found = _arranged(location, values, options)
        except DataError:
            if len(entries) == 1 and (cells := _in_cells(location, entries[0], values)) is not None:
                return cells
            raise
        try:
            dataset = _opened(location, values, found)
        except DataError as problem:
            raise DataError(f"{location.root}: {problem}") from problem
        return replace(dataset, notes=(told, *dataset.notes)) if told else dataset


@dataclass(frozen=True)
class _Arranged:
    """The variables of each part: the names of the pictures, and of their labels if they have any."""

    parts: Mapping[str, Sequence[tuple[str, str | None]]]
    classes: Mapping[str, str] = field(default_factory=dict)  # variable -> class, if each variable is a class
    left_out: Sequence[str] = ()  # files that are neither training nor test
    label: str | None = None  # the one of several variables of labels that was chosen


def _mat_files(location: Location) -> list[str]:
    return location.once(_find_mat_files)


def _find_mat_files(location: Location) -> list[str]:
    """Return Matlab's files; NORB's matrices are called so too."""
    named = [entry for entry in top_files(location) if entry.lower().endswith(MAT_SUFFIX)]
    return [entry for entry in named if not is_norb(read_unpacked_beginning(location, entry, 4))]


def _may_hold_pictures(variable: MatVariable, picture_files: int) -> bool:
    """Return whether a variable may hold pictures; rows of numbers beside as many picture files are features."""
    if not variable.is_numeric:
        return variable.kind == "struct" and not picture_files
    shape = variable.shape
    if len(shape) == 2 and picture_files > 1 and min(shape) <= picture_files:
        return False
    return is_of_pictures(shape) or is_of_pictures(shape[::-1]) or len(shape) == 4


def _flat(values: Mapping[str, Any], above: str = "") -> Iterable[tuple[str, Any]]:
    """Yield the variables; those in structs get names such as `dataset.train.images`."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _read_name(name: str) -> PairName:
    file, _, variable = name.partition(_INSIDE)
    of_file, own = read_name(file), read_name(variable)
    part = own.part if own.part != "all" else of_file.part
    return PairName(own.kind, part, (*of_file.words, *own.words))


def _arranged(location: Location, values: Mapping[str, Any], options: LayoutOptions) -> _Arranged:
    """Return the variables that are pictures, with their labels.

    Raises:
        DataError: there are none; the error lists the variables.
        ConfigError: there are several data sets, or no variable has the name that the user gave for the labels.
    """
    usable = [name for name, value in values.items() if _is_usable(value, _read_name(name).kind)]
    if (labelled := _with_one_label(usable, options)) is not None:
        return labelled
    sets = pair_names(usable, _read_name)
    if len(sets) > 1 and (batches := _batches(sets)):
        return batches
    if len(sets) > 1 or any(len(pair.pictures) > 1 or len(pair.labels) > 1 for each in sets for pair in each.values()):
        raise _ask(location, sets)
    if sets:
        pairs = dict(sets[0])
        left_out = [pairs.pop("all").pictures[0]] if "all" in pairs and "train" in pairs else []
        return _Arranged({part: [(pair.pictures[0], pair.labels[0])] for part, pair in pairs.items()}, {}, left_out)
    if classes := _class_variables(usable, values):
        return classes
    alone = [name for name in usable if _read_name(name).kind is ArrayKind.PICTURES]
    parts = {_read_name(name).part: [(name, None)] for name in alone}
    if not alone or len(parts) < len(alone):
        there = listed((f"{_shown(name)} ({_described(value)})" for name, value in values.items()), most=6)
        raise DataError(f"{location.root}: no variables look like pictures among {there}. Expected {_EXPECTED}.")
    return _Arranged(parts)


def _with_one_label(names: Sequence[str], options: LayoutOptions) -> _Arranged | None:
    """Return the pictures of each part with one of several variables of labels, as CIFAR-100 has them; else None.

    Raises:
        ConfigError: no variable has the name that the user gave.
    """
    pictures = {_read_name(name).part: name for name in names if _read_name(name).kind is ArrayKind.PICTURES}
    labels = [
        name for name in names if _read_name(name).kind is ArrayKind.LABELS and not _shown(name).endswith(_NAMES_END)
    ]
    called = list(dict.fromkeys(map(_shown, labels)))
    if options.label_column is not None and options.label_column not in called:
        raise unknown_name("variable", options.label_column, called)
    column = options.label_column or (_FINE if {_FINE, _COARSE} <= {*called} else None)
    if column is None or not pictures:
        return None
    by_part = {_read_name(name).part: name for name in labels if _shown(name) == column}
    if not by_part.keys() <= pictures.keys():
        return None
    return _Arranged({part: [(name, by_part.get(part))] for part, name in pictures.items()}, label=column)


def _is_usable(value: Any, kind: ArrayKind | None) -> bool:
    """Return whether a value may be pictures or labels: it has more than one number, or is a list of names."""
    if isinstance(value, np.ndarray):
        return value.size > 1
    return kind is ArrayKind.LABELS and isinstance(value, list) and all(isinstance(each, str) for each in value)


def _batches(sets: Sequence[Mapping[str, NamedPair]]) -> _Arranged | None:
    """Return CIFAR-10's Matlab files as one data set: data_batch_1 … data_batch_5 and test_batch."""
    parts: dict[str, list[tuple[str, str | None]]] = {}
    for found in sets:
        for part, pair in found.items():
            file = pair.pictures[0].partition(_INSIDE)[0]
            if not re.fullmatch(r"data_batch_\d+|test_batch", file) or len(pair.pictures) > 1:
                return None
            parts.setdefault("train" if part == "all" else part, []).append((pair.pictures[0], pair.labels[0]))
    return _Arranged(parts)


def _class_variables(names: Sequence[str], values: Mapping[str, Any]) -> _Arranged | None:
    """Return the variables with one class each, by their names (`train0` … `train9`); None if there are none."""
    parts: dict[str, list[tuple[str, str | None]]] = {}
    classes = {}
    for name in names:
        match = _CLASS_VARIABLE.fullmatch(name.partition(_INSIDE)[2])
        if match is None or values[name].ndim != 2 or not is_of_pictures(values[name].shape):
            continue
        classes[name] = match["label"]
        parts.setdefault(match["part"].lower(), []).append((name, None))
    is_it = len(set(classes.values())) > 1 and len({values[name].shape[1] for name in classes}) == 1
    return _Arranged(parts, classes) if is_it else None


def _opened(location: Location, values: Mapping[str, Any], found: _Arranged) -> Dataset:
    parts: dict[str, Any] = {}
    readings: list[str] = []
    notes: list[str] = []
    no_classes = ""
    levels: Levels | None = None
    order: ColourOrder | None = None
    for part in sorted(found.parts, key=("train", "all", "val", "test").index):
        pieces, labels = [], []
        for pictures, of_labels in found.parts[part]:
            array = np.asarray(values[pictures])
            by_columns = pictures.partition(_INSIDE)[2] in _BY_COLUMNS or _is_stl(pictures, array, values)
            rows = label_count(values[of_labels], array.shape) if of_labels else None
            count = len(array) if found.classes else rows
            ordered = pictures_first(array, count, by_columns=by_columns, order=order)
            order = ordered.order or order
            levels = levels or levels_of(ordered.images)
            pieces.append(levels.apply(ordered.images))
            if of_labels:
                try:
                    labels.append(class_labels(values[of_labels], len(ordered.images), _shown(of_labels)))
                except NoClassesError as problem:
                    no_classes = no_classes or str(problem)
            elif found.classes:
                labels.append(np.repeat(found.classes[pictures], len(ordered.images)))
            readings.append(f"{_shown(pictures)} is {ordered.reading}")
            notes += [ordered.note] if ordered.note else []
        images = pieces[0] if len(pieces) == 1 else np.concatenate(pieces)
        parts[part] = (images, np.concatenate(labels)) if len(labels) == len(pieces) else images
    notes += [levels.note] if levels and levels.note else []
    if not no_classes and _is_svhn(found, parts):
        parts = {part: (images, labels % 10) for part, (images, labels) in parts.items()}
        notes.append("Street View House Numbers by its variables: the label 10 is the digit 0.")
    dataset = open_stored_arrays(parts, location.root, location.name)
    dataset = without_classes(dataset, no_classes, location.root) if no_classes else dataset
    why = f"Matlab's variables by name: {'; '.join(readings[:3])}"
    notes += _left_out(values, found)
    read = set(_mat_files(location))
    if rest := [entry for entry in location.entries() if entry not in read]:
        notes.append(f"Files that hold no variables of Matlab's were left out: {listed(rest, most=5)}.")
    dataset = replace(dataset, layout="mat", why=why, notes=tuple(dict.fromkeys((*notes, *dataset.notes))))
    return _with_names(dataset, values, (found.label or "").removesuffix(_LABELS_END))


def _is_stl(pictures: str, array: NDArray[Any], values: Mapping[str, Any]) -> bool:
    """Return whether this is STL-10's X: rows of 96×96 in colour, beside `class_names`. It is written by columns."""
    is_it = _shown(pictures) == "X" and array.ndim == 2 and array.shape[1] == 3 * 96 * 96
    return is_it and any(_shown(name) == "class_names" for name in values)


def _is_svhn(found: _Arranged, parts: Mapping[str, Any]) -> bool:
    """Return whether these are SVHN's cropped digits: X of 32×32 in colour, y from 1 to 10."""
    names = {name.partition(_INSIDE)[2] for pairs in found.parts.values() for pair in pairs for name in pair if name}
    if names != {"X", "y"}:
        return False
    labels = {int(label) for _, of_part in parts.values() for label in np.unique(of_part) if of_part.dtype.kind in "iu"}
    return all(images.shape[1:] == (32, 32, 3) for images, _ in parts.values()) and 10 in labels <= {*range(1, 11)}


def _with_names(dataset: Dataset, values: Mapping[str, Any], kind: str) -> Dataset:
    """Return the data set with the names of its classes, if a variable has them.

    Args:
        dataset: the data set.
        values: the variables of all files.
        kind: the beginning of the name of that variable, as `fine_`.
    """
    for name, value in values.items():
        variable = name.partition(_INSIDE)[2]
        if variable.rpartition(".")[2] == _MAPPING and isinstance(value, np.ndarray) and value.ndim == 2:
            return name_by_mapping(dataset, read_mapping(value.astype(np.int64).tolist()), f"'{_shown(name)}'")
    return named_classes(dataset, {_shown(name): value for name, value in values.items()}, kind)


def _left_out(values: Mapping[str, Any], found: _Arranged) -> list[str]:
    used = {name for pairs in found.parts.values() for pair in pairs for name in pair}
    notes = [
        f"{name.partition(_INSIDE)[0]}{MAT_SUFFIX} is of neither training nor test by its name and was left out: give "
        "its own path to train on it."
        for name in found.left_out
    ]
    files = {name.partition(_INSIDE)[0] for name in found.left_out}
    others = [
        _shown(name)
        for name, value in values.items()
        if name not in used
        and not name.endswith(_MAPPING)
        and name.partition(_INSIDE)[0] not in files
        and _is_usable(value, None)
    ]
    if others:
        other = [name for name in dict.fromkeys(others) if found.label and name.endswith(_LABELS_END)]
        if rest := [name for name in dict.fromkeys(others) if name not in other]:
            notes.append(f"Variables that are neither pictures nor labels were left out: {listed(rest)}.")
        notes += [f"The labels are '{found.label}'; --label-column {name} takes '{name}'." for name in other]
    return notes


def _in_cells(location: Location, entry: str, values: Mapping[str, Any]) -> Dataset | None:
    """Return the data set of pictures in the cells of one variable; None if there is none.

    Raises:
        DataError: the pictures in the cells have several sizes.
    """
    try:
        found = read_cells({_shown(name): value for name, value in values.items()}, list_mat(location, entry))
    except DataError as problem:
        raise DataError(f"{location.root}: {problem}") from problem
    if found is None:
        return None
    levels = levels_of(found.images)
    images = levels.apply(found.images)
    pair = images if found.labels is None else (images, found.labels)
    dataset = open_stored_arrays({"all": pair}, location.root, location.name)
    labels = f", with the labels in '{found.origin}'" if found.origin else ""
    held = "the pictures of a class each" if found.is_of_classes else "a picture each"
    notes = [levels.note] if levels.note else []
    return replace(
        dataset,
        layout="mat",
        why=f"the cells of Matlab's variable '{found.name}' hold {held}{labels}",
        notes=(*notes, *dataset.notes),
    )


def _shown(name: str) -> str:
    return name.partition(_INSIDE)[2]


def _described(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return f"{'×'.join(map(str, value.shape))} {value.dtype}"
    return counted(len(value), "entry", "entries") if isinstance(value, list) else "text"


def _ask(location: Location, sets: Sequence[Mapping[str, NamedPair]]) -> ConfigError | DataError:
    """Return the question which data set to use; if one file contains several, return an error."""
    files: dict[str, None] = {}
    for found in sets:
        for pair in found.values():
            files.update(dict.fromkeys(name.partition(_INSIDE)[0] for name in pair.pictures))
    if len(files) < 2:
        names = listed(_shown(name) for found in sets for pair in found.values() for name in pair.pictures)
        return DataError(
            f"{location.root}: {names} could each be the pictures. Read the file in Python and train on the arrays: "
            "onelook.train((X, y))."
        )
    entries = [entry for entry in _mat_files(location) if entry[: -len(MAT_SUFFIX)] in files]  # .mat, or .MAT
    choices = [Choice(quote(f"{location.place}/{entry}"), "its own pictures and labels") for entry in entries]
    return ask_which(f"{location.root} holds {counted(len(sets), 'data set')} in Matlab's files.", choices)
