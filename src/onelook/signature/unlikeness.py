"""`Unlikeness`: how far some pictures are from those that a model learnt from, and in what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.signature.pixel_statistics import STATISTICS, Statistics
from onelook.signature.signature import Rows, Signature
from onelook.signature.sizes import Sizes, size_in_words

_MOST_REASONS = 2
_CLEAR_POLARITY = 0.1
_COLOURED = 0.02  # a mean difference of the channels
_CLEAR = 0.1  # of the width of the usual: the first statistic of a group that is so far beyond it names the group
# Groups of statistics of which one follows from another, the clearest first; with the words for less of it, and more.
_WORDS: tuple[dict[str, tuple[str, str]], ...] = (
    {
        "brightness": ("darker", "lighter"),
        "border": ("with a darker border", "with a lighter border"),
        "dark": ("with less black", "with more black"),
        "light": ("with less white", "with more white"),
    },
    {
        "noise": ("smoother", "with more noise or finer patterns"),
        "flat": ("with fewer plain areas", "with larger plain areas (as in drawings and screenshots)"),
        "edges": ("with weaker edges", "with stronger edges"),
    },
    {
        "filled": ("with less content", "with more content"),
        "height": ("with smaller content", "with larger content"),
        "width": ("with smaller content", "with larger content"),
        "contrast": ("with less contrast", "with more contrast"),
    },
    {"colour": ("with weaker colours", "with stronger colours")},
)
_LIGHT, _COLOUR = 0, 3  # positions of groups
_POLARITY = STATISTICS.index("polarity")
_BY_FEATURES = "alike in light, size and edges, but showing something else"


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

    def is_turned(self, rows: NDArray[np.int64] | Sequence[int] | slice = slice(None)) -> bool:
        """Whether some of the pictures have dark and light exchanged, as `is_turned` says of a polarity."""
        return is_turned(float(np.median(self.statistics[rows, _POLARITY])), self.signature)

    def how(self, rows: NDArray[np.int64] | Sequence[int], sizes: Sizes | None = None) -> str:
        """Return how some of the pictures differ from the training pictures, as the end of a sentence.

        Args:
            rows: their positions.
            sizes: their sizes before they were resized, where those are known.
        """
        return in_words(self.statistics[rows], self.signature, sizes)


def in_words(statistics: Statistics, signature: Signature, sizes: Sizes | None = None) -> str:
    """Return how these pictures differ from the training pictures, as the end of a sentence.

    Args:
        statistics: (rows, statistics) of the pictures, one at least.
        signature: that of the training pictures.
        sizes: the sizes of the pictures before they were resized, where they are known.
    """
    middle_one = statistics[0] if len(statistics) == 1 else np.median(statistics, axis=0)  # a median takes 15 µs
    found = middle_one.astype(np.float64)
    low, middle, high = (dict(zip(STATISTICS, row.tolist(), strict=True)) for row in signature.usual)
    here = dict(zip(STATISTICS, found.tolist(), strict=True))
    reasons: list[str] = []
    named: set[int] = set()
    if is_turned(here["polarity"], signature):
        shown = here["polarity"]
        kinds = ("dark on light", "light on dark") if shown < 0 else ("light on dark", "dark on light")
        reasons.append(f"{kinds[0]}, where it learnt {kinds[1]}")
        named.add(_LIGHT)
    if middle["colour"] > _COLOURED and here["colour"] < _COLOURED / 4 < low["colour"]:
        reasons.append("grey, where it learnt colour")
        named.add(_COLOUR)
    beyond = _beyond(found, signature)
    farthest = [max(beyond[name] for name in group) for group in _WORDS]
    for at in sorted(range(len(_WORDS)), key=lambda at: -farthest[at]):
        if len(reasons) < _MOST_REASONS and at not in named and farthest[at] > 0:
            name = next(name for name in _WORDS[at] if beyond[name] >= min(_CLEAR, farthest[at]))
            reasons.append(_WORDS[at][name][here[name] > high[name]])
    by_size = size_in_words(sizes or {}, signature.sizes)
    reasons += [] if by_size is None else [by_size]
    return ", and ".join(reasons) if reasons else _BY_FEATURES


def is_turned(polarity: float, signature: Signature) -> bool:
    """Return whether a polarity is clearly the opposite: of dark on light for light on dark, or the other way round."""
    learnt = float(signature.usual[1, _POLARITY])
    return min(abs(learnt), abs(polarity)) > _CLEAR_POLARITY and learnt * polarity < 0


def _beyond(found: NDArray[np.float64], signature: Signature) -> dict[str, float]:
    """Return how far each statistic is beyond the usual, in widths of the usual; below 0 for one that is usual."""
    low, _, high = signature.usual.astype(np.float64)
    widths = np.maximum(np.maximum(found - high, low - found) / np.maximum(high - low, 1 / 255), -1)
    return dict(zip(STATISTICS, widths.tolist(), strict=True))
