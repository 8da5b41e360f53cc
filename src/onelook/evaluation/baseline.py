"""The score that a logistic regression on small pixels reaches: what a network has to beat.

A network that is hardly better has learnt little more than colours and outlines.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.small_pixels import flat, small_pixels, spread_rows
from onelook.optional_packages import import_sklearn
from onelook.runtime import single_threaded_blas

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet

_MOST_ROWS = 5_000  # training pictures: more hardly change a linear model of so few values
_MOST_SCORED = 10_000
_MOST_CLASSES = 200  # the time grows with them
_ITERATIONS = 100


@dataclass(frozen=True)
class Baseline:
    """The accuracy of a logistic regression on the scored pictures.

    Attributes:
        accuracy: the share of these pictures that it names right, in [0, 1].
        rows: the number of training pictures that it was fitted on.
        height, width: the size that every picture was shrunk to, in pixels.
    """

    accuracy: float
    rows: int
    height: int
    width: int

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        return {"accuracy": self.accuracy, "rows": self.rows, "height": self.height, "width": self.width}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Baseline:
        """Read what `to_dict` returns.

        Raises:
            KeyError, TypeError, ValueError: a field is missing or of the wrong kind.
        """
        return cls(float(values["accuracy"]), int(values["rows"]), int(values["height"]), int(values["width"]))


def measure_baseline(train: ImageSet, scored: ImageSet, num_classes: int) -> Baseline | None:
    """Fit a logistic regression on small pixels of training pictures, and score it.

    At most 5,000 training pictures and 10,000 scored ones are taken, evenly spread.

    Args:
        train: labelled pictures; each is (height, width, channels).
        scored: labelled pictures of the same size.
        num_classes: with more than 200 it would take too long.

    Returns:
        Its accuracy; None where it cannot be had: too many classes, no labels, a single class, or no scikit-learn.
    """
    if train.labels is None or scored.labels is None or not len(scored) or num_classes > _MOST_CLASSES:
        return None
    try:
        import_sklearn()
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        return None
    fitted_rows, scored_rows = spread_rows(len(train), _MOST_ROWS), spread_rows(len(scored), _MOST_SCORED)
    labels = train.labels[fitted_rows]
    if len(np.unique(labels)) < 2:
        return None
    pixels = small_pixels(train, fitted_rows)
    height, width = pixels.shape[1:3]
    values, mean, deviation = _standardized(pixels)
    # Beside twelve busy processes two threads took 30 s (10 s of processor time), and one takes 1 s (0.24 s).
    with single_threaded_blas(), warnings.catch_warnings():
        # It is stopped after some steps: a baseline need not be the best of its kind.
        warnings.simplefilter("ignore", ConvergenceWarning)
        model = LogisticRegression(max_iter=_ITERATIONS, C=0.01).fit(values, labels)
    answers = model.predict((flat(small_pixels(scored, scored_rows)) - mean) / deviation)
    accuracy = float((answers == scored.labels[scored_rows]).mean())
    return Baseline(accuracy, len(fitted_rows), height, width)


def _standardized(
    pixels: NDArray[np.float32],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Return the values with mean 0 and deviation 1, and both; a pixel that never changes is 0."""
    values = flat(pixels)
    mean, deviation = values.mean(axis=0), values.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1).astype(np.float32)
    return (values - mean) / deviation, mean, deviation
