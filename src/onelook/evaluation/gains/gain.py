"""`Gain`: one thing that could be done next, with what it would gain; and the file that keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from onelook.evaluation.pictures.index import Record

GAINS = "gains.json"  # in `evidence/`
CURVE = "learning-curve.json"  # in `evidence/`

Kind = Literal["leaks", "labels", "confusion", "pictures", "epochs", "few", "unlike"]
# The place in the order of a gain that is only known to be no more than this. Up to half of the labels that look wrong
# are right, as on Fashion-MNIST (docs/label-errors.md), so their gain counts less.
_HALF, _QUARTER = 0.5, 0.25
_MISLEADING = 0.001  # a change of the accuracy without leaks, from which no other figure can be believed


class Gain(Record):
    """One thing that could be done next.

    Attributes:
        kind: what it is: to take `leaks` out, correct doubtful `labels`, tell the two classes of a `confusion` apart,
            train on more `pictures` or for more `epochs`, find more pictures of a class with `few`, or care for
            pictures `unlike` the training pictures.
        gain: about how much of the accuracy it gains, in [-1, 1]; None if it is not known.
        low, high: the 95 % interval of the gain; None if it is not known.
        is_most: whether the gain is the most that is possible, and not an estimate.
        count: the errors or pictures that it is about.
        rows: the pictures that they were counted among.
        class_names: the classes that it is about.
        why: why the gain is not known, as the end of a sentence.
    """

    kind: Kind
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    is_most: bool = False
    count: int = 0
    rows: int = 0
    class_names: tuple[str, ...] = ()
    why: str = ""

    @property
    def rank(self) -> float:
        """Its place in the order: the gain, where a gain that is only known to be no more counts half or a quarter."""
        if self.kind == "leaks":
            return float("inf") if self.gain is None or abs(self.gain) >= _MISLEADING else 0.0
        if self.gain is None:
            return -1.0
        share = _QUARTER if self.kind == "labels" else _HALF
        return share * self.gain if self.is_most else self.gain


class Gains(Record):
    """The content of `evidence/gains.json`."""

    format_version: int = 1
    rows: int  # pictures that the model was scored on
    errors: int
    gains: tuple[Gain, ...]  # the largest first; those that are not known are last


def in_order(found: Iterable[Gain | None]) -> tuple[Gain, ...]:
    """Return what was found, the largest gain first; ties keep their order."""
    return tuple(sorted((gain for gain in found if gain is not None), key=lambda gain: -gain.rank))
