"""The data that the stages of a run pass to each other, and a clock for the time of each stage."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from onelook.runtime import ProcessorTime, processor_time
from onelook.settings import FittedPreprocess, NetworkSettings, TrainSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import nn

    from onelook.classical.fit import ClassicalFit
    from onelook.data.dataset import ImageSet
    from onelook.planning.plan import Plan
    from onelook.training.inputs.training_inputs import TrainingInputs
    from onelook.training.logs.log import RunLog
    from onelook.training.measurements.find_learning_rate import RateSweep
    from onelook.training.result import FitResult

    Weights = dict[str, NDArray[np.float32]]  # by the names of a state dict

STATISTICS_BATCH = 1024  # pictures read at a time while the training set's mean and deviation are measured


@dataclass(frozen=True)
class TrainingData:
    """The pictures that a model learns from, is validated on, and is scored on."""

    train: ImageSet
    val: ImageSet
    value_range: tuple[float, float]  # the lowest and highest value that a picture may hold
    class_names: tuple[str, ...]
    test: ImageSet | None = None

    @property
    def planes(self) -> tuple[int, int, int]:
        """(channels, height, width) of a picture."""
        _, height, width, channels = self.train.images.shape
        return channels, height, width

    @property
    def num_classes(self) -> int:
        """The number of classes."""
        return len(self.class_names)


@dataclass(frozen=True)
class ReadyNetwork:
    """A network before its first step."""

    network: nn.Sequential
    inputs: TrainingInputs
    preprocess: FittedPreprocess  # the settings of the inputs' preparation
    extra_weights: dict[str, NDArray[np.float32]]  # those of the preparation, if it has any
    # From the trained weights to those of the whole network; on features only the head is trained.
    whole_weights: Callable[[Weights], Weights] = dict
    words: str = ""  # a sentence on long computations before the first step
    left_out: int = 0  # training pictures for which a time limit leaves no time
    scoring_seconds: float = 0.0  # for one picture, in addition to the time of validating it
    step_times: Mapping[str, float] = field(default_factory=dict)  # by which the precision was chosen, if it was


@dataclass(frozen=True)
class TrainedNetwork:
    """A network with the weights of its best epoch."""

    network: NetworkSettings
    preprocess: FittedPreprocess
    weights: Mapping[str, NDArray[np.float32]]  # of the network, and of the preparation if it has any


@dataclass(frozen=True)
class Fitted:
    """A model that was fitted, with its history."""

    result: FitResult
    model: TrainedNetwork | ClassicalFit
    plan: Plan | None = None  # the plan that it was trained by, if that changed after the run began
    logs: Sequence[RunLog] = ()  # these report the final scores
    # If only a head was trained: what the layers below made of training and validation pictures.
    frozen: tuple[ImageSet, ImageSet] | None = None

    @property
    def classical(self) -> ClassicalFit | None:
        """The model, if it is a classical one; else None."""
        return None if isinstance(self.model, TrainedNetwork) else self.model


@dataclass(frozen=True)
class SweptNetwork:
    """The losses of a network at rising learning rates."""

    settings: TrainSettings  # of the network that was swept
    sweep: RateSweep


@dataclass
class Clock:
    """The seconds of each stage, for `run.json`, and the load of the machine meanwhile."""

    started: float = field(default_factory=time.perf_counter)
    seconds: dict[str, float] = field(default_factory=dict)
    began: ProcessorTime = field(default_factory=processor_time)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the time of the block under this name."""
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)

    @property
    def load(self) -> float:
        """How many times as long as on an idle machine the work of this thread has taken so far, at least 1."""
        return processor_time().load_since(self.began)

    def so_far(self) -> dict[str, float]:
        """Return the seconds of the finished stages, and the total until now."""
        return {**self.seconds, "total": round(time.perf_counter() - self.started, 3)}
