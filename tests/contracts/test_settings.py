"""Every setting reaches the training: a new field fails here until something reads it and an example shows so."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.planning.options import gather_overrides
from onelook.planning.request import Request
from onelook.runs.prepare import prepare_training
from onelook.runs.run import UnscoredFolder, run_plan
from onelook.runs.stages import Clock, TrainedNetwork
from onelook.settings import TrainSettings
from onelook.settings.base import Settings, section_of

NETWORK = """
[[layers]]
type = "conv"
filters = 2
activation = "relu"

[[layers]]
type = "dropout"
rate = 0.2

[[layers]]
type = "flatten"

[[layers]]
type = "dense"
units = "classes"
"""

_CYCLE = ("schedule.name=one_cycle",)
_FILLED = ("width_shift_range=0.4", "fill_mode=constant")
_MOMENTUM = ("optimizer.name=sgd", "optimizer.momentum=0.5")
_WHITE = ("zca_whitening=true",)
_STOPPING = ("early_stopping.min_delta=9",)
_PLATEAU = ("reduce_on_plateau.patience=1", "reduce_on_plateau.min_delta=9")

# A setting's path: what else has to be set, and a value that makes another model of the same data.
EXAMPLES: dict[str, tuple[tuple[str, ...], str]] = {
    "model": ((), "mlp"),
    "val": ((), "0.4"),
    "epochs": ((), "3"),
    "image_size": ((), "8"),
    "resize": (("image_size=8x12",), "crop"),
    "batch_size": ((), "7"),
    "seed": ((), "1"),
    "dropout": ((), "0"),
    "precision": ((), "bfloat16"),
    "weight_average": ((), "0.999"),
    "optimizer.clip_norm": ((), "1.0"),
    "optimizer.layer_decay": ((), "0.5"),
    "keep_best": ((), "train_loss"),
    "preprocess.scale": ((), "symmetric"),
    "preprocess.samplewise_center": ((), "true"),
    "preprocess.samplewise_std_normalization": ((), "true"),
    "preprocess.featurewise_center": ((), "true"),
    "preprocess.featurewise_std_normalization": ((), "true"),
    "preprocess.zca_whitening": ((), "true"),
    "preprocess.zca_epsilon": (_WHITE, "10.0"),
    "augment.rotation_range": ((), "20"),
    "augment.width_shift_range": ((), "0.2"),
    "augment.height_shift_range": ((), "0.2"),
    "augment.brightness_range": ((), "[0.2, 0.4]"),
    "augment.shear_range": ((), "20"),
    "augment.zoom_range": ((), "0.3"),
    "augment.channel_shift_range": ((), "100"),
    "augment.fill_mode": (("width_shift_range=0.4",), "wrap"),
    "augment.cval": (_FILLED, "200"),
    "augment.horizontal_flip": ((), "true"),
    "augment.vertical_flip": ((), "true"),
    "augment.alternating_flip": ((), "true"),
    "augment.crop_padding": ((), "2"),
    "augment.cutout": ((), "0.5"),
    "augment.policy_operations": ((), "2"),
    "augment.policy_magnitude": (("augment.policy_operations=2",), "9"),
    "mix.mixup": ((), "0.5"),
    "mix.cutmix": ((), "0.5"),
    "sampling": ((), "balanced"),
    "optimizer.name": ((), "sgd"),
    "optimizer.learning_rate": ((), "0.02"),
    "optimizer.momentum": (("optimizer.name=sgd",), "0.5"),
    "optimizer.nesterov": (_MOMENTUM, "true"),
    "optimizer.rho": (("optimizer.name=rmsprop",), "0.5"),
    "optimizer.beta_1": ((), "0.5"),
    "optimizer.beta_2": ((), "0.9"),
    "optimizer.epsilon": ((), "0.1"),
    "optimizer.weight_decay": (("optimizer.name=adamw",), "0.5"),
    "optimizer.other_rate": (("optimizer.name=muon",), "0.5"),
    "schedule.name": ((), "cosine"),
    "schedule.warmup_fraction": (_CYCLE, "0.5"),
    "schedule.final_fraction": (_CYCLE, "0.9"),
    "schedule.step_epochs": (("schedule.name=step",), "1"),
    "schedule.step_factor": (("schedule.name=step", "schedule.step_epochs=1"), "0.9"),
    "loss.label_smoothing": ((), "0.2"),
    "loss.class_weights": ((), "balanced"),
    "early_stopping.monitor": (("early_stopping.patience=0",), "train_accuracy"),
    "early_stopping.patience": (_STOPPING, "2"),
    "early_stopping.min_delta": (("early_stopping.patience=0",), "9"),
    "early_stopping.restore_best": ((*_STOPPING, "keep_best=train_loss"), "false"),
    "early_stopping.start_from_epoch": (_STOPPING, "2"),
    "reduce_on_plateau.monitor": (("reduce_on_plateau.patience=1",), "train_accuracy"),
    "reduce_on_plateau.factor": (_PLATEAU, "0.9"),
    "reduce_on_plateau.patience": (("reduce_on_plateau.min_delta=9",), "1"),
    "reduce_on_plateau.min_delta": (("reduce_on_plateau.patience=1",), "9"),
    "reduce_on_plateau.cooldown": (_PLATEAU, "2"),
    "reduce_on_plateau.min_learning_rate": (_PLATEAU, "0.009"),
}
# What says which pictures, or where; each has a test of its own.
ELSEWHERE = {
    "models": "tests/runs/test_train_models.py",
    "recipe": "tests/planning/test_recipes.py",
    "test": "tests/data/test_open.py",
    "class_names": "tests/data/test_open.py",
    "layout": "tests/data/test_open.py",
    "label_column": "tests/runs/test_train.py",
    "limit": "tests/data/test_limit.py",
    "label_from": "tests/data/layouts/test_label_from.py",
    "pictures_in": "tests/data/layouts/manifests/test_manifest.py",
    "ignore_groups": "tests/data/layouts/manifests/test_public_tables.py",
    "fixes": "tests/data/fixes/test_apply.py",
    "time_limit_seconds": "tests/runs/test_train.py",
    "device": "tests/runs/test_train.py",
    "split": "tests/runs/test_given_split.py",
    "from_model": "tests/runs/test_going_on.py",
    "force": "tests/runs/test_going_on.py",
    "weights": "tests/runs/test_pretrained.py",
    "tune": "tests/runs/test_pretrained.py",
    "strict": "tests/data/test_reading.py",
    "folds": "tests/runs/test_cross_validate.py",
    "log": "tests/training/logs/test_log.py",
    "omit_picture_list": "tests/runs/test_seen_pictures.py",
    "features.name": "tests/runs/fitting/test_classical.py",
    "features.pca": "tests/runs/fitting/test_classical.py",
    "features.hog_cell": "tests/runs/fitting/test_classical.py",
    "classical.rows": "tests/runs/fitting/test_classical.py",
    "compile": "tests/training/test_compiled.py",
    "auto_batch_size": "tests/runs/fitting/test_batch_size.py",
    "views.horizontal_flip": "tests/runs/test_views.py",  # the training stays the same
    "views.shift": "tests/runs/test_views.py",
}


def paths(settings: type[Settings], prefix: str = "") -> Iterator[str]:
    """Every plain setting, dotted."""
    for name, field in settings.model_fields.items():
        if (section := section_of(field.annotation)) is not None:
            yield from paths(section, f"{name}.")
        else:
            yield prefix + name


def test_every_setting_has_an_example_or_a_test_elsewhere() -> None:
    assert sorted(paths(TrainSettings)) == sorted([*EXAMPLES, *ELSEWHERE])
    root = Path(__file__).parents[2]
    for name, path in ELSEWHERE.items():
        assert name.removesuffix("_seconds") in (root / path).read_text(encoding="utf-8"), name


def _pictures() -> tuple[np.ndarray, np.ndarray]:
    """40 pictures of 12×12, three quarters of them bright on the left."""
    draw = np.random.default_rng(0)
    images = draw.integers(0, 150, (40, 12, 12), dtype=np.uint8)
    labels = np.arange(40) % 4 == 0
    images[~labels, :, :6] += 60
    return images, labels.astype(np.int64)


@pytest.fixture(scope="module")
def outcome_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Trains with these settings: what came out, to the last bit."""
    folder = tmp_path_factory.mktemp("settings")
    (folder / "network.toml").write_text(NETWORK)
    runs = itertools.count()

    @cache
    def train(*pairs: str) -> tuple[Any, ...]:
        base = [f"model={folder / 'network.toml'}", "epochs=4", "batch_size=16", "optimizer.learning_rate=0.01"]
        asked = gather_overrides({}, [*base, *pairs])
        plan, prepared = prepare_training(Request(_pictures(), asked))
        sink = UnscoredFolder(prepared, folder / f"{next(runs)}")
        fitted = run_plan(plan, prepared.training_data, sink, Clock())
        assert isinstance(fitted.model, TrainedNetwork)
        epochs = [{**record.to_dict(), "seconds": None} for record in fitted.result.history]
        return epochs, {name: array.tobytes() for name, array in fitted.model.weights.items()}

    return train


@pytest.mark.parametrize("setting", EXAMPLES)
def test_a_setting_reaches_the_training(setting: str, outcome_of: Callable[..., Any]) -> None:
    needed, value = EXAMPLES[setting]
    is_changed = outcome_of(*needed) != outcome_of(*needed, f"{setting}={value}")
    assert is_changed, f"{setting}={value} changes nothing"
