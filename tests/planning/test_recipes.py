"""Every recipe is complete and valid, and says what its tutorial says."""

from __future__ import annotations

import pytest

from onelook.models import MODELS
from onelook.planning.options import gather_overrides, resolve_settings
from onelook.recipes import load_recipe, recipe_names
from onelook.settings import TrainSettings


def resolved(name: str) -> TrainSettings:
    return resolve_settings(gather_overrides({"recipe": name}), planned={})


@pytest.mark.parametrize("name", recipe_names())
def test_every_recipe_is_valid_and_describes_itself(name: str) -> None:
    recipe = load_recipe(name)
    assert resolved(name).model in MODELS
    assert recipe.description
    assert recipe.data
    assert recipe.published


# (batch size, epochs, optimizer, learning rate), from the tutorials; 1e-3 is Keras' default where they are silent.
PUBLISHED = {
    "digit-recognizer": (86, 30, "rmsprop", 1e-3),
    "mnist-tutorial": (32, 10, "adam", 1e-3),
    "digits-minimal": (32, 10, "adam", 1e-3),
    "dogs-vs-cats": (15, 3, "rmsprop", 1e-3),
    "fashion-cnn-bn": (200, 30, "adam", 1e-3),
    "fashion-mlp": (50, 40, "adam", 1e-3),
    "fashion-cnn-small": (32, 50, "adam", 1e-3),
    "cifar10-cnn": (16, 15, "adam", 1e-3),
}


def test_there_is_a_recipe_for_every_tutorial() -> None:
    assert set(recipe_names()) >= PUBLISHED.keys()


@pytest.mark.parametrize("name", PUBLISHED)
def test_trains_as_published(name: str) -> None:
    settings = resolved(name)
    optimizer = settings.optimizer
    assert (settings.batch_size, settings.epochs, optimizer.name, optimizer.learning_rate) == PUBLISHED[name]
    assert settings.schedule.name == "constant"
    assert settings.loss.label_smoothing == 0


def test_the_digit_recognizer_changes_pictures_and_rate_as_published() -> None:
    settings = resolved("digit-recognizer")
    augment, plateau = settings.augment, settings.reduce_on_plateau
    assert (augment.rotation_range, augment.zoom_range) == (10, 0.1)
    assert (augment.width_shift_range, augment.height_shift_range) == (0.1, 0.1)
    assert not augment.horizontal_flip
    assert plateau is not None
    assert (plateau.monitor, plateau.patience, plateau.factor) == ("val_accuracy", 3, 0.5)
    assert plateau.min_learning_rate == 1e-5
    assert (settings.optimizer.rho, settings.optimizer.epsilon) == (0.9, 1e-8)


@pytest.mark.parametrize("name", ["dogs-vs-cats", "fashion-cnn-bn"])
def test_stops_early_and_lowers_the_rate_as_published(name: str) -> None:
    settings = resolved(name)
    stopping, plateau = settings.early_stopping, settings.reduce_on_plateau
    assert stopping is not None
    assert (stopping.monitor, stopping.patience) == ("val_loss", 10)
    assert plateau is not None
    assert (plateau.monitor, plateau.patience, plateau.factor) == ("val_accuracy", 2, 0.5)
    assert plateau.min_learning_rate == 1e-5


def test_the_trio_is_three_classical_models_with_their_defaults() -> None:
    settings = resolved("sklearn-trio")
    assert settings.models == ("svc", "decision-tree", "random-forest")
    assert settings.classical.parameters == {}
    assert (settings.features.name, settings.features.pca) == ("pixels", None)
