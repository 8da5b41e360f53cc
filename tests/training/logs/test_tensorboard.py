"""What TensorBoard's own reader finds of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing import event_accumulator

from onelook.cli import main
from onelook.run_folder import RunFolder
from onelook.training.listeners import TrainingStart
from onelook.training.logs.tensorboard import TensorBoardLog
from onelook.training.result import EpochRecord


def read(folder: Path) -> Any:
    events = event_accumulator.EventAccumulator(str(folder / "tensorboard"))
    events.Reload()
    return events


def record(epoch: int, loss: float | None = None) -> EpochRecord:
    return EpochRecord(epoch, 60.0 * epoch, 0.01, loss or 1 / epoch, 0.5, 2 / epoch, 0.4)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    run = RunFolder.create(tmp_path / "run")
    run.update_run(status="running", name="photos", settings={"epochs": 3, "optimizer": {"name": "adam"}, "test": None})
    return run


def start(log: TensorBoardLog, *history: EpochRecord) -> None:
    log.on_start(TrainingStart(3, 10, 100, 20, history))


def test_each_epoch_the_notes_and_the_score_are_there(folder: RunFolder) -> None:
    log = TensorBoardLog(folder)
    start(log)
    for epoch in (1, 2):
        folder.append_history(record(epoch).to_dict())
        log.on_epoch(record(epoch), True)
    log.on_note("over-fitting: so it is")
    log.close()
    log.on_finish("test", {"accuracy": 0.9})
    events = read(folder.path)
    found = {tag: [(event.step, event.value) for event in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
    assert found["loss/train"] == [(1, 1.0), (2, 0.5)]
    assert found["loss/val"] == [(1, 2.0), (2, 1.0)]
    assert found["test/accuracy"] == [(2, pytest.approx(0.9))]
    assert {"accuracy/train", "accuracy/val", "learning_rate", "seconds"} < set(found)
    (note,) = events.Tensors("notes/text_summary")
    assert note.tensor_proto.string_val == [b"over-fitting: so it is"]
    parameters = events.summary_metadata["_hparams_/session_start_info"].plugin_data.content
    assert b"optimizer.name" in parameters
    assert b"adam" in parameters


def test_a_resumed_run_has_each_epoch_once_at_its_own_time(folder: RunFolder) -> None:
    first = TensorBoardLog(folder)
    start(first)
    for epoch in (1, 2, 3):
        first.on_epoch(record(epoch), True)
    first.close()
    resumed = TensorBoardLog(folder)  # killed after epoch 3 was logged, its checkpoint holding two
    start(resumed, record(1), record(2))
    resumed.on_epoch(record(3, loss=0.25), True)
    resumed.close()
    losses = read(folder.path).Scalars("loss/train")
    assert [(event.step, event.value) for event in losses] == [(1, 1.0), (2, 0.5), (3, 0.25)]
    # The second epoch took two minutes and ended when the resume began, moments before the third was logged.
    assert losses[1].wall_time - losses[0].wall_time == pytest.approx(120, abs=0.01)
    assert losses[2].wall_time - losses[1].wall_time == pytest.approx(0, abs=20)


def test_a_note_stands_at_the_epoch_before_it(folder: RunFolder) -> None:
    log = TensorBoardLog(folder)
    start(log, record(1), record(2))
    log.on_note("after a resume")
    log.on_epoch(record(3), False)
    log.on_note("after the third")
    log.close()
    assert [event.step for event in read(folder.path).Tensors("notes/text_summary")] == [2, 3]


@pytest.mark.usefixtures("score_alone")
def test_from_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["train", "digits", "--model", "mlp", "--device", "cpu", "--quiet", "--out", "run", "--log", "tensorboard"]
    assert main([*words, "--epochs", "2"]) == 0
    assert main([*words, "--epochs", "3", "--resume"]) == 0
    events = read(tmp_path / "run")
    assert [event.step for event in events.Scalars("loss/val")] == [1, 2, 3]
    assert [event.step for event in events.Scalars("test/accuracy")][-1] == 3
