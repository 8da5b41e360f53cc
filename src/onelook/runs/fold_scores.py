"""The result of cross-validation: the folds' runs, the mean of each score and its interval."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from onelook.errors import ModelError, in_words
from onelook.evaluation.result import Evaluation
from onelook.metrics import METRICS
from onelook.metrics.interval import mean_interval
from onelook.notebook import html_of
from onelook.run_folder import RunFolder
from onelook.wording import counted, percent

if TYPE_CHECKING:
    from onelook.checks.finding import Finding
    from onelook.classifier import Classifier

FILE = "folds.json"


def read_folds(path: Path) -> dict[str, Any]:
    """Read the content of a `folds.json`.

    Raises:
        ModelError: it is damaged.
    """
    try:
        values = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as problem:
        reason = in_words(problem)
        raise ModelError(f"{path}: not readable as JSON ({reason}). The file is damaged: train again.") from problem
    if not isinstance(values, dict):
        raise ModelError(f"{path}: holds a {type(values).__name__}, expected a JSON object.")
    return values


@dataclass(frozen=True)
class Fold:
    """One fold's run."""

    number: int  # from 1
    run: RunFolder
    evaluation: Evaluation  # on the fold's own pictures, on which the run validated
    status: str  # `complete` or `interrupted`
    test: Evaluation | None = None  # on the test pictures, once all folds are complete

    @property
    def seconds(self) -> float | None:
        """The seconds of training and scoring, of all sessions if it was resumed; None if they are not known."""
        if not self.run.run_json.is_file():
            return None
        seconds: float | None = self.run.read_run().get("timings", {}).get("total")
        return seconds

    def classifier(self) -> Classifier:
        """Load the fold's model from its run."""
        from onelook.classifier import load

        return load(self.run.model)

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        return {
            "fold": self.number,
            "run": str(self.run.path),
            "status": self.status,
            "rows": self.evaluation.rows,
            "seconds": self.seconds,
            **self.evaluation.scores,
            **{f"test_{name}": None if self.test is None else self.test.scores[name] for name in METRICS},
        }


@dataclass(frozen=True)
class MeanScore:
    """A mean over folds, and the 95 % t interval of that mean."""

    mean: float
    interval: tuple[float, float]


@dataclass(frozen=True, repr=False)
class CrossValidation:
    """Several runs, in which each training picture validates once. Interrupted folds do not count."""

    path: Path
    count: int  # the number of folds in the request
    folds: tuple[Fold, ...]  # the folds that were begun
    status: str  # `running`, `complete`, or `interrupted`: what was done is safe, and can be resumed
    findings: tuple[Finding, ...] = ()  # labels that look wrong to the models that were not trained on the pictures
    labels: str = ""  # how the labels were judged, in a sentence; empty if they were not

    @property
    def complete(self) -> tuple[Fold, ...]:
        """The folds that were trained to the end."""
        return tuple(fold for fold in self.folds if fold.status == "complete")

    @property
    def _tested(self) -> list[Evaluation]:
        """The test evaluations of the folds that have one."""
        return [fold.test for fold in self.folds if fold.test is not None]

    @property
    def accuracy(self) -> MeanScore | None:
        """The mean over the complete folds, each on its own pictures; None with fewer than two."""
        return mean_score("accuracy", [fold.evaluation for fold in self.complete])

    @property
    def test_accuracy(self) -> MeanScore | None:
        """The mean over the folds' models on the test pictures; None without them, or if a fold is missing."""
        return mean_score("accuracy", self._tested)

    @property
    def mean(self) -> float | None:
        """The mean accuracy of the complete folds, in [0, 1]."""
        return None if self.accuracy is None else self.accuracy.mean

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % t interval of `mean`."""
        return None if self.accuracy is None else self.accuracy.interval

    @property
    def suspects(self) -> Path:
        """`suspects.csv`: the labels that look wrong, worst first; there is none if no label does."""
        return self.path / "suspects.csv"

    @property
    def predictions(self) -> Path:
        """`predictions.csv`: the prediction for each picture by the fold that validated on it."""
        return self.path / "predictions.csv"

    def report(self) -> Path:
        """Write the page on all folds again, and return its path."""
        from onelook.report.folds_page import write_folds_page

        return write_folds_page(self.path, self.to_dict())

    def to_dict(self) -> dict[str, object]:
        """Return the content of `folds.json`."""
        test = self._tested
        return {
            "status": self.status,
            "run": str(self.path),
            "folds": self.count,
            "rows": sum(fold.evaluation.rows for fold in self.complete),
            "interval": "95 % t interval of the mean over folds",
            **_mean_fields([fold.evaluation for fold in self.complete]),
            "test": {"rows": test[0].rows, **_mean_fields(test)} if test else None,
            "runs": [fold.to_dict() for fold in self.folds],
            "findings": [finding.to_dict() for finding in self.findings],
            "labels": self.labels,
        }

    def __repr__(self) -> str:
        # One line, without the evaluation of each fold.
        mean = "" if self.mean is None else f", {percent(self.mean, 2)} on average"
        done = f"{len(self.complete)} of {counted(self.count, 'fold')}"
        return f"<CrossValidation {str(self.path)!r}: {self.status}, {done}{mean}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the folds with their scores, and the mean."""
        return html_of("onelook.report.notebook.tables:folds_html", self)

    def __str__(self) -> str:
        if self.accuracy is None:
            return f"{len(self.complete)} of {counted(self.count, 'fold')} done: a mean needs two or more"
        done = "" if len(self.complete) == self.count else f"{len(self.complete)} of "
        of_all = f"{done}{counted(self.count, 'fold')}"
        lines = [f"{_words(self.accuracy)} over {of_all}"]
        if self.test_accuracy is not None:
            lines.append(f"{_words(self.test_accuracy)} of their models on the test pictures")
        return "\n".join(lines)


def mean_score(name: str, evaluations: Sequence[Evaluation]) -> MeanScore | None:
    """Return the mean of a score; None with fewer than two evaluations, or if one lacks the score."""
    values = [one.scores[name] for one in evaluations]
    known = [value for value in values if value is not None]
    if len(known) < max(2, len(values)):
        return None
    return MeanScore(fmean(known), mean_interval(known, limits=METRICS.load(name).limits))


def _mean_fields(evaluations: Sequence[Evaluation]) -> dict[str, object]:
    """Return the mean of every score and its interval; null with fewer than two evaluations, or if one lacks it."""
    fields: dict[str, object] = {}
    for name in METRICS:
        found = mean_score(name, evaluations)
        fields[name] = None if found is None else found.mean
        fields[f"{name}_interval"] = None if found is None else list(found.interval)
    return fields


def _words(found: MeanScore) -> str:
    low, high = (percent(bound, 2) for bound in found.interval)
    return f"mean accuracy {percent(found.mean, 2)} (95 % t interval of the mean {low} to {high})"
