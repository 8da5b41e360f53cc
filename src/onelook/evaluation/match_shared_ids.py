"""Find the pictures for each id of a sample submission that asks for one answer to several pictures.

Such a row is a patient with scans (`patient_id`), one side of a patient in two views (`prediction_id`), or an animal
with photographs called after it (`d24c30b4b-1.jpg`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.id_columns import IdColumn, is_in_test

_COUNTED_NAME = re.compile(r"(?P<beginning>.+?)[-_ .]\d+")


@dataclass(frozen=True)
class SharedIds:
    """The pictures for each row of a sample.

    Attributes:
        positions: (pictures,), among all pictures, row after row.
        rows: (pictures,), the row of each of them, in ascending order.
        place: where the ids are found.
    """

    positions: NDArray[np.int64]
    rows: NDArray[np.int64]
    place: str


def find_shared(header: str, asked: Sequence[str], candidates: Sequence[IdColumn]) -> SharedIds | None:
    """Return the pictures for each id, if each has one at least and no picture has two; else None.

    The column that is called like the sample's is tried first, then the folders of the pictures, the innermost first,
    and then the beginnings of their names, before a last number. If some pictures are in a test folder, only these are
    meant, and pictures that have a label already are meant only if all have one.

    Args:
        header: the name of the sample's column of ids.
        asked: the ids.
        candidates: the names of the pictures.
    """
    are_labelled = all(one.is_labelled for one in candidates)
    has_label = frozenset() if are_labelled else _labelled_positions(candidates)
    has_test = any(is_in_test(each) for one in candidates if not one.name for each in one.ids)
    for one in sorted(candidates, key=lambda each: len(each.ids)):  # a part before all parts together
        if one.is_labelled is not are_labelled or one.are_row_numbers:
            continue
        for place, names in _keys(one, header):
            for way in (str, _without_zeros):
                rows = {way(identifier): row for row, identifier in enumerate(asked)}
                keys = list(map(way, names))
                if not rows.keys() <= set(keys):  # a quick look
                    continue
                found = [
                    (rows[key], one.offset + at)
                    for at, key in enumerate(keys)
                    if key in rows
                    and one.offset + at not in has_label
                    and not (has_test and not one.name and not is_in_test(one.ids[at]))
                ]
                if len(rows) == len(asked) == len({row for row, _ in found}):
                    ordered = np.array(sorted(found), np.int64)
                    return SharedIds(ordered[:, 1], ordered[:, 0], place)
    return None


def _labelled_positions(candidates: Sequence[IdColumn]) -> frozenset[int]:
    """Return the positions of the pictures of labelled parts, among all pictures."""
    labelled = {(one.offset, len(one.ids)) for one in candidates if one.is_labelled}
    return frozenset(at for first, count in labelled for at in range(first, first + count))


def _keys(one: IdColumn, header: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield where ids may be, and for each picture the id there; empty for a picture without one."""
    if one.name:
        if one.name.casefold() == header.casefold():
            yield f"in the column '{one.name}' of the data", one.ids
        return
    paths = [each.replace("\\", "/").split("/") for each in one.ids]
    for depth in range(1, max(map(len, paths), default=0)):
        yield "as the folders of the pictures", [path[-1 - depth] if len(path) > depth else "" for path in paths]
    beginnings = (_COUNTED_NAME.fullmatch(path[-1].rpartition(".")[0] or path[-1]) for path in paths)
    yield "as the beginnings of the pictures' names", ["" if each is None else each["beginning"] for each in beginnings]


def _without_zeros(identifier: str) -> str:
    return identifier.lstrip("0") if identifier.isdecimal() else identifier
