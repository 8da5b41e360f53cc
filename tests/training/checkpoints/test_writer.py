"""How often a checkpoint within an epoch is worth its time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onelook.training.checkpoints import writer
from onelook.training.checkpoints.writer import CheckpointWriter


@pytest.mark.parametrize(("cost", "pause"), [(0.0, 30.0), (0.5, 30.0), (2.0, 100.0), (60.0, 3_000.0)])
def test_saving_takes_a_fiftieth_of_the_time_at_most(
    cost: float, pause: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    nothing: Any = None
    written: list[Path] = []

    def save(folder: Path, checkpoint: object) -> None:
        now[0] += cost
        written.append(folder)

    monkeypatch.setattr(writer, "perf_counter", lambda: now[0])
    monkeypatch.setattr(writer, "save_checkpoint", save)
    found = CheckpointWriter(tmp_path)
    now[0] += 29.9
    assert not found.is_due  # so long after the start
    now[0] += 0.1
    assert found.is_due
    found.write(lambda: nothing)
    assert not found.is_due
    now[0] += pause - 0.01
    assert not found.is_due
    now[0] += 0.02
    assert found.is_due
    assert written == [tmp_path]


def test_without_a_folder_nothing_is_due_or_made(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(writer, "perf_counter", lambda: now[0])
    found = CheckpointWriter(None)
    now[0] += 1e6
    assert not found.is_due
    found.write(lambda: pytest.fail("a checkpoint was made"))
