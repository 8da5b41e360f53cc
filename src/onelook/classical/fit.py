"""Fit a classical model on the training side of a split, and score it on the validation side."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from onelook.classical.estimators import build_estimator
from onelook.classical.forecast import draw_by_class
from onelook.classical.model_size import count_numbers, describe_size
from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError, DataError
from onelook.metrics.accuracy import accuracy
from onelook.metrics.confidence import log_loss
from onelook.metrics.temperature import fit_factor
from onelook.models.pretrained.registry import is_backbone
from onelook.predictors.embedding import embed, load_backbone
from onelook.predictors.features import count_features, features_of, pixel_batch_size, settle_features
from onelook.predictors.predictor import Probabilities
from onelook.predictors.sklearn import class_probabilities, last_step, led_by, share_work, votes
from onelook.predictors.skops_file import to_skops
from onelook.settings import NetworkSettings
from onelook.settings.classical import ClassicalSettings, FeatureSettings, FittedClassical
from onelook.settings.pictures import FittedPreprocess
from onelook.wording import agree, counted

# Training pictures on which the model is scored. With all of them, an SVM would need as long as for its fit.
_SCORED_TRAINING_ROWS = 2_000
_PREDICTED_IN_MEASURING = 200  # validation pictures that are predicted to measure the time


@dataclass(frozen=True)
class SplitScore:
    """A model's loss and accuracy on some pictures."""

    loss: float  # mean log loss, in nats
    accuracy: float  # in [0, 1]


@dataclass(frozen=True)
class ClassicalFit:
    """A fitted model, ready to be saved."""

    fitted: FittedClassical
    content: bytes  # the content of `model.skops`
    train: SplitScore  # on some of the pictures that it was fitted on
    val: SplitScore
    seconds: float  # of fitting alone
    notes: tuple[str, ...]  # scikit-learn's warnings, each a plain sentence
    preprocess: FittedPreprocess  # the preparation before the features
    network: NetworkSettings | None = None  # the pretrained network of the features, up to its global pool, if any
    graph: bytes = b""  # the content of the `.onnx` file of that network's features


