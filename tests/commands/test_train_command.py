"""What `train`, `cross_validate`, `train_models` and `tune` hand on and refuse, before anything is trained."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import onelook
from onelook.commands import train as module
from onelook.commands import tune as tuning
from onelook.errors import ConfigError
from onelook.runs.model_list import TrainedModels
from onelook.runtime import Launch


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What each request was, in order; nothing is trained."""
    requests: list[dict[str, Any]] = []

    def request(data: Any, settings: dict[str, Any], processes: Any, **more: Any) -> Any:
        requests.append({"data": data, "settings": settings, "is_first": processes.is_first, **more})
        return "a result"

    monkeypatch.setattr(module, "train_request", request)
    monkeypatch.setattr(module, "say_in_python", lambda say, found: say(f"summary of {found}"))
    return requests


def test_what_python_asks_for_reaches_the_request(handed: list[dict[str, Any]]) -> None:
    said: list[str] = []
    on_progress: Any = object()
    found = onelook.train(
        "photos",
        out="run",
        resume=True,
        config="mine.toml",
        sets=("seed=3",),
        command="onelook train photos",
        say=said.append,
        on_progress=on_progress,
        epochs=3,
        model="cnn",
    )
    assert found == "a result"
    (request,) = handed
    clock, say = request.pop("clock"), request.pop("say")
    assert clock.so_far()["total"] >= 0
    assert request == {
        "data": "photos",
        "settings": {"epochs": 3, "model": "cnn"},
        "is_first": True,
        "out": Path("run"),
        "resume": True,
        "config": Path("mine.toml"),
        "sets": ("seed=3",),
        "command": "onelook train photos",
        "quiet": False,
        "on_progress": on_progress,
    }
    say("longer with --epochs 9")
    assert said == ["summary of a result", "longer with epochs=9"]  # what is said on the way has Python's words too


@pytest.mark.parametrize(("options", "is_quiet"), [({"quiet": True}, True), ({"summary": False}, False)])
def test_nothing_asked_for_is_nothing_handed_on(
    options: dict[str, bool], is_quiet: bool, handed: list[dict[str, Any]]
) -> None:
    said: list[str] = []
    onelook.train("photos", say=said.append, **options)
    assert said == []
    (request,) = handed
    assert request["settings"] == {}
    assert [request[name] for name in ("out", "resume", "config", "quiet", "on_progress")] == [
        *(None, False, None, is_quiet, None)
    ]


def test_folds_and_models_are_settings_with_functions_of_their_own(
    handed: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    onelook.cross_validate("photos", quiet=True, seed=3)
    onelook.cross_validate("photos", 7, quiet=True)
    onelook.train_models("photos", ["cnn", "mlp"], quiet=True, seed=4)
    assert [request["settings"] for request in handed] == [
        {"folds": 5, "seed": 3},
        {"folds": 7},
        {"models": ["cnn", "mlp"], "seed": 4},
    ]
    several = TrainedModels(Path("all"), (), {})
    monkeypatch.setattr(module, "train_request", lambda *_, **__: several)
    compared = []
    monkeypatch.setattr("onelook.commands.compare.compare_trained", lambda found, say: compared.append(found) or "both")
    assert onelook.train_models("photos", "cnn,mlp", quiet=True) == "both"
    assert compared == [several]


def refusal(**options: Any) -> str:
    with pytest.raises(ConfigError) as refused:
        onelook.tune("no-such-data", quiet=True, **options)
    return str(refused.value)


def test_a_search_is_refused_before_the_data_is_opened(in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refusal(on="there") == "unknown place to search 'there'. Did you mean 'here'?"
    Path("made").mkdir()
    assert refusal(out="made").startswith("out='made': exists already. Add resume=True to")
    assert refusal(folds=3).startswith("onelook tune and --folds: ")
    monkeypatch.setattr(tuning, "launch", lambda: Launch(0, 0, 2))
    assert refusal() == ("onelook tune under torchrun: trials are trained by one process. Start it without torchrun.")


@pytest.mark.parametrize(("name", "purpose"), [("require_torch", "tuning"), ("require_optuna", None)])
def test_a_search_names_what_is_not_installed(name: str, purpose: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*given: str) -> None:
        assert given == (() if purpose is None else (purpose,))
        raise ConfigError("not installed")

    monkeypatch.setattr(tuning, name, missing)
    assert refusal() == "not installed"


def test_training_names_torch_where_it_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(purpose: str) -> None:
        raise ConfigError(f"{purpose} needs torch")

    monkeypatch.setattr(module, "require_torch", missing)
    with pytest.raises(ConfigError, match="training needs torch"):
        onelook.train("no-such-data", quiet=True)


def test_another_process_than_the_first_says_nothing(
    handed: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:

    monkeypatch.setattr(module, "join_processes", lambda _: nullcontext(SimpleNamespace(is_first=False)))
    said: list[str] = []
    onelook.train("photos", say=said.append, on_progress=lambda *_: None)
    assert (handed[0]["quiet"], handed[0]["on_progress"], said) == (True, None, [])
