"""A run that was interrupted or killed, and resumed, equals one that was not, bit for bit."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from random import Random
from typing import Any

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tests.training.conftest import Fit, ScaleToUnit, draw_images, jitter, small_network
from torch import nn

from onelook.errors import ConfigError, ModelError, OnelookError
from onelook.planning.time_budget import TimePlan
from onelook.planning.time_course import TimeCourse
from onelook.settings import (
    EarlyStoppingSettings,
    OptimizerSettings,
    ReduceOnPlateauSettings,
    ScheduleSettings,
    TrainSettings,
)
from onelook.training.checkpoints import checkpoint
from onelook.training.checkpoints.fixed_settings import check_same_settings
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.interrupt import ctrl_c_between_batches
from onelook.training.listeners import BatchStatus, Listener
from onelook.training.loop import fit
from onelook.training.result import FitResult

EPOCHS = 5
# Everything that has a memory: moments, momentum, moving statistics, a plateau with a cooldown, a schedule.
EVERYTHING: dict[str, Any] = {
    "epochs": EPOCHS,
    "augment": jitter,
    "keep_best": "val_loss",
    "reduce_on_plateau": ReduceOnPlateauSettings(patience=1, factor=0.7, min_delta=0.5, cooldown=1),
    "early_stopping": EarlyStoppingSettings(patience=3, min_delta=0.01, restore_best=False),
}
OPTIMIZERS = {
    "adam": OptimizerSettings(name="adam", learning_rate=0.01),
    "rmsprop": OptimizerSettings(name="rmsprop", learning_rate=0.003),
    "rmsprop-momentum": OptimizerSettings(name="rmsprop", learning_rate=0.003, momentum=0.9),
    "sgd-nesterov": OptimizerSettings(name="sgd", learning_rate=0.03, momentum=0.9, nesterov=True),
    "muon": OptimizerSettings(name="muon", learning_rate=0.1, momentum=0.6),
    "adagrad": OptimizerSettings(name="adagrad", learning_rate=0.03),
}


class Killed(BaseException):
    """Stands for the end of the process: nothing in the loop catches it."""


class At(Listener):
    """Does something after one batch."""

    def __init__(self, epoch: int, step: int, action: Any) -> None:
        self.when, self.action = (epoch, step), action

    def on_batch(self, status: BatchStatus) -> None:
        if (status.epoch, status.step) == self.when:
            self.action()


class Counts(Listener):
    """Notes the number of each batch that is trained."""

    def __init__(self, seen: list[int]) -> None:
        self.seen = seen

    def on_batch(self, status: BatchStatus) -> None:
        self.seen.append(status.step)


def die() -> None:
    raise Killed


def press_ctrl_c() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def assert_same_run(one: FitResult, other: FitResult) -> None:
    assert one.best_epoch == other.best_epoch
    assert one.status == other.status
    assert one.stopped_early == other.stopped_early
    for record, twin in zip(one.history, other.history, strict=True):
        assert {**record.to_dict(), "seconds": 0} == {**twin.to_dict(), "seconds": 0}
    assert one.weights.keys() == other.weights.keys()
    for name, array in one.weights.items():
        assert array.tobytes() == other.weights[name].tobytes(), name


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("schedule", ["constant", "one_cycle"])
def test_killed_and_resumed_equals_uninterrupted(optimizer: str, schedule: str, fit_small: Fit, tmp_path: Path) -> None:
    run = {**EVERYTHING, "optimizer": OPTIMIZERS[optimizer], "schedule": ScheduleSettings(name=schedule)}
    whole, network = fit_small(**run), small_network()
    for epoch, step in ((2, 3), (3, 4), (5, 1)):  # killed three times; the second as the epoch is about to end
        with pytest.raises(Killed):
            fit_small(network, **run, checkpoint_folder=tmp_path, resume=True, listeners=[At(epoch, step, die)])
        network = small_network(seed=epoch)  # what a new process starts from must not matter
    resumed = fit_small(network, **run, checkpoint_folder=tmp_path, resume=True)
    assert resumed.resumed_from_epoch == 4
    assert_same_run(whole, resumed)


@pytest.mark.parametrize("seed", range(4))
def test_killed_within_an_epoch_goes_on_from_the_last_checkpoint_there(
    seed: int, fit_small: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.training.checkpoints.writer.SECONDS_BETWEEN_SAVES", 0.0)
    monkeypatch.setattr("onelook.training.checkpoints.writer.MOST_TIME_FOR_SAVING", 1e9)
    run = {**EVERYTHING, "optimizer": OPTIMIZERS["adam"], "weight_average": 0.9}
    whole = fit_small(**run)
    random = Random(seed)
    for epoch, step in sorted((random.randint(1, EPOCHS), random.randint(1, 4)) for _ in range(3)):
        with contextlib.suppress(Killed):  # an epoch that was behind the last checkpoint does not come again
            fit_small(**run, checkpoint_folder=tmp_path, resume=True, listeners=[At(epoch, step, die)])
    resumed = fit_small(small_network(8), **run, checkpoint_folder=tmp_path, resume=True)
    assert_same_run(whole, resumed)


@pytest.mark.parametrize(("weight_average", "killed_in"), [(None, 2), (0.9, 2), (None, 3)])
def test_killed_in_an_epoch_after_the_best_one_keeps_the_best_one(
    weight_average: float | None, killed_in: int, fit_small: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kept weights are no longer those that the run stands at, though the kept epoch is the last finished one."""
    monkeypatch.setattr("onelook.training.checkpoints.writer.SECONDS_BETWEEN_SAVES", 0.0)
    monkeypatch.setattr("onelook.training.checkpoints.writer.MOST_TIME_FOR_SAVING", 1e9)
    only_the_first = EarlyStoppingSettings(monitor="train_loss", patience=9, min_delta=10.0)
    run: dict[str, Any] = {"epochs": 3, "early_stopping": only_the_first, "weight_average": weight_average}
    whole = fit_small(**run)
    assert whole.best_epoch == 1
    with pytest.raises(Killed):
        fit_small(**run, checkpoint_folder=tmp_path, listeners=[At(killed_in, 3, die)])
    resumed = fit_small(small_network(7), **run, checkpoint_folder=tmp_path, resume=True)
    assert_same_run(whole, resumed)
    assert resumed.resumed_from_epoch == killed_in - 1


