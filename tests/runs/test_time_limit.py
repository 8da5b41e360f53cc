"""A run on a busy machine: fewer threads, a smaller network, and what its folder records about its time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import draw_sides

from onelook.commands.train import train
from onelook.estimator.array_model import ArrayModel
from onelook.estimator.fit_arrays import fit_arrays
from onelook.runs.fitting import fit_network
from onelook.runs.stages import Clock, TrainedNetwork
from onelook.training.loop import fit
from onelook.training.measurements.pace import Pace
from onelook.training.trainer import Trainer

_IMAGES, _SIDES = draw_sides(60)
PICTURES = _IMAGES, (_SIDES == "right").astype(np.int64)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Seconds of an epoch by the network, which a test fills in; the pace never changes."""
    found: dict[str, float] = {}

    def measure(trainer: Trainer, **_: float) -> Pace:
        widest = max((len(weight) for weight in trainer.network.parameters() if weight.ndim == 4), default=0)
        return Pace(found["mlp" if not widest else "cnn" if widest == 64 else "cnn-small"], 0.0)

    monkeypatch.setattr("onelook.training.measurements.speed.measure_pace", measure)
    monkeypatch.setattr("onelook.training.measurements.speed.choose_threads", lambda: 1)
    monkeypatch.setattr("onelook.training.measurements.speed.measure_matmul_speed", lambda _: 1e9)
    monkeypatch.setattr("onelook.planning.time_course.TimeCourse.seen", lambda course, *_: course)
    # Whatever else the machine does:
    monkeypatch.setattr(Clock, "load", 1.0)
    monkeypatch.setattr(Clock, "so_far", lambda clock: {**clock.seconds, "total": 0.2})
    return found


@pytest.mark.parametrize(
    ("measured", "network"),
    [
        ({"cnn": 900.0}, "cnn"),
        ({"cnn": 2_000.0, "cnn-small": 900.0}, "cnn-small"),
        ({"cnn": 9_000.0, "cnn-small": 1_200.0, "mlp": 800.0}, "mlp"),
        ({"cnn": 9_000.0, "cnn-small": 5_000.0, "mlp": 3_000.0}, "mlp"),  # nothing fits: the smallest gets furthest
    ],
)
def test_no_network_is_taken_of_which_an_epoch_does_not_fit_when_one_of_a_smaller_does(
    measured: dict[str, float], network: str, seconds: dict[str, float]
) -> None:
    seconds.update(measured)
    found = fit_arrays(*PICTURES, ("left", "right"), {"time_limit": 1_000})
    assert isinstance(found, ArrayModel)
    assert found.plan.settings.model == network
    assert isinstance(found.model, TrainedNetwork)
    assert any(layer.type == "conv" for layer in found.model.network.layers) == (network != "mlp")


def test_the_training_knows_the_names_of_the_classes_and_the_place_of_its_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: dict[str, Any] = {}

    def stop(*_: object, **given: Any) -> None:
        handed.update(given)
        raise InterruptedError

    monkeypatch.setattr("onelook.training.loop.fit", stop)
    with pytest.raises(InterruptedError):
        train(PICTURES, class_names="left,right", model="mlp", epochs=1, out=tmp_path / "run", quiet=True)
    assert handed["class_names"] == ("left", "right")  # its notes name them
    assert handed["checkpoint_folder"] == tmp_path / "run" / "checkpoint"
    assert (handed["resume"], handed["course"]) == (False, None)


def test_a_network_that_was_asked_for_is_kept_however_slow_it_is(seconds: dict[str, float]) -> None:
    seconds.update({"cnn": 9_000.0})
    found = fit_arrays(*PICTURES, ("left", "right"), {"time_limit": 1_000, "model": "cnn"})
    assert isinstance(found, ArrayModel)
    assert found.plan.settings.model == "cnn"


