"""Features for a head: when 8 bits are measured, what is recorded and said, and what a resumed run keeps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.runs.fitting.test_precision import begun

from onelook import runtime
from onelook.data.dataset import ImageSet
from onelook.predictors import embedding
from onelook.predictors.features_in_8_bits import FeatureTimes
from onelook.run_folder import RunFolder
from onelook.runs.begin import BegunRun
from onelook.runs.fitting.feature_precision import settle_features

TIMES = FeatureTimes(0.002, 0.001, 0.1)
BACKBONE: Any = SimpleNamespace(multiply_adds=1e9)  # 500 pictures are worth a measurement


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[FeatureTimes]:
    """A machine with instructions; the times that it will measure."""
    to_come = [TIMES]
    monkeypatch.setattr(runtime, "dot_product_instructions", lambda: "AVX512-VNNI")
    monkeypatch.setattr(embedding, "times_of_features", lambda *_: to_come.pop())
    return to_come


def settle(run: BegunRun, rows: int = 500) -> FeatureTimes | None:
    return settle_features(run, run.data.train, rows, BACKBONE)


def test_what_is_faster_is_chosen_and_recorded(measured: list[FeatureTimes], tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    assert settle(begun(folder)) == TIMES
    expected = {"arithmetic": "int8", "float32_seconds": 0.002, "int8_seconds": 0.001, "deviation": 0.1}
    assert folder.read_run()["features"] == expected
    # A resumed run measures nothing, and keeps it, also for less work.
    assert settle(begun(folder, resume=True), rows=1) == TIMES
    assert measured == []


def test_what_is_not_faster_stays_in_float32_and_is_recorded(measured: list[FeatureTimes], tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    measured[:] = [replace(TIMES, int8_seconds=0.0019)]
    assert settle(begun(folder)) is None
    assert folder.read_run()["features"]["arithmetic"] == "float32"
    measured[:] = [TIMES]
    assert settle(begun(folder, resume=True)) is None


def test_a_resumed_run_without_a_record_stays_in_float32(measured: list[FeatureTimes], tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    folder.update_run(status="interrupted")
    assert settle(begun(folder, resume=True)) is None
    assert measured == [TIMES]


@pytest.mark.parametrize(
    "how", ["little work", "float32 asked", "two processes", "no instructions", "other values", "another range"]
)
def test_it_is_not_measured(how: str, measured: list[FeatureTimes], monkeypatch: pytest.MonkeyPatch) -> None:
    run = begun(precision="float32" if how == "float32 asked" else "auto", processes=2 if how == "two processes" else 1)
    if how == "no instructions":
        monkeypatch.setattr(runtime, "dot_product_instructions", lambda: None)
    if how == "other values":
        pictures: ImageSet = run.data.train
        train = replace(pictures, images=pictures.images.astype(np.float32))
        run = replace(run, data=replace(run.data, train=train))
    if how == "another range":
        run = replace(run, data=replace(run.data, value_range=(0.0, 1.0)))
    assert settle(run, rows=499 if how == "little work" else 500) is None
    assert measured == [TIMES]