def test_an_epoch_that_was_interrupted_twice_took_all_its_seconds(
    fit_small: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": 100.0}
    monkeypatch.setattr("onelook.training.training_run.perf_counter", lambda: clock["now"])

    class SecondABatch(Listener):
        def on_batch(self, status: BatchStatus) -> None:
            clock["now"] += 1.0

    for step in (1, 3):
        listeners = [SecondABatch(), At(2, step, press_ctrl_c)]
        fit_small(epochs=3, checkpoint_folder=tmp_path, resume=True, listeners=listeners)
        clock["now"] += 1000.0  # nobody works in between
    result = fit_small(epochs=3, checkpoint_folder=tmp_path, resume=True, listeners=[SecondABatch()])
    assert [record.seconds for record in result.history] == [4.0, 4.0, 4.0]


def test_a_budget_counts_the_time_before_an_interruption(
    fit_small: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = {"now": 100.0}
    monkeypatch.setattr("onelook.training.training_run.perf_counter", lambda: clock["now"])
    steps: list[tuple[int, int]] = []

    class SecondABatch(Listener):
        def on_batch(self, status: BatchStatus) -> None:
            clock["now"] += 1.0
            steps.append((status.epoch, status.step))

    run: dict[str, Any] = {
        "epochs": 5,
        "course": TimeCourse(TimePlan(epochs=5, budget_seconds=7, limit_seconds=7)),
        "checkpoint_folder": tmp_path,
        "resume": True,
    }
    fit_small(**run, listeners=[SecondABatch(), At(1, 3, press_ctrl_c)])
    clock["now"] += 1000.0
    result = fit_small(**run, listeners=[SecondABatch()])
    assert steps == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2), (2, 3)]
    assert (result.status, len(result.history)) == ("complete", 2)
    assert result.notes[-1].startswith("the time is up: epoch 2 ends after 96 % of its pictures")  # 48 of 50


