"""Measure all pictures of a part, or read the measures from the cache."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from onelook.data.cache.entries import cache_key, new_entry, read_entry
from onelook.data.dataset import ReadPart
from onelook.data.pictures.mapped import release_pages
from onelook.data.pictures.measures import MEASURE_VERSION, measure_names, measure_pixels
from onelook.data.pictures.protocol import Images
from onelook.runtime import in_threads

_CHUNK_BYTES = 4 << 20  # pixels that a thread holds at once; its intermediate results take some ten times as much
_CHUNK_ROWS = 1_024  # pictures at most: the histograms of a tiny picture take more than its pixels


def measure_part(part: ReadPart) -> Mapping[str, NDArray[np.float64]]:
    """Return the measures of each row of the part, by name: (rows,) each.

    Files were measured while they were decoded, on copies of a size of their own. Arrays are measured here, before any
    resize. So no measure depends on the size to which a model's pictures are resized.

    Raises:
        DataError: the cache cannot be written.
    """
    table = _table(part) if part.measures is None else part.measures
    names = measure_names(3 if table.shape[1] == len(measure_names(3)) else 1)
    measures = {name: table[:, position] for position, name in enumerate(names)}
    if part.sizes is not None:
        measures |= {"height": part.sizes[:, 0].astype(np.float64), "width": part.sizes[:, 1].astype(np.float64)}
    return measures


def _table(part: ReadPart) -> NDArray[np.float64]:
    """Return the measures of an array, (rows, measures), from the cache if it has them."""
    images = part.images if part.unresized is None else part.unresized
    names = measure_names(images.shape[3])
    key = cache_key("measures", MEASURE_VERSION, part.fingerprint, part.value_range, images.shape)
    found = read_entry(key) if part.fingerprint else None
    if found is not None and found.pictures.shape == (len(images), len(names)):
        return np.array(found.pictures)
    table = _measure(images, part.value_range, names)
    if part.fingerprint:
        with new_entry(key, (len(names),), np.float64) as writer:
            writer.append(table)
    return table


def _measure(images: Images, value_range: tuple[float, float], names: tuple[str, ...]) -> NDArray[np.float64]:
    """Return (rows, measures). Each thread measures a chunk, so that a memory-mapped set stays on disk."""
    plain = np.asarray(images)  # slices of a memory map are slower to read
    rows = max(1, min(_CHUNK_ROWS, _CHUNK_BYTES // max(1, plain[:1].nbytes)))

    def chunk(start: int) -> NDArray[np.float64]:
        measured = measure_pixels(plain[start : start + rows], value_range)
        release_pages(plain)
        return np.stack([measured[name] for name in names], axis=1)

    if not len(plain):
        return np.zeros((0, len(names)))
    return np.concatenate(list(in_threads(chunk, range(0, len(plain), rows))))
