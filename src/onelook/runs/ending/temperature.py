"""Fit the model's confidence to its accuracy on validation pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep

if TYPE_CHECKING:
    from onelook.classifier import Classifier
    from onelook.data.dataset import ImageSet

_MOST_CALIBRATING = 2000  # validation pictures: one number is fitted, and a time limit counts its predictions


def count_calibrating(val_rows: int) -> int:
    """Return the number of validation pictures that are predicted to fit a temperature; 0 if they are too few.

    Example:
        >>> count_calibrating(49), count_calibrating(50), count_calibrating(5000)
        (0, 50, 2000)
    """
    from onelook.metrics.temperature import FEWEST

    return 0 if val_rows < FEWEST else min(val_rows, _MOST_CALIBRATING)


def calibrated(classifier: Classifier, val: ImageSet) -> Classifier:
    """Return the model with the temperature that fits its confidence to its accuracy on validation pictures.

    Args:
        classifier: the model, with the temperature 1.
        val: labelled pictures that it was not fitted on. At most 2,000, evenly spread, are predicted.
    """
    import numpy as np

    from onelook.metrics.temperature import fit_temperature

    count = count_calibrating(len(val))
    if not count or val.labels is None:
        return classifier
    chosen = np.linspace(0, len(val) - 1, count, dtype=np.int64)
    temperature = fit_temperature(classifier.probabilities(val.take(chosen)), val.labels[chosen])
    return classifier if temperature == 1.0 else classifier.with_temperature(temperature)


def _cost(facts: EndingFacts) -> Cost:
    return Cost(count_calibrating(len(facts.data.val)))


def _run(ending: Ending) -> Ending:
    return replace(ending, classifier=calibrated(ending.classifier, ending.data.split.val))


STEP = EndingStep(_run, cost=_cost, stage="")
