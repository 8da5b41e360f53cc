"""`Unlikeness`: how far some pictures are from those that a model learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.signature.pixel_statistics import Statistics
from onelook.signature.signature import Rows, Signature
from onelook.signature.sizes import Sizes
from onelook.signature.words import in_words


@dataclass(frozen=True, eq=False)
class Unlikeness:
    """How far some pictures are from those that a model learnt from, and what they look like instead."""

    signature: Signature
    statistics: Statistics  # (rows, statistics) of their pixels
    distances: Rows  # the larger of the distances by pixels and by features; 1 is the limit

    @property
    def is_unlike(self) -> NDArray[np.bool_]:
        """For each picture, whether it is unlike the training pictures."""
        return self.distances > 1

    def how(self, rows: NDArray[np.int64] | Sequence[int], sizes: Sizes | None = None) -> str:
        """Return how some of the pictures differ from the training pictures, as the end of a sentence.

        Args:
            rows: their positions.
            sizes: their sizes before they were resized, where those are known.
        """
        return in_words(self.statistics[rows], self.signature, sizes)
