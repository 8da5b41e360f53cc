"""The callbacks, against Keras' own on the same scripted numbers."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.settings import EarlyStoppingSettings, ReduceOnPlateauSettings
from onelook.settings.optimization import Monitor
from onelook.training.callbacks import (
    BestEpoch,
    Callback,
    CallbackState,
    EarlyStopping,
    ReduceLROnPlateau,
    RunControl,
    build_callbacks,
    divergence_advice,
    is_improvement,
)
from onelook.training.result import EpochRecord

# Losses and accuracies in one script: worse, better, ties, and a step of exactly the default min_delta.
HAND_MADE: dict[str, list[float]] = {
    "falling": [1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3],
    "rising": [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0],
    "flat": [0.5] * 12,
    "by min_delta": [0.5, 0.4999, 0.4998, 0.4997, 0.4996, 0.4995, 0.4994],
    "up by min_delta": [0.5, 0.5001, 0.5002, 0.5003, 0.5004, 0.5005, 0.5006],
    "valley": [1.0, 0.6, 0.3, 0.5, 0.6, 0.7, 0.2, 0.3, 0.3, 0.3, 0.1],
    "saw": [0.5, 0.6, 0.4, 0.7, 0.3, 0.8, 0.2, 0.9, 0.1],
}
MONITORS: list[Monitor] = ["val_loss", "val_accuracy", "train_loss", "train_accuracy"]
KERAS_NAMES = {"train_loss": "loss", "train_accuracy": "accuracy"}


def scripts() -> list[list[float]]:
    """The hand-made scripts and 24 seeded ones: random walks, rounded so that ties happen."""
    random = np.random.default_rng(0)
    walks = [
        np.clip(0.5 + np.cumsum(random.normal(0, 0.05, 20)), 0.01, 0.99).round(int(random.integers(1, 5)))
        for _ in range(24)
    ]
    return [*HAND_MADE.values(), *(walk.tolist() for walk in walks)]


def records(values: Sequence[float], monitor: Monitor = "val_loss") -> list[EpochRecord]:
    blank = {"train_loss": 0.0, "train_accuracy": 0.0, "val_loss": 0.0, "val_accuracy": 0.0}
    return [
        EpochRecord(epoch=epoch, seconds=1.0, learning_rate=0.1, **(blank | {monitor: value}))
        for epoch, value in enumerate(values, 1)
    ]


def run_script(callback: Callback, values: Sequence[float], monitor: Monitor) -> tuple[list[float], int]:
    """The learning rate after each epoch, and the number of epochs until the run was stopped."""
    control = RunControl(learning_rate=0.1)
    rates = []
    for record in records(values, monitor):
        callback.after_epoch(record, control)
        rates.append(control.learning_rate)
        if control.stop_reason:
            break
    return rates, len(rates)


@pytest.fixture(scope="session")
def run_keras(keras: Any) -> Callable[..., tuple[list[float], int, int]]:
    """Runs a Keras callback on a script: rates, epochs run, the epoch (from 1) whose weights the model ends with."""
    from keras.src.trainers.compile_utils import MetricsList

    direction = MetricsList([keras.metrics.CategoricalAccuracy(name="accuracy")])

    def run(callback: Any, values: Sequence[float], monitor: Monitor) -> tuple[list[float], int, int]:
        weights = [0]
        model = SimpleNamespace(
            optimizer=SimpleNamespace(learning_rate=0.1),
            metrics=[direction],
            stop_training=False,
            get_weights=lambda: list(weights),
            set_weights=lambda kept: weights.__setitem__(0, kept[0]),
        )
        callback.set_model(model)
        callback.on_train_begin()
        rates = []
        for epoch, value in enumerate(values):
            weights[0] = epoch + 1
            callback.on_epoch_end(epoch, {KERAS_NAMES.get(monitor, monitor): value})
            rates.append(model.optimizer.learning_rate)
            if model.stop_training:
                break
        callback.on_train_end()
        return rates, len(rates), weights[0]

    return run


@pytest.mark.parametrize("monitor", MONITORS)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"patience": 0, "factor": 0.5},
        {"patience": 1, "factor": 0.5, "min_delta": 0.0},
        {"patience": 2, "factor": 0.5, "min_learning_rate": 1e-2},
        {"patience": 1, "factor": 0.1, "min_learning_rate": 1e-5, "min_delta": 0.05},
        {"patience": 1, "cooldown": 1, "factor": 0.5},
        {"patience": 1, "cooldown": 3, "factor": 0.5},
        {"patience": 2, "cooldown": 3, "factor": 0.9, "min_delta": 0.01},
        {"patience": 3, "cooldown": 2, "factor": 0.3, "min_learning_rate": 0.03},
    ],
)
def test_rate_falls_on_a_plateau_when_keras_lets_it_fall(
    settings: dict[str, Any], monitor: Monitor, keras: Any, run_keras: Any
) -> None:
    for values in scripts():
        ours, _ = run_script(ReduceLROnPlateau(ReduceOnPlateauSettings(monitor=monitor, **settings)), values, monitor)
        renamed = {"min_lr" if name == "min_learning_rate" else name: value for name, value in settings.items()}
        peer = keras.callbacks.ReduceLROnPlateau(monitor=KERAS_NAMES.get(monitor, monitor), **renamed)
        assert ours == pytest.approx(run_keras(peer, values, monitor)[0], rel=1e-6), values


@pytest.mark.parametrize("monitor", MONITORS)
@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"patience": 1},
        {"patience": 3, "min_delta": 0.02},
        {"patience": 2, "min_delta": 1e-4},
        {"patience": 2, "start_from_epoch": 4},
        {"patience": 0, "start_from_epoch": 2, "min_delta": 0.1},
        {"patience": 10},
    ],
)
def test_stops_early_when_keras_does_and_at_the_same_weights(
    settings: dict[str, Any], monitor: Monitor, keras: Any, run_keras: Any
) -> None:
    for values in scripts():
        callback = EarlyStopping(EarlyStoppingSettings(monitor=monitor, **settings))
        _, epochs = run_script(callback, values, monitor)
        peer = keras.callbacks.EarlyStopping(
            monitor=KERAS_NAMES.get(monitor, monitor), restore_best_weights=True, **settings
        )
        _, keras_epochs, keras_kept = run_keras(peer, values, monitor)
        assert epochs == keras_epochs, values
        assert (callback.best_epoch or epochs) == keras_kept, values


@pytest.mark.parametrize("monitor", MONITORS)
def test_best_epoch_is_the_one_that_keras_checkpoints(monitor: Monitor, keras: Any, run_keras: Any) -> None:
    for values in scripts():
        callback = BestEpoch(monitor)
        run_script(callback, values, monitor)
        keeper = keras.callbacks.EarlyStopping(
            monitor=KERAS_NAMES.get(monitor, monitor), patience=99, restore_best_weights=True
        )
        assert callback.best_epoch == run_keras(keeper, values, monitor)[2]


def test_stops_after_two_epochs_without_improvement() -> None:
    stopper = EarlyStopping(EarlyStoppingSettings(monitor="val_loss", patience=2))
    _, epochs = run_script(stopper, (1.0, 0.8, 0.9, 0.7, 0.71, 0.72, 0.1), "val_loss")
    assert epochs == 6
    assert stopper.best_epoch == 4


def test_says_why_it_acts() -> None:
    control = RunControl(learning_rate=0.01)
    stopper = EarlyStopping(EarlyStoppingSettings(monitor="val_accuracy", patience=1))
    plateau = ReduceLROnPlateau(ReduceOnPlateauSettings(monitor="val_accuracy", patience=1, factor=0.5))
    for record in records((0.9, 0.8), "val_accuracy"):
        stopper.after_epoch(record, control)
        plateau.after_epoch(record, control)
    assert control.stop_reason == "stopped after epoch 2: val_accuracy has not been better than in epoch 1 (0.9000)."
    assert control.notes == ["learning rate lowered to 0.005: val_accuracy was not better than 0.9000 for 1 epoch."]


@pytest.mark.parametrize(
    "build",
    [
        lambda: BestEpoch("val_loss"),
        lambda: EarlyStopping(EarlyStoppingSettings(patience=4)),
        lambda: ReduceLROnPlateau(ReduceOnPlateauSettings(patience=1, cooldown=2, factor=0.5)),
    ],
)
def test_contract_a_restored_callback_goes_on_as_if_it_had_never_stopped(build: Callable[[], Callback]) -> None:
    for values in scripts():
        whole = build()
        rates, epochs = run_script(whole, values, "val_loss")
        for stop in range(epochs):
            first, second = build(), build()
            control = RunControl(learning_rate=0.1)
            for record in records(values[:stop]):
                first.after_epoch(record, control)
            second.state = CallbackState(**json.loads(json.dumps(asdict(first.state))))
            for record in records(values[:epochs])[stop:]:
                second.after_epoch(record, control)
            assert second.state == whole.state
            assert control.learning_rate == rates[-1]


def test_improvement_is_by_more_than_min_delta_in_the_monitors_direction() -> None:
    assert is_improvement("val_loss", 5.0, None)
    assert is_improvement("train_loss", 0.5, 0.6, min_delta=0.05)
    assert not is_improvement("train_loss", 0.5, 0.5)
    assert is_improvement("train_accuracy", 0.6, 0.5, min_delta=0.05)
    assert not is_improvement("val_accuracy", 0.6, 0.5, min_delta=0.1)  # a tie in float32, not in float64


@pytest.mark.parametrize("monitor", MONITORS)
def test_values_that_are_equal_as_float32_are_a_tie(monitor: Monitor) -> None:
    better = 0.7 - 1e-12 if monitor.endswith("loss") else 0.7 + 1e-12
    assert not is_improvement(monitor, better, 0.7)
    keeper = BestEpoch(monitor)
    run_script(keeper, (0.7, better), monitor)
    assert keeper.best_epoch == 1  # ties keep the first


def test_a_rate_at_its_floor_is_not_lowered_and_nothing_is_said() -> None:
    settings = ReduceOnPlateauSettings(patience=1, factor=0.5, min_learning_rate=0.03, cooldown=0)
    plateau, control = ReduceLROnPlateau(settings), RunControl(learning_rate=0.1)
    rates, notes = [], []
    for record in records([0.5] * 6):
        plateau.after_epoch(record, control)
        rates.append(control.learning_rate)
        notes.append(len(control.take_notes()))
    assert rates == [0.1, 0.05, 0.03, 0.03, 0.03, 0.03]
    assert notes == [0, 1, 1, 0, 0, 0]


def test_notes_are_told_once_and_the_reason_to_stop_stands_last() -> None:
    control = RunControl(learning_rate=0.1, stop_reason="enough.", notes=["lowered."])
    assert control.take_notes() == ["lowered.", "enough."]
    assert control.notes == []


def test_divergence_advice_names_a_rate_to_try_and_what_the_network_saw() -> None:
    advice = divergence_advice(3, 0.05, (0.0, 255.0))
    assert "diverged in epoch 3" in advice
    assert "--set optimizer.learning_rate=0.005 (it was 0.05)" in advice
    assert "the network saw 0 to 255" in advice
    assert "loss.label_smoothing=0" in advice


@pytest.mark.parametrize(
    ("stopping", "kept"),
    [
        (None, 2),
        (EarlyStoppingSettings(monitor="val_loss", patience=2, restore_best=False), 2),
        (EarlyStoppingSettings(monitor="val_loss", patience=2), 1),
    ],
)
def test_early_stopping_decides_which_epoch_is_kept_only_if_it_restores_one(
    stopping: EarlyStoppingSettings | None, kept: int
) -> None:
    callbacks, keeper = build_callbacks("val_accuracy", None, stopping)
    control = RunControl(0.1)
    for epoch, (loss, accuracy) in enumerate([(0.5, 0.8), (0.6, 0.9), (0.7, 0.85)], start=1):
        record = EpochRecord(epoch, 1.0, 0.1, 0.0, 0.0, loss, accuracy)
        for callback in callbacks:
            callback.after_epoch(record, control)
    assert (keeper.best_epoch, len(callbacks)) == (kept, 1 if stopping is None else 2)
    assert (control.stop_reason is None) == (stopping is None)
