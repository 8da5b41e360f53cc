"""What a finished run gives in Python: its folder, its epochs, its model, one short line."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from onelook.classifier import Classifier
from onelook.errors import ConfigError, DataError, ModelError, OnelookError
from onelook.evaluation.result import Evaluation
from onelook.planning.plan import Plan
from onelook.run_folder import RunFolder
from onelook.runs.begin import BegunRun
from onelook.runs.fold_scores import CrossValidation, Fold
from onelook.runs.model_list import TrainedModel, TrainedModels
from onelook.runs.run import InMemory, Run, ScoredFolder, open_run, run_stages
from onelook.runs.stages import Clock
from onelook.settings import DecodeSettings, TrainSettings

EVALUATION = Evaluation.from_dict(
    {
        "set": "test",
        "rows": 8,
        **{"accuracy": 0.875, "balanced_accuracy": 0.875, "macro_f1": 0.87, "loss": 0.3},
        "accuracy_interval": [0.529, 0.978],
        "class_names": ["dark", "light"],
        "confusion_matrix": [[4, 0], [1, 3]],
        "per_class": [],
        "warnings": [],
    }
)
CLASSES = ("dark", "light")
EPOCHS = [{"epoch": 1, "train_loss": 0.7}, {"epoch": 2, "train_loss": 0.4}]


@pytest.fixture
def run(brightness_classifier: Classifier, tmp_path: Path) -> Run:
    folder = RunFolder.create(tmp_path / "runs" / "photos-001")
    folder.history.write_text("".join(json.dumps(epoch) + "\n" for epoch in EPOCHS))
    brightness_classifier.save(folder.model)
    return Run(folder, EVALUATION, "complete")


def test_it_gives_its_path_and_a_row_for_each_epoch(run: Run, tmp_path: Path) -> None:
    assert run.path == tmp_path / "runs" / "photos-001"
    assert run.history == EPOCHS


def test_its_model_is_loaded_once_at_the_first_use(run: Run) -> None:
    classifier = run.classifier
    assert classifier.class_names == ("dark", "light")
    run.folder.model.rename(run.path / "away")
    assert run.classifier is classifier


def test_the_model_may_still_be_called_for(run: Run) -> None:
    assert run.classifier() is run.classifier
    assert isinstance(run.classifier(), Classifier)


def test_a_missing_model_is_reported_when_it_is_used(run: Run) -> None:
    run.folder.model.rename(run.path / "away")
    with pytest.raises(ModelError, match="photos-001"):
        run.classifier  # noqa: B018


def test_a_run_of_another_session_is_opened_by_its_path(run: Run, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="not a run"):
        open_run(run.path)
    run.folder.run_json.write_text(json.dumps({"format_version": 1, "status": "interrupted"}))
    with pytest.raises(ConfigError, match=r"the run is interrupted\). Resume it with ol.train\(data, out="):
        open_run(run.path)
    matching = {
        "per_class": [{"class_name": name, "precision": 1, "recall": 1, "f1": 1, "support": 4} for name in CLASSES]
    }
    run.folder.evaluation.write_text(json.dumps({**EVALUATION.to_dict(), **matching}))
    assert open_run(str(run.path)).status == "interrupted"
    run.folder.run_json.write_text(json.dumps({"format_version": 1, "status": "complete"}))
    opened = open_run(run.path)
    assert (opened.status, opened.evaluation.accuracy, opened.history) == ("complete", 0.875, EPOCHS)
    assert opened.classifier.class_names == CLASSES


def test_it_is_one_short_line(run: Run) -> None:
    assert repr(run) == f"<Run '{run.path}': complete, 87.50 %>"
    assert str(run) == str(EVALUATION) == "87.50 % of 8 test pictures right (95 % interval 52.90 % to 97.80 %)"
    assert repr(EVALUATION) == f"<Evaluation: {EVALUATION}>"


class Kept:
    """A place for a training that tells what was done with it."""

    def __init__(self, done: str | None = None) -> None:
        self.said: list[str] = []
        self._done = done

    def done(self, plan: object) -> str | None:
        return self._done

    def begin(self, plan: object, data: object) -> BegunRun:
        self.said.append("begun")
        begun: Any = SimpleNamespace(folder=None)
        return begun

    def roll_back(self) -> None:
        self.said.append("rolled back")

    def finish(self, begun: object, fitted: str, clock: object) -> str:
        self.said.append(f"kept {fitted}")
        return "the result"


NOTHING: Any = None


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ConfigError("a setting"), ["begun", "rolled back"]),
        (ModelError("a damaged checkpoint"), ["begun", "rolled back"]),
        (DataError("no space left for features"), ["begun"]),
        (OnelookError("no space left for the checkpoint"), ["begun"]),
        (KeyboardInterrupt(), ["begun"]),
        (MemoryError(), ["begun"]),
    ],
)
def test_a_training_that_is_refused_is_rolled_back_and_one_that_is_cut_short_can_be_resumed(
    problem: BaseException, said: list[str]
) -> None:
    def fit(begun: BegunRun, clock: Clock) -> str:
        raise problem

    kept, clock = Kept(), Clock()
    with pytest.raises(type(problem)):
        run_stages(NOTHING, NOTHING, kept, clock, fit)
    assert kept.said == said
    assert "train" not in clock.so_far()


def test_a_training_begins_is_fitted_and_kept_unless_it_was_done_before() -> None:
    kept, clock = Kept(), Clock()
    assert run_stages(NOTHING, NOTHING, kept, clock, lambda begun, clock: "a model") == "the result"
    assert kept.said == ["begun", "kept a model"]
    assert [*clock.so_far()] == ["train", "total"]
    done = Kept("done before")
    assert run_stages(NOTHING, NOTHING, done, clock, lambda begun, clock: "a model") == "done before"
    assert done.said == []


def test_the_model_is_saved_with_the_plan_that_it_was_trained_by(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A time limit may have replaced the network after the run began."""
    plans: list[Plan] = []

    def finish(begun: BegunRun, data: object, fitted: object, clock: object) -> Evaluation:
        plans.append(begun.plan)
        return EVALUATION

    monkeypatch.setattr("onelook.runs.run.finish_run", finish)
    decode = DecodeSettings(height=8, width=8, channels=1)
    first, last = (Plan(TrainSettings(epochs=epochs), decode) for epochs in (3, 5))
    begun = BegunRun(first, NOTHING, None, run.folder)
    for plan, status in ((None, "complete"), (last, "interrupted")):
        fitted: Any = SimpleNamespace(plan=plan, result=SimpleNamespace(status=status))
        found = ScoredFolder(NOTHING).finish(begun, fitted, Clock())
        assert (found.folder, found.evaluation, found.status) == (run.folder, EVALUATION, status)
    assert plans == [first, last]


