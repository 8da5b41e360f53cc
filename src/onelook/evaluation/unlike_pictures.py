"""Say how many pictures are unlike those that a model learnt from, how, and what would make them like those."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.card import ModelCard
from onelook.classifier.inputs import in_model_values
from onelook.data.pictures.protocol import Images, Pictures
from onelook.signature.signature import KEPT
from onelook.signature.unlikeness import Unlikeness, in_words
from onelook.wording import agree, counted, retell

if TYPE_CHECKING:
    from onelook.classifier import Classifier

DecodeAgain = Callable[[ModelCard], Images]  # the same pictures, for a model with other decode settings
_Tried = tuple[tuple[str, ...], float]  # flags, and how far pictures are from the training pictures with them

_MOST_DESCRIBED = 10_000  # pictures whose statistics are kept, to say how the unlike ones differ
_MOST_TRIED = 48  # pictures that are decoded again in other ways
_ENOUGH = 0.8  # of these that become like the training pictures, for a way to be offered
_BY_CHANCE = 2 * (1 - KEPT)  # of pictures that are like the training pictures
# What is left of the distance if dark and light are exchanged: with less, that is offered although the pictures stay
# unlike. Drawings of blocks, say, have harder edges than handwriting.
_MUCH_NEARER = 0.5


@dataclass(frozen=True)
class Remedy:
    """Flags that make unlike pictures like the training pictures, or at least more like them; none if none does."""

    flags: tuple[str, ...] = ()
    is_enough: bool = True


@dataclass(frozen=True)
class UnlikePictures:
    """The pictures that are unlike those that a model learnt from."""

    rows: int  # pictures that were looked at
    ids: tuple[str, ...]  # of the unlike ones
    how: str  # the end of a sentence; empty if there are none
    remedy: Remedy = Remedy()

    @property
    def is_worth_a_warning(self) -> bool:
        """Whether they are more than the few that are always a little unusual."""
        return are_worth_a_warning(len(self.ids), self.rows)

    @property
    def sentence(self) -> str:
        """How many they are, how they differ, and what to do."""
        count, several = len(self.ids), self.rows > 1
        called = (
            f"{count:,} of {counted(self.rows, 'picture')} {agree(count, 'is', 'are')}" if several else "The picture is"
        )
        return f"{called} unlike those that the model learnt from: {self.how}. {advice(self.remedy, count)}"

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values."""
        message = self.sentence if self.is_worth_a_warning else None
        return {"count": len(self.ids), "rows": self.rows, "ids": list(self.ids), "message": message}


def are_worth_a_warning(count: int, rows: int) -> bool:
    """Return whether so many unlike pictures are more than the few that are always a little unusual.

    Example:
        >>> are_worth_a_warning(0, 0), are_worth_a_warning(20, 1_000), are_worth_a_warning(200, 1_000)
        (False, False, True)
    """
    expected = _BY_CHANCE * rows
    return count > expected + 2 * sqrt(expected)


def advice(remedy: Remedy, count: int = 1) -> str:
    """Return a sentence on what would make unlike pictures like the training pictures.

    Example:
        >>> advice(Remedy(("--invert",)))
        'With --invert it is like them.'
        >>> advice(Remedy(("--invert",), is_enough=False), count=20)
        'With --invert they are more like them, but still unlike.'
    """
    if not remedy.flags:
        return f"Do not rely on {agree(count, 'the answer', 'these answers')}."
    like = "like them" if remedy.is_enough else "more like them, but still unlike"
    return f"With {' '.join(remedy.flags)} {agree(count, 'it is', 'they are')} {like}."


def unlike_text(how: str, remedy: Remedy) -> str:
    """Return how one picture is unlike, and what would help: the `unlike` of an answer of the server."""
    return f"{how}. {advice(remedy)}"


def retold(text: str) -> str:
    """Return what `unlike_text` wrote in the language of the moment; English where a part has no translation."""
    how, _, rest = text.partition(". ")
    told = retell(how), retell(rest)
    return text if None in told else ". ".join(filter(None, told))


