"""Histograms of oriented gradients: numbers that describe the edges of a picture, for classical models."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError

ORIENTATIONS = 9  # bins over 0 to 180 degrees; the paper found no gain in more
_BLOCK = 2  # cells along a block's side
_CLIP = 0.2  # of a block's values, once it has length 1: "L2-Hys" in the paper
_EPSILON = 1e-5


def pick_cell(height: int, width: int) -> int:
    """Return the side of a cell, in pixels: the paper's 8 for photographs, and seven cells a side for small pictures.

    Example:
        >>> pick_cell(128, 128), pick_cell(28, 28), pick_cell(8, 8)
        (8, 4, 2)
    """
    return max(2, min(8, min(height, width) // 7))


def hog_length(height: int, width: int, cell: int) -> int:
    """Return the number of values of `hog` for a picture of this size.

    Raises:
        ConfigError: the picture has no block of 2 by 2 cells.

    Example:
        >>> hog_length(28, 28, 4)
        1296
    """
    rows, columns = height // cell, width // cell
    if min(rows, columns) < _BLOCK:
        raise ConfigError(
            f"HOG with cells of {cell} pixels needs pictures of {_BLOCK * cell}×{_BLOCK * cell} pixels or more; these "
            f"are {height}×{width}. Set features.hog_cell lower, or take --features pixels."
        )
    return (rows - 1) * (columns - 1) * _BLOCK * _BLOCK * ORIENTATIONS


def hog(images: NDArray[np.float32], cell: int) -> NDArray[np.float32]:
    """Return the histograms of oriented gradients of pictures, as Dalal and Triggs (CVPR 2005) define them.

    Gradients are computed with [-1, 0, 1]; at each pixel the channel with the largest gradient counts. A pixel votes
    with its gradient's length for the two nearest of nine orientations without sign, in the histogram of its cell.
    Overlapping blocks of 2×2 cells are scaled to length 1, clipped at 0.2 and scaled to length 1 again. Votes are not
    spread over neighbouring cells. Pixels beyond the last whole cell are left out.

    Args:
        images: (rows, height, width, channels).
        cell: side of a cell, in pixels.

    Returns:
        (rows, `hog_length`), ordered by block (row by row), then cell of the block, then orientation.
    """
    across, down = np.zeros_like(images), np.zeros_like(images)
    across[:, :, 1:-1] = images[:, :, 2:] - images[:, :, :-2]
    down[:, 1:-1] = images[:, 2:] - images[:, :-2]
    if images.shape[3] > 1:
        strongest = (across**2 + down**2).argmax(axis=3)[..., None]
        across, down = (np.take_along_axis(each, strongest, axis=3) for each in (across, down))
    across, down = across[..., 0], down[..., 0]
    blocks = _blocks(_cells(np.hypot(across, down), np.arctan2(down, across), cell))
    unit = np.minimum(_to_length_one(blocks), np.float32(_CLIP))
    found: NDArray[np.float32] = _to_length_one(unit).reshape(len(images), -1)
    return found


def _cells(length: NDArray[np.float32], angle: NDArray[np.float32], cell: int) -> NDArray[np.float32]:
    """Return (rows, cells down, cells across, orientations): the sums of the votes of each cell's pixels."""
    rows, height, width = length.shape
    down, across = height // cell, width // cell
    place = (angle % np.pi) * np.float32(ORIENTATIONS / np.pi) - np.float32(0.5)  # bin 0 is centred on 10 degrees
    lower = np.floor(place)
    share = (place - lower) * length
    below = lower.astype(np.int64) % ORIENTATIONS
    above = (below + 1) % ORIENTATIONS
    histograms = np.empty((rows, down, across, ORIENTATIONS), np.float32)
    for orientation in range(ORIENTATIONS):
        votes = np.where(below == orientation, length - share, 0) + np.where(above == orientation, share, 0)
        grid = votes[:, : down * cell, : across * cell].reshape(rows, down, cell, across, cell)
        histograms[..., orientation] = grid.sum(axis=(2, 4))
    return histograms


def _blocks(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return (rows, blocks, values of a block): the cells of every block of 2×2."""
    corners = (cells[:, :-1, :-1], cells[:, :-1, 1:], cells[:, 1:, :-1], cells[:, 1:, 1:])
    blocks = np.stack(corners, axis=3)  # (rows, down, across, 4, orientations)
    found: NDArray[np.float32] = blocks.reshape(len(cells), -1, len(corners) * ORIENTATIONS)
    return found


def _to_length_one(blocks: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.sqrt((blocks**2).sum(axis=2, keepdims=True) + np.float32(_EPSILON**2))
    found: NDArray[np.float32] = blocks / length
    return found
