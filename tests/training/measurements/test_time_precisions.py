"""The time of a step in each precision: the sides take turns, and the network stays as it is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, repeat

import numpy as np
import pytest
import torch
from tests.drawn_sides import draw_sides

from onelook.data.dataset import ImageSet
from onelook.models.layers.build import build_network
from onelook.settings import FittedPreprocess, NetworkSettings, TrainSettings
from onelook.settings.network import Dense, Flatten
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.measurements import time_precisions as measured
from onelook.training.measurements.time_precisions import StepTimes, time_in_turn, time_precisions
from onelook.training.trainer import Trainer
from onelook.transforms.preprocess.in_torch import Preprocess


class Sides:
    """Two sides whose steps take so many seconds, the first of each `first` seconds."""

    def __init__(self, first: float) -> None:
        self.first, self.disturbed = first, 7
        self.seen: list[tuple[str, int]] = []

    def side(self, name: str, seconds: float) -> Callable[[int], float]:
        def train(steps: int) -> float:
            is_first = (name, 1) not in self.seen
            self.seen.append((name, steps))
            between = 3 if len(self.seen) == self.disturbed else 1  # once something came between
            return self.first if is_first else seconds * steps * between

        return train

    def timed(self) -> StepTimes:
        return time_in_turn(self.side("float32", 0.125), self.side("bfloat16", 0.0625))


def test_the_first_step_does_not_count_and_the_sides_take_turns_for_a_second() -> None:
    sides = Sides(first=0.09)
    times = sides.timed()
    assert (times.float32_seconds, times.bfloat16_seconds, times.gain) == (0.125, 0.0625, 2.0)
    assert sides.seen == [("float32", 1), ("bfloat16", 1)] + 3 * [("float32", 2), ("bfloat16", 2)]


def test_slow_steps_are_timed_one_by_one() -> None:
    sides = Sides(first=0.11)
    assert sides.timed().gain == 2.0
    assert sides.seen == [("float32", 1), ("bfloat16", 1)] + 4 * [("float32", 1), ("bfloat16", 1)]


def test_on_a_busy_machine_the_clock_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = chain([0.0], repeat(2.6))
    monkeypatch.setattr(measured, "perf_counter", lambda: next(clock))
    sides = Sides(first=0.11)
    sides.disturbed = 0
    assert sides.timed().gain == 2.0
    assert len(sides.seen) == 2 + 2 * 2


def test_both_precisions_are_timed_on_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measured, "_SECONDS", 0.0)
    computed: list[torch.dtype] = []
    init = Trainer.__init__

    def note(trainer: Trainer, *given: object) -> None:
        init(trainer, *given)  # type: ignore[arg-type]
        computed.append(trainer.precision)

    monkeypatch.setattr(Trainer, "__init__", note)
    images, labels = draw_sides(12)
    pictures = ImageSet(images, np.arange(12), tuple("abcdefghijkl"), (labels == "right").astype(np.int64))
    inputs = TrainingInputs(pictures, pictures, Preprocess(FittedPreprocess(), {}), None, torch.device("cpu"))
    _, height, width, channels = images.shape
    network = build_network(NetworkSettings(layers=(Flatten(), Dense(units="classes"))), (channels, height, width), 2)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    state = torch.get_rng_state()
    times = time_precisions(network, inputs, TrainSettings(batch_size=4))
    assert min(times.float32_seconds, times.bfloat16_seconds) > 0
    assert computed == [torch.float32, torch.bfloat16]
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert torch.equal(torch.get_rng_state(), state)
