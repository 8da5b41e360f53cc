"""Find the majority of several people's opinions on a picture, in rows of raters or columns of votes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.manifests.columns.column_words import words_of

Cells = Sequence[str | None]

_FEWEST_VOTERS = 3
_LONGEST_COUNT = 9  # characters of a number of votes
_FEWEST_CLASSES = 3
# If more than this share of the pictures have several rows, the rows are opinions; otherwise they are mistakes.
_SHARE_REPEATED = 0.5
_SHARE_OF_SAME_SUM = 0.9
# Columns with such a word give the position of a box in the picture; boxes of one size have the same sum too.
_OF_BOXES = frozenset(("x", "y", "xmin", "ymin", "xmax", "ymax", "width", "height", "box", "bbox", "boxes", "roi"))


@dataclass(frozen=True)
class Votes:
    """The labels that votes give."""

    columns: tuple[str, ...]
    labels: tuple[str | None, ...]  # None for a tie


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
    rows = [[int(float(cell or 0)) for cell in row] for row in zip(*(columns[name] for name in names), strict=True)]
    ((total, times),) = Counter(map(sum, rows)).most_common(1)
    if total < _FEWEST_VOTERS or times < _SHARE_OF_SAME_SUM * len(rows) or max(map(max, rows)) > total:
        return None
    return Votes(tuple(names), tuple(_majority(dict(zip(names, row, strict=True))) for row in rows))


def are_opinions(rows_of: Mapping[str, Sequence[int]]) -> bool:
    """Return whether the rows of a table are opinions: most pictures have several rows.

    Args:
        rows_of: the rows of each picture.
    """
    repeated = sum(len(rows) > 1 for rows in rows_of.values())
    return repeated > _SHARE_REPEATED * len(rows_of)


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
