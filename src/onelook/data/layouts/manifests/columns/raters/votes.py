"""Find the majority of several people's opinions on a picture, in rows of raters or columns of votes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.column_words import MARK_WORDS
from onelook.data.layouts.manifests.columns.number_columns import number_of

Cells = Sequence[str | None]

_YES_OR_NO = frozenset(("0", "1", "0.0", "1.0", "True", "False", "true", "false", "yes", "no", None))
_MOST_KINDS = 50
_FEWEST_VOTERS = 3
_LONGEST_COUNT = 9  # characters of a number of votes
_FEWEST_CLASSES = 3
# If more than this share of the pictures have several rows, the rows are opinions; otherwise they are mistakes.
_SHARE_REPEATED = 0.5
_SHARE_OF_SAME_SUM = 0.9
RATER_WORDS = frozenset(
    ("annotator", "rater", "labeler", "labeller", "grader", "reader", "expert", "worker", "reviewer", "completed")
)
_NUMBER = re.compile(r"\d+")
# Columns with such a word give the position of a box in the picture; boxes of one size have the same sum too.
_OF_BOXES = frozenset(
    (
        *("x", "y", "xmin", "ymin", "xmax", "ymax", "width", "height", "box", "bbox", "boxes", "roi"),
        *("cx", "cy", "rx", "ry", "r", "radius", "size", "area", "shape", "attributes", "region", "regions"),
    )
)


@dataclass(frozen=True)
class Votes:
    """The labels that votes give."""

    columns: tuple[str, ...]
    labels: tuple[str | None, ...] | None  # None for a tie; None alone where the votes are marks on a scale


def read_votes(columns: Mapping[str, Cells], other_than: Sequence[str | None]) -> Votes | None:
    """Return the columns with the number of votes for each class, and the majorities; None without such columns.

    Example:
        >>> read_votes({"id": ["a", "b"], "sad": ["7", "5"], "glad": ["2", "5"], "calm": ["1", "0"]}, ["id"])
        Votes(columns=('sad', 'glad', 'calm'), labels=('sad', None))
    """
    names = [
        name
        for name, cells in columns.items()
        if name not in other_than
        and cells
        and not _OF_BOXES & set(words_of(name))
        and all(
            cell is not None and cell.removesuffix(".0").isdecimal() and len(cell) < _LONGEST_COUNT for cell in cells
        )
    ]
    if len(names) < _FEWEST_CLASSES:
        return None
    counts = {name: [int(float(cell or 0)) for cell in columns[name]] for name in names}
    totals = _totals(counts)
    of_classes = {name: cells for name, cells in counts.items() if name not in totals}
    if len(of_classes) < _FEWEST_CLASSES:
        return None
    rows = list(zip(*of_classes.values(), strict=True))
    if len({*rows}) == 1 < len(rows):  # as the sizes of pictures
        return None
    ((total, times),) = Counter(map(sum, rows)).most_common(1)
    others = {name: cells for name, cells in columns.items() if name not in counts and name not in other_than}
    are_counts = bool(totals) or times >= _SHARE_OF_SAME_SUM * len(rows)
    if _are_ratings(list(of_classes), rows, others, are_counts=are_counts):
        return Votes(tuple(names), None)
    if total < _FEWEST_VOTERS or times < _SHARE_OF_SAME_SUM * len(rows) or max(map(max, rows)) > total:
        return None
    return Votes(tuple(of_classes), tuple(_majority(dict(zip(of_classes, row, strict=True))) for row in rows))


def _totals(counts: Mapping[str, Sequence[int]]) -> list[str]:
    """Return the column that is the sum of all others in each row, as a list of one; empty if there is none."""
    if len(counts) <= _FEWEST_CLASSES:
        return []
    doubled = list(map(sum, zip(*counts.values(), strict=True)))
    return [name for name, cells in counts.items() if [2 * cell for cell in cells] == doubled][:1]


def _are_ratings(
    names: Sequence[str], rows: Sequence[Sequence[int]], others: Mapping[str, Cells], *, are_counts: bool
) -> bool:
    """Return whether columns count the people who gave each mark, `c1` to `c5`, and another column has the mean.

    Args:
        names: columns of whole numbers.
        rows: their values in each row.
        others: the other columns of the table.
        are_counts: whether all rows have one sum, or a column has the sums: then the other column's name is enough.
    """
    if len({_NUMBER.sub("#", name.casefold()) for name in names}) > 1:
        return False
    marks = [int(found[-1]) for name in names if (found := _NUMBER.findall(name))]
    if sorted(marks) != list(range(min(marks, default=0), min(marks, default=0) + len(names))):
        return False
    means = [sum(mark * count for mark, count in zip(marks, row, strict=True)) / max(1, sum(row)) for row in rows]
    return any(
        (are_counts and bool(MARK_WORDS & set(words_of(name)))) or _is_near(cells, means)
        for name, cells in others.items()
    )


def _is_near(cells: Cells, means: Sequence[float]) -> bool:
    numbers = [None if cell is None else number_of(cell) for cell in cells]
    near = sum(number is not None and abs(number - mean) < 0.01 for number, mean in zip(numbers, means, strict=True))
    return near >= _SHARE_OF_SAME_SUM * len(means)


def are_opinions(rows_of: Mapping[str, Sequence[int]]) -> bool:
    """Return whether the rows of a table are opinions: most pictures have several rows.

    Args:
        rows_of: the rows of each picture.
    """
    repeated = sum(len(rows) > 1 for rows in rows_of.values())
    return repeated > _SHARE_REPEATED * len(rows_of)


def are_of_raters(columns: Mapping[str, Cells], rows_of: Mapping[str, Sequence[int]]) -> bool:
    """Return whether a column tells who gave each row, and no picture has two rows of one person.

    Args:
        columns: the columns of a table.
        rows_of: the rows of each picture.
    """
    several = [rows for rows in rows_of.values() if len(rows) > 1]
    return bool(several) and any(
        RATER_WORDS & set(words_of(name)) and all(len({cells[row] for row in rows}) == len(rows) for rows in several)
        for name, cells in columns.items()
    )


def kinds_of_rows(columns: Mapping[str, Cells], label: str, rows_of: Mapping[str, Sequence[int]]) -> str | None:
    """Return the column of words of which each picture has all values, with yes or no for each; None without one.

    Args:
        columns: the columns of a table.
        label: the column of the label, of 0 and 1 or the like.
        rows_of: the rows of each picture.

    Example:
        >>> rows = {"kind": ["oedema", "mass"] * 2, "present": ["0", "1", "1", "0"]}
        >>> kinds_of_rows(rows, "present", {"a.png": [0, 1], "b.png": [2, 3]})
        'kind'
    """
    if not {*columns[label]} <= _YES_OR_NO:
        return None
    for name, cells in columns.items():
        values = {*cells}
        are_words = name != label and 1 < len(values) <= _MOST_KINDS and all(cell and cell.isalpha() for cell in values)
        if are_words and all(
            len(rows) == len(values) == len({cells[row] for row in rows}) for rows in rows_of.values()
        ):
            return name
    return None


def majority(opinions: Sequence[str]) -> str | None:
    """Return the most frequent opinion; None for a tie, or without any opinion.

    Example:
        >>> majority(["cat", "dog", "cat"]), majority(["cat", "dog"])
        ('cat', None)
    """
    return _majority(Counter(opinions))


def _majority(counts: Mapping[str, int]) -> str | None:
    most = max(counts.values(), default=0)
    leading = [name for name, count in counts.items() if count == most]
    return leading[0] if most and len(leading) == 1 else None
