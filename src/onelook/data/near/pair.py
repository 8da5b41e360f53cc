"""Two pictures that are altered copies of each other."""

from __future__ import annotations

from typing import NamedTuple


class NearPair(NamedTuple):
    """Rows of two pictures, confirmed on their pixels; of exact copies the first stands for all.

    A part is one as it was found (train, val, test, all), or, once the data is split, a split.
    """

    part: str
    row: int
    other_part: str
    other_row: int
