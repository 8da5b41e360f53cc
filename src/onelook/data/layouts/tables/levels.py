"""Convert pixel values from files without a meaningful dtype to bytes, if that loses nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_BLOCK_ROWS = 1024
# The highest values of pictures with few levels: black and white, and 4 bits (optdigits has values up to 16).
_FEW_LEVELS = (1, 16)


@dataclass(frozen=True)
class Levels:
    """The conversion of values to pixels: the first part decides, and it is the same in every part.

    Attributes:
        whole: whether they are whole numbers from 0 to 255, kept as bytes.
        highest: the value that becomes 255; 255 if all bytes are used.
    """

    whole: bool
    highest: int = 255

    def apply(self, images: NDArray[Any]) -> NDArray[Any]:
        """Return the pictures as uint8, or as float32 if they are not whole numbers.

        If a value is not a byte, the pictures keep their own dtype, without an error.
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
        """The assumption as a sentence; None if there is none."""
        if self.highest == 255:
            return None
        return f"No value is above {self.highest}: {self.highest} was taken for white, 255."


def levels_of(images: NDArray[Any]) -> Levels:
    """Return the conversion of values to pixels that suits these training pictures.

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
