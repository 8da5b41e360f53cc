"""How sure a model is against how often it is right: by confidence, before and after its temperature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.metrics.confidence import BINS, bins_of, calibration_error
from onelook.metrics.temperature import tempered

_RESAMPLES = 200
_CHUNK = 20  # resamples at a time, to bound memory
_VALUES_AT_ONCE = 1 << 20  # probabilities that another temperature is applied to, which takes four copies
_SEED = 0
# The confidences below which an answer may be withheld.
_THRESHOLDS = (*(step / 50 for step in range(50)), 0.99, 0.995, 0.999)
# The accuracies that a user may want of the answers that are given.
_WANTED = (0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)

Interval = tuple[float, float]


@dataclass(frozen=True)
class ConfidenceBin:
    """The pictures whose confidence lies in one of 15 equal bins."""

    count: int
    confidence: float  # their mean
    right: int  # of them


@dataclass(frozen=True)
class Answered:
    """The answers that are left if those below a confidence are withheld."""

    threshold: float
    count: int  # of pictures that still get an answer
    right: int  # of them

    @property
    def accuracy(self) -> float:
        """The share of the answers that are right, in [0, 1]."""
        return self.right / self.count


@dataclass(frozen=True)
class Calibration:
    """How well the confidence of a model's answers agrees with how often they are right.

    Attributes:
        temperature: the model's temperature; see `ModelCard`.
        error_interval: the 95 % interval of the calibration error, which is a score of the evaluation.
        error_before: the calibration error that the model would have with the temperature 1.
        error_before_interval: the 95 % interval of that.
        bins: 15 equal bins of confidence, lowest first.
        answered: for rising thresholds of confidence, from 0.
    """

    temperature: float
    error_interval: Interval
    error_before: float
    error_before_interval: Interval
    bins: tuple[ConfidenceBin, ...]
    answered: tuple[Answered, ...]

    def for_accuracy(self, wanted: float) -> Answered | None:
        """Return the lowest threshold whose answers are right often enough on these pictures; None if there is none."""
        return next((each for each in self.answered if each.count and each.accuracy >= wanted), None)

    def suggestions(self, most: int = 3) -> list[tuple[float, Answered]]:
        """Return the next round accuracies above the model's, each with its threshold, which is above 0."""
        found = ((wanted, self.for_accuracy(wanted)) for wanted in _WANTED)
        return [(wanted, each) for wanted, each in found if each is not None and each.threshold > 0][:most]

    def to_dict(self) -> dict[str, object]:
        """Return JSON values, without the temperature and the error before, which stand beside them."""
        return {
            "error_interval": list(self.error_interval),
            "error_before_interval": list(self.error_before_interval),
            "bins": [{"count": one.count, "confidence": one.confidence, "right": one.right} for one in self.bins],
            "answered": [{"threshold": one.threshold, "count": one.count, "right": one.right} for one in self.answered],
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], *, temperature: object, error_before: object) -> Calibration:
        """Read what `to_dict` returns.

        Raises:
            KeyError, TypeError, ValueError: a field is missing or of the wrong kind.
        """
        return cls(
            temperature=float(temperature),  # type: ignore[arg-type]  # refused with a TypeError
            error_interval=_interval(values["error_interval"]),
            error_before=float(error_before),  # type: ignore[arg-type]  # likewise
            error_before_interval=_interval(values["error_before_interval"]),
            bins=tuple(
                ConfidenceBin(int(one["count"]), float(one["confidence"]), int(one["right"])) for one in values["bins"]
            ),
            answered=tuple(
                Answered(float(one["threshold"]), int(one["count"]), int(one["right"])) for one in values["answered"]
            ),
        )


def measure_calibration(
    probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]], temperature: float
) -> Calibration:
    """Return how sure the model is against how often it is right.

    Args:
        probabilities: (rows, classes), float, as the model gives them with its temperature; at least one row.
        labels: (rows,), positions of the classes.
        temperature: the model's.

    Example:
        >>> sure = measure_calibration(np.array([[0.9, 0.1]] * 10), np.arange(10) // 8, 1.0)
        >>> [(each.count, each.right) for each in sure.bins if each.count]
        [(10, 8)]
        >>> sure.answered[0].accuracy, sure.for_accuracy(0.9)
        (0.8, None)
    """
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    rows = max(1, _VALUES_AT_ONCE // probabilities.shape[1])
    blocks = (probabilities[start : start + rows].astype(np.float64) for start in range(0, len(labels), rows))
    before = np.concatenate([tempered(block, 1 / temperature).max(axis=1) for block in blocks])
    counts, sums, hits = (
        np.bincount(bins_of(confidence), weights=weights, minlength=BINS) for weights in (None, confidence, right)
    )
    kept = [(threshold, confidence >= threshold) for threshold in _THRESHOLDS]
    return Calibration(
        temperature=temperature,
        error_interval=_error_interval(confidence, right),
        error_before=calibration_error(before, right),
        error_before_interval=_error_interval(before, right),
        bins=tuple(
            ConfidenceBin(int(count), float(total / max(1, count)), int(hit))
            for count, total, hit in zip(counts, sums, hits, strict=True)
        ),
        answered=tuple(Answered(threshold, int(rows.sum()), int(right[rows].sum())) for threshold, rows in kept),
    )


def _error_interval(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> Interval:
    """Return the 95 % interval of the calibration error, by the basic bootstrap (Davison and Hinkley 1997, 5.2).

    A sum of absolute values only grows by chance, and resampling adds the same growth once more: this interval, unlike
    that of the percentiles, takes it off.
    """
    generator, rows, bins = np.random.default_rng(_SEED), len(right), bins_of(confidence)
    gaps, found = confidence - right, []
    for _ in range(_RESAMPLES // _CHUNK):
        drawn = generator.integers(0, rows, (_CHUNK, rows))
        places = bins[drawn] + BINS * np.arange(_CHUNK)[:, np.newaxis]
        sums = np.bincount(places.ravel(), weights=gaps[drawn].ravel(), minlength=BINS * _CHUNK)
        found.append(np.abs(sums.reshape(_CHUNK, BINS)).sum(axis=1) / rows)
    low, high = np.quantile(np.concatenate(found), (0.025, 0.975))
    error = calibration_error(confidence, right)
    return max(0.0, float(2 * error - high)), max(0.0, float(2 * error - low))


def _interval(values: Any) -> Interval:
    low, high = values
    return float(low), float(high)