class Fitter:
    """A classical model and the pictures for its fit. It computes nothing before `fit` or `measure`.

    Args:
        name: the name of the model.
        settings: scikit-learn's parameters, and the largest number of pictures.
        features: the features of each picture.
        preprocess: the fixed preparation before the features; a pretrained network has its own.
        train: labelled pictures to fit on.
        val: labelled pictures to score on.
        seed: the seed of the draw of pictures, and of the estimator.

    Raises:
        ConfigError: scikit-learn is not installed, a parameter is unknown or out of range, or these pictures cannot
            have the features.
    """

    def __init__(
        self,
        name: str,
        settings: ClassicalSettings,
        features: FeatureSettings,
        preprocess: FittedPreprocess,
        *,
        train: ImageSet,
        val: ImageSet,
        seed: int,
    ) -> None:
        self.name = name
        self.features = settle_features(features, train.images.shape[1:])
        self._settings = settings
        self._backbone = None
        if is_backbone(self.features.name):
            shape = cast(tuple[int, int, int], train.images.shape[1:])
            self._backbone = load_backbone(self.features.name, shape, preprocess.value_range)
        self._preprocess = preprocess if self._backbone is None else self._backbone.preprocess
        self._train, self._labels = train, _labels(train)
        self._val = val
        self._seed = seed
        self._val_cache: tuple[NDArray[np.float32], NDArray[np.int64]] | None = None
        self._estimator()  # refuses wrong parameters before any computation

    @property
    def rows(self) -> int:
        """The number of pictures to fit on, unless a time limit reduces it."""
        return min(len(self._train), self._settings.rows or len(self._train))

    @property
    def feature_count(self) -> int:
        """The number of values of each picture, before principal components."""
        if self._backbone is not None:
            return self._backbone.count
        return count_features(self.features, self._train.images.shape[1:])

    def fit(self, rows: int, num_classes: int) -> ClassicalFit:
        """Return the model, fitted on this number of pictures, drawn class by class if these are not all.

        Raises:
            ConfigError: scikit-learn refuses the data with these parameters.
            DataError: the drawn pictures have only one class.
        """
        values, labels = self._drawn(rows)
        estimator, seconds, notes = self._fitted(values, labels)
        val, val_labels = self._val_values()
        temperature = self._temperature(estimator, val, val_labels)
        fitted = FittedClassical(
            name=self.name,
            features=self.features,
            temperature=temperature,
            rows=len(labels),
            size=count_numbers(self.name, estimator),
            learnt=describe_size(self.name, estimator),
        )
        backbone = self._backbone
        again = draw_by_class(labels, _SCORED_TRAINING_ROWS, self._seed)
        return ClassicalFit(
            fitted,
            to_skops(estimator),
            train=self._score(estimator, temperature, values[again], labels[again], num_classes),
            val=self._score(estimator, temperature, val, val_labels, num_classes),
            seconds=seconds,
            notes=notes,
            preprocess=self._preprocess,
            network=None if backbone is None else backbone.network,
            graph=b"" if backbone is None else backbone.graph(self._train.images.dtype),
        )

    def measure(self, rows: int, predictions: int) -> float:
        """Return the seconds of a fit on this number of pictures and of this number of predictions."""
        values, labels = self._drawn(rows)
        estimator, seconds, _ = self._fitted(values, labels)
        predicted = self._val_values()[0][:_PREDICTED_IN_MEASURING]
        if not len(predicted):
            return seconds
        began = time.perf_counter()
        estimator.predict(predicted)
        return seconds + (time.perf_counter() - began) * predictions / len(predicted)

    def count_predictions(self, others: int) -> int:
        """Return the number of predictions after the fit: of validation, some training and `others` pictures."""
        return len(self._val) + min(self.rows, _SCORED_TRAINING_ROWS) + others

    def _estimator(self) -> Any:
        return build_estimator(self.name, self._settings, self.features, self._seed)

    def _drawn(self, rows: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        positions = draw_by_class(self._labels, rows, self._seed)
        return self._values(self._train, positions), self._labels[positions]

    def _val_values(self) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        if self._val_cache is None:
            self._val_cache = self._values(self._val, np.arange(len(self._val))), _labels(self._val)
        return self._val_cache

    def _values(self, pictures: ImageSet, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return (pictures, features), computed in batches; a pretrained network's features come from the cache."""
        if self._backbone is not None:
            return embed(pictures, self._backbone)[positions]
        values = np.empty((len(positions), self.feature_count), np.float32)
        size = pixel_batch_size(pictures.images.shape[1:])
        for start in range(0, len(positions), size):
            batch = pictures.take(positions[start : start + size])
            values[start : start + len(batch)] = features_of(batch, self.features, self._preprocess)
        return values

    def _fitted(self, values: NDArray[np.float32], labels: NDArray[np.int64]) -> tuple[Any, float, tuple[str, ...]]:
        if len(np.unique(labels)) < 2:
            those = agree(len(labels), "the picture to fit on is", f"the {len(labels):,} pictures to fit on are")
            raise DataError(f"{those} of one class. Expected two or more.")
        if self.features.pca is not None and self.features.pca > min(values.shape):
            raise ConfigError(
                f"features.pca = {self.features.pca}; expected at most {min(values.shape)}: there are "
                f"{counted(values.shape[0], 'picture')} to fit on, with {counted(values.shape[1], 'value')} each."
            )
        estimator = self._estimator()
        began = time.perf_counter()
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                estimator.fit(values, labels)
            except ValueError as problem:  # parameters that are each right, but not together or not for this data
                raise ConfigError(f"{self.name}: scikit-learn refuses to fit it: {problem}") from problem
        return estimator, time.perf_counter() - began, _notes(self.name, warned)

    def _temperature(self, estimator: Any, val: NDArray[np.float32], labels: NDArray[np.int64]) -> float | None:
        if hasattr(estimator, "predict_proba"):
            return None
        classes = last_step(estimator).classes_
        known = np.isin(labels, classes)
        decisions, _ = votes(estimator, val[known]) if known.any() else (np.empty((0, len(classes))), None)
        return fit_factor(decisions, np.searchsorted(classes, labels[known]))

    def _score(
        self,
        estimator: Any,
        temperature: float | None,
        values: NDArray[np.float32],
        labels: NDArray[np.int64],
        num_classes: int,
    ) -> SplitScore:
        if not len(labels):
            return SplitScore(float("nan"), float("nan"))
        share_work(self.name, estimator, len(values))
        scores = class_probabilities(estimator, values, temperature)
        classes = last_step(estimator).classes_
        probabilities: Probabilities = np.zeros((len(values), num_classes), np.float32)
        probabilities[:, classes] = scores
        led_by(probabilities, classes[scores.argmax(axis=1)])
        return SplitScore(log_loss(probabilities, labels), accuracy(probabilities, labels))


def _labels(pictures: ImageSet) -> NDArray[np.int64]:
    return np.empty(0, np.int64) if pictures.labels is None else pictures.labels


def _notes(name: str, warned: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Return each warning once, as a sentence; a fit that did not converge gets advice."""
    notes = []
    for each in warned:
        if issubclass(each.category, FutureWarning | DeprecationWarning):
            continue  # for programmers
        if each.category.__name__ == "ConvergenceWarning":
            notes.append(f"{name} had not converged when its iterations ended: --set classical.max_iter gives it more.")
        else:
            notes.append(f"scikit-learn warned: {str(each.message).split('. ')[0].strip().rstrip('.')}.")
    return tuple(dict.fromkeys(notes))
