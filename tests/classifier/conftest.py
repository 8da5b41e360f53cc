"""A small network with seeded random weights: two classes of 6×5 colour pictures, nothing trained."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.classifier import Classifier, build_classifier
from onelook.models.shapes import plan_network, weight_shapes
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import BatchNorm, Conv, Dense, Flatten

NETWORK = NetworkSettings(
    layers=(
        Conv(filters=4, kernel=3, padding="same", activation="relu"),
        BatchNorm(),
        Flatten(),
        Dense(units="classes"),
    )
)
CLASS_NAMES = ("cat", "dog", "eel")


def random_weights(channels: int, num_classes: int, seed: int = 0) -> dict[str, np.ndarray]:
    chance = np.random.default_rng(seed)
    shapes = weight_shapes(plan_network(NETWORK, (channels, 6, 5), num_classes))
    return {
        name: (chance.uniform(0.5, 1.5, shape) if "running_var" in name else chance.normal(0, 0.5, shape)).astype("f4")
        for name, shape in shapes.items()
    }


def pictures(rows: int, channels: int = 3, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (rows, 6, 5, channels), dtype=np.uint8)


@pytest.fixture(scope="session")
def make_classifier() -> Callable[..., Classifier]:
    def make(
        channels: Any = 3,
        dtype: str = "uint8",
        value_range: tuple[float, float] = (0, 255),
        class_names: tuple[str, ...] = CLASS_NAMES,
        **options: Any,
    ) -> Classifier:
        arguments: dict[str, Any] = {
            "network": NETWORK,
            "fitted": FittedPreprocess(value_range=value_range),
            "weights": random_weights(channels, len(class_names)),
            "decode": DecodeSettings(height=6, width=5, channels=channels),
            "class_names": class_names,
            "dtype": dtype,
            "value_range": value_range,
            "provenance": {"data": "drawn", "epochs": 3},
            "metrics": {"accuracy": 0.5},
        }
        return build_classifier(**(arguments | options))

    return make


@pytest.fixture(scope="session")
def classifier(make_classifier: Callable[..., Classifier]) -> Classifier:
    """Shared: a test that changes a classifier makes its own."""
    return make_classifier()


@pytest.fixture
def saved(classifier: Classifier, tmp_path: Path) -> Path:
    """A folder of the test's own with the model."""
    return classifier.save(tmp_path / "model")


@pytest.fixture
def other_weights() -> dict[str, np.ndarray]:
    """Of the same architecture, with other numbers."""
    return random_weights(3, len(CLASS_NAMES), seed=7)


@pytest.fixture(scope="session")
def images() -> np.ndarray:
    """300 pictures as the classifier takes them: more than a batch, and not a multiple of one."""
    return pictures(300)