def test_what_is_in_memory_is_lost_if_it_was_interrupted() -> None:
    def fitted(status: str) -> Any:
        return SimpleNamespace(result=SimpleNamespace(status=status))

    whole = fitted("complete")
    assert InMemory().finish(NOTHING, whole, Clock()) is whole
    with pytest.raises(KeyboardInterrupt):
        InMemory().finish(NOTHING, fitted("interrupted"), Clock())


@pytest.mark.parametrize(
    ("status", "epochs", "limit", "is_done"),
    [
        ("complete", 3, None, True),
        ("complete", 4, None, False),
        ("complete", 3, 60.0, False),
        ("interrupted", 3, None, False),
    ],
)
def test_a_complete_run_is_read_unless_epochs_or_time_are_added(  # noqa: PLR0917
    status: str, epochs: int, limit: float | None, is_done: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Run, "report", lambda self: self.path)
    before = TrainSettings(epochs=3).model_dump(mode="json")
    run.folder.update_run(status=status, settings=before)
    matching = {
        "per_class": [{"class_name": name, "precision": 1, "recall": 1, "f1": 1, "support": 4} for name in CLASSES]
    }
    run.folder.evaluation.write_text(json.dumps({**EVALUATION.to_dict(), **matching}))
    said: list[str] = []
    plan = Plan(TrainSettings(epochs=epochs, time_limit_seconds=limit), DecodeSettings(height=8, width=8, channels=1))
    found = ScoredFolder(NOTHING, resumed=run.folder, say=said.append).done(plan)
    assert ScoredFolder(NOTHING, say=said.append).done(plan) is None
    if is_done:
        assert found is not None
        assert (found.folder, found.status, found.evaluation.accuracy) == (run.folder, "complete", 0.875)
        assert said == [f"{run.path} is complete: there is nothing to resume, unless you give more --epochs"]
    else:
        assert (found, said) == (None, [])


def test_several_runs_are_one_short_line() -> None:
    folder = RunFolder(Path("all/1"))
    folds = tuple(Fold(number, folder, EVALUATION, "complete") for number in (1, 2))
    assert repr(CrossValidation(Path("all"), 3, folds, "interrupted")) == (
        "<CrossValidation 'all': interrupted, 2 of 3 folds, 87.50 % on average>"
    )
    models = (TrainedModel("cnn", folder, "complete", EVALUATION), TrainedModel("mlp", folder, "failed"))
    assert repr(TrainedModels(Path("all"), models, {})) == "<TrainedModels 'all': failed, cnn and mlp>"
