"""Pixel values of files that have no dtype of their own worth keeping, brought to bytes where that loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK_ROWS = 1024
# Highest values of pictures that use few levels: black and white, and 4 bits (optdigits counts pixels up to 16).
_FEW_LEVELS = (1, 16)


@dataclass(frozen=True)
class Levels:
    """How values become pixels: the same in every part, as the first one says.

    Attributes:
        whole: whether they are whole numbers from 0 to 255, kept as bytes.
        highest: the value that becomes 255; 255 where all bytes are used.
    """

    whole: bool
    highest: int = 255

    def apply(self, images: NDArray[Any]) -> NDArray[Any]:
        """Return the pictures as uint8, or as float32 where they are no whole numbers.

        A value that is no byte stops nothing here: such pictures are left in their own dtype.
        """
        if not self.whole or not _are_bytes(images):
            return images.astype(np.float32) if images.dtype == np.float64 else images
        as_bytes = images.astype(np.uint8, copy=False)
        if self.highest == 255 or int(as_bytes.max(initial=0)) > self.highest:
            return as_bytes
        table = (np.arange(256) * 255 // self.highest).clip(0, 255).astype(np.uint8)
        return table[as_bytes]

    @property
    def note(self) -> str | None:
        """What was assumed, as a sentence; None where nothing was."""
        if self.highest == 255:
            return None
        return f"No value is above {self.highest}: {self.highest} was taken for white, 255."


def levels_of(images: NDArray[Any]) -> Levels:
    """Return how the values of these pictures, those to train on, become pixels.

    Example:
        >>> levels_of(np.array([[0.0, 16.0, 3.0]])), levels_of(np.array([[0.5, 1.0]]))
        (Levels(whole=True, highest=16), Levels(whole=False, highest=255))
    """
    if not _are_bytes(images):
        return Levels(whole=False)
    most = int(images.max(initial=0))
    return Levels(True, next((few for few in _FEW_LEVELS if 0 < most <= few), 255))


def _are_bytes(images: NDArray[Any]) -> bool:
    """Return whether all values are whole numbers from 0 to 255."""
    if images.dtype == np.uint8 or images.dtype.kind == "b":
        return True
    for start in range(0, len(images), _BLOCK_ROWS):
        block = images[start : start + _BLOCK_ROWS]
        if not ((block >= 0) & (block <= 255)).all():
            return False
        if images.dtype.kind == "f" and not (block == np.floor(block)).all():
            return False
    return True
