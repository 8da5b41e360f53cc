"""Make a data set of arrays of pictures and labels, and find the shape of pictures that are rows of values."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from math import isqrt
from pathlib import Path

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.ids import row_ids
from onelook.data.labels import Labels
from onelook.data.part import Part
from onelook.data.pictures.from_arrays import ArrayPictures, hash_images
from onelook.data.pictures.protocol import BYTE_RANGE, Images
from onelook.wording import listed

_WIDEST = 3  # times as wide as high
_MOST_SIZES = 3

PictureShape = tuple[int, int, int]  # height, width, channels


def array_dataset(
    parts: Mapping[str, tuple[Images, Labels | None]],
    *,
    name: str,
    layout: str,
    why: str,
    class_names: tuple[str, ...],
    value_range: tuple[float, float] = BYTE_RANGE,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """Return a data set of arrays. Its ids are row numbers from 1, after the name of the part if there are several.

    A single part is always called `all`.

    Args:
        parts: pictures (rows, height, width, channels) and labels by part.
        name, layout, why, class_names, notes: as in `Dataset`.
        value_range: the range of the pixels of all parts.
    """
    alone = len(parts) == 1
    if alone:
        parts = {"all": next(iter(parts.values()))}
    made = {
        part: Part(part, row_ids(len(images), "" if alone else f"{part}/"), labels, ArrayPictures(images, value_range))
        for part, (images, labels) in parts.items()
    }
    return Dataset(name, layout, why, class_names, made, _fingerprint(parts, class_names), notes)


def without_classes(dataset: Dataset, reason: str, root: Path) -> Dataset:
    """Return the data set without labels, and with the reason why they are no classes.

    Args:
        reason: the reason; the path of the data at its beginning is left out.
        root: the path of the data.
    """
    reason = reason.removeprefix(f"{root}/").removeprefix(f"{root}: ")
    parts = {name: replace(part, labels=None) for name, part in dataset.parts.items()}
    return replace(dataset, class_names=(), parts=parts, notes=(*dataset.notes, reason), no_classes=reason)


def _fingerprint(parts: Mapping[str, tuple[Images, Labels | None]], class_names: tuple[str, ...]) -> str:
    """Return a SHA-256 of pictures, labels and class names, which is the same for equal content in any layout."""
    digest = hashlib.sha256(repr(class_names).encode())
    for part, (images, labels) in parts.items():
        digest.update(repr((part, labels is None)).encode())
        if labels is not None:
            digest.update(np.ascontiguousarray(labels).data)
        hash_images(digest, images)
    return digest.hexdigest()


def picture_shape(values: int) -> PictureShape | None:
    """Return the shape of a square picture with this number of values, grey or colour; None if there is none.

    A count cannot be both: n·n = 3·m·m has no solution in whole numbers.

    Example:
        >>> picture_shape(784), picture_shape(3072), picture_shape(783)
        ((28, 28, 1), (32, 32, 3), None)
    """
    for channels in (1, 3):
        side = isqrt(values // channels)
        if side and side * side * channels == values:
            return side, side, channels
    return None


def how_to_go_on(values: int) -> str:
    """Return the sentence on pictures that are not square, with the likeliest sizes; empty if none is likely.

    Example:
        >>> how_to_go_on(32332)[:71]
        ' Pictures of 118×274 or 137×236 pixels would have as many: reshape them'
        >>> how_to_go_on(783), how_to_go_on(787)  # a pixel of 28×28 is missing; a prime
        ('', '')
    """
    if any(picture_shape(values + lost) for lost in (-2, -1, 1, 2)):
        return ""
    sides = [side for side in range(isqrt(values), 1, -1) if values % side == 0 and values <= _WIDEST * side * side]
    if not sides:
        return ""
    sizes = listed(sorted(f"{side}×{values // side}" for side in sides[:_MOST_SIZES]), last="or")
    return (
        f" Pictures of {sizes} pixels would have as many: reshape them in Python to (rows, height, width), and train "
        "on the arrays: onelook.train((X, y))."
    )


def explain_no_shape(values: int) -> str:
    """Return why this number of values is not a square picture, with the nearest numbers that are.

    Example:
        >>> explain_no_shape(783)
        'neither a square (27×27 = 729, 28×28 = 784) nor three times one (3×16×16 = 768, 3×17×17 = 867)'
    """
    grey, colour = isqrt(values), isqrt(values // 3)
    grey_counts = ", ".join(f"{side}×{side} = {side * side:,}" for side in (grey, grey + 1) if side)
    colour_counts = ", ".join(f"3×{side}×{side} = {3 * side * side:,}" for side in (colour, colour + 1) if side)
    return f"neither a square ({grey_counts}) nor three times one ({colour_counts})"
