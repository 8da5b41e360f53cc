"""The usual names of table columns, by what they hold; and a header line split into its columns."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence

from onelook.data.natural_order import natural_key

# Names that a label column goes by, the likeliest first.
LABEL_NAMES = ("label", "labels", "class", "target", "y", "category", "class_name", "class_id", "classname", "digit")
# Names that a column of encoded pictures goes by.
PICTURE_COLUMNS = ("image", "img", "images", "picture")
# Names that a column of paths goes by, the likeliest first; any other is found by what it holds.
PATH_NAMES = (
    *("path", "file_path", "filepath", "image_path", "file_name", "filename", "file", "image", "img", "picture"),
    *("image_name", "image_id", "id_code", "id", "name"),
)
SPLIT_NAMES = ("split", "subset", "partition", "set", "usage")
# What must not stand on two sides of a split. Of a patient, or a lesion, there are often several pictures.
GROUP_NAMES = (
    *("group", "groups", "group_id", "patient", "patient_id", "patientid", "subject", "subject_id"),
    *("lesion_id", "participant_id"),
)
DELIMITERS = ",;\t"
_NUMBER = re.compile(r"[0-9]+")
# Fewer numbered columns than a 2×2 picture has are no picture: `x1`, `x2` of an ordinary table.
_FEWEST_PIXELS = 4


def split_header(line: str, delimiter: str | None = None) -> tuple[list[str], str]:
    """Return the cells of a first line, and the delimiter between them: comma, semicolon or tab, unless it is known."""
    delimiter = delimiter or max(DELIMITERS, key=line.count)
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a cell longer than any name, or a line end within one: told as a column that is none
        cells = line.split(delimiter)
    return [cell.strip() for cell in cells], delimiter


def numbered_columns(columns: Sequence[str]) -> list[int]:
    """Return the largest group of columns that differ by their numbers only, in the order of these; empty where few."""
    return sorted(_alike(columns), key=lambda position: natural_key(columns[position]))


def are_mostly_numbered(columns: Sequence[str]) -> bool:
    """Return whether more than half of the columns differ by their numbers only, as those of pixels.

    Example:
        >>> are_mostly_numbered(["label", "p0", "p1", "p2", "p3"]), are_mostly_numbered(["x1", "x2", "y"])
        (True, False)
    """
    return 2 * len(_alike(columns)) > len(columns)


def _alike(columns: Sequence[str]) -> list[int]:
    stems = [_NUMBER.sub("#", column.casefold()) for column in columns]
    counted = Counter(stem for stem in stems if "#" in stem)
    if not counted or max(counted.values()) < _FEWEST_PIXELS:
        return []
    largest = counted.most_common(1)[0][0]
    return [position for position, stem in enumerate(stems) if stem == largest]
