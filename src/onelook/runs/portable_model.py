"""The portable model of a run: made from a fitted one, and loaded from the run's folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from onelook.classifier import Classifier
from onelook.planning.plan import Plan
from onelook.runs.stages import TrainedNetwork

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from onelook.classical.fit import ClassicalFit
    from onelook.classifier.picture_list import PictureList
    from onelook.data.dataset import ImageSet
    from onelook.data.pictures.protocol import Images
    from onelook.signature.sizes import Sizes

_MOST_SIGNING = 600  # training pictures, from which a mean and a spread are measured
_MOST_LIMITING = 1000  # validation pictures, from which the limits are; a time limit counts both their predictions
_BATCH = 128
_MOST_CALIBRATING = 2000  # validation pictures: one number is fitted, and a time limit counts its predictions


class RunClassifier(Classifier):
    """The trained model of a run: `run.classifier`, or `run.classifier()` as older programs write it."""

    def __call__(self) -> RunClassifier:
        """Return the classifier itself."""
        return self


def to_classifier(
    model: TrainedNetwork | ClassicalFit,
    plan: Plan,
    class_names: tuple[str, ...],
    *,
    dtype: np.dtype[Any] | str,
    provenance: Mapping[str, Any],
    metrics: Mapping[str, float],
    golden_pictures: ImageSet | None = None,
    pictures: PictureList | None = None,
) -> Classifier:
    """Return the portable model, in memory.

    Args:
        model: the fitted model.
        plan: the plan that it was fitted by.
        class_names: in the order of the labels.
        dtype: the dtype of the pictures, `uint8` or that of a user's own arrays.
        provenance: the origin of the model, as the model card records it.
        metrics: scores on validation pictures.
        golden_pictures: some of these are saved in the model, with its predictions.
        pictures: the list of the training and validation pictures.
    """
    from onelook.classifier import build_classical, build_classifier

    if isinstance(model, TrainedNetwork):
        build: Callable[..., Classifier] = partial(
            build_classifier,
            model.network,
            model.preprocess,
            model.weights,
            value_range=model.preprocess.value_range,
            views=plan.settings.views,
        )
    else:
        build = partial(
            build_classical, model.content, model.fitted, model.preprocess, network=model.network, graph=model.graph
        )
    return build(
        decode=plan.decode,
        class_names=class_names,
        dtype=dtype,
        provenance=provenance,
        metrics=metrics,
        golden_pictures=golden_pictures,
        pictures=pictures,
    )


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
