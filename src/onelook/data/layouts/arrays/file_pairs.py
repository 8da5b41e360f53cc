"""Find array files that belong together by their names: `k49-train-imgs.npz` and `k49-train-labels.npz`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.array_dataset import picture_shape
from onelook.data.layouts.arrays.npy_files import StoredArray, array_shape, stored_arrays
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.layouts.tables.files import top_files
from onelook.data.layouts.tables.pair_names import ArrayKind, NamedPair, pair_names, read_name
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, listed

# The smallest length of a row of numbers that counts as a picture by its length alone: 7×7.
_FEWEST_VALUES = 49


@dataclass(frozen=True)
class FilePair:
    """The arrays of one part."""

    pictures: StoredArray
    labels: StoredArray


@dataclass(frozen=True)
class FilePairs:
    """The arrays of a data set by part, and the files that were left out."""

    parts: Mapping[str, FilePair]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ArraysBeside:
    """The labels beside a single file of pictures, if there are any."""

    labels: list[StoredArray]
    notes: tuple[str, ...] = ()


def find_file_pairs(location: Location, suffixes: tuple[str, ...]) -> FilePairs:
    """Return the pairs of files with these suffixes directly in a folder; no parts if there are none.

    Raises:
        ConfigError: there are several data sets, several arrays of pictures for the same labels, or of labels for the
            same pictures.
        DataError: an NPZ is damaged.
    """
    arrays = _single_arrays(location, suffixes)
    sets = pair_names(arrays)
    for pair in [each for found in sets for each in found.values() if len(each.labels) > 1]:
        raise _several_labels(location, [arrays[name].entry for name in pair.labels], arrays[pair.pictures[0]].entry)
    if len(sets) > 1 or any(len(pair.pictures) > 1 for each in sets for pair in each.values()):
        raise _ask(location, sets, arrays)
    if not sets:
        _refuse_shared_labels(location, arrays)
        return FilePairs({})
    (found,) = sets
    parts = {part: FilePair(arrays[pair.pictures[0]], arrays[pair.labels[0]]) for part, pair in found.items()}
    used = {each.entry for pair in parts.values() for each in (pair.pictures, pair.labels)}
    rest = [entry for entry in location.entries() if entry not in used]
    return FilePairs(parts, (f"Files that belong to no pair were left out: {listed(rest, most=5)}.",) if rest else ())


def arrays_beside(location: Location, suffixes: tuple[str, ...]) -> ArraysBeside | None:
    """Return the labels beside a single file of one array of pictures; None if its name shows that it has no pictures.

    If the name does not show it, the labels beside it and its shape decide.

    Raises:
        ConfigError: several files of labels have the same words as the file.
        DataError: the file or an NPZ beside it is damaged.
    """
    (own,) = stored_arrays(location, location.entries()[0])
    name = read_name(_stem(own.entry))
    if name.kind is ArrayKind.LABELS:
        return None
    folder = Location(location.root.parent, _array_files(location, suffixes))
    labels = {
        stem: array
        for stem, array in _single_arrays(folder, suffixes).items()
        if read_name(stem).kind is ArrayKind.LABELS
        and read_name(stem).part == name.part
        and set(read_name(stem).words) <= set(name.words)
    }
    if name.kind is None and not (labels and is_of_pictures(array_shape(location, own))):
        return None
    if not labels:
        return ArraysBeside([])
    most = max(len(read_name(stem).words) for stem in labels)
    nearest, *others = [stem for stem in labels if len(read_name(stem).words) == most]
    if others:
        raise _several_labels(location, [labels[stem].entry for stem in (nearest, *others)], own.entry)
    note = f"The labels were taken from '{labels[nearest].entry}', which lies beside the file."
    return ArraysBeside([labels[nearest]], (note,))


def is_of_pictures(shape: Sequence[int]) -> bool:
    """Return whether an array of this shape may be pictures, (rows, …).

    Example:
        >>> is_of_pictures((100, 784)), is_of_pictures((50, 32, 32, 3)), is_of_pictures((100, 3))
        (True, True, False)
        >>> is_of_pictures((50, 3, 32, 32)), is_of_pictures((50, 32, 32, 2))
        (True, False)
    """
    if len(shape) == 2:
        return shape[1] >= _FEWEST_VALUES and picture_shape(shape[1]) is not None
    if len(shape) == 4:
        return shape[3] in (1, 3) or shape[1] in (1, 3)
    return len(shape) == 3 and min(shape[1:]) > 3


def _array_files(location: Location, suffixes: tuple[str, ...]) -> list[str]:
    """Return the names of the array files in the folder of a single file."""
    try:
        names = [path.name for path in location.root.parent.iterdir() if path.suffix.lower() in suffixes]
    except OSError:
        return []
    return sorted(names)


def _single_arrays(location: Location, suffixes: tuple[str, ...]) -> dict[str, StoredArray]:
    """Return the arrays of files with one array each, by the name of the file without suffix."""
    arrays = {}
    for entry in top_files(location):
        if not entry.lower().endswith(suffixes):
            continue
        stored = stored_arrays(location, entry)
        if len(stored) == 1:
            arrays[_stem(entry)] = stored[0]
    return arrays


def _stem(entry: str) -> str:
    return entry.rpartition(".")[0]


def _several_labels(location: Location, labels: Sequence[str], pictures: str) -> ConfigError:
    shown = listed((f"'{entry}'" for entry in labels), last="and")
    return ConfigError(
        f"{location.root}: {shown} could each be the labels of '{pictures}'. Expected one of them: move or rename the "
        f"{agree(len(labels) - 1, 'other', 'others')}."
    )


def _ask(location: Location, sets: Sequence[Mapping[str, NamedPair]], arrays: Mapping[str, StoredArray]) -> ConfigError:
    """Return the question which data set to use: each with the path of its pictures and of its test pictures."""
    choices = []
    for found in sets:
        tests = [f"{location.place}/{arrays[name].entry}" for name in found.get("test", NamedPair()).pictures[:1]]
        train = found.get("all") or found.get("train") or next(iter(found.values()))
        for name in train.pictures:
            flag = " --test ".join([f"{location.place}/{arrays[name].entry}", *tests])
            choices.append(Choice(flag, f"pictures by name, with the labels of '{arrays[train.labels[0]].entry}'"))
    return ask_which(f"{location.root} holds {counted(len(sets), 'data set')} in pairs of array files.", choices)


def _refuse_shared_labels(location: Location, arrays: Mapping[str, StoredArray]) -> None:
    """Ask which array to use if one file of labels fits several, as with the corruptions of CIFAR-10-C.

    Raises:
        ConfigError: several arrays have as many rows as the only file of labels.
    """
    labels = [name for name in arrays if read_name(name).kind is ArrayKind.LABELS]
    if len(labels) != 1:
        return
    try:
        rows = array_shape(location, arrays[labels[0]])[:1]
        fitting = [
            each
            for name, each in arrays.items()
            if name != labels[0] and is_of_pictures(shape := array_shape(location, each)) and (shape[:1] == rows)
        ]
    except DataError:  # reading the array reports it
        return
    if len(fitting) > 1:
        of_labels = arrays[labels[0]].entry
        question = f"{location.root}: '{of_labels}' has the labels of {len(fitting)} arrays of pictures each."
        meaning = f"{counted(rows[0], 'picture')}, with these labels"
        raise ask_which(question, [Choice(f"{location.place}/{each.entry}", meaning) for each in fitting])
