"""Maps of pixels, brought to a coarse grid of what speaks for the prediction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PixelMaps = NDArray[np.float32]  # (rows, height, width): what each pixel adds to the prediction, of any scale

_CELLS = 16  # on the longer side: a map is no finer than its smoothing, and 256 cells are 256 bytes of a page
# Deviations of Gaussian weights, as shares of the longer side. First neighbouring pixels are joined, so that what
# speaks for the prediction and against it side by side, as in noise, cancels. Then only what speaks for it is kept, and
# averaged to a place that a reader can see. Tried on the pictures of benchmarks/heat_maps.py: without the first step a
# decoy takes more maps of a pretrained network, and with a sum of both signs the maps of dense networks are off.
_JOINED, _AVERAGED = 0.015, 0.05
# In pixels. Below a deviation of one, none are joined: lines of one pixel, which tell classes apart in small pictures,
# would cancel with the ground between them. At 48 px it took 18 of 100 maps of dogs-vs-cats' network.
_LEAST_JOINED = 1.0
_LEAST_AVERAGED = 0.5
_STEPS = 15  # levels above 0 of a cell: a hexadecimal digit


def grid_of(height: int, width: int) -> tuple[int, int]:
    """Return the rows and columns of the cells for pictures of a size.

    Example:
        >>> grid_of(28, 28), grid_of(8, 8), grid_of(128, 96)
        ((16, 16), (8, 8), (16, 12))
    """
    cells = min(_CELLS, max(height, width))
    rows, columns = (max(1, round(cells * side / max(height, width))) for side in (height, width))
    return rows, columns


def on_grid(maps: PixelMaps) -> NDArray[np.float64]:
    """Return how much speaks for the prediction around the middle of each cell, (rows, *grid), 0 or more.

    Args:
        maps: one value a pixel, below 0 where it speaks against the prediction.
    """
    height, width = maps.shape[1:]
    rows, columns = grid_of(height, width)
    side, values = max(height, width), maps.astype(np.float64)
    if (deviation := _JOINED * side) >= _LEAST_JOINED:
        values = _weights(height, height, deviation) @ values @ _weights(width, width, deviation).T
    deviation = max(_AVERAGED * side, _LEAST_AVERAGED)
    down, across = _weights(rows, height, deviation), _weights(columns, width, deviation)
    averaged: NDArray[np.float64] = down @ values.clip(min=0) @ across.T
    return averaged


def in_digits(cells: NDArray[np.float64]) -> list[str]:
    """Return each map as hexadecimal digits, row after row: `f` at its largest value.

    Args:
        cells: (rows, *grid), 0 or more.

    Example:
        >>> in_digits(np.array([[[0.0, 0.5], [1.0, 0.2]], [[0.0, 0.0], [0.0, 0.0]]]))
        ['08f3', '0000']
    """
    largest = cells.max(axis=(1, 2), keepdims=True)
    shares = np.divide(cells, largest, out=np.zeros_like(cells), where=largest > 0)
    levels = np.rint(_STEPS * shares).astype(int).reshape(len(cells), -1)
    return ["".join(f"{level:x}" for level in each) for each in levels.tolist()]


def _weights(cells: int, pixels: int, deviation: float) -> NDArray[np.float64]:
    """Return (cells, pixels): the weight of each pixel in the mean around each cell's middle."""
    middles = (np.arange(cells) + 0.5) * pixels / cells
    distances = (np.arange(pixels) + 0.5)[None, :] - middles[:, None]
    weights = np.exp(-0.5 * np.square(distances / deviation))
    normalised: NDArray[np.float64] = weights / weights.sum(axis=1, keepdims=True)
    return normalised
