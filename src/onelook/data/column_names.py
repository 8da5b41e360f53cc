"""The usual names of table columns by their role, and a function that splits a header line into columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from onelook.data.natural_order import natural_key

# Usual names of a label column, the likeliest first.
LABEL_NAMES = (
    "label",
    "labels",
    "class",
    "target",
    "y",
    "category",
    "class_name",
    "class_id",
    "classname",
    "digit",
    "character",
)
# Usual names of a label column. Columns with other names are found by a sample submission, or because they are left.
LABEL_WORDS = frozenset(
    (
        *("label", "labels", "class", "classes", "target", "category", "tag", "tags", "annotation", "gt"),
        *("species", "genus", "breed", "variety", "cultivar", "character", "letter", "emotion", "expression"),
        *("dx", "diagnosis", "diagnostic", "finding", "findings", "disease", "sentiment", "choice", "choices"),
        *("classid", "categoryid", "classname", "groundtruth", "scientificname"),
    )
)
_VALUE_NAMES = frozenset({"name", "value", "title"})
CODE_WORDS = frozenset({"id", "num", "number", "code", "index", "idx", "no", "int"})
# Usual names of a column of encoded pictures.
PICTURE_COLUMNS = ("image", "img", "images", "picture")
# Usual names of a column of paths, the likeliest first. Others are found by their content.
PATH_NAMES = (
    *("path", "file_path", "filepath", "image_path", "file_name", "filename", "file", "image", "img", "picture"),
    *("image_name", "image_id", "id_code", "id", "name"),
)
SPLIT_NAMES = ("split", "subset", "partition", "set", "usage")
# Columns of groups that a split keeps on one side: a patient, or a lesion, often has several pictures.
GROUP_NAMES = (
    *("group", "groups", "group_id", "patient", "patient_id", "patientid", "subject", "subject_id"),
    *("lesion_id", "participant_id"),
)
DELIMITERS = ",;\t"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\da-zA-Z_]+")
_NUMBER = re.compile(r"[0-9]+")
# Fewer numbered columns than a 2×2 picture has, such as `x1`, `x2` of an ordinary table, are not a picture.
_FEWEST_PIXELS = 4
_FEWEST_IN_GAPS = 49  # so many numbered columns are pixels, even if some are missing


def split_header(line: str, delimiter: str | None = None) -> tuple[list[str], str]:
    """Return the cells of a first line, and the delimiter between them; an unknown one is a comma, semicolon or tab."""
    delimiter = delimiter or max(DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a cell is longer than any name, or contains a line end: this is no header
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells], delimiter


def numbered_columns(columns: Sequence[str]) -> list[int]:
    """Return the largest group of columns whose names differ only by a number, in numeric order; empty if small."""
    return sorted(_alike(columns), key=lambda position: natural_key(columns[position]))


def are_mostly_numbered(columns: Sequence[str]) -> bool:
    """Return whether the names of more than half of the columns differ only by a number, like those of pixels.

    Example:
        >>> are_mostly_numbered(["label", "p0", "p1", "p2", "p3"]), are_mostly_numbered(["x1", "x2", "y"])
        (True, False)
        >>> are_mostly_numbered(["path", "noisy_0", "noisy_1", "noisy_5", "noisy_25", "noisy_50"])
        False
    """
    found = _alike(columns)
    are_many = 2 * len(found) > len(columns)
    return are_many and (len(found) >= _FEWEST_IN_GAPS or _count_up([columns[position] for position in found]))


def _alike(columns: Sequence[str]) -> list[int]:
    stems = [_NUMBER.sub("#", column.casefold()) for column in columns]
    counted = Counter(stem for stem in stems if "#" in stem)
    if not counted or max(counted.values()) < _FEWEST_PIXELS:
        return []
    largest = counted.most_common(1)[0][0]
    return [position for position, stem in enumerate(stems) if stem == largest]


def _count_up(names: Sequence[str]) -> bool:
    """Return whether the numbers in the names have no gap; several numbers in a name are a row and a column."""
    numbers = [_NUMBER.findall(name) for name in names]
    if any(len(each) != 1 for each in numbers):
        return True
    found = sorted(int(each[0]) for each in numbers)
    return found == list(range(found[0], found[0] + len(found)))


def column_called(columns: Sequence[str], names: Sequence[str]) -> str | None:
    """Return the column with the first of these names that there is, in capitals or not; None if there is none."""
    folded = {column.casefold(): column for column in columns}
    return next((folded[name] for name in names if name in folded), None)


def words_of(name: str) -> list[str]:
    """Return the words of a column's name in lower case.

    Example:
        >>> words_of("ClassId"), words_of("Roi.X1"), words_of("Patient ID")
        (['class', 'id'], ['roi', 'x', '1'], ['patient', 'id'])
    """
    return [word.casefold() for word in _WORD.findall(name)]


def is_called_like_label(name: str) -> bool:
    """Return whether a column has a usual name of a label, or one that ends like it.

    Example:
        >>> is_called_like_label("bird species"), is_called_like_label("JOB_0.categories.name")
        (True, True)
        >>> is_called_like_label("category name"), is_called_like_label("file.name"), is_called_like_label("categories")
        (False, False, False)
    """
    outer, _, last = name.rpartition(".")
    if outer and last in _VALUE_NAMES:  # `categories.name` of a record is the category
        name = f"{outer.removesuffix('categories')}category" if outer.endswith("categories") else outer
    words = words_of(name)
    core = [word for word in words if word not in CODE_WORDS]
    return name.casefold() in LABEL_NAMES or "".join(words) in LABEL_WORDS or (bool(core) and core[-1] in LABEL_WORDS)
