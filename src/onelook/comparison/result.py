"""The result of comparing runs on the same pictures: the content of `comparison.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from onelook.comparison.speed import Speed
from onelook.errors import ModelError, in_words
from onelook.evaluation.result import Scored, SetName, read_scores
from onelook.metrics.scores import ScoreValues
from onelook.notebook import html_of
from onelook.runtime import command_name
from onelook.wording import counted

LEVEL = 0.05  # a difference counts as shown below this p-value


@dataclass(frozen=True)
class PairedTest:
    """McNemar's exact test of the best run against another one, on the same pictures."""

    only_best_right: int  # pictures that only the best run has right
    only_this_right: int  # pictures that only the other run has right
    p_value: float
    p_adjusted: float  # corrected for the number of tests (Holm 1979)

    @property
    def shows_a_difference(self) -> bool:
        """Whether two equally good models would rarely differ this much."""
        return self.p_adjusted < LEVEL


@dataclass(frozen=True)
class EpochPoint:
    """One epoch in a run's curves. A value that is not a finite number is None."""

    epoch: int
    train_loss: float | None
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None


@dataclass(frozen=True)
class ComparedRun(Scored):
    """One run. What is not known of it is None."""

    run: str  # its folder, as the user wrote it
    label: str  # its name in tables: the shortest one that differs from all others
    model: str | None
    set_name: SetName  # the set that it was scored on; `set` in JSON
    rows: int
    scores: ScoreValues  # in JSON each score is a field of its own
    accuracy_interval: tuple[float, float]  # 95 %, Wilson 1927
    parameters: int | None
    size_bytes: int | None
    train_seconds: float | None
    epochs: int | None  # epochs of training
    one_thread: Speed | None
    all_threads: Speed | None
    history: tuple[EpochPoint, ...] = ()
    warnings: tuple[str, ...] = ()  # the warnings of its evaluation
    against_best: PairedTest | None = None  # None for the best run itself, and where predictions are missing
    on_front: bool = False  # whether no other run is both faster and more accurate

    @property
    def calibration_error(self) -> float | None:
        """The expected calibration error, in [0, 1]; None if it is not known."""
        return self.scores.get("calibration_error")

    def ties_with(self, other: ComparedRun) -> bool:
        """Return whether both have as many pictures right, of the same number."""
        return (self.rows, self.accuracy) == (other.rows, other.accuracy)

    def to_dict(self) -> dict[str, object]:
        """Return JSON values, named as in `evaluation.json`."""
        values = asdict(self)
        return {"run": values.pop("run"), "set": values.pop("set_name"), **values.pop("scores"), **values}


@dataclass(frozen=True)
class DifferentSetting:
    """A setting that differs between the runs."""

    name: str  # such as `optimizer.name`
    values: tuple[str, ...]  # one for each run


@dataclass(frozen=True, repr=False)
class Comparison:
    """The runs in the order of the request, with the best one, advice, and the settings that differ."""

    data: str  # the name of the data
    created: str  # ISO date and time
    machine: str  # where the speeds were measured
    runs: tuple[ComparedRun, ...]
    best: int  # position of the most accurate run
    advice: str
    settings: tuple[DifferentSetting, ...]
    notes: tuple[str, ...] = ()  # on runs whose data differs: which pictures and labels count
    warnings: tuple[str, ...] = ()  # on scored pictures that a model has seen, with the score without them

    def __repr__(self) -> str:
        # One line: a notebook would show every figure.
        best = self.runs[self.best]
        return f"<Comparison: {counted(len(self.runs), 'run')} on {self.data}, the most accurate is {best.label}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the runs with their scores, and advice."""
        return html_of("onelook.report.notebook.tables:comparison_html", self)

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        values = asdict(self)
        return {**values, "best": self.runs[self.best].run, "runs": [run.to_dict() for run in self.runs]}


def read_comparison(path: Path) -> Comparison:
    """Read a `comparison.json`, with the speeds that were measured when it was written.

    Raises:
        ModelError: the file is damaged.
    """
    try:
        values = json.loads(path.read_bytes())
        runs = [
            {**run, "set_name": run["set"], "scores": read_scores(run, may_be_unknown=True)} for run in values["runs"]
        ]
        best = [run["run"] for run in runs].index(values["best"])
        return TypeAdapter(Comparison).validate_python({**values, "runs": runs, "best": best})
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        reason = (
            "a field is missing or of the wrong kind" if isinstance(problem, ValidationError) else in_words(problem)
        )
        raise ModelError(
            f"{path}: not a comparison ({reason}). Make it anew: {command_name()} compare {path.parent}"
        ) from problem
