"""The file of a checkpoint gives back all that was put in, and holds no weights twice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import safe_open
from torch import Tensor

from onelook.training.callbacks import CallbackState
from onelook.training.checkpoints.checkpoint import Checkpoint, RunState, load_checkpoint, save_checkpoint
from onelook.training.diagnose import DiagnosisState
from onelook.training.result import EpochRecord

HISTORY = tuple(EpochRecord(epoch, 1.5, 0.01, 0.9, 0.5, 0.8, 0.6) for epoch in (1, 2))


def weights(value: float) -> dict[str, Tensor]:
    return {"0.weight": torch.full((2, 3), value), "1.running_mean": torch.full((2,), value)}


def state(**changes: Any) -> RunState:
    """A run after two epochs, of which each field has a value of its own."""
    fields: dict[str, Any] = {
        "fixed_settings": {"epochs": 5, "optimizer": {"name": "adam"}},
        "history": HISTORY,
        "steps_done": 17,
        "learning_rate": 0.003,
        "callbacks": (CallbackState(0.75, 1, 2, 3), CallbackState()),
        "kept_epoch": 2,
        "stop_reason": None,
        "steps_into_epoch": 0,
        "epoch_seconds": 0.25,
        "seconds": 3.5,
        "notes": ("a note",),
        "diagnosis": DiagnosisState(("falling",), 1),
    }
    return RunState(**fields | changes)


def numbers(named: Any) -> dict[str, list[Any]]:
    return {name: tensor.tolist() for name, tensor in named.items()}


@pytest.mark.parametrize(
    ("run_state", "kept", "average", "is_kept_twice"),
    [
        pytest.param(state(), 1.0, None, False, id="the last epoch is kept"),
        pytest.param(state(kept_epoch=1), 3.0, None, True, id="an earlier one is kept"),
        pytest.param(state(steps_into_epoch=4), 3.0, None, True, id="within the epoch after the kept one"),
        pytest.param(state(), 2.0, 2.0, False, id="the average after the last epoch is kept"),
        pytest.param(state(kept_epoch=1), 3.0, 2.0, True, id="an earlier average is kept"),
        pytest.param(state(steps_into_epoch=4), 3.0, 2.0, True, id="within the epoch after the kept average"),
        pytest.param(
            state(history=(), kept_epoch=0, steps_into_epoch=4), None, None, False, id="within the first epoch"
        ),
        pytest.param(state(course={"epochs": 4.5}, stop_reason="enough"), 1.0, None, False, id="within a time limit"),
    ],
)
def test_all_is_given_back(
    run_state: RunState, kept: float | None, average: float | None, is_kept_twice: bool, tmp_path: Path
) -> None:
    saved = Checkpoint(
        run_state,
        network=weights(1.0),
        optimizer={"momentum.0": torch.full((2, 3), 5.0)},
        kept={} if kept is None else weights(kept),
        average={} if average is None else weights(average),
        epoch={"rows": torch.tensor(64)} if run_state.steps_into_epoch else {},
    )
    save_checkpoint(tmp_path, saved)
    found = load_checkpoint(tmp_path)
    assert found is not None
    assert found.run_state == run_state
    for name in ("network", "optimizer", "kept", "average", "epoch"):
        assert numbers(getattr(found, name)) == numbers(getattr(saved, name)), name
    with safe_open(tmp_path / "state.safetensors", framework="pt") as file:
        header = json.loads(file.metadata()["onelook"])
        assert any(name.startswith("kept/") for name in file.keys()) == is_kept_twice  # noqa: SIM118
    assert header["format_version"] == (3 if run_state.course is None else 4)  # the one that earlier versions read


def test_before_anything_is_saved_there_is_none(tmp_path: Path) -> None:
    assert load_checkpoint(tmp_path) is None