def test_batches_before_the_last_checkpoint_are_not_trained_again(
    fit_small: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onelook.training.checkpoints.writer.SECONDS_BETWEEN_SAVES", 0.0)
    monkeypatch.setattr("onelook.training.checkpoints.writer.MOST_TIME_FOR_SAVING", 1e9)
    with pytest.raises(Killed):
        fit_small(checkpoint_folder=tmp_path, listeners=[At(2, 4, die)])  # dies before batch 4 is safe
    seen: list[int] = []
    fit_small(small_network(7), checkpoint_folder=tmp_path, resume=True, listeners=[Counts(seen)])
    assert seen == [4]


def test_interrupted_and_resumed_equals_uninterrupted(fit_small: Fit, tmp_path: Path) -> None:
    whole = fit_small(**EVERYTHING)
    stopped = fit_small(**EVERYTHING, checkpoint_folder=tmp_path, listeners=[At(3, 2, press_ctrl_c)])
    assert stopped.status == "interrupted"
    assert len(stopped.history) == 2
    assert stopped.notes[-1] == (
        "interrupted in epoch 3, after 2 of 4 batches. "
        f"The model is that of epoch {stopped.best_epoch}, the best of 2 epochs."
    )
    resumed = fit_small(small_network(seed=5), **EVERYTHING, checkpoint_folder=tmp_path, resume=True)
    assert resumed.resumed_from_epoch == 2
    assert_same_run(whole, resumed)


def test_killed_by_the_system_and_resumed_equals_uninterrupted(tmp_path: Path) -> None:
    script = """
import os, signal, sys
from pathlib import Path
from tests.training.test_resume import At, run_to_be_killed
run_to_be_killed(Path(sys.argv[1]), [At(2, 3, lambda: os.kill(os.getpid(), signal.SIGKILL))])
"""
    ended = subprocess.run([sys.executable, "-c", script, str(tmp_path)], cwd=Path(__file__).parents[2], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert [path.name for path in tmp_path.iterdir()] == ["state.safetensors"]
    assert_same_run(run_to_be_killed(None), run_to_be_killed(tmp_path))


def run_to_be_killed(folder: Path | None, listeners: list[Listener] | None = None) -> FitResult:
    torch.set_num_threads(1)
    return fit(
        small_network(),
        TrainingInputs(draw_images(50, seed=1), draw_images(21, seed=2), ScaleToUnit(), jitter, torch.device("cpu")),
        TrainSettings(epochs=3, batch_size=16),
        checkpoint_folder=folder,
        resume=True,
        listeners=listeners or [],
    )


def test_ctrl_c_ends_after_the_batch_in_hand(fit_small: Fit) -> None:
    steps: list[tuple[int, int]] = []

    class Steps(Listener):
        def on_batch(self, status: BatchStatus) -> None:
            steps.append((status.epoch, status.step))

    handler = signal.getsignal(signal.SIGINT)
    result = fit_small(epochs=3, listeners=[At(2, 2, press_ctrl_c), Steps()])
    assert steps[-1] == (2, 2)
    assert result.status == "interrupted"
    assert "is safe" not in result.notes[-1]  # the command says it, with the words that resume the run
    assert signal.getsignal(signal.SIGINT) is handler


def test_ctrl_c_in_the_first_epoch_keeps_the_weights_of_the_moment(fit_small: Fit, tmp_path: Path) -> None:
    network = small_network()
    result = fit_small(network, checkpoint_folder=tmp_path, listeners=[At(1, 2, press_ctrl_c)])
    assert (result.status, result.best_epoch, result.best, result.history) == ("interrupted", 0, None, [])
    assert result.weights["5.weight"].tobytes() == network[5].weight.detach().numpy().tobytes()
    assert "No epoch was finished: the model has the weights of this moment, val loss" in result.notes[-1]
    resumed = fit_small(small_network(seed=5), checkpoint_folder=tmp_path, resume=True)
    assert_same_run(fit_small(), resumed)  # the batches before the interruption were not lost


def test_ctrl_c_after_the_last_batch_finishes_the_epoch(fit_small: Fit) -> None:
    result = fit_small(epochs=2, listeners=[At(2, 4, press_ctrl_c)])
    assert (result.status, len(result.history)) == ("complete", 2)


def test_a_second_ctrl_c_ends_at_once_and_the_checkpoint_is_whole(fit_small: Fit, tmp_path: Path) -> None:
    def press_twice() -> None:
        press_ctrl_c()
        press_ctrl_c()

    with pytest.raises(KeyboardInterrupt):
        fit_small(**EVERYTHING, checkpoint_folder=tmp_path, listeners=[At(2, 1, press_twice)])
    assert_same_run(fit_small(**EVERYTHING), fit_small(**EVERYTHING, checkpoint_folder=tmp_path, resume=True))


def test_outside_the_main_thread_ctrl_c_is_left_alone(fit_small: Fit) -> None:
    results: list[FitResult] = []
    thread = threading.Thread(target=lambda: results.append(fit_small(epochs=1)))
    thread.start()
    thread.join()
    assert results[0].status == "complete"


def test_an_ignored_ctrl_c_stays_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with ctrl_c_between_batches() as interrupt:
            press_ctrl_c()
        assert not interrupt.requested
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_finished_run_is_not_trained_again(fit_small: Fit, tmp_path: Path) -> None:
    whole = fit_small(**EVERYTHING, checkpoint_folder=tmp_path)
    again = fit_small(
        small_network(seed=7), **EVERYTHING, checkpoint_folder=tmp_path, resume=True, listeners=[At(1, 1, die)]
    )
    assert again.resumed_from_epoch == len(whole.history)
    assert_same_run(whole, again)


def test_a_run_that_stopped_early_stays_stopped(fit_small: Fit, tmp_path: Path) -> None:
    run: dict[str, Any] = {
        "epochs": 9,
        "early_stopping": EarlyStoppingSettings(monitor="train_loss", patience=2, min_delta=10.0),
    }
    whole = fit_small(**run, checkpoint_folder=tmp_path)
    assert (len(whole.history), whole.stopped_early) == (3, True)
    seen: list[int] = []
    again = fit_small(small_network(7), **run, checkpoint_folder=tmp_path, resume=True, listeners=[Counts(seen)])
    assert seen == []
    assert_same_run(whole, again)
    assert again.notes == whole.notes


def test_more_epochs_go_on_where_fewer_ended(fit_small: Fit, tmp_path: Path) -> None:
    whole = fit_small(epochs=4)
    fit_small(epochs=2, checkpoint_folder=tmp_path)
    resumed = fit_small(small_network(seed=7), epochs=4, checkpoint_folder=tmp_path, resume=True)
    assert_same_run(whole, resumed)  # the rate is constant, so that the length of the run does not matter


def test_without_resume_a_checkpoint_is_not_looked_at(fit_small: Fit, tmp_path: Path) -> None:
    fit_small(epochs=1, checkpoint_folder=tmp_path)
    assert fit_small(epochs=1, checkpoint_folder=tmp_path).resumed_from_epoch is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"batch_size": 8}, "batch_size was 16, now 8"),
        ({"seed": 1}, "seed was 0, now 1"),
        ({"epochs": 1}, "epochs was 2, now 1"),
        ({"epochs": 3, "optimizer": OptimizerSettings(learning_rate=0.1)}, "optimizer.learning_rate was 0.01, now 0.1"),
        ({"tune": "gradual"}, "tune was auto, now gradual"),
        ({"train": draw_images(49, 1)}, "train_rows was 50, now 49"),
        ({"early_stopping": EarlyStoppingSettings()}, "early_stopping.monitor was None, now val_loss"),
    ],
)
def test_refuses_to_training_command_other_settings(
    changes: dict[str, Any], message: str, fit_small: Fit, tmp_path: Path
) -> None:
    fit_small(checkpoint_folder=tmp_path)
    with pytest.raises(ConfigError, match=message) as refusal:
        fit_small(**changes, checkpoint_folder=tmp_path, resume=True)
    assert "epochs was 2, now 3" not in str(refusal.value)


