"""The scores of a model on one set of pictures: the content of `evaluation.json`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from onelook.evaluation.baseline import Baseline
from onelook.evaluation.calibration import Calibration
from onelook.metrics import METRICS
from onelook.metrics.scores import ScoreValues
from onelook.notebook import html_of
from onelook.wording import counted, percent

SetName = Literal["test", "val"]
_SET_WORDS = {"test": "test", "val": "validation"}
# Every evaluation.json since the first version has these: a file that lacks one of them is damaged.
_ALWAYS_THERE = ("accuracy", "balanced_accuracy", "macro_f1", "loss")


class Scored:
    """A result that has scores. Scores that every file has are attributes too."""

    scores: ScoreValues

    @property
    def accuracy(self) -> float:
        """The share of rows whose likeliest class is the label, in [0, 1]."""
        return self._there("accuracy")

    @property
    def balanced_accuracy(self) -> float:
        """The mean recall of the classes that have rows, in [0, 1]."""
        return self._there("balanced_accuracy")

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the classes that have rows or were predicted, in [0, 1]."""
        return self._there("macro_f1")

    @property
    def loss(self) -> float:
        """The mean of -log p(label), in nats."""
        return self._there("loss")

    def _there(self, name: str) -> float:
        value = self.scores[name]
        if value is None:
            raise ValueError(f"the score {name} is None, expected a number")
        return value


def read_scores(values: Mapping[str, Any], *, may_be_unknown: bool = False) -> dict[str, float | None]:
    """Return the registered scores among JSON values; None for a score that an older file lacks.

    Args:
        values: JSON values, among which are the scores by name.
        may_be_unknown: whether a score that every evaluation has may be null, as in a comparison on some pictures.

    Raises:
        KeyError, TypeError, ValueError: a score that every file has is missing, or a score is not a number.
    """
    always: dict[str, float | None] = {
        name: None if may_be_unknown and values[name] is None else float(values[name]) for name in _ALWAYS_THERE
    }
    found = {name: values.get(name) for name in METRICS}
    return {name: None if value is None else float(value) for name, value in found.items()} | always


def _with_interval(scored: Evaluation | LeftScore) -> dict[str, object]:
    """Return the scores as JSON values, the interval beside its accuracy."""
    return {"accuracy": scored.accuracy, "accuracy_interval": list(scored.accuracy_interval), **scored.scores}


@dataclass(frozen=True)
class ClassResult:
    """How well the model recognises one class. A score is 0 if its divisor is 0."""

    class_name: str
    precision: float
    recall: float
    f1: float
    support: int  # rows of this class


