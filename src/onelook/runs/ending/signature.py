"""Give the model a signature of its training pictures, by which it recognises pictures that are unlike them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from onelook.planning.classical_request import is_classical
from onelook.runs.ending.step import Cost, Ending, EndingFacts, EndingStep

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from onelook.classifier import Classifier
    from onelook.data.dataset import ImageSet
    from onelook.data.pictures.protocol import Images
    from onelook.signature.sizes import Sizes

_MOST_SIGNING = 600  # training pictures, from which a mean and a spread are measured
_MOST_LIMITING = 1000  # validation pictures, from which the limits are; a time limit counts both their predictions
_BATCH = 128


def count_signing(train_rows: int, val_rows: int) -> int:
    """Return the number of training and validation pictures that are predicted for the signature; 0 if too few.

    Example:
        >>> count_signing(1000, 49), count_signing(700, 50), count_signing(60000, 5000)
        (0, 650, 1600)
    """
    from onelook.signature.signature import FEWEST

    if min(train_rows, val_rows) < FEWEST:
        return 0
    return min(train_rows, _MOST_SIGNING) + min(val_rows, _MOST_LIMITING)


def signed(classifier: Classifier, train: ImageSet, val: ImageSet, sizes: Sizes | None = None) -> Classifier:
    """Return the model with a signature of its training pictures, if there are enough.

    Args:
        classifier: the model.
        train: the pictures that it was trained on. At most 600, evenly spread, are looked at.
        val: pictures that it was not fitted on, 1,000 at most.
        sizes: the sizes of the training pictures before they were resized.
    """
    from onelook.signature.signature import fit_signature

    if not count_signing(len(train), len(val)):
        return classifier
    of_train, of_val = _spread_over(len(train), _MOST_SIGNING), _spread_over(len(val), _MOST_LIMITING)
    statistics, features = classifier.describe(_taken(train, of_train))
    val_statistics, val_features = classifier.describe(_taken(val, of_val))
    labels = None if train.labels is None else train.labels[of_train]
    return classifier.with_signature(
        fit_signature(statistics, val_statistics, features, val_features, labels, sizes=sizes)
    )


def _spread_over(rows: int, most: int) -> NDArray[np.int64]:
    import numpy as np

    return np.linspace(0, rows - 1, min(rows, most), dtype=np.int64)


def _taken(pictures: ImageSet, rows: NDArray[np.int64]) -> Iterator[Images]:
    """Yield the pictures at these rows, a batch of them in memory at a time."""
    for start in range(0, len(rows), _BATCH):
        yield pictures.take(rows[start : start + _BATCH])


def _cost(facts: EndingFacts) -> Cost:
    # A classical model has no features: only the pixels are looked at.
    predicts = not is_classical(facts.settings.model)
    return Cost(count_signing(len(facts.data.train), len(facts.data.val)) if predicts else 0)


def _run(ending: Ending) -> Ending:
    split, sizes = ending.data.split, ending.data.dataset.pool.pictures.facts().sizes
    return replace(ending, classifier=signed(ending.classifier, split.train, split.val, sizes))


STEP = EndingStep(_run, cost=_cost, stage="")