def test_a_run_may_end_with_the_epochs_that_are_done_and_grow_again(fit_small: Fit, tmp_path: Path) -> None:
    stopped = fit_small(epochs=9, checkpoint_folder=tmp_path, listeners=[At(3, 2, press_ctrl_c)])
    assert (stopped.status, len(stopped.history)) == ("interrupted", 2)
    ended = fit_small(epochs=2, checkpoint_folder=tmp_path, resume=True)
    assert (ended.status, ended.history, ended.best_epoch) == ("complete", stopped.history, stopped.best_epoch)
    with pytest.raises(ConfigError, match="epochs was 9, now 1"):
        fit_small(epochs=1, checkpoint_folder=tmp_path, resume=True)
    assert len(fit_small(epochs=3, checkpoint_folder=tmp_path, resume=True).history) == 3


def test_before_an_epoch_is_done_no_fewer_are_taken() -> None:
    now = TrainSettings().model_dump(mode="json")
    for done in (0, None):
        with pytest.raises(ConfigError, match="epochs was 9, now 1"):
            check_same_settings({**now, "epochs": 9}, {**now, "epochs": 1}, epochs_done=done)


def test_a_setting_newer_than_the_run_had_what_is_its_default_now() -> None:
    now = TrainSettings().model_dump(mode="json")
    before = {**now, "optimizer": {name: value for name, value in now["optimizer"].items() if name != "momentum"}}
    check_same_settings(before, now)
    with pytest.raises(ConfigError, match=r"optimizer\.momentum was 0\.0, now 0\.9"):
        check_same_settings(before, {**now, "optimizer": {**now["optimizer"], "momentum": 0.9}})


