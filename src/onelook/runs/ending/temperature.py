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

    The log loss that is minimised gives much weight to a label with the probability 0, as trees and nearest neighbours
    give it. Where such labels decide, confidence can move away from accuracy: the model then stays unchanged.

    Args:
        classifier: the model, with the temperature 1.
        val: labelled pictures that it was not fitted on. At most 2,000, evenly spread, are predicted.
    """
    import numpy as np

    from onelook.metrics.confidence import calibration_error
    from onelook.metrics.temperature import fit_temperature, tempered

    count = count_calibrating(len(val))
    if not count or val.labels is None:
        return classifier
    chosen = np.linspace(0, len(val) - 1, count, dtype=np.int64)
    probabilities, labels = classifier.probabilities(val.take(chosen)).astype(np.float64), val.labels[chosen]
    temperature = fit_temperature(probabilities, labels)
    right = probabilities.argmax(axis=1) == labels
    before, after = (
        calibration_error(each.max(axis=1), right) for each in (probabilities, tempered(probabilities, temperature))
    )
    return classifier.with_temperature(temperature) if after < before else classifier


def _cost(facts: EndingFacts) -> Cost:
    return Cost(count_calibrating(len(facts.data.val)))


def _run(ending: Ending) -> Ending:
    return replace(ending, classifier=calibrated(ending.classifier, ending.data.split.val))


STEP = EndingStep(_run, cost=_cost, stage="")