class UnlikeCollector:
    """Collects the unlike pictures of the parts of a data set, in any number of batches, one part after the other.

    It keeps their ids and positions, and the statistics of so many as say how they differ.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._rows = 0
        self._ids: list[str] = []
        self._statistics: list[NDArray[np.float32]] = []
        self._described = 0
        # The pictures of each part that has unlike ones, and the positions of these.
        self._originals: list[tuple[Pictures, list[NDArray[np.int64]]]] = []

    def add(
        self, unlikeness: Unlikeness | None, pictures: Pictures, kept: NDArray[np.int64], ids: Sequence[str]
    ) -> None:
        """Add some pictures of a part.

        Args:
            unlikeness: of the decoded pictures, as `judge` returns it.
            pictures: the part's own, from which a few are decoded again.
            kept: the position in the part of each decoded picture.
            ids: of the pictures of the part.
        """
        if unlikeness is None:
            return
        self._rows += len(kept)
        rows = np.flatnonzero(unlikeness.is_unlike)
        if not len(rows):
            return
        self._ids += [ids[row] for row in kept[rows].tolist()]
        if self._described < _MOST_DESCRIBED:
            self._statistics.append(unlikeness.statistics[rows])
            self._described += len(rows)
        if not self._originals or self._originals[-1][0] is not pictures:
            self._originals.append((pictures, []))
        self._originals[-1][1].append(kept[rows])

    def result(self) -> UnlikePictures | None:
        """Return the unlike pictures of all parts; None if the model does not know its training pictures."""
        signature = self._classifier.signature
        if signature is None:
            return None
        if not self._ids:
            return UnlikePictures(self._rows, (), "")
        how = in_words(np.concatenate(self._statistics), signature, self._sizes())
        unlike = UnlikePictures(self._rows, tuple(self._ids), how)
        if not unlike.is_worth_a_warning:
            return unlike
        return replace(unlike, remedy=find_remedy(self._classifier, self._decode_some))

    def _sizes(self) -> Counter[tuple[int, int]]:
        """Return the sizes of the parts that have unlike pictures, before they were resized."""
        return sum((Counter(pictures.facts().sizes) for pictures, _ in self._originals), Counter())

    def _decode_some(self, card: ModelCard) -> Images:
        """Return some of the unlike pictures, evenly spread over the first part that has some."""
        pictures, batches = self._originals[0]
        rows = np.concatenate(batches)
        chosen = rows[np.unique(np.linspace(0, len(rows) - 1, _MOST_TRIED).round().astype(np.int64))]
        return in_model_values(pictures.take(chosen), card).decode(card.decode).images


def find_remedy(classifier: Classifier, decode: DecodeAgain) -> Remedy:
    """Return the fewest flags with which unlike pictures are like those that the model learnt from.

    Args:
        classifier: the model.
        decode: decodes the unlike pictures for another model.
    """
    tried: list[_Tried] = []
    for flags, card in _other_ways(classifier.card):
        unlikeness = classifier.judge(decode(card))[1]
        if unlikeness is None:
            return Remedy()
        if (~unlikeness.is_unlike).mean() >= _ENOUGH:
            return Remedy(flags)
        tried.append((flags, float(np.median(unlikeness.distances))))
    before = classifier.judge(decode(classifier.card))[1]
    if before is None or not before.is_turned():
        return Remedy()
    return _less_unlike(tried, float(np.median(before.distances)))


def find_remedy_of_each(
    classifier: Classifier, count: int, decode: Callable[[ModelCard, Sequence[int]], Images]
) -> list[Remedy]:
    """Return for each of some unlike pictures what `find_remedy` does for it alone.

    Args:
        classifier: the model.
        count: how many pictures they are.
        decode: decodes those at some positions for another model.
    """
    found = [Remedy()] * count
    tried: list[list[_Tried]] = [[] for _ in range(count)]
    left = np.arange(count)
    for flags, card in _other_ways(classifier.card):
        if not len(left):
            return found
        unlikeness = classifier.judge(decode(card, left.tolist()))[1]
        if unlikeness is None:
            return found
        for at, distance in zip(left.tolist(), unlikeness.distances.tolist(), strict=True):
            tried[at].append((flags, distance))
        for at in left[~unlikeness.is_unlike].tolist():
            found[at] = Remedy(flags)
        left = left[unlikeness.is_unlike]
    before = classifier.judge(decode(classifier.card, left.tolist()))[1] if len(left) else None
    if before is not None:
        for row, at in enumerate(left.tolist()):
            if before.is_turned([row]):
                found[at] = _less_unlike(tried[at], float(before.distances[row]))
    return found


def _less_unlike(tried: Sequence[_Tried], before: float) -> Remedy:
    """Return the flags that bring pictures with dark and light exchanged much nearer, though not near enough."""
    distance, flags = min((distance, flags) for flags, distance in tried if flags[0].endswith("invert"))
    return Remedy(flags, is_enough=False) if distance <= _MUCH_NEARER * before else Remedy()


def _other_ways(card: ModelCard) -> Iterator[tuple[tuple[str, ...], ModelCard]]:
    """Yield flags and the card of a model with them, the fewest flags first."""
    decode = card.decode
    turn = "--no-invert" if decode.invert else "--invert"
    crop = "--no-crop-to-content" if decode.crop_to_content else "--crop-to-content"
    for flags in ((turn,), (crop,), (turn, crop)):
        changes = {
            "invert": decode.invert != (turn in flags),
            "crop_to_content": decode.crop_to_content != (crop in flags),
        }
        yield flags, card.with_decode(decode.model_copy(update=changes))