def test_goes_on_from_a_checkpoint_whose_plan_lacks_settings(fit_small: Fit, tmp_path: Path) -> None:
    run = {**EVERYTHING, "tune": "gradual"}
    whole = fit_small(**run)
    with pytest.raises(Killed):
        fit_small(**run, checkpoint_folder=tmp_path, listeners=[At(3, 1, die)])
    as_written_before_tune_was_planned(tmp_path / "state.safetensors")
    with pytest.raises(ConfigError, match="batch_size was 16, now 8"):
        fit_small(**run, batch_size=8, checkpoint_folder=tmp_path, resume=True)
    assert_same_run(whole, fit_small(small_network(seed=7), **run, checkpoint_folder=tmp_path, resume=True))


def as_written_before_tune_was_planned(path: Path) -> None:
    """Make the checkpoint one of format 2, whose plan does not say how a pretrained network is tuned."""
    with safe_open(path, framework="pt") as file:
        header = json.loads(file.metadata()["onelook"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (it is no mapping)
    assert header["format_version"] == 3
    del header["plan"]["tune"]
    save_file(tensors, path, metadata={"onelook": json.dumps({**header, "format_version": 2})})


def test_refuses_the_checkpoint_of_another_network(fit_small: Fit, tmp_path: Path) -> None:
    fit_small(checkpoint_folder=tmp_path)
    with pytest.raises(ModelError, match="belongs to another network"):
        fit_small(nn.Sequential(nn.Flatten(), nn.Linear(64, 3)), checkpoint_folder=tmp_path, resume=True)


def test_refuses_a_damaged_checkpoint(fit_small: Fit, tmp_path: Path) -> None:
    fit_small(checkpoint_folder=tmp_path)
    path = tmp_path / "state.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ModelError, match="the checkpoint is damaged"):
        fit_small(checkpoint_folder=tmp_path, resume=True)
    path.write_bytes(b"")
    with pytest.raises(ModelError, match="the checkpoint is damaged"):
        fit_small(checkpoint_folder=tmp_path, resume=True)


def test_a_full_disk_is_a_clear_error_and_the_last_checkpoint_stays(
    fit_small: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = fit_small(**EVERYTHING)
    save_file = checkpoint.save_file
    saved: list[Path] = []

    def fill_up(tensors: Any, path: Path, metadata: Any) -> None:
        saved.append(path)
        if len(saved) == 3:
            path.write_bytes(b"half")
            raise OSError(28, "No space left on device")
        save_file(tensors, path, metadata=metadata)

    monkeypatch.setattr(checkpoint, "save_file", fill_up)
    with pytest.raises(OnelookError, match=r"could not write the checkpoint .*No space left.*resume with --resume"):
        fit_small(**EVERYTHING, checkpoint_folder=tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["state.safetensors"]
    resumed = fit_small(**EVERYTHING, checkpoint_folder=tmp_path, resume=True)
    assert resumed.resumed_from_epoch == 2
    assert_same_run(whole, resumed)
