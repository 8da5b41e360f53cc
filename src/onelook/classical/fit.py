"""Fits a classical model on the training side of a split, and tries it on the validation side."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from onelook.classical.estimators import build_estimator
from onelook.classical.model_size import learnt_in_words, learnt_numbers
from onelook.classical.subset import drawn_by_class
from onelook.classical.temperature import fit_temperature
from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError, DataError
from onelook.metrics.accuracy import accuracy
from onelook.metrics.confidence import log_loss
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

# Training pictures that the model is tried on, to show what it remembers: an SVM would need as long for all of them
# as for its fit.
_ASKED_AGAIN = 2_000
_ASKED_IN_MEASURING = 200


@dataclass(frozen=True)
class Score:
    """How a model did on some pictures."""

    loss: float  # mean log loss, in nats
    accuracy: float  # in [0, 1]


@dataclass(frozen=True)
class ClassicalFit:
    """A fitted model, ready to be saved."""

    fitted: FittedClassical
    content: bytes  # of `model.skops`
    train: Score  # on some of the pictures that it was fitted on
    val: Score
    seconds: float  # of fitting alone
    notes: tuple[str, ...]  # what scikit-learn warned of, each a plain sentence
    preprocess: FittedPreprocess  # what comes before the features
    network: NetworkSettings | None = None  # whose layers, up to the global pool, make the features, where one's do
    graph: bytes = b""  # the content of the `.onnx` file that does


class Fitter:
    """A classical model and the pictures that it is to be fitted on; nothing is computed before it is asked for.

    Args:
        name: of the model.
        settings: scikit-learn's parameters, and how many pictures at most.
        features: what it is given of each picture.
        preprocess: the fixed preparation, which comes before; a pretrained network has its own.
        train: labelled pictures to fit on.
        val: labelled pictures that it is tried on.
        seed: of the draw of pictures, and of the estimator.

    Raises:
        ConfigError: scikit-learn lacks, a parameter is unknown or out of range, or the features cannot be had of
            these pictures.
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
        self._tried: tuple[NDArray[np.float32], NDArray[np.int64]] | None = None
        self._estimator()  # refuses what cannot be, before anything is computed

    @property
    def rows(self) -> int:
        """Pictures that it is to be fitted on, where no time limit says otherwise."""
        return min(len(self._train), self._settings.rows or len(self._train))

    @property
    def feature_count(self) -> int:
        """Values of each picture, before principal components."""
        if self._backbone is not None:
            return self._backbone.count
        return count_features(self.features, self._train.images.shape[1:])

    def fit(self, rows: int, num_classes: int) -> ClassicalFit:
        """The model fitted on so many pictures, drawn class by class where these are not all.

        Raises:
            ConfigError: scikit-learn refuses the data with these parameters.
            DataError: the pictures drawn are of one class.
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
            size=learnt_numbers(self.name, estimator),
            learnt=learnt_in_words(self.name, estimator),
        )
        backbone = self._backbone
        again = drawn_by_class(labels, _ASKED_AGAIN, self._seed)
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

    def measure(self, rows: int, judged: int) -> float:
        """Seconds that a fit on so many pictures takes, with asking the model of `judged` others."""
        values, labels = self._drawn(rows)
        estimator, seconds, _ = self._fitted(values, labels)
        asked = self._val_values()[0][:_ASKED_IN_MEASURING]
        if not len(asked):
            return seconds
        began = time.perf_counter()
        estimator.predict(asked)
        return seconds + (time.perf_counter() - began) * judged / len(asked)

    def judged(self, others: int) -> int:
        """How many pictures the model will be asked of: those that validate, some again, and `others`."""
        return len(self._val) + min(self.rows, _ASKED_AGAIN) + others

    def _estimator(self) -> Any:
        return build_estimator(self.name, self._settings, self.features, self._seed)

    def _drawn(self, rows: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        positions = drawn_by_class(self._labels, rows, self._seed)
        return self._values(self._train, positions), self._labels[positions]

    def _val_values(self) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        if self._tried is None:
            self._tried = self._values(self._val, np.arange(len(self._val))), _labels(self._val)
        return self._tried

    def _values(self, pictures: ImageSet, positions: NDArray[np.int64]) -> NDArray[np.float32]:
        """(pictures, features), made a batch at a time; a network's are kept in the cache."""
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
            except ValueError as problem:  # parameters that are right by themselves, and not together or for this data
                raise ConfigError(f"{self.name}: scikit-learn refuses to fit it: {problem}") from problem
        return estimator, time.perf_counter() - began, _notes(self.name, warned)

    def _temperature(self, estimator: Any, val: NDArray[np.float32], labels: NDArray[np.int64]) -> float | None:
        if hasattr(estimator, "predict_proba"):
            return None
        classes = last_step(estimator).classes_
        known = np.isin(labels, classes)
        decisions, _ = votes(estimator, val[known]) if known.any() else (np.empty((0, len(classes))), None)
        return fit_temperature(decisions, np.searchsorted(classes, labels[known]))

    def _score(
        self,
        estimator: Any,
        temperature: float | None,
        values: NDArray[np.float32],
        labels: NDArray[np.int64],
        num_classes: int,
    ) -> Score:
        if not len(labels):
            return Score(float("nan"), float("nan"))
        share_work(self.name, estimator, len(values))
        scores = class_probabilities(estimator, values, temperature)
        classes = last_step(estimator).classes_
        probabilities: Probabilities = np.zeros((len(values), num_classes), np.float32)
        probabilities[:, classes] = scores
        led_by(probabilities, classes[scores.argmax(axis=1)])
        return Score(log_loss(probabilities, labels), accuracy(probabilities, labels))


def _labels(pictures: ImageSet) -> NDArray[np.int64]:
    return np.empty(0, np.int64) if pictures.labels is None else pictures.labels


def _notes(name: str, warned: list[warnings.WarningMessage]) -> tuple[str, ...]:
    """Each warning once, as a sentence; what does not converge gets the advice for it."""
    notes = []
    for each in warned:
        if issubclass(each.category, FutureWarning | DeprecationWarning):
            continue  # for who writes code
        if each.category.__name__ == "ConvergenceWarning":
            notes.append(f"{name} had not converged when its iterations ended: --set classical.max_iter gives it more.")
        else:
            notes.append(f"scikit-learn warned: {str(each.message).split('. ')[0].strip().rstrip('.')}.")
    return tuple(dict.fromkeys(notes))
