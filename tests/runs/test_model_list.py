"""A list of models without any training: its status, its file, what is tried, kept and said."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.errors import ConfigError, DataError, ModelError
from onelook.evaluation.evaluate import evaluate
from onelook.planning.plan import Plan
from onelook.planning.request import Request
from onelook.run_folder import RunFolder
from onelook.runs import train_models as module
from onelook.runs.begin import BegunRun
from onelook.runs.model_list import Status, TrainedModel, TrainedModels, read_models
from onelook.runs.run import Run, ScoredFolder
from onelook.runs.stages import Clock
from onelook.runs.train_models import train_models
from onelook.settings import DecodeSettings, TrainSettings

SCORED = evaluate(np.eye(2), np.array([0, 1]), ("a", "b"), "val")


def listed(*states: Status) -> TrainedModels:
    models = [TrainedModel(f"m{n}", RunFolder(Path(f"all/m{n}")), state) for n, state in enumerate(states)]
    return TrainedModels(Path("all"), tuple(models), {})


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (("complete", "complete"), "complete"),
        (("complete", "failed"), "failed"),
        (("complete", "waiting"), "interrupted"),
        (("failed", "interrupted"), "interrupted"),
        (("failed", "waiting"), "interrupted"),
    ],
)
def test_the_list_is_done_when_nothing_waits_and_failed_when_anything_did(
    states: tuple[Status, ...], status: str
) -> None:
    assert listed(*states).status == status


def test_a_list_is_written_with_the_score_of_each_and_why_it_failed() -> None:
    done, failed = listed("complete", "failed").models
    models = (replace(done, evaluation=SCORED), replace(failed, error="no such", cause=DataError("no such")))
    found = TrainedModels(Path("all"), models, {"epochs": 3})
    assert found.to_dict() == {
        "status": "failed",
        "run": "all",
        "models": [
            {"model": "m0", "run": "all/m0", "status": "complete", "error": None, "accuracy": 1.0},
            {"model": "m1", "run": "all/m1", "status": "failed", "error": "no such", "accuracy": None},
        ],
        "comparison": None,
    }
    assert (found.complete, found.failed) == (models[:1], models[1:])
    assert repr(found) == "<TrainedModels 'all': failed, m0 and m1>"


@pytest.mark.parametrize("content", ["{", "[]", '{"models": [{"model": "a"}], "asked": {}}', '{"models": []}'])
def test_a_damaged_list_is_refused(content: str, tmp_path: Path) -> None:
    (tmp_path / "models.json").write_text(content)
    with pytest.raises(
        ModelError, match=r"models\.json: not a list of models \(.*\)\. The file is damaged: train again\."
    ):
        read_models(tmp_path)


class Trained:
    """Trains by a script: what each model comes to, in the order in which they are tried."""

    def __init__(self, script: dict[str, str | Exception]) -> None:
        self.script = script
        self.asked: list[dict[str, Any]] = []
        self.said: list[str] = []

    def prepare(self, request: Request) -> Any:
        request.say("found: 3 copies")
        self.asked.append(dict(request.asked))
        return None, SimpleNamespace(training_data=None)

    def run(self, plan: None, data: None, sink: ScoredFolder, *_: Any, **__: Any) -> Run:
        folder = RunFolder(sink.out or Path())
        outcome = self.script[folder.path.name]
        if isinstance(outcome, Exception):
            raise outcome
        folder.path.mkdir(parents=True, exist_ok=True)
        folder.update_run(status=outcome)
        folder.evaluation.write_text(json.dumps(SCORED.to_dict()))
        return Run(folder, SCORED, outcome)

    def __call__(self, out: Path, *, resume: bool = False, **asked: Any) -> TrainedModels:
        if not resume:
            asked = {"models": tuple(self.script), "epochs": 3, **asked}
        resumed = RunFolder(out) if resume else None
        return train_models(Request("digits", asked, out, resumed, say=self.said.append), Clock())


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> Trained:
    made = Trained({"cnn": "complete", "mlp": DataError("no such"), "resnet": "interrupted", "svc": "complete"})
    monkeypatch.setattr(module, "prepare_training", made.prepare)
    monkeypatch.setattr(module, "run_plan", made.run)
    return made


def test_what_is_found_is_said_once_and_what_fails_later_stops_no_other(trained: Trained, tmp_path: Path) -> None:
    found = trained(tmp_path / "all", seed=7)
    assert [model.status for model in found.models] == ["complete", "failed", "interrupted", "waiting"]
    assert [each["model"] for each in trained.asked] == ["cnn", "mlp", "resnet"]  # after Ctrl-C nothing is begun
    assert all((each["epochs"], each["seed"]) == (3, 7) and "models" not in each for each in trained.asked)
    assert trained.said.count("found: 3 copies") == 1
    assert trained.said.count("  mlp could not be trained: no such") == 1


def test_a_resume_keeps_resumes_and_tries_again_on_another_device_alone(trained: Trained, tmp_path: Path) -> None:
    trained(tmp_path / "all")
    trained.script |= {"mlp": "complete", "resnet": "complete"}
    shutil.move(tmp_path / "all", tmp_path / "moved")
    trained.asked.clear()
    found = trained(tmp_path / "moved", resume=True, device="cuda")
    assert [(model.status, model.error, model.cause) for model in found.models] == [("complete", "", None)] * 4
    assert [model.run.path.parent for model in found.models] == [tmp_path / "moved"] * 4
    # Of a run that was begun the settings are its own; the others get all that was asked for at first.
    assert trained.asked == [
        {"model": "mlp", "epochs": 3, "device": "cuda"},
        {"device": "cuda"},
        {"model": "svc", "epochs": 3, "device": "cuda"},
    ]
    again = read_models(tmp_path / "moved")
    assert (again.status, again.asked["device"]) == ("complete", "cuda")
    with pytest.raises(ConfigError, match=r"\(epochs was 3, asked 4\)"):
        trained(tmp_path / "moved", resume=True, epochs=4)


def test_data_that_is_wrong_ends_it_at_the_first_and_leaves_nothing(trained: Trained, tmp_path: Path) -> None:
    trained.script = {"cnn": DataError("no labels"), "mlp": "complete"}
    with pytest.raises(DataError, match="no labels"):
        trained(tmp_path / "all")
    assert len(trained.asked) == 1
    assert not (tmp_path / "all").exists()


def test_a_choice_that_is_made_late_is_added_to_the_others(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    plan = Plan(TrainSettings(), DecodeSettings(height=8, width=8, channels=1), ("a network", "a size"))
    said: list[str] = []
    begun: Any = BegunRun(plan, None, None, folder)  # type: ignore[arg-type]
    chosen = begun.choose("64 at once", said.append, batch_size=64)
    assert chosen.plan.choices == ("a network", "a size", "64 at once")
    assert folder.read_run()["choices"] == ["a network", "a size", "64 at once"]
    assert (chosen.settings.batch_size, folder.read_run()["settings"]["batch_size"]) == (64, 64)
    assert said == ["           64 at once"]
    assert replace(begun, folder=None).choose("64 at once", said.append).plan.choices[-1] == "64 at once"