@dataclass(frozen=True)
class LeftScore(Scored):
    """The scores without the pictures that the model has seen."""

    rows: int
    scores: ScoreValues
    accuracy_interval: tuple[float, float]  # 95 %, Wilson 1927

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        return {"rows": self.rows, **_with_interval(self)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> LeftScore:
        """Read what `to_dict` returns.

        Raises:
            KeyError, TypeError, ValueError: a field is missing or of the wrong kind.
        """
        low, high = values["accuracy_interval"]
        return cls(int(values["rows"]), read_scores(values), accuracy_interval=(float(low), float(high)))


@dataclass(frozen=True, repr=False)
class Evaluation(Scored):
    """A model's scores on one set of labelled pictures. It prints as its accuracy, with the interval.

    Attributes:
        set_name: `test` or `val`; `set` in JSON.
        rows: the number of pictures.
        scores: each score by its name; in JSON a field of its own.
        accuracy_interval: the 95 % interval of the accuracy, lowest and highest (Wilson 1927).
        class_names: the classes, in the order of the confusion matrix.
        confusion_matrix: a row for each label, a column for each predicted class.
        per_class: precision, recall and F1 of each class.
        warnings: sentences to read before the score is believed.
        leaked: the number of these pictures that the model has seen in training, by kind: `exact` for equal pixels,
            `near` for altered copies; None if that was not checked.
        without_leaks: the scores without the pictures that the model has seen; None if it has seen none, or all.
        calibration: how sure the model is against how often it is right; None in a file of an earlier version. In JSON
            its temperature and error before are `temperature` and `calibration_error_before`.
        baseline: what a logistic regression on small pixels reaches; None if it was not measured.
    """

    set_name: SetName
    rows: int
    scores: ScoreValues
    accuracy_interval: tuple[float, float]
    class_names: tuple[str, ...]
    confusion_matrix: tuple[tuple[int, ...], ...]
    per_class: tuple[ClassResult, ...]
    warnings: tuple[str, ...] = ()
    leaked: Mapping[str, int] | None = None  # by a kind of `score_without_leaks.KINDS`
    without_leaks: LeftScore | None = None
    calibration: Calibration | None = None
    baseline: Baseline | None = None

    def __str__(self) -> str:
        low, high = (percent(bound, 2) for bound in self.accuracy_interval)
        pictures = counted(self.rows, f"{_SET_WORDS[self.set_name]} picture")
        return f"{percent(self.accuracy, 2)} of {pictures} right (95 % interval {low} to {high})"

    def __repr__(self) -> str:
        # Without the confusion matrix and the scores of each class: a notebook would show all of them.
        return f"<Evaluation: {self}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the score with its interval, and the confusion matrix."""
        return html_of("onelook.report.notebook.run:evaluation_html", self)

    def to_dict(self) -> dict[str, object]:
        """Return JSON values. The names of the fields are a stable format."""
        # Lists instead of tuples, as JSON has no others: what is written then equals what is read.
        values: dict[str, object] = {
            "set": self.set_name,
            "rows": self.rows,
            **_with_interval(self),
            "class_names": list(self.class_names),
            "confusion_matrix": [list(row) for row in self.confusion_matrix],
            "per_class": [asdict(result) for result in self.per_class],
            "warnings": list(self.warnings),
        }
        if self.calibration is not None:
            values["temperature"] = self.calibration.temperature
            values["calibration_error_before"] = self.calibration.error_before
            values["calibration"] = self.calibration.to_dict()
        if self.baseline is not None:
            values["baseline"] = self.baseline.to_dict()
        if self.leaked is None:
            return values
        left = None if self.without_leaks is None else self.without_leaks.to_dict()
        return {**values, "leaked": dict(self.leaked), "without_leaks": left}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Evaluation:
        """Read what `to_dict` returns. Fields of later versions are ignored; scores that the file lacks are None.

        Raises:
            KeyError, TypeError, ValueError: a field is missing or of the wrong kind.
        """
        low, high = values["accuracy_interval"]
        leaked, left, calibration = values.get("leaked"), values.get("without_leaks"), values.get("calibration")
        if values["set"] not in ("test", "val"):
            raise ValueError(f"set is {values['set']!r}, expected 'test' or 'val'")
        return cls(
            set_name=values["set"],
            rows=int(values["rows"]),
            scores=read_scores(values),
            accuracy_interval=(float(low), float(high)),
            class_names=tuple(str(name) for name in values["class_names"]),
            confusion_matrix=tuple(tuple(int(count) for count in row) for row in values["confusion_matrix"]),
            per_class=tuple(
                ClassResult(
                    class_name=str(result["class_name"]),
                    precision=float(result["precision"]),
                    recall=float(result["recall"]),
                    f1=float(result["f1"]),
                    support=int(result["support"]),
                )
                for result in values["per_class"]
            ),
            warnings=tuple(str(warning) for warning in values["warnings"]),
            leaked={str(kind): int(count) for kind, count in leaked.items()} if leaked is not None else None,
            without_leaks=None if left is None else LeftScore.from_dict(left),
            calibration=None
            if calibration is None
            else Calibration.from_dict(
                calibration,
                temperature=values["temperature"],
                error_before=values["calibration_error_before"],
            ),
            baseline=None if values.get("baseline") is None else Baseline.from_dict(values["baseline"]),
        )
