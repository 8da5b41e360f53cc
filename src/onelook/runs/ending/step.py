"""`EndingStep`: a step of what a run does after training, with the time that it takes; and what the steps pass on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from onelook.errors import ConfigError
from onelook.runs.begin import BegunRun
from onelook.runs.prepare import PreparedData
from onelook.runs.stages import Fitted, TrainingData
from onelook.settings import TrainSettings

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from onelook.classifier import Classifier
    from onelook.data.dataset import ImageSet
    from onelook.data.labels import Labels
    from onelook.evaluation.result import Evaluation, SetName
    from onelook.predictors.predictor import Features
    from onelook.run_folder import RunFolder


@dataclass(frozen=True)
class EndingFacts:
    """The facts of a run by which a step says what it takes. They are known before training."""

    settings: TrainSettings
    data: TrainingData

    @property
    def scored(self) -> ImageSet:
        """The pictures that the model will be scored on."""
        return self.data.val if self.data.test is None else self.data.test


@dataclass(frozen=True)
class Cost:
    """The time of a step, besides what every time limit reserves for saving the model and writing the report.

    Attributes:
        predictions: the pictures that the model predicts, each in all its views.
        seconds: processor time on a slow core, for everything else.
    """

    predictions: int = 0
    seconds: float = 0.0

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.predictions + other.predictions, self.seconds + other.seconds)


@dataclass(frozen=True)
class Scored:
    """The pictures that the model was scored on, with its answers and its score."""

    set_name: SetName
    pictures: ImageSet
    labels: Labels
    probabilities: NDArray[np.float32]  # (pictures, classes)
    evaluation: Evaluation
    # What the network makes of some of them, (some, features), and their positions; None if no step reads it, or the
    # model has no features.
    features: Features | None = None
    with_features: NDArray[np.int64] | None = None


@dataclass(frozen=True)
class Ending:
    """A run after training, with what its steps have made so far."""

    begun: BegunRun
    data: PreparedData
    fitted: Fitted
    classifier: Classifier
    score: Scored | None = None  # None until the model is scored
    reads_features: bool = False  # whether one of the steps reads the features of scored pictures

    @property
    def folder(self) -> RunFolder:
        """The folder of the run."""
        return self.begun.own_folder

    @property
    def scored(self) -> Scored:
        """The score.

        Raises:
            ConfigError: the model is not scored yet: the step stands too early in the list.
        """
        if self.score is None:
            raise ConfigError("the model is not scored yet. Expected this step after 'score' in the list of steps.")
        return self.score

    def with_evaluation(self, evaluation: Evaluation) -> Ending:
        """Return the ending with another evaluation of the same answers."""
        return replace(self, score=replace(self.scored, evaluation=evaluation))


def _nothing(_: EndingFacts) -> Cost:
    return Cost()


def _always(_: EndingFacts) -> bool:
    return True


@dataclass(frozen=True)
class EndingStep:
    """A step after training. A time limit keeps free what the steps cost.

    Attributes:
        run: does it, and returns the ending with what it made.
        writes: the files that it writes, relative to the run folder; a name that ends in `/` is a folder.
        cost: what it takes.
        reads_features: whether it reads `Scored.features`. They are kept while the pictures are scored.
        is_wanted: whether a run has this step at all, as a fold has no baseline.
        least_limit_seconds: under a shorter time limit the step is left out, and the report says so.
        what: what it makes, in the words of that sentence.
        stage: the stage of the run's timings that it belongs to; empty for none.
    """

    run: Callable[[Ending], Ending]
    writes: tuple[str, ...] = ()
    cost: Callable[[EndingFacts], Cost] = _nothing
    reads_features: bool = False
    is_wanted: Callable[[EndingFacts], bool] = _always
    least_limit_seconds: float = 0.0
    what: str = ""
    stage: Literal["", "evaluate"] = "evaluate"
