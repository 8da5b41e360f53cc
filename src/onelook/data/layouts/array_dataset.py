"""A data set of pictures and labels that are arrays already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np

from onelook.data.dataset import Dataset, Labels, Part
from onelook.data.pictures.from_arrays import ArrayPictures, hash_images
from onelook.data.pictures.protocol import BYTE_RANGE, Images


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
    """A data set of arrays. Its ids are the rows from 1, after the part's name where there are several parts.

    A single part is `all`, whatever it is called: nothing is parted.

    Args:
        parts: pictures (rows, height, width, channels) and labels by part.
        name, layout, why, class_names, notes: as in `Dataset`.
        value_range: of the pixels of all parts.
    """
    alone = len(parts) == 1
    if alone:
        parts = {"all": next(iter(parts.values()))}
    made = {
        part: Part(part, _row_ids(len(images), "" if alone else f"{part}/"), labels, ArrayPictures(images, value_range))
        for part, (images, labels) in parts.items()
    }
    return Dataset(name, layout, why, class_names, made, _fingerprint(parts, class_names), notes)


def _row_ids(count: int, prefix: str) -> tuple[str, ...]:
    return tuple(f"{prefix}{row}" for row in range(1, count + 1))


def _fingerprint(parts: Mapping[str, tuple[Images, Labels | None]], class_names: tuple[str, ...]) -> str:
    """A SHA-256 of pictures, labels and class names: the same for the same content in whatever layout it came."""
    digest = hashlib.sha256(repr(class_names).encode())
    for part, (images, labels) in parts.items():
        digest.update(repr((part, labels is None)).encode())
        if labels is not None:
            digest.update(np.ascontiguousarray(labels).data)
        hash_images(digest, images)
    return digest.hexdigest()
