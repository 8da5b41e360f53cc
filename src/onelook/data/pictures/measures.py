"""Measure decoded pictures, a batch at a time: contrast, edges and colour, for the checks of single pictures."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images

# Raise this when a measure changes, so that cached pictures are measured again.
MEASURE_VERSION = 1

Bytes = NDArray[np.uint8]
Measures = dict[str, NDArray[np.float64]]  # name -> (pictures,)

_LEVELS = 256
_STEEPEST = 0.999  # the share of pixels below the steepest edges
# Luma of ITU-R BT.601 in 256ths, with which Pillow also converts colour to grey.
_RED, _GREEN, _BLUE = np.uint16(77), np.uint16(150), np.uint16(29)


def measure_names(channels: int) -> tuple[str, ...]:
    """Return the names of the measures of pictures with this number of channels, in order."""
    names = ("darkest", "brightest", "deviation", "entropy", "sharpness")
    return (*names, "chroma") if channels == 3 else names


def measure_pixels(images: Images, value_range: tuple[float, float]) -> Measures:
    """Return the measures in the table of `onelook.checks.measures`, by name: (pictures,) each, float64.

    Args:
        images: (pictures, height, width, channels) of 1 or 3 channels, of any numeric dtype. Another dtype than
            uint8 is measured in 256 steps of its range.
        value_range: the lowest and highest value that a pixel can have.

    Example:
        >>> half = np.zeros((1, 4, 4, 1), np.uint8)
        >>> half[:, :2] = 255
        >>> {name: value.tolist() for name, value in measure_pixels(half, (0, 255)).items() if name != "sharpness"}
        {'darkest': [0.0], 'brightest': [1.0], 'deviation': [0.5], 'entropy': [1.0]}
    """
    channels = np.ascontiguousarray(np.moveaxis(_as_bytes(images, value_range), -1, 0))  # (channels, n, height, width)
    is_colour = len(channels) == 3
    grey = _luma(channels) if is_colour else channels[0]
    darkest, brightest = (channels.min(axis=0), channels.max(axis=0)) if is_colour else (grey, grey)
    measures = {
        "darkest": _percentile(darkest, 0.01) / (_LEVELS - 1),
        "brightest": _percentile(brightest, 0.99) / (_LEVELS - 1),
        "deviation": np.max([_deviation(each) for each in channels], axis=0),
        "entropy": _entropy(grey),
        "sharpness": _sharpness(grey),
    }
    if is_colour:
        measures["chroma"] = _percentile(brightest - darkest, 0.99) / (_LEVELS - 1)
    return measures


def _as_bytes(images: Images, value_range: tuple[float, float]) -> Bytes:
    if images.dtype == np.uint8:
        return images
    low, high = value_range
    # An empty range and NaN are measured as black, because they show nothing.
    scaled = (images.astype(np.float64) - low) * ((_LEVELS - 1) / (high - low) if high > low else 0.0)
    levels: Bytes = np.rint(np.clip(np.nan_to_num(scaled), 0, _LEVELS - 1)).astype(np.uint8)
    return levels


def _luma(channels: Bytes) -> Bytes:
    """Return the luma: (3, pictures, height, width) -> (pictures, height, width)."""
    total = channels[0] * _RED
    total += channels[1] * _GREEN
    total += channels[2] * _BLUE
    grey: Bytes = (total >> np.uint16(8)).astype(np.uint8)
    return grey


def _percentile(values: NDArray[np.integer], share: float) -> NDArray[np.float64]:
    """Return the lowest value that `share` of the pixels do not exceed: (pictures, height, width) -> (pictures,).

    Partitioning values of 16 bits is many times faster than counting them, and other threads run meanwhile.
    """
    flat = values.reshape(len(values), -1).astype(np.int16, copy=False)
    at = max(0, ceil(share * flat.shape[1]) - 1)
    found: NDArray[np.float64] = np.partition(flat, at, axis=1)[:, at].astype(np.float64)
    return found


def _deviation(values: Bytes) -> NDArray[np.float64]:
    """Return the standard deviation as a share of the range: (pictures, height, width) -> (pictures,).

    The sums are of whole numbers, so that the result does not depend on other pictures in the batch.
    """
    flat = values.reshape(len(values), -1)
    pixels = flat.shape[1]
    mean = flat.sum(axis=1, dtype=np.uint64) / pixels
    mean_square = np.square(flat, dtype=np.uint16).sum(axis=1, dtype=np.uint64) / pixels
    deviation: NDArray[np.float64] = np.sqrt(np.maximum(mean_square - mean**2, 0)) / (_LEVELS - 1)
    return deviation


def _entropy(values: Bytes) -> NDArray[np.float64]:
    """Return the entropy in bits (C. E. Shannon, A Mathematical Theory of Communication, 1948)."""
    flat = values.reshape(len(values), -1)
    share = np.stack([np.bincount(picture, minlength=_LEVELS) for picture in flat]) / flat.shape[1]
    bits: NDArray[np.float64] = (share * np.log2(np.where(share > 0, share, 1.0))).sum(axis=1)
    return np.abs(bits)


def _sharpness(grey: Bytes) -> NDArray[np.float64]:
    """Return the 99.9th percentile of the absolute Laplacian divided by the contrast (the range of 98 % of the pixels).

    Blur spreads every step over several pixels, and the Laplacian of a step falls with the square of its width.
    The variance of the Laplacian (Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, 2000) calls a
    sharp black cat before a white wall blurred, because nearly all of the picture is smooth. Its steepest edges are
    sharp, though, so the percentile is high. Division by the contrast keeps faint but sharp pictures from being low.
    """
    contrast = _percentile(grey, 0.99) - _percentile(grey, 0.01)
    if min(grey.shape[1:]) < 3:
        return np.full(len(grey), np.nan)
    wide = grey.astype(np.int16)
    laplacian = 4 * wide[:, 1:-1, 1:-1]
    laplacian -= wide[:, :-2, 1:-1]
    laplacian -= wide[:, 2:, 1:-1]
    laplacian -= wide[:, 1:-1, :-2]
    laplacian -= wide[:, 1:-1, 2:]
    np.abs(laplacian, out=laplacian)
    steepest = _percentile(laplacian, _STEEPEST)
    sharpness = np.full(len(grey), np.nan)
    np.divide(steepest, contrast, out=sharpness, where=contrast > 0)
    return sharpness
