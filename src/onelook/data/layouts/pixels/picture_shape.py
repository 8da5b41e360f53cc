"""The shape of a picture of which only the number of values is known."""

from __future__ import annotations

from math import isqrt

PictureShape = tuple[int, int, int]  # height, width, channels


def picture_shape(values: int) -> PictureShape | None:
    """The square picture with so many values, grey or else colour; None where no square has so many.

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


def explain_no_shape(values: int) -> str:
    """Why so many values make no square picture, with the nearest counts that do.

    Example:
        >>> explain_no_shape(783)
        'neither a square (27×27 = 729, 28×28 = 784) nor three times one (3×16×16 = 768, 3×17×17 = 867)'
    """
    grey, colour = isqrt(values), isqrt(values // 3)
    grey_counts = ", ".join(f"{side}×{side} = {side * side:,}" for side in (grey, grey + 1) if side)
    colour_counts = ", ".join(f"3×{side}×{side} = {3 * side * side:,}" for side in (colour, colour + 1) if side)
    return f"neither a square ({grey_counts}) nor three times one ({colour_counts})"
