"""`PredictedBatch`: a model's predictions for some pictures; files, `--json` and the screen are made from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError
from onelook.evaluation.predictions import are_sure, check_shape, check_threshold, likeliest

_MOST_REASONS = 10_000  # unreadable pictures that are named; a million reasons would fill the memory


@dataclass(frozen=True)
class PredictionOptions:
    """Options on the fields of a prediction; see `fields.FIELDS`.

    Attributes:
        probabilities: whether the probability of each class is written.
        embeddings: whether the features that the network makes of a picture before its last layer are written.
        top: how many of the likeliest classes are named.
        reject_below: answers that are less confident are withheld: they have no label. From 0 to 1.

    Raises:
        ConfigError: a number is outside its range.
    """

    probabilities: bool = False
    embeddings: bool = False
    top: int = 1
    reject_below: float = 0.0

    def __post_init__(self) -> None:
        if self.top < 1:
            raise ConfigError(f"--top {self.top}: expected 1 or more classes for each picture.")
        check_threshold(self.reject_below)


@dataclass(frozen=True, eq=False)  # arrays cannot be compared as one value
class PredictedBatch:
    """A model's predictions for some pictures, a row each, in the order of the data.

    Attributes:
        ids: (rows,), one for each picture.
        probabilities: (rows, classes); NaN for a picture that cannot be read.
        class_names: by position.
        unlike: (rows,), whether a picture is unlike those that the model learnt from; None if that is not known.
        features: (rows, features), NaN as above; None if they were not wanted.
        unreadable: row -> why the picture cannot be read.

    Raises:
        DataError: the numbers of ids, rows and classes differ.
    """

    ids: Sequence[str]
    probabilities: NDArray[np.floating[Any]]
    class_names: Sequence[str]
    unlike: NDArray[np.bool_] | None = None
    features: NDArray[np.float32] | None = None
    unreadable: Mapping[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_shape(self.ids, self.probabilities, self.class_names)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def is_read(self) -> NDArray[np.bool_]:
        """For each row, whether the picture could be read."""
        found: NDArray[np.bool_] = ~np.isnan(self.probabilities[:, 0])
        return found

    def sure(self, reject_below: float) -> NDArray[np.bool_]:
        """For each row, whether the picture was read and its answer is not withheld."""
        return are_sure(self.probabilities, reject_below)

    def likeliest(self, row: int, top: int) -> list[tuple[str, float]]:
        """Return the `top` likeliest classes of a picture and their probabilities; none if it cannot be read."""
        chances = self.probabilities[row]
        return [(self.class_names[position], float(chances[position])) for position in likeliest(chances, top)]

    def take(self, rows: NDArray[np.int64]) -> PredictedBatch:
        """Return some of the rows, by their positions, in that order."""
        return PredictedBatch(
            [self.ids[row] for row in rows.tolist()],
            self.probabilities[rows],
            self.class_names,
            None if self.unlike is None else self.unlike[rows],
            None if self.features is None else self.features[rows],
            {at: self.unreadable[row] for at, row in enumerate(rows.tolist()) if row in self.unreadable},
        )

    def averaged(self, groups: NDArray[np.int64], ids: Sequence[str]) -> PredictedBatch:
        """Return the mean probabilities of groups of pictures, of those in each that can be read.

        Args:
            groups: (rows,), the position of each row's group among the ids.
            ids: those of the groups.
        """
        read = groups[self.is_read]
        sums = np.zeros((len(ids), len(self.class_names)))
        np.add.at(sums, read, self.probabilities[self.is_read])
        counts = np.bincount(read, minlength=len(ids))[:, None]
        means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
        return PredictedBatch(ids, means.astype(self.probabilities.dtype), self.class_names)


def join_batches(batches: Sequence[PredictedBatch]) -> PredictedBatch:
    """Return the batches as one, in their order. There is one at least."""
    if len(batches) == 1:
        return batches[0]
    first = batches[0]
    unreadable: dict[int, str] = {}
    before = 0
    for batch in batches:
        unreadable |= {before + row: reason for row, reason in batch.unreadable.items()}
        before += len(batch)
    return PredictedBatch(
        [each for batch in batches for each in batch.ids],
        np.concatenate([batch.probabilities for batch in batches]),
        first.class_names,
        None if first.unlike is None else _joined(batch.unlike for batch in batches),
        None if first.features is None else _joined(batch.features for batch in batches),
        unreadable,
    )


def _joined(arrays: Iterable[NDArray[Any] | None]) -> NDArray[Any]:
    return np.concatenate([array for array in arrays if array is not None])


@dataclass
class PredictionTally:
    """Counts over all pictures of a prediction, of any number of batches.

    Attributes:
        class_names: of the model.
        reject_below: less confident answers are not counted for their class.
        rows: the number of pictures.
        counts: (classes,), the number of pictures predicted as each.
        not_sure: the number of pictures that were read and whose answer is withheld.
        unread: the number of pictures that cannot be read.
        unreadable: id -> reason, of the first 10,000 of these.
    """

    class_names: Sequence[str]
    reject_below: float = 0.0
    rows: int = 0
    counts: list[int] = field(default_factory=list)
    not_sure: int = 0
    unread: int = 0
    unreadable: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.counts = self.counts or [0] * len(self.class_names)

    @property
    def class_counts(self) -> dict[str, int]:
        """Every class of the model -> number of pictures predicted as it; withheld answers are not counted."""
        return dict(zip(self.class_names, self.counts, strict=True))

    def add_all(self, other: PredictionTally) -> None:
        """Add the counts of other pictures."""
        self.counts = [before + more for before, more in zip(self.counts, other.counts, strict=True)]
        self.rows += other.rows
        self.not_sure += other.not_sure
        self.unread += other.unread
        self._name(other.unreadable)

    def add(self, batch: PredictedBatch) -> None:
        """Count the pictures of a batch."""
        sure = batch.sure(self.reject_below)
        found = np.bincount(batch.probabilities[sure].argmax(axis=1), minlength=len(self.class_names))
        self.counts = [before + more for before, more in zip(self.counts, found.tolist(), strict=True)]
        self.rows += len(batch)
        self.not_sure += int((batch.is_read & ~sure).sum())
        self.unread += int((~batch.is_read).sum())
        self._name({batch.ids[row]: reason for row, reason in batch.unreadable.items()})

    def _name(self, unreadable: Mapping[str, str]) -> None:
        left = max(0, _MOST_REASONS - len(self.unreadable))
        self.unreadable |= dict(islice(unreadable.items(), left))
