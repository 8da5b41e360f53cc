"""The correlation of labels with predictions."""

from __future__ import annotations

import math

from onelook.metrics.confusion import Counts
from onelook.metrics.scores import Score


def matthews_correlation(confusion: Counts) -> float:
    """The Matthews correlation of a confusion matrix, in [-1, 1]; 0 is what guessing gets, however uneven the classes.

    Matthews 1975, Biochimica et Biophysica Acta 405:442, for two classes; Gorodkin 2004, Computational Biology and
    Chemistry 28:367, for more. It is 0 where all rows have one label or one prediction, as in scikit-learn.

    Example:
        >>> import numpy as np
        >>> always_first = np.array([[90, 0], [10, 0]])
        >>> matthews_correlation(always_first), matthews_correlation(np.array([[9, 0], [0, 1]]))
        (0.0, 1.0)
    """
    # Python's integers, since products of four counts pass the range of 64 bits.
    labelled = [int(count) for count in confusion.sum(axis=1)]
    predicted = [int(count) for count in confusion.sum(axis=0)]
    rows, right = sum(labelled), int(confusion.trace())
    shared = right * rows - sum(one * other for one, other in zip(labelled, predicted, strict=True))
    spread = (rows**2 - sum(count**2 for count in labelled)) * (rows**2 - sum(count**2 for count in predicted))
    return shared / math.sqrt(spread) if spread else 0.0


MATTHEWS_CORRELATION = Score("Matthews correlation", matthews_correlation, reads="confusion", limits=(-1.0, 1.0))
