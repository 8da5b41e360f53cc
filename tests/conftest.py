"""What several rooms' tests share: a model whose answers can be worked out by hand."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier, build_classifier
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import Dense, GlobalPool


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests read and write a cache of their own: what an earlier version left in the user's proves nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONELOOK_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def brightness_classifier() -> Classifier:
    """Takes 8×8 grey pictures; the brighter one is, the more it is `light`, and at half brightness undecided."""
    network = NetworkSettings(layers=(GlobalPool(type="global_average_pool"), Dense(units="classes")))
    weights = {"1.weight": np.array([[-10.0], [10.0]], np.float32), "1.bias": np.array([5.0, -5.0], np.float32)}
    return build_classifier(
        network,
        FittedPreprocess(),
        weights,
        decode=DecodeSettings(height=8, width=8, channels=1),
        class_names=("dark", "light"),
        dtype=np.uint8,
        value_range=(0.0, 255.0),
        provenance={},
        metrics={},
    )


@pytest.fixture(scope="session")
def brightness_model(brightness_classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its model folder. Tests must leave it as it is."""
    return brightness_classifier.save(tmp_path_factory.mktemp("brightness") / "model")


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Labelled pictures in class folders: three dark ones, and three light ones, of which one is labelled wrong."""
    folder = tmp_path / "photos"
    levels = {"dark": (0, 20, 40), "light": (255, 240, 10)}
    for class_name, class_levels in levels.items():
        (folder / class_name).mkdir(parents=True)
        for number, level in enumerate(class_levels, 1):
            Image.new("L", (8, 8), level).save(folder / class_name / f"{number}.png")
    return folder


@pytest.fixture(autouse=True, scope="session")
def _ctrl_c_means_something() -> Iterator[None]:
    """A job in a shell's background begins with Ctrl-C ignored, and so would the tests of Ctrl-C in it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
