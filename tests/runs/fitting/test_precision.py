"""`precision=auto` on a CPU: what is measured, chosen, said, recorded and kept."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.drawn_sides import draw_sides

from onelook import runtime
from onelook.commands.train import train
from onelook.data.dataset import ImageSet
from onelook.planning import precision_choice
from onelook.planning.plan import Plan
from onelook.run_folder import RunFolder
from onelook.runs.begin import BegunRun
from onelook.runs.fitting.precision import settle_precision
from onelook.runs.stages import ReadyNetwork, TrainingData
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings, TrainSettings
from onelook.settings.network import Dense, Flatten
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.measurements import time_precisions as measured
from onelook.training.measurements.time_precisions import StepTimes
from onelook.training.parallel import Processes

NETWORK = NetworkSettings(layers=(Flatten(), Dense(units="classes")))
WORDS = "computes in bfloat16 (AVX512-BF16): 250 ms of processor time a step, and 500 ms in float32"


@dataclass
class Machine:
    """A machine with instructions, on which any network may gain; bfloat16 is `gain` times as fast as float32."""

    gain: float = 2.0
    measured: int = 0
    said: list[str] = field(default_factory=list)

    def measure(self, *_: object) -> StepTimes:
        self.measured += 1
        return StepTimes(0.5, 0.5 / self.gain)

    def settle(self, begun: BegunRun, **spent: float) -> tuple[BegunRun, ReadyNetwork]:
        data = begun.data
        inputs = TrainingInputs(data.train, data.val, torch.nn.Identity(), None, torch.device("cpu"))
        ready = ReadyNetwork(torch.nn.Sequential(), inputs, FittedPreprocess(), {})
        return settle_precision(begun, ready, self.say, **spent)

    def say(self, text: str) -> None:
        self.said.append(" ".join(text.split()))


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(runtime, "bfloat16_instructions", lambda: "AVX512-BF16")
    for name in ("_WIDE_SHARE", "_SMALLEST_LAYER", "_LEAST_WORK"):
        monkeypatch.setattr(precision_choice, name, 0)
    found = Machine()
    monkeypatch.setattr(measured, "time_precisions", found.measure)
    return found


def begun(folder: RunFolder | None = None, *, resume: bool = False, processes: int = 1, **settings: Any) -> BegunRun:
    pictures = ImageSet(np.zeros((8, 12, 12, 1), np.uint8), np.arange(8), tuple("abcdefgh"), np.arange(8) % 2)
    data = TrainingData(pictures, pictures, (0.0, 255.0), ("left", "right"))
    plan = Plan(TrainSettings(batch_size=4, **settings), DecodeSettings(height=12, width=12, channels=1))
    return BegunRun(plan, data, NETWORK, folder, resume, Processes(0, processes))


def test_what_is_faster_is_chosen_said_and_recorded_with_its_figures(machine: Machine, tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    settled, ready = machine.settle(begun(folder))
    assert machine.said == [WORDS]
    assert settled.settings.precision == "bfloat16"
    assert ready.step_times == {"float32_seconds": 0.5, "bfloat16_seconds": 0.25}
    record = folder.read_run()
    assert (record["choices"], record["settings"]["precision"]) == ([WORDS], "bfloat16")


def test_what_is_hardly_faster_stays_in_float32_and_the_figures_are_said(machine: Machine) -> None:
    machine.gain = 1.1
    settled, ready = machine.settle(begun())
    assert settled.settings.precision == "auto"  # which is float32 in the training itself
    assert settled.plan.choices == (
        "computes in float32: 500 ms of processor time a step, and hardly less in bfloat16 (455 ms)",
    )
    assert ready.step_times["float32_seconds"] == 0.5


def test_a_recipe_names_its_own_arithmetic(machine: Machine) -> None:
    machine.settle(begun(recipe="mnist-tutorial"))
    assert machine.said == [f"{WORDS}; --set precision=float32 is the recipe's own arithmetic"]


def test_a_machine_decides_once_for_a_network(machine: Machine, tmp_path: Path) -> None:
    assert machine.settle(begun())[0].settings.precision == "bfloat16"
    machine.gain = 0.5  # it is busy with something else now
    assert machine.settle(begun(epochs=9))[0].settings.precision == "bfloat16"
    assert machine.measured == 1
    others = [
        replace(begun(), plan=begun().plan.with_settings(batch_size=8)),
        replace(begun(), network=NetworkSettings(layers=(Flatten(), Dense(units=8), Dense(units="classes")))),
    ]
    assert [machine.settle(other)[0].settings.precision for other in others] == ["auto", "auto"]
    for kept in (tmp_path / "cache" / "precision").iterdir():
        kept.write_text("{")
    assert machine.settle(begun())[0].settings.precision == "auto"
    assert machine.measured == 4


def test_without_a_cache_the_next_run_measures_again(machine: Machine, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("no folder")
    assert [machine.settle(begun())[0].settings.precision for _ in range(2)] == ["bfloat16", "bfloat16"]
    assert machine.measured == 2


@pytest.mark.parametrize(
    "other",
    [{"precision": "float32"}, {"precision": "bfloat16"}, {"compile": True}, {"tune": "head"}, {"processes": 2}],
    ids=str,
)
def test_nothing_is_measured_where_nothing_is_to_be_decided(other: dict[str, Any], machine: Machine) -> None:
    before = begun(**other)
    settled, ready = machine.settle(before)
    assert (settled is before, ready.step_times, machine.measured, machine.said) == (True, {}, 0, [])


def test_nothing_is_measured_without_instructions_or_where_the_layers_promise_little(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = begun()
    monkeypatch.setattr(precision_choice, "_WIDE_SHARE", 1.1)
    assert machine.settle(before)[0] is before
    monkeypatch.setattr(precision_choice, "_WIDE_SHARE", 0)
    monkeypatch.setattr(runtime, "bfloat16_instructions", lambda: None)
    assert machine.settle(before)[0] is before
    assert machine.measured == 0


def test_nothing_is_measured_where_a_time_limit_leaves_less_than_a_minute(machine: Machine) -> None:
    settled = [machine.settle(begun(time_limit_seconds=100), spent_seconds=spent)[0] for spent in (41.0, 40.0)]
    assert [each.settings.precision for each in settled] == ["auto", "bfloat16"]


def test_a_smaller_network_settles_its_own(machine: Machine) -> None:
    large = begun()
    smaller = replace(large.plan, smaller=None)
    settled, _ = machine.settle(replace(large, plan=replace(large.plan, smaller=smaller)))
    assert settled.settings.precision == "bfloat16"
    assert settled.plan.smaller is smaller


def test_a_run_that_was_killed_before_its_first_step_settles_its_precision(machine: Machine, tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    folder.update_run(status="running")
    assert machine.settle(begun(folder, resume=True))[0].settings.precision == "bfloat16"
    folder.update_run(precision="float32")
    assert machine.settle(begun(folder, resume=True))[0].settings.precision == "auto"


def test_a_run_of_an_older_version_that_recorded_no_precision_goes_on_in_float32(
    machine: Machine, tmp_path: Path
) -> None:
    folder = RunFolder.create(tmp_path / "run")
    folder.update_run(status="running")
    folder.checkpoint.mkdir()
    (folder.checkpoint / "state.safetensors").write_bytes(b"")
    assert machine.settle(begun(folder, resume=True))[0].settings.precision == "auto"
    assert machine.measured == 0


def test_a_stopped_run_goes_on_in_its_precision_bit_for_bit(
    machine: Machine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trained(name: str, **more: Any) -> tuple[dict[str, Any], bytes]:
        options = {"model": "mlp", "batch_size": 16, "epochs": 2, "device": "cpu", "say": machine.say, **more}
        run = train(draw_sides(40), out=tmp_path / name, **options)
        return run.folder.read_run(), (run.folder.model / "weights.safetensors").read_bytes()

    record, uninterrupted = trained("whole")
    assert record["precision"] == record["settings"]["precision"] == "bfloat16"
    assert record["step_times"] == {"float32_seconds": 0.5, "bfloat16_seconds": 0.25}
    assert any(WORDS in text for text in machine.said)
    append = RunFolder.append_history

    def stop(folder: RunFolder, epoch: Any) -> None:
        append(folder, epoch)
        raise KeyboardInterrupt

    monkeypatch.setattr(RunFolder, "append_history", stop)
    with pytest.raises(KeyboardInterrupt):
        trained("stopped")
    monkeypatch.setattr(RunFolder, "append_history", append)
    machine.gain = 0.5
    (tmp_path / "cache" / "precision").rename(tmp_path / "elsewhere")
    resumed, weights = trained("stopped", resume=True, precision="auto")  # the option as it may have been typed
    assert weights == uninterrupted
    assert {name: resumed[name] for name in ("precision", "step_times")} == {
        name: record[name] for name in ("precision", "step_times")
    }
    assert machine.measured == 1
