"""Predict with a fitted scikit-learn model; all but the model itself needs only NumPy."""

from __future__ import annotations

import warnings
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images
from onelook.errors import ModelError, in_words
from onelook.metrics.temperature import tempered
from onelook.predictors.check_estimator import known_types, refuse_unsound
from onelook.predictors.features import count_features, features_of, pixel_batch_size
from onelook.predictors.onnx_session import GraphFeatures
from onelook.predictors.predictor import OnFeatures, Probabilities, check_images, predict_in_batches
from onelook.predictors.skops_file import from_skops
from onelook.runtime import available_cores
from onelook.settings.classical import FittedClassical
from onelook.settings.pictures import FittedPreprocess

_Rows = TypeVar("_Rows", NDArray[np.float32], NDArray[np.float64])
_SHARED = frozenset({"random-forest", "knn"})  # models that give the same answers in several threads
_EMBEDDED_AT_ONCE = 64  # as in `onelook.predictors.embedding`
_FEWEST_TO_SHARE = 500  # rows; for fewer, starting several threads takes longer than it saves


class SklearnPredictor:
    """A predictor with a fitted scikit-learn model. The likeliest class is the one that its own `predict` returns.

    Args:
        content: the content of `model.skops`.
        fitted: the description of the model.
        preprocess: the fixed preparation.
        input_shape: (height, width, channels) of a picture.
        num_classes: number of probabilities. A class that the model never saw has probability 0.
        embed: computes the features, where a pretrained network makes them.
        temperature: divides the logarithms of the probabilities.

    Attributes:
        estimator: scikit-learn's own, with the principal components before it, if there are any.

    Raises:
        ModelError: the file is damaged, contains a type that its kind of model does not have, or contradicts itself.
        ConfigError: scikit-learn or skops is not installed.
    """

    name = "sklearn"

    def __init__(
        self,
        content: bytes,
        fitted: FittedClassical,
        preprocess: FittedPreprocess,
        input_shape: tuple[int, int, int],
        num_classes: int,
        *,
        embed: GraphFeatures | None = None,
        temperature: float = 1.0,
    ) -> None:
        estimator = from_skops(content, known_types(fitted.name))
        features = count_features(fitted.features, input_shape) if embed is None else embed.count
        refuse_unsound(fitted.name, estimator, features, num_classes)
        self._embed = embed
        self.input_shape = input_shape
        self.num_classes = num_classes
        self.estimator: Any = estimator
        self._fitted = fitted
        self._preprocess = preprocess
        self._temperature = temperature

    def probabilities(self, images: Images, on_features: OnFeatures | None = None) -> Probabilities:
        """Return one row for every picture, in order; see `Predictor.probabilities`. It gives no features.

        Raises:
            DataError: the pictures are of another size than the model's.
            ModelError: the model fails on them.
        """
        check_images(images, self.input_shape)
        share_work(self._fitted.name, self.estimator, len(images))
        batch_size = pixel_batch_size(self.input_shape) if self._embed is None else _EMBEDDED_AT_ONCE
        return predict_in_batches(images, self._predict, self.num_classes, batch_size)

    def _predict(self, batch: Images) -> Probabilities:
        if self._embed is None:
            values = features_of(batch, self._fitted.features, self._preprocess)
        else:
            values = self._embed(batch)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                scores = class_probabilities(self.estimator, values, self._fitted.temperature)
        except Exception as problem:  # scikit-learn may raise anything on numbers that only it can check
            raise ModelError(f"model.skops fails on pictures ({in_words(problem)}). Save the model again.") from problem
        if not np.isfinite(scores).all():
            raise ModelError("model.skops gives probabilities that are not numbers. It is damaged: copy it again.")
        scores = tempered(scores, self._temperature)
        probabilities = np.zeros((len(batch), self.num_classes), np.float32)
        classes = self.estimator.classes_
        probabilities[:, classes] = scores
        # Two probabilities that differ in float64 may be equal in float32, and argmax would take the first.
        return led_by(probabilities, classes[scores.argmax(axis=1)])


def class_probabilities(estimator: Any, values: NDArray[np.float32], temperature: float | None) -> NDArray[np.float64]:
    """Return (rows, classes that the estimator saw), float64. Rows sum to 1; the largest is the class of its `predict`.

    A support vector machine has no probabilities. scikit-learn would fit five more machines to estimate some,
    which then contradict its own predictions. Instead this is the softmax of its decision values times the temperature.
    The class that it predicts by vote gets the largest probability: where votes are tied, the two are swapped.

    Args:
        estimator: fitted.
        values: (rows, features).
        temperature: factor of the decision values; None if the estimator has probabilities of its own.
    """
    if temperature is None:
        probabilities: NDArray[np.float64] = np.asarray(estimator.predict_proba(values), np.float64)
        return probabilities
    decisions, predicted = votes(estimator, values)
    logits = decisions * temperature
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return led_by(odds / odds.sum(axis=1, keepdims=True), predicted)


def votes(estimator: Any, values: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return an SVM's decision values, (rows, classes), and the positions of the predicted classes, (rows,).

    For two classes the values are 0 and the decision value. For more, each pair of classes has one machine, and the
    value of a class is the number of votes for it. As in scikit-learn, the clearness of the votes
    changes that number by a third at most.
    """
    machine = last_step(estimator)
    machine.set_params(decision_function_shape="ovo")
    pairs: NDArray[np.float64] = np.asarray(estimator.decision_function(values), np.float64)
    classes = len(machine.classes_)
    if classes == 2:
        return np.stack([np.zeros(len(pairs)), pairs], axis=1), (pairs > 0).astype(np.int64)
    won, clear = np.zeros((len(pairs), classes)), np.zeros((len(pairs), classes))
    for column, (first, second) in enumerate(zip(*np.triu_indices(classes, 1), strict=True)):
        is_first = pairs[:, column] > 0
        won[:, first] += is_first
        won[:, second] += ~is_first
        clear[:, first] += pairs[:, column]
        clear[:, second] -= pairs[:, column]
    return won + clear / (3 * (np.abs(clear) + 1)), won.argmax(axis=1)


def led_by(probabilities: _Rows, chosen: NDArray[np.int64]) -> _Rows:
    """Return the probabilities with the chosen class as the largest of its row; a larger one is swapped with it."""
    rows = np.flatnonzero(probabilities.argmax(axis=1) != chosen)
    taken, largest = chosen[rows], probabilities[rows].argmax(axis=1)
    own, other = probabilities[rows, taken], probabilities[rows, largest]
    probabilities[rows, largest] = own
    # Equal values get the smallest possible difference.
    probabilities[rows, taken] = np.where(own == other, np.nextafter(other, other.dtype.type(2)), other)
    return probabilities


def share_work(name: str, estimator: Any, rows: int) -> None:
    """Let a forest or nearest neighbours use all cores for many rows, and one core for few."""
    if name in _SHARED:
        last_step(estimator).set_params(n_jobs=available_cores() if rows >= _FEWEST_TO_SHARE else 1)


def last_step(estimator: Any) -> Any:
    """Return the classifier itself, without the principal components before it."""
    return estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
