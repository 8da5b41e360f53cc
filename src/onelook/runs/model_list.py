"""The result of `onelook train --models a,b,c`: a run for each model, and why some of them failed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from onelook.errors import ModelError, in_words
from onelook.notebook import html_of
from onelook.run_folder import RunFolder
from onelook.settings.merge import Overrides
from onelook.wording import listed

if TYPE_CHECKING:
    from onelook.comparison.result import Comparison
    from onelook.evaluation.result import Evaluation

FILE = "models.json"

Status = Literal["waiting", "complete", "interrupted", "failed"]


@dataclass(frozen=True)
class TrainedModel:
    """One model of the list, with its status and score."""

    model: str  # as given in `--models`: a name, or a TOML file
    run: RunFolder  # exists once the model was begun
    status: Status = "waiting"
    evaluation: Evaluation | None = None
    error: str = ""  # why it failed
    cause: Exception | None = None  # the exception itself; not written to disk

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        scored = self.evaluation
        return {
            "model": self.model,
            "run": str(self.run.path),
            "status": self.status,
            "error": self.error or None,
            "accuracy": None if scored is None else scored.accuracy,
        }


@dataclass(frozen=True, repr=False)
class TrainedModels:
    """Runs of several models on the same split, and their comparison."""

    path: Path
    models: tuple[TrainedModel, ...]  # in the order given
    asked: Overrides  # the other settings that the user gave, the same for all
    comparison: Comparison | None = None  # of the complete models, once all were tried

    @property
    def status(self) -> str:
        """`complete`, `interrupted` (it can be resumed), or `failed` (some models could not be trained)."""
        states = {model.status for model in self.models}
        if states & {"interrupted", "waiting"}:
            return "interrupted"
        return "failed" if "failed" in states else "complete"

    @property
    def complete(self) -> tuple[TrainedModel, ...]:
        """The models that were trained to the end."""
        return tuple(model for model in self.models if model.status == "complete")

    @property
    def failed(self) -> tuple[TrainedModel, ...]:
        """The models that could not be trained."""
        return tuple(model for model in self.models if model.status == "failed")

    def __repr__(self) -> str:
        # One line, without the evaluation of each model.
        names = listed(model.model for model in self.models)
        return f"<TrainedModels {str(self.path)!r}: {self.status}, {names}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the models with their scores, and advice."""
        return html_of("onelook.report.notebook.tables:models_html", self)

    def to_dict(self) -> dict[str, object]:
        """Return JSON values: the status of each model, and the comparison."""
        return {
            "status": self.status,
            "run": str(self.path),
            "models": [model.to_dict() for model in self.models],
            "comparison": None if self.comparison is None else self.comparison.to_dict(),
        }


def read_models(folder: Path) -> TrainedModels:
    """Read the folder's `models.json`, without reading the runs.

    Raises:
        ModelError: it is damaged.
    """
    path = folder / FILE
    try:
        values = json.loads(path.read_bytes())
        models = tuple(
            TrainedModel(str(entry["model"]), RunFolder(folder / Path(entry["run"]).name), entry["status"])
            for entry in values["models"]
        )
        return TrainedModels(folder, models, dict(values["asked"]))
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        reason = in_words(problem)
        raise ModelError(f"{path}: not a list of models ({reason}). The file is damaged: train again.") from problem
