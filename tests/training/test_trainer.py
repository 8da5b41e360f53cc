"""The trainer's own choices: batches that fit into memory, which pictures are mirrored, whose weights are validated."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from onelook.data.dataset import ImageSet
from onelook.models.layers.build import build_network
from onelook.settings import AugmentSettings, NetworkSettings, TrainSettings
from onelook.settings.network import Conv, Dense, Dropout, Flatten, Layer, Residual
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.listeners import BatchStatus
from onelook.training.trainer import Trainer
from onelook.training.training_run import _facts


def pictures(rows: int, height: int, width: int) -> ImageSet:
    """Picture n has the value n on its left and 200 on its right."""
    images = np.full((rows, height, width, 1), 200, np.uint8)
    images[:, :, : width // 2] = np.arange(rows, dtype=np.uint8)[:, None, None, None]
    return ImageSet(images, np.arange(rows), tuple(map(str, range(rows))), np.arange(rows) % 2)


class Seen(nn.Module):
    """A network that keeps what it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(2))
        self.seen: list[torch.Tensor] = []

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        self.seen.append(images)
        return self.weight.expand(len(images), 2)


def trainer(train: ImageSet, val: ImageSet, **settings: Any) -> tuple[Trainer, Seen]:
    inputs = TrainingInputs(train, val, nn.Identity(), None, torch.device("cpu"))
    network = Seen()
    return Trainer(network, inputs, TrainSettings(**settings)), network


@pytest.mark.parametrize(
    ("height", "width", "batch_size", "validated"),
    [(512, 1024, 3, 3), (256, 1024, 3, 3), (16, 1024, 3, 16), (1024, 16, 3, 16), (512, 512, 1, 1), (64, 64, 3, 64)],
)
def test_validation_takes_as_many_pictures_at_a_time_as_their_area_allows(
    height: int, width: int, batch_size: int, validated: int
) -> None:
    pair = pictures(2, height, width)
    found, _ = trainer(pair, pair, batch_size=batch_size)
    assert (found.train.batch_size, found.val.batch_size) == (batch_size, validated)


def test_odd_epochs_mirror_one_half_of_the_pictures_and_even_ones_the_other() -> None:
    augment = AugmentSettings(alternating_flip=True)
    found, network = trainer(pictures(20, 2, 4), pictures(2, 2, 4), batch_size=8, augment=augment, seed=3)

    def mirrored(epoch: int) -> set[int]:
        network.seen.clear()
        found.train_epoch(epoch, lambda _: 0.0, lambda _: True)
        shown = torch.cat(network.seen)[:, 0, 0]  # (pictures, width)
        assert sorted(shown.min(dim=1).values.tolist()) == list(range(20))
        return {int(row.min()) for row in shown if row[0] == 200}

    odd, even = mirrored(1), mirrored(2)
    assert odd
    assert even
    assert odd | even == set(range(20))
    assert not odd & even
    assert (mirrored(3), mirrored(4)) == (odd, even)


def test_an_epoch_ends_where_it_is_told_to_and_counts_what_it_has_seen() -> None:
    found, _ = trainer(pictures(20, 2, 4), pictures(2, 2, 4), batch_size=8)
    seen: list[tuple[int, int, float, int]] = []

    def keep(status: BatchStatus) -> bool:
        seen.append((status.epoch, status.step, status.learning_rate, status.metrics.rows))
        return status.step < 2

    metrics = found.train_epoch(5, lambda done: 0.5**done, keep)
    assert seen == [(5, 1, 1.0, 8), (5, 2, 0.5, 16)]
    assert metrics.rows == 16
    rest = found.train_epoch(5, lambda done: 0.5**done, keep, found.position())
    assert seen[2:] == [(5, 3, 0.25, 20)]
    assert (rest.rows, found.optimizer.steps_done) == (20, 3)


def test_the_average_is_validated_and_kept() -> None:
    pair = pictures(2, 2, 4)
    found, _ = trainer(pair, pair, batch_size=2, weight_average=0.9)
    assert found.average is not None
    assert found.kept_network is found.average.network
    with torch.no_grad():
        found.average.network.weight.copy_(torch.tensor([0.0, 100.0]))  # type: ignore[operator,union-attr]
    assert found.validate().predicted.tolist() == [0, 2]
    plain, _ = trainer(pair, pair, batch_size=2)
    assert plain.kept_network is plain.network


def test_the_average_counts_the_steps_of_all_epochs(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = trainer(pictures(20, 2, 4), pictures(2, 2, 4), batch_size=8, weight_average=0.9)
    assert found.average is not None
    counted: list[int] = []
    monkeypatch.setattr(found.average, "update", counted.append)
    for epoch in (1, 2):
        found.train_epoch(epoch, lambda _: 0.0, lambda _: True)
    assert counted == [1, 2, 3, 4, 5, 6]


def residual(rate: float) -> Residual:
    return Residual(layers=(Conv(filters=1, padding="same"), Dropout(rate=rate)))


@pytest.mark.parametrize(
    ("layers", "dropout"),
    [
        ((), None),
        ((Dropout(rate=0.25),), 0.25),
        ((residual(0.5),), 0.5),
        ((residual(0.125), Dropout(rate=0.5), Dropout(rate=0.25)), 0.5),
        ((Dropout(rate=0.0),), 0.0),
    ],
)
def test_the_facts_of_a_run_know_its_classes_and_all_its_dropout(
    layers: tuple[Layer, ...], dropout: float | None
) -> None:
    network = NetworkSettings(layers=(*layers, Flatten(), Dense(units="classes")))
    train, val = pictures(10, 4, 6), pictures(3, 4, 6)
    settings = TrainSettings(batch_size=4)
    inputs = TrainingInputs(train, val, nn.Identity(), None, torch.device("cpu"))
    found = _facts(Trainer(build_network(network, (1, 4, 6), 3), inputs, settings), settings, ("a", "b", "c"))
    assert (found.dropout, found.steps_per_epoch) == (dropout, 3)
    assert (found.train_counts.tolist(), found.val_counts.tolist()) == ([5, 5, 0], [2, 1, 0])
    assert found.class_names == ("a", "b", "c")


def test_a_class_that_only_validates_is_counted_on_both_sides() -> None:
    train, val = pictures(10, 2, 4), pictures(3, 2, 4)
    val = replace(val, labels=np.array([0, 4, 1]))
    found, _ = trainer(train, val, batch_size=4)
    facts = _facts(found, TrainSettings(batch_size=4), ())
    assert (facts.train_counts.tolist(), facts.val_counts.tolist()) == ([5, 5, 0, 0, 0], [1, 1, 0, 0, 1])
