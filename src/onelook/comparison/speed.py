"""Measure how fast portable models predict on this machine. The models take turns, so that they can be compared."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

import numpy as np

from onelook.classifier import Classifier
from onelook.data.pictures.protocol import Images
from onelook.predictors.onnx import OnnxPredictor
from onelook.predictors.predictor import Probabilities, network_batch_size
from onelook.runtime import available_cores, single_threaded_blas

_ROUNDS = 5  # a change in the speed of the machine affects all models alike, since they take turns
_SECONDS_A_ROUND = 0.25  # for each model: once for single pictures, and once for many
_CALLS_A_ROUND = 60
_WARM_UP_CALLS = 5  # at the start of each turn, when threads sleep and caches hold another model
_MANY = 256  # pictures at once, for the speed with many pictures


@dataclass(frozen=True)
class Speed:
    """The speed from a decoded picture in memory to its probabilities."""

    threads: int
    latency_ms: float  # the median call with one picture
    latency_p95_ms: float  # 95 % of the calls took no longer
    pictures_per_second: float  # the median call with many pictures


def measure_speeds(classifiers: Sequence[Classifier]) -> list[tuple[Speed, Speed]]:
    """Return each model's speed on one thread, and on all threads that this process may use, after warm-up.

    Each model predicts its own golden pictures. This takes about three seconds a model.

    Raises:
        ModelError: a model does not run.
    """
    cores = available_cores()
    timed = [(_Timed.of(classifier, 1), _Timed.of(classifier, cores)) for classifier in classifiers]
    for _ in range(_ROUNDS):
        for pair in timed:
            for one in pair:
                one.take_turn()
    return [(one.speed(), every.speed()) for one, every in timed]


@dataclass(frozen=True)
class _Timed:
    """One model on a number of threads, and how long its calls took."""

    predict: Callable[[Images], Probabilities]
    pictures: Images
    threads: int
    calls_seconds: list[float] = field(default_factory=list)
    rates: list[float] = field(default_factory=list)  # pictures a second, for each call with many pictures

    @classmethod
    def of(cls, classifier: Classifier, threads: int) -> _Timed:
        predict = classifier.probabilities
        if classifier.engine == "onnx":
            # A session keeps its number of threads, so this needs a session of its own.
            card = classifier.card
            together = network_batch_size(card.views.count, card.decode.height, card.decode.width)
            predict = OnnxPredictor(classifier.graph, threads=threads, batch_size=together).probabilities
        return cls(predict, classifier.golden.pictures, threads)

    def take_turn(self) -> None:
        """Call the model with one picture, then with many, until the turn is over; at least once each."""
        with single_threaded_blas() if self.threads == 1 else nullcontext():
            self._call_with_one(_WARM_UP_CALLS, [])
            self._call_with_one(_CALLS_A_ROUND, self.calls_seconds)
            # As many pictures as fit into a turn at the speed of single pictures, which is the lower speed.
            fitting = int(_SECONDS_A_ROUND / max(min(self.calls_seconds), 1e-6))
            many = np.resize(self.pictures, (min(_MANY, max(1, fitting)), *self.pictures.shape[1:]))
            end = time.perf_counter() + _SECONDS_A_ROUND
            while True:
                self.rates.append(len(many) / _seconds(self.predict, many))
                if time.perf_counter() > end:
                    break

    def _call_with_one(self, most: int, seconds: list[float]) -> None:
        end = time.perf_counter() + _SECONDS_A_ROUND
        for number in range(most):
            at = number % len(self.pictures)
            seconds.append(_seconds(self.predict, self.pictures[at : at + 1]))
            if time.perf_counter() > end:
                break

    def speed(self) -> Speed:
        """Return the medians over all turns."""
        milliseconds = 1000 * np.array(self.calls_seconds)
        return Speed(
            threads=self.threads,
            latency_ms=float(np.median(milliseconds)),
            latency_p95_ms=float(np.quantile(milliseconds, 0.95)),
            pictures_per_second=float(np.median(self.rates)),
        )


def _seconds(predict: Callable[[Images], Probabilities], images: Images) -> float:
    start = time.perf_counter()
    predict(images)
    return time.perf_counter() - start
