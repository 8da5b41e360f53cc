"""The time of a step in each precision: the sides take turns, and the network stays as it is."""

from __future__ import annotations

import numpy as np
import torch
from tests.drawn_sides import draw_sides

from onelook.data.dataset import ImageSet
from onelook.models.layers.build import build_network
from onelook.settings import FittedPreprocess, NetworkSettings, TrainSettings
from onelook.settings.network import Dense, Flatten
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.measurements import time_precisions as measured
from onelook.training.measurements.time_precisions import time_in_turn, time_precisions
from onelook.training.trainer import Trainer
from onelook.transforms.preprocess.in_torch import Preprocess


def test_the_first_step_does_not_count_and_the_sides_take_turns_for_a_second() -> None:
    seen: list[tuple[str, int]] = []

    def side(name: str, seconds: float):  # type: ignore[no-untyped-def]
        def train(steps: int) -> float:
            is_first = (name, 1) not in seen
            seen.append((name, steps))
            return 9.0 if is_first else seconds * steps * (3 if len(seen) == 5 else 1)  # once something came between

        return train

    times = time_in_turn(side("float32", 0.125), side("bfloat16", 0.0625))
    assert (times.float32_seconds, times.bfloat16_seconds, times.gain) == (0.125, 0.0625, 2.0)
    assert seen == [("float32", 1), ("bfloat16", 1)] + 3 * [("float32", 2), ("bfloat16", 2)]


def test_both_precisions_are_timed_on_copies(monkeypatch) -> None:  # type: ignore[no-untyped-def]
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
