"""Scores that a common class does not decide alone: balanced accuracy, macro F1 and the Matthews correlation."""

from __future__ import annotations

import math

from onelook.metrics.confusion import Counts, class_scores
from onelook.metrics.scores import Score


def balanced_accuracy(confusion: Counts) -> float:
    """Return the mean recall of the classes that have labels, in [0, 1]: a rare class weighs as much as a common one.

    Example:
        >>> import numpy as np
        >>> balanced_accuracy(np.array([[3, 0], [1, 0]]))
        0.5
    """
    scores = class_scores(confusion)
    return float(scores.recall[scores.support > 0].mean())


def macro_f1(confusion: Counts) -> float:
    """Return the mean F1 of the classes that occur among labels or predictions, in [0, 1].

    Example:
        >>> import numpy as np
        >>> macro_f1(np.array([[1, 0, 0], [0, 1, 0], [0, 0, 0]]))
        1.0
    """
    occurs = (confusion.sum(axis=0) + confusion.sum(axis=1)) > 0
    return float(class_scores(confusion).f1[occurs].mean())


def matthews_correlation(confusion: Counts) -> float:
    """Return the correlation of labels with predictions, in [-1, 1]. Guessing gets 0, however uneven the classes are.

    Matthews 1975, Biochimica et Biophysica Acta 405:442, for two classes; Gorodkin 2004, Computational Biology and
    Chemistry 28:367, for more. It is 0 if all rows have one label or one prediction, as in scikit-learn.

    Example:
        >>> import numpy as np
        >>> always_first = np.array([[90, 0], [10, 0]])
        >>> matthews_correlation(always_first), matthews_correlation(np.array([[9, 0], [0, 1]]))
        (0.0, 1.0)
    """
    # Python's integers, because products of four counts exceed 64 bits.
    labelled = [int(count) for count in confusion.sum(axis=1)]
    predicted = [int(count) for count in confusion.sum(axis=0)]
    rows, right = sum(labelled), int(confusion.trace())
    shared = right * rows - sum(one * other for one, other in zip(labelled, predicted, strict=True))
    spread = (rows**2 - sum(count**2 for count in labelled)) * (rows**2 - sum(count**2 for count in predicted))
    return shared / math.sqrt(spread) if spread else 0.0


BALANCED_ACCURACY = Score(
    "balanced accuracy", balanced_accuracy, reads="confusion", format="percent", shown_in=("report", "evaluate")
)
MACRO_F1 = Score(
    "macro F1", macro_f1, reads="confusion", shown_in=("report", "evaluate", "folds", "comparison"), short="F1"
)
MATTHEWS_CORRELATION = Score("Matthews correlation", matthews_correlation, reads="confusion", limits=(-1.0, 1.0))
