"""Handle two peculiarities of EMNIST: transposed pictures, and a file that maps labels to characters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onelook.data.class_names import has_integer_labels
from onelook.data.dataset import Dataset
from onelook.data.storage.location import Location
from onelook.wording import listed

UPRIGHT_NOTE = (
    "EMNIST by the names of its files: its pictures are written column by column (transposed), and were turned upright."
)
_LARGEST_BYTES = 1 << 20
_LARGEST_CODE = 0x10FFFF


def read_mapping(rows: Sequence[Sequence[int]]) -> dict[int, str]:
    """Return the character of each label, the first one if a label means several (`A` and `a`).

    Args:
        rows: a label and its character codes, such as `[1, 65, 97]`.

    Example:
        >>> read_mapping([[0, 48], [1, 65, 97]])
        {0: '0', 1: 'A'}
    """
    return {row[0]: chr(row[1]) for row in rows if len(row) > 1 and 32 < row[1] <= _LARGEST_CODE}


def is_emnist(name: str) -> bool:
    """Return whether a file belongs to EMNIST, by its name.

    Example:
        >>> is_emnist("emnist-letters-train.csv"), is_emnist("gzip/emnist-digits-test-images-idx3-ubyte")
        (True, True)
    """
    return name.rpartition("/")[2].lower().startswith("emnist")


def emnist_dataset(dataset: Dataset, location: Location, entry: str) -> Dataset:
    """Return a data set of EMNIST with class names from the mapping, and a note that its pictures were turned.

    Args:
        location: the location of the mapping; for a single file, its folder is searched.
        entry: one of the files of the data set.
    """
    dataset = replace(dataset, notes=(*dataset.notes, UPRIGHT_NOTE))
    if location.is_file:
        around = [path.name for path in location.root.parent.glob("*mapping.txt")]
        location = Location(location.root.parent, around)
    found = find_mapping(location, entry)
    return dataset if found is None else name_by_mapping(dataset, found[0], f"'{found[1]}'")


def find_mapping(location: Location, like: str) -> tuple[dict[int, str], str] | None:
    """Return the mapping in `…-mapping.txt` and the name of its file; None if there is no readable one.

    Args:
        like: the name of a file of the data set, which shows whether the mapping is `balanced` or `letters`.
    """
    folder = like.rpartition("/")[0]
    mappings = [name for name in location.entries() if name.lower().endswith("mapping.txt")]
    found = [name for name in mappings if name.rpartition("/")[0] == folder]
    if not found:
        return None
    name = max(found, key=lambda each: _shared(each.lower(), like.lower()))
    with location.open(name) as file:
        content = file.read(_LARGEST_BYTES)
    try:
        rows = [[int(cell) for cell in line.split()] for line in content.decode("utf-8-sig").splitlines()]
    except ValueError:  # also bytes that are not text
        return None
    mapping = read_mapping([row for row in rows if row])
    return (mapping, name) if mapping else None


def name_by_mapping(dataset: Dataset, mapping: Mapping[int, str], origin: str) -> Dataset:
    """Return the data set with names from the mapping for its numbered classes; unchanged unless it names all.

    Args:
        origin: the name of the mapping in the note.
    """
    numbers = [int(name) for name in dataset.class_names] if has_integer_labels(dataset.class_names) else []
    if not numbers or not all(number in mapping for number in numbers):
        return dataset
    names = tuple(mapping[number] for number in numbers)
    if len(set(names)) < len(names):
        return dataset
    shown = listed((f"{number} is '{name}'" for number, name in zip(numbers, names, strict=True)), most=3)
    return replace(
        dataset, class_names=names, notes=(*dataset.notes, f"The classes are called as {origin} says: {shown}.")
    )


def _shared(name: str, other: str) -> int:
    """Return the length of the common beginning of two names."""
    count = 0
    for one, two in zip(name, other, strict=False):
        if one != two:
            break
        count += 1
    return count
