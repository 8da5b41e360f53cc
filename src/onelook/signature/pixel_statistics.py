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
_BATCH_VALUES = 1 << 16  # of a grid: from four times as many, a batch no longer stays in the processor's cache
_NEAR = 16  # of 255: nearly black, nearly white
_EQUAL = 1
_CONTENT = 64  # pixels that differ by more from the border are content
_GREEN = 1  # the channel that stands for the brightness of a coloured pixel: it has most of it

# The numbers of a pixel: its brightness, twice; its difference from its neighbours, from their mean, from the border.
_HERE, _EDGE, _NOISE, _FROM_BORDER = 0, 2, 3, 4
# Then for each whether it is above a limit, of which the one for noise has no meaning.
_LIMITS = np.array([_NEAR - 1, 255 - _NEAR, _EQUAL, 255, _CONTENT], np.uint8)[:, np.newaxis, np.newaxis]
_NOT_DARK, _LIGHT, _NOT_FLAT, _, _FILLED = range(5, 10)
_PLANES = 10
# Statistics that follow from the mean of one of these: its plane, a factor, and what is added.
_OF_MEANS = {
    "brightness": (_HERE, 1 / 255, 0),
    "dark": (_NOT_DARK, -1, 1),
    "light": (_LIGHT, 1, 0),
    "flat": (_NOT_FLAT, -1, 1),
    "edges": (_EDGE, 1 / 255, 0),
    "noise": (_NOISE, 1 / 255, 0),
    "filled": (_FILLED, 1, 0),
}
_AT = {name: at for at, name in enumerate(STATISTICS)}
_FACTORS, _ADDED = np.zeros((_PLANES, len(STATISTICS)), np.float32), np.zeros(len(STATISTICS), np.float32)
for _name, (_plane, _factor, _offset) in _OF_MEANS.items():
    _FACTORS[_plane, _AT[_name]], _ADDED[_AT[_name]] = _factor, _offset
_WHITE = np.float32(255)

Bytes = NDArray[np.uint8]  # (…, rows, height, width)
Planes = NDArray[np.uint8]  # (rows, `_PLANES`, height, width) of the grid


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
    if min(images.shape[1:3]) < 3:
        images = np.pad(images, [(0, 0), *((0, max(0, 3 - side)) for side in images.shape[1:3]), (0, 0)], mode="edge")
    channels = images.shape[3]
    shown = images[..., _GREEN if channels > 1 else 0]
    border = _border(shown, step, value_range)
    planes = _planes(shown, border, step, value_range)
    rows, _, height, width = planes.shape
    pixels = height * width
    # Products of matrices are faster than sums. Those of whole numbers below 2^24 are exact.
    values = planes.reshape(rows, _PLANES, pixels).astype(np.float32)
    sums: NDArray[np.float32] = values @ np.ones(pixels, np.float32)
    filled = sums[:, _FILLED]
    # Sums of number times brightness, for the first plane and the last: a step of so many takes both without a copy.
    of_squares, of_content = (values[:, _HERE::_FILLED] @ values[:, _HERE, :, np.newaxis])[..., 0].T
    means = sums / pixels
    variance = of_squares / pixels - means[:, _HERE] * means[:, _HERE]
    found: Statistics = means @ _FACTORS + _ADDED
    found[:, _AT["contrast"]] = np.sqrt(np.maximum(variance, 0)) / _WHITE
    found[:, _AT["border"]] = border / _WHITE
    found[:, _AT["polarity"]] = (of_content / np.maximum(filled, 1) - border) * (filled > 0) / _WHITE
    if channels > 1:
        found[:, _AT["colour"]] = _colour(images, step, value_range)
    found[:, _AT["height"] :] = _sides(planes[:, _FILLED].view(np.bool_))
    return found


def _planes(shown: Images, border: NDArray[np.uint8], step: int, value_range: tuple[float, float]) -> Planes:
    """Return the numbers of each pixel of the grid."""
    height, width = shown.shape[1:]

    def at(down: int, right: int) -> Images:
        return _as_bytes(shown[:, down : height - 2 + down : step, right : width - 2 + right : step], value_range)

    first = at(0, 0)
    planes = np.empty((len(shown), _PLANES, *first.shape[1:]), np.uint8)
    planes[:, _HERE:_EDGE] = first[:, np.newaxis]
    others = np.empty((5, *first.shape), np.uint8)
    others[0], others[1], others[2] = at(0, 1), at(1, 0), border[:, np.newaxis, np.newaxis]
    others[3], others[4] = at(0, 2), at(2, 0)
    here = planes[:, _HERE]
    right, below, planes[:, _FROM_BORDER] = _difference(here, others[:3])
    np.maximum(right, below, out=planes[:, _EDGE])
    bends = _difference(others[:2], (here >> 1) + (others[3:] >> 1))
    np.maximum(bends[0], bends[1], out=planes[:, _NOISE])
    np.greater(planes[:, :_NOT_DARK], _LIMITS, out=planes[:, _NOT_DARK:].view(np.bool_))
    return planes


def _sides(content: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the height and the width of the content, as shares of those of the picture, (rows, 2)."""
    rows, height, width = content.shape
    sides = np.zeros((rows, 2, max(height, width)), np.bool_)
    np.logical_or.reduce(content, axis=2, out=sides[:, 0, :height])
    np.logical_or.reduce(content, axis=1, out=sides[:, 1, :width])
    shares: NDArray[np.float64] = sides.sum(axis=2) / (height, width)
    return shares


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


def _border(shown: Images, step: int, value_range: tuple[float, float]) -> NDArray[np.uint8]:
    """Return the median brightness of the pixels along the four edges of each picture."""
    edges = (shown[:, 0, ::step], shown[:, -1, ::step], shown[:, ::step, 0], shown[:, ::step, -1])
    ring = _as_bytes(np.concatenate(edges, axis=1), value_range)
    middle = ring.shape[1] // 2
    ring.partition(middle, axis=1)
    return ring[:, middle]


def _colour(images: Images, step: int, value_range: tuple[float, float]) -> NDArray[np.float32]:
    red, green, blue = (_as_bytes(images[:, ::step, ::step, at], value_range) for at in range(3))
    spread = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    flat = spread.reshape(len(spread), -1).astype(np.float32)
    shares: NDArray[np.float32] = flat @ np.full(flat.shape[1], 1 / (255 * flat.shape[1]), np.float32)
    return shares
