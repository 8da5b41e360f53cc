"""Keras as the peer, and a data set small enough to train on in no time."""

from __future__ import annotations

import os
from types import ModuleType

import numpy as np
import pytest
import torch
from torch import nn

from onelook.data.dataset import ImageSet


@pytest.fixture(scope="session")
def keras() -> ModuleType:
    """Keras on torch. It reads its backend when it is first imported."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    import keras as peer

    return peer


class ScaleToUnit(nn.Module):
    """uint8's range to [0, 1], as the default preparation does."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images / 255


def draw_images(rows: int, seed: int = 0, channels: int = 1) -> ImageSet:
    """8×8 pictures of three classes, told by which third of the picture is bright, in noise."""
    random = np.random.default_rng(seed)
    labels = random.integers(0, 3, rows)
    images = random.integers(0, 100, (rows, 8, 8, channels))
    for row, label in enumerate(labels):
        images[row, :, 3 * label : 3 * label + 2] += 120
    return ImageSet(
        images=images.astype(np.uint8),
        rows=np.arange(rows),
        ids=tuple(str(row + 1) for row in range(rows)),
        labels=labels.astype(np.int64),
    )


@pytest.fixture
def train_set() -> ImageSet:
    return draw_images(50, seed=1)


@pytest.fixture
def val_set() -> ImageSet:
    return draw_images(21, seed=2)
