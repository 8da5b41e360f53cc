"""Cross-entropy: what classifiers are trained to lower."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.metrics.scores import Score


def log_loss(probabilities: NDArray[np.floating[Any]], labels: NDArray[np.integer[Any]]) -> float:
    """The mean of -log p(label), in nats, from 0; 0.693 is a coin's on two classes.

    A probability of 0 counts as the smallest step of its float type (about 1.2e-7 in float32, a loss of 15.9),
    as in scikit-learn, so that one sure error does not make the sum infinite.

    Example:
        >>> round(log_loss(np.array([[0.5, 0.5], [0.25, 0.75]]), np.array([0, 1])), 4)
        0.4904
    """
    smallest = float(np.finfo(probabilities.dtype).eps)
    of_label = probabilities[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(of_label.clip(smallest, 1.0)).mean())


LOG_LOSS = Score(
    "log loss",
    log_loss,
    higher_is_better=False,
    limits=(0.0, np.inf),
    shown_in=("report", "evaluate", "folds", "comparison"),
    short="loss",
)
