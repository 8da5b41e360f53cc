"""A few numbers on the look of each picture: light or dark, grey or colour, its edges, its noise, its margins."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images

Statistics = NDArray[np.float32]  # (rows, statistics), each from 0 to 1 or from -1 to 1

STATISTICS = (
    "brightness",  # mean of the pixels, 0 is black and 1 is white
    "contrast",  # standard deviation of the brightness
    "border",  # mean brightness along the four edges
    "polarity",  # brightness of the content less that of the border: below 0 for dark on light
    "dark",  # share of nearly black pixels
    "light",  # share of nearly white pixels
    "flat",  # share of pixels that equal their neighbours, as in drawings and screenshots
    "edges",  # mean difference of a pixel and its neighbours to the right and below
    "noise",  # mean difference of a pixel and the mean of its neighbours: large for noise and fine patterns
    "colour",  # mean difference of the channels
    "filled",  # share of the pixels that differ from the border: the content
    "height",  # of the content's box, as a share of the picture's
    "width",
)

_GRID_SIDE = 64  # pixels a side of the grid at which larger pictures are sampled
_BATCH_VALUES = 1 << 18  # of a grid: from four times as many, a batch no longer stays in the processor's cache
_NEAR = 16  # of 255: nearly black, nearly white
_EQUAL = 1
_CONTENT = 64  # pixels that differ by more from the border are content
_GREEN = 1  # the channel that stands for the brightness of a coloured pixel: it has most of it

Bytes = NDArray[np.uint8]  # (rows, height, width)


def pixel_statistics(images: Images, value_range: tuple[float, float]) -> Statistics:
    """Return the statistics of each picture, (rows, `STATISTICS`), float32.

    Args:
        images: (rows, height, width, channels), decoded for the model; uint8, or in its range of values.
        value_range: the lowest and highest value of a pixel; for uint8 from 0 to 255 whatever it is.
    """
    rows, height, width, _ = images.shape
    step = max(1, -(-max(height, width) // _GRID_SIDE))
    batch = max(1, _BATCH_VALUES * step * step // max(height * width, 1))
    found = np.empty((rows, len(STATISTICS)), np.float32)
    for start in range(0, rows, batch):
        chosen = slice(start, start + batch)
        found[chosen] = _statistics(images[chosen], step, value_range)
    return found


def _statistics(images: Images, step: int, value_range: tuple[float, float]) -> Statistics:
    """Return the statistics of a batch; neighbours are those of the full size, also where only a grid is read."""
    least = [(0, max(0, 3 - side)) for side in images.shape[1:3]]
    if any(missing for _, missing in least):
        images = np.pad(images, [(0, 0), *least, (0, 0)], mode="edge")
    _, height, width, channels = images.shape
    shown = images[..., _GREEN if channels > 1 else 0]

    def at(down: int, right: int) -> Bytes:
        part = shown[:, down : height - 2 + down : step, right : width - 2 + right : step]
        return np.ascontiguousarray(_as_bytes(part, value_range))

    here, right, below = at(0, 0), at(0, 1), at(1, 0)
    edges = np.maximum(_difference(here, right), _difference(here, below))
    second = np.maximum(_bend(here, right, at(0, 2)), _bend(here, below, at(2, 0)))
    border = _border(shown, step, value_range)
    content = _difference(here, border[:, np.newaxis, np.newaxis]) > _CONTENT
    flat = _flat(here)
    of_content = _flat(content)
    brightness, filled = _means(flat), _means(of_content)
    squares = np.einsum("rp,rp->r", flat, flat) / flat.shape[1]
    inside = np.einsum("rp,rp->r", flat, of_content) / np.maximum(filled * flat.shape[1], 1)
    return np.stack(
        [
            brightness / 255,
            np.sqrt(np.maximum(squares - brightness * brightness, 0)) / 255,
            border / np.float32(255),
            np.where(filled > 0, inside - border, 0) / 255,
            _share(here < _NEAR),
            _share(here > 255 - _NEAR),
            _share(edges <= _EQUAL),
            _means(_flat(edges)) / 255,
            _means(_flat(second)) / 255,
            _colour(images, step, value_range),
            filled,
            np.packbits(content, axis=2).any(axis=2).mean(axis=1),  # eight pixels at once
            content.any(axis=1).mean(axis=1),
        ],
        axis=1,
    ).astype(np.float32)


def _as_bytes(values: Images, value_range: tuple[float, float]) -> NDArray[np.uint8]:
    """Return values of any shape as uint8; those of the range are scaled."""
    if values.dtype == np.uint8:
        return values
    low, high = value_range
    scaled = (values.astype(np.float32) - np.float32(low)) * np.float32(255 / (high - low))
    return scaled.clip(0, 255).round().astype(np.uint8)


def _difference(one: Bytes, other: Bytes) -> Bytes:
    difference: Bytes = np.maximum(one, other) - np.minimum(one, other)
    return difference


def _bend(first: Bytes, middle: Bytes, last: Bytes) -> Bytes:
    """Return how far the middle of three neighbours is from the mean of the others."""
    return _difference(middle, (first >> 1) + (last >> 1))


def _flat(values: NDArray[np.uint8] | NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return (rows, pixels), float32, whose sums are fast."""
    return values.reshape(len(values), -1).astype(np.float32)


def _means(flat: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the mean of each row, by a product of matrices, which is faster than a sum."""
    means: NDArray[np.float32] = flat @ np.full(flat.shape[1], 1 / flat.shape[1], np.float32)
    return means


def _share(chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the share of each picture's pixels that are chosen."""
    packed = np.packbits(chosen.reshape(len(chosen), -1), axis=1)
    shares: NDArray[np.float64] = np.bitwise_count(packed).sum(axis=1) / (chosen.shape[1] * chosen.shape[2])
    return shares


def _border(shown: Images, step: int, value_range: tuple[float, float]) -> NDArray[np.uint8]:
    """Return the median brightness of the pixels along the four edges of each picture."""
    edges = (shown[:, 0, ::step], shown[:, -1, ::step], shown[:, ::step, 0], shown[:, ::step, -1])
    ring = _as_bytes(np.concatenate(edges, axis=1), value_range)
    middle = ring.shape[1] // 2
    found: NDArray[np.uint8] = np.partition(ring, middle, axis=1)[:, middle]
    return found


def _colour(images: Images, step: int, value_range: tuple[float, float]) -> NDArray[np.float32]:
    if images.shape[3] == 1:
        return np.zeros(len(images), np.float32)
    red, green, blue = (_as_bytes(images[:, ::step, ::step, at], value_range) for at in range(3))
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    return _means(_flat(spread)) / np.float32(255)
