"""Draw a few pictures of each class of a data set that was opened and not read: only these are decoded."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.part import Part
from onelook.data.part_names import pool_name
from onelook.errors import DataError
from onelook.evaluation.pictures.thumbnails import thumbnail
from onelook.report.pictures import MEDIA_TYPES, data_uri


@dataclass(frozen=True)
class DrawnPicture:
    """A picture made small."""

    id: str
    content: bytes  # of a PNG or JPEG; empty if the picture could not be read, or not in time
    suffix: str  # .png or .jpg

    @property
    def address(self) -> str | None:
        """The picture as a `data:` address; None if there is none."""
        return data_uri(MEDIA_TYPES[self.suffix], self.content) if self.content else None


@dataclass(frozen=True)
class DrawnClass:
    """Some pictures of a class."""

    class_name: str  # empty for pictures without labels
    count: int  # all its pictures in the part
    pictures: tuple[DrawnPicture, ...]


def shown_part(dataset: Dataset) -> Part:
    """Return the part that pictures are drawn from: the labelled training part, else any labelled one, else any."""
    labelled = {name: part for name, part in dataset.parts.items() if part.labels is not None}
    among = labelled or dataset.parts
    return among[pool_name(among) or next(iter(among))]


def draw_samples(
    part: Part,
    names: Sequence[str],
    shown: Sequence[str],
    each: int,
    *,
    seed: int,
    longest: int,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[DrawnClass, ...]:
    """Return random pictures of each class, in the order of the data; without labels they form one class.

    Args:
        part: the part of a data set.
        names: the class names, in the order of the labels.
        shown: those of the classes to draw.
        each: the largest number of pictures of a class.
        seed: draws the pictures.
        longest: pixels of the longest side of a photograph.
        seconds: no further picture is decoded after this time. Each class gets its first before any gets its second.
        clock: returns the time in seconds.
    """
    generator = np.random.default_rng(seed)
    rows: dict[str, list[int]] = {}
    counts: dict[str, int] = {}
    for name in shown if part.labels is not None else ("",):
        found = np.arange(len(part)) if not name else np.flatnonzero(part.labels == names.index(name))
        counts[name] = len(found)
        rows[name] = np.sort(generator.choice(found, size=min(each, len(found)), replace=False)).tolist()
    end = clock() + seconds
    values = part.pictures.facts().value_range
    drawn: dict[int, DrawnPicture] = {}
    for row in (row for depth in zip_longest(*rows.values()) for row in depth if row is not None):
        content, suffix = _small(part, row, values, longest) if clock() < end else (b"", ".png")
        drawn[row] = DrawnPicture(part.ids[row], content, suffix)
    return tuple(DrawnClass(name, counts[name], tuple(drawn[row] for row in found)) for name, found in rows.items())


def _small(part: Part, row: int, values: tuple[float, float], longest: int) -> tuple[bytes, str]:
    try:
        return thumbnail(part.pictures.original(row), values, longest=longest)
    except DataError:  # the training names it; here it is one of many
        return b"", ".png"
