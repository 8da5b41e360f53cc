"""Score probabilities against labels, and warn where a number misleads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError
from onelook.evaluation.calibration import measure_calibration
from onelook.evaluation.result import ClassResult, Evaluation, SetName
from onelook.metrics.confusion import Counts, class_scores, confusion_of
from onelook.metrics.interval import wilson_interval
from onelook.metrics.scores import measure_scores, score_inputs
from onelook.metrics.uneven_classes import balanced_accuracy
from onelook.wording import agree, counted, listed, percent

# An interval wider than ten points cannot tell a good model from a mediocre one.
_WIDE_INTERVAL = 0.10
# With a ratio of class sizes from here on, a model that ignores the small class looks good.
_UNEVEN = 3.0
_MISLEADING_GAP = 0.03  # accuracy above balanced accuracy
_NAMES_SHOWN = 5


def evaluate(
    probabilities: NDArray[np.floating[Any]],
    labels: NDArray[np.integer[Any]],
    class_names: Sequence[str],
    set_name: SetName,
    *,
    temperature: float | None = None,
) -> Evaluation:
    """Score the probabilities against the labels.

    Args:
        probabilities: (rows, classes), float, for the pictures in order.
        labels: (rows,), positions in `class_names`.
        class_names: by position, at least two.
        set_name: which pictures these are: `test`, or `val` if there is no test set.
        temperature: that of the model that gave these probabilities. Only with it is the calibration measured.

    Raises:
        DataError: no rows, numbers that do not fit each other, or a probability that is not a number.

    Example:
        >>> result = evaluate(np.array([[0.9, 0.1], [0.3, 0.7]]), np.array([0, 1]), ["cat", "dog"], "test")
        >>> result.accuracy, result.confusion_matrix
        (1.0, ((1, 0), (0, 1)))
    """
    names = tuple(class_names)
    _check(probabilities, labels, names)
    confusion = confusion_of(probabilities, labels)
    rows, right = len(labels), int(confusion.trace())
    by_class = class_scores(confusion)
    interval = wilson_interval(right, rows)
    return Evaluation(
        set_name=set_name,
        rows=rows,
        scores=measure_scores(score_inputs(probabilities, labels)),
        accuracy_interval=interval,
        class_names=names,
        confusion_matrix=tuple(tuple(row) for row in confusion.tolist()),
        per_class=tuple(
            ClassResult(name, float(precision), float(recall), float(f1), int(support))
            for name, precision, recall, f1, support in zip(
                names, by_class.precision, by_class.recall, by_class.f1, by_class.support, strict=True
            )
        ),
        warnings=tuple(_warnings(confusion, names, interval, right / rows, balanced_accuracy(confusion))),
        calibration=None if temperature is None else measure_calibration(probabilities, labels, temperature),
    )


def _check(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]], names: tuple[str, ...]) -> None:
    if probabilities.shape != (len(labels), len(names)):
        raise DataError(
            f"probabilities of shape {probabilities.shape} do not fit {len(labels)} labels and {len(names)} classes. "
            "Expected a row for each label and a column for each class: evaluate on data with the model's classes."
        )
    if not len(labels):
        raise DataError("nothing to evaluate: the set has no rows. Expected labelled pictures.")
    if labels.min() < 0 or labels.max() >= len(names):
        raise DataError(
            f"labels from {labels.min()} to {labels.max()}, expected 0 to {len(names) - 1}: "
            "the data has other classes than the model."
        )
    if not np.isfinite(probabilities).all():
        row = int(np.flatnonzero(~np.isfinite(probabilities).all(axis=1))[0])
        raise DataError(
            f"row {row + 1} has a probability that is not a number: the model's weights have diverged. "
            "Train again with a lower learning rate."
        )


def _warnings(
    confusion: Counts, names: tuple[str, ...], interval: tuple[float, float], accuracy: float, balanced: float
) -> Iterator[str]:
    """Yield warnings about what the numbers do not show by themselves, the most serious first."""
    support, predicted = confusion.sum(axis=1), confusion.sum(axis=0)
    rows = int(support.sum())
    low, high = interval
    if high - low > _WIDE_INTERVAL:
        # The interval stands beside the accuracy everywhere, so it is not repeated.
        yield (
            f"The interval is wide because only {counted(rows, 'picture')} {agree(rows, 'was', 'were')} scored: "
            "a difference of a few points from another model can be chance."
        )
    largest = int(support.argmax())
    share = support[largest] / rows
    if low <= share:
        yield (
            f"The accuracy of {percent(accuracy)} is not clearly above {percent(share)}, "
            f"which always answering '{names[largest]}' would reach."
        )
    present = support[support > 0]
    if present.max() >= _UNEVEN * present.min() and accuracy - balanced > _MISLEADING_GAP:
        yield (
            f"The classes are uneven ({percent(share)} of the pictures are '{names[largest]}') and the small ones are "
            f"recognised less well: look at balanced accuracy ({percent(balanced)}), "
            f"not at accuracy ({percent(accuracy)})."
        )
    if absent := [name for name, count in zip(names, support, strict=True) if count == 0]:
        yield f"Nothing is known of classes without a picture in this set: {listed(absent, most=_NAMES_SHOWN)}."
    if missed := [
        f"{names[k]} ({counted(int(support[k]), 'picture')})" for k in np.flatnonzero((predicted == 0) & (support > 0))
    ]:
        yield f"The set has these classes, but the model never predicts them: {listed(missed, most=_NAMES_SHOWN)}."