@pytest.mark.usefixtures("first_steps")
def test_a_smaller_network_is_said_and_recorded_in_the_run_and_in_its_model(
    seconds: dict[str, float], tmp_path: Path
) -> None:
    seconds.update({"cnn": 2_000.0, "cnn-small": 1_100.0, "mlp": 450.0})
    said: list[str] = []
    run = train(draw_sides(60), out=tmp_path / "run", time_limit="1000s", say=said.append)
    record = run.folder.read_run()
    assert record["settings"]["model"] == record["model"]["name"] == run.classifier.card.training["model"] == "mlp"
    arrays = {name: array for name, array in run.classifier.weights.items() if not name.startswith("preprocess")}
    assert record["model"]["parameters"] == sum(array.size for array in arrays.values())
    reason = (
        "network mlp instead of cnn-small, of which an epoch takes about 18 min 20 s on this machine now: 16 min 40 s "
        "leave 16 min 19 s for training"
    )
    assert reason in " ".join(" ".join(said).split())
    assert reason in record["choices"]
    # The settings of a network that is not trained would mislead: all that is picked is said once, when it is settled.
    picked = [text for text in said if text.startswith("  picked")]
    assert len(picked) == 1
    assert " ".join(" ".join(said[said.index(picked[0]) :]).split()).startswith("picked " + " ".join(record["choices"]))
    assert "AdamW" not in " ".join(said)
    assert any(choice.startswith("Adam; learning rate 0.001") for choice in record["choices"])
    lines = [line for text in said for line in text.splitlines() if str(tmp_path) not in line]
    assert max(map(len, lines)) <= 80
    assert record["time_plan"]["epochs"] == record["settings"]["epochs"] == 3
    assert record["pace"]["epoch_seconds"] == 450
    assert record["pace"]["threads"] == 1


@pytest.mark.parametrize("trained", [2, 5])
def test_the_plan_has_the_epochs_that_came_of_it_where_the_machine_became_slower_or_faster(
    trained: int, seconds: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds.update({"mlp": 300.0})

    def fit_so_many(*given: Any, **more: Any) -> Any:
        return replace(fit(*given, **more), epochs=trained)

    monkeypatch.setattr("onelook.training.loop.fit", fit_so_many)
    found = fit_arrays(*PICTURES, ("left", "right"), {"time_limit": 1_000, "model": "mlp"})
    assert isinstance(found, ArrayModel)
    assert found.plan.choices[-1].startswith("4 epochs of about 5 min")
    assert found.plan.settings.epochs == trained


def test_a_network_between_is_not_measured_where_the_larger_ones_pace_makes_it_hopeless(
    seconds: dict[str, float],
) -> None:
    seconds.update({"cnn": 90_000.0, "mlp": 800.0})  # a pace of cnn-small would be an error
    found = fit_arrays(*PICTURES, ("left", "right"), {"time_limit": 1_000})
    assert isinstance(found, ArrayModel)
    assert found.plan.settings.model == "mlp"
    assert found.plan.choices[0].startswith("network mlp instead of cnn, of which an epoch takes about 25 h")


def test_where_even_measuring_does_not_fit_the_smallest_network_is_taken_at_once(
    seconds: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds.update({"mlp": 0.02})  # a pace of a larger network would be an error
    monkeypatch.setattr("onelook.training.measurements.speed.measure_matmul_speed", lambda _: 1e15)  # epochs of no time
    monkeypatch.setattr("onelook.runs.stages.Clock.so_far", lambda _: {"total": 2.9})
    found = fit_arrays(*PICTURES, ("left", "right"), {"time_limit": 3})
    assert isinstance(found, ArrayModel)
    assert found.plan.settings.model == "mlp"
    assert found.plan.choices[0].endswith("the smallest, and 2.9 s of 3 s had passed when the pictures were read")


@pytest.mark.parametrize(
    ("multiply_adds", "tune", "threads"), [(0.9e6, "auto", 1), (1.1e6, "auto", None), (5e6, "head", 1)]
)
def test_steps_of_little_work_are_trained_on_one_thread(
    multiply_adds: float, tune: str, threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fit_network, "settle_network", lambda *_: (None, SimpleNamespace(multiply_adds=multiply_adds)))
    settings = SimpleNamespace(tune=tune, batch_size=32, device="auto")
    begun: Any = SimpleNamespace(settings=settings, plan=None, data=None)
    assert fit_network._threads_for(begun) == threads


def test_where_reading_took_the_time_the_smallest_network_is_taken_and_nothing_is_measured(
    seconds: dict[str, float], monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds.update({"mlp": 0.1})  # a pace of another would be an error

    def refuse(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("onelook.training.measurements.speed.choose_threads", refuse)
    monkeypatch.setattr(fit_network, "_is_late", lambda *_: True)
    shares: list[float] = []
    measured = fit_network._measure
    monkeypatch.setattr(fit_network, "_measure", lambda *args, share: shares.append(share) or measured(*args))
    found = fit_arrays(*PICTURES, ("left", "right"), {"time_limit": 20})
    assert isinstance(found, ArrayModel)
    assert found.plan.settings.model == "mlp"
    assert any(
        "it is the smallest, and " in choice and " of 20 s had passed" in choice for choice in found.plan.choices
    )
    assert shares == [0.1]
