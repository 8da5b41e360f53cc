"""`--batch-size auto`: auto_batch_size from the flag to the training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import onelook as ol
from onelook.planning.options import gather_overrides
from onelook.runs.fitting import batch_size
from onelook.settings.merge import build_settings
from onelook.training.measurements import find_batch_size
from onelook.training.measurements.find_batch_size import SizeTrial

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares


def test_auto_leaves_the_size_to_the_plan(tmp_path: Path):
    (tmp_path / "auto.toml").write_text('batch_size = "auto"')
    assert gather_overrides({"batch_size": "auto"}) == {"auto_batch_size": True}
    assert gather_overrides({}, ["batch_size=auto"]) == {"auto_batch_size": True}
    assert gather_overrides({}, config=tmp_path / "auto.toml") == {"auto_batch_size": True}
    assert gather_overrides({"batch_size": "64"}, config=tmp_path / "auto.toml") == {"batch_size": "64"}
    assert build_settings({"batch_size": "auto"}, "here").auto_batch_size


def train(tmp_path: Path) -> tuple[Any, str]:
    said: list[str] = []
    run = ol.train(
        "digits",
        model="mlp",
        epochs=1,
        device="cpu",
        batch_size="auto",
        out=tmp_path / "run",
        say=said.append,
    )
    return run.folder.read_run(), " ".join(" ".join(said).split())


def test_on_a_cpu_it_stays_as_planned_and_says_why(tmp_path: Path):
    facts, said = train(tmp_path)
    assert facts["settings"]["batch_size"] == 32
    assert "batches of 32, as planned: auto looks for what a GPU can hold; on a CPU" in " ".join(said.split())
    again = ol.train(
        "digits", out=tmp_path / "run", resume=True, batch_size="auto", epochs=2, say=lambda _: None
    ).folder.read_run()
    assert again["settings"]["batch_size"] == 32


def test_on_a_gpu_it_is_what_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The GPU is a table: 64 is the last size that pays; of 1,293 pictures, batches of 43 leave 30 steps an epoch."""
    monkeypatch.setattr(batch_size, "_FEWEST_STEPS_AN_EPOCH", 5)
    monkeypatch.setattr(
        find_batch_size, "measure_batch_sizes", lambda *_, **__: lambda size: SizeTrial(min(size, 64) * 10.0, 0.1)
    )
    real = batch_size._look

    def on_gpu(begun: Any, ready: Any) -> tuple[int, str]:
        inputs = replace(ready.inputs, device=torch.device("cuda"))
        return real(begun, replace(ready, inputs=inputs))

    monkeypatch.setattr(batch_size, "_look", on_gpu)
    facts, said = train(tmp_path)
    assert facts["settings"]["batch_size"] == 64
    assert "batches of 64: 640 pictures a second" in said
    assert any(choice.startswith("batches of 64: 640") for choice in facts["choices"])


@pytest.mark.parametrize(("rows", "largest"), [(60, 16), (3_000, 100)])
def test_what_is_tried_goes_up_to_thirty_steps_an_epoch_and_never_below_the_plan(
    rows: int, largest: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, int]] = []

    def search(_: Any, **limits: int) -> Any:
        asked.append(limits)
        return SimpleNamespace(batch_size=32, reason="so it is")

    monkeypatch.setattr(find_batch_size, "measure_batch_sizes", lambda *_: None)
    monkeypatch.setattr(find_batch_size, "search_batch_size", search)
    begun: Any = SimpleNamespace(settings=SimpleNamespace(batch_size=16))
    inputs = SimpleNamespace(device=torch.device("cuda"), train=range(rows))
    ready: Any = SimpleNamespace(network=None, inputs=inputs)
    assert batch_size._look(begun, ready) == (32, "batches of 32: so it is")
    assert asked == [{"first": 16, "largest": largest}]


def test_a_resumed_run_keeps_its_size_and_looks_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_size, "_look", lambda begun, ready: (99, "batches of 99"))
    nothing: Any = None

    def settled(*, auto: bool, resume: bool) -> list[int]:
        chosen: list[int] = []
        begun: Any = SimpleNamespace(
            settings=SimpleNamespace(auto_batch_size=auto, batch_size=16),
            resume=resume,
            processes=SimpleNamespace(from_first=lambda make: make()),
            choose=lambda reason, say, batch_size: chosen.append(batch_size),
        )
        assert (batch_size.settle_batch_size(begun, nothing, print) is begun) == (not auto or resume)
        return chosen

    assert settled(auto=True, resume=False) == [99]
    assert settled(auto=True, resume=True) == []
    assert settled(auto=False, resume=False) == []
