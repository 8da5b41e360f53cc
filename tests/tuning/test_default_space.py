"""The usual space around a plan, and points of it as settings."""

from __future__ import annotations

from onelook.settings import TrainSettings
from onelook.settings.merge import build_settings
from onelook.tuning.default_space import default_space, overrides_of, planned_point
from onelook.tuning.dimensions import Dimension

PLANNED = build_settings(
    {
        "batch_size": 64,
        "optimizer": {"name": "adamw", "learning_rate": 0.004, "weight_decay": 0.02},
        "augment": {"rotation_range": 10, "zoom_range": 0.1, "horizontal_flip": True},
    },
    "the test",
)


def test_the_usual_space_lies_around_the_plan() -> None:
    space = {one.name: one for one in default_space(PLANNED, {})}
    assert (space["optimizer.learning_rate"].low, space["optimizer.learning_rate"].high) == (0.001, 0.016)
    assert space["batch_size"].choices == (32, 64, 128)
    assert {"optimizer.weight_decay", "loss.label_smoothing", "augmentation", "model"} < {*space}


def test_the_usual_space_by_value() -> None:
    assert default_space(PLANNED, {}) == (
        Dimension("optimizer.learning_rate", low=0.001, high=0.016, log=True),
        Dimension("optimizer.weight_decay", low=1e-3, high=0.3, log=True),
        Dimension("loss.label_smoothing", low=0.0, high=0.2),
        Dimension("batch_size", choices=(32, 64, 128)),
        Dimension("augmentation", low=0.0, high=2.0),
        Dimension("model", choices=("cnn", "cnn-small", "resnet")),
    )
    one = build_settings({"batch_size": 1, "optimizer": {"name": "muon"}, "model": "airbench"}, "the test")
    space = {each.name: each for each in default_space(one, {})}
    assert space["batch_size"].choices == (1, 2)
    assert {*space} == {"optimizer.learning_rate", "optimizer.weight_decay", "loss.label_smoothing", "batch_size"}


def test_a_mirror_alone_has_no_strength_to_search() -> None:
    mirrored = build_settings({"augment": {"horizontal_flip": True, "fill_mode": "wrap"}}, "the test")
    assert "augmentation" not in {one.name for one in default_space(mirrored, {})}


def test_what_was_asked_for_is_not_searched() -> None:
    asked = {"model": "cnn", "optimizer": {"learning_rate": 0.1}, "augment": {"rotation_range": 10}}
    names = {one.name for one in default_space(PLANNED, asked)}
    assert names == {"optimizer.weight_decay", "loss.label_smoothing", "batch_size"}


def test_what_the_plan_does_not_read_is_not_searched() -> None:
    names = {one.name for one in default_space(TrainSettings(model="digit-recognizer"), {})}
    assert names == {"optimizer.learning_rate", "loss.label_smoothing", "batch_size"}


def test_a_point_becomes_settings_over_what_was_asked() -> None:
    asked = {"epochs": 3, "optimizer": {"name": "adamw"}}
    point = {"optimizer.learning_rate": 0.01, "model": "mlp", "augmentation": 1.5}
    assert overrides_of(point, PLANNED, asked) == {
        "epochs": 3,
        "model": "mlp",
        "optimizer": {"name": "adamw", "learning_rate": 0.01},
        "augment": {"rotation_range": 15.0, "zoom_range": 0.15, "horizontal_flip": True},
    }


def test_the_first_point_is_the_plan_as_far_as_it_lies_in_the_space() -> None:
    space = (*default_space(PLANNED, {}), Dimension("dropout", low=0.1, high=0.5))
    point = planned_point(space, PLANNED)
    assert point["optimizer.learning_rate"] == 0.004
    assert point["augmentation"] == 1.0
    assert point["model"] == "cnn"
    assert "dropout" not in point


def test_a_point_stands_above_what_was_asked_and_strength_multiplies_ranges_alone() -> None:
    augment = {"rotation_range": 10, "crop_padding": 2, "cutout": 0.25, "width_shift_range": 0.1}
    planned = build_settings({"augment": augment}, "the test")
    point = {"batch_size": 32, "optimizer.learning_rate": 0.5, "augmentation": 0.5}
    found = overrides_of(point, planned, {"batch_size": 64, "optimizer": {"name": "sgd", "learning_rate": 0.1}})
    assert found == {
        "batch_size": 32,
        "optimizer": {"name": "sgd", "learning_rate": 0.5},
        "augment": {"rotation_range": 5.0, "crop_padding": 2, "cutout": 0.25, "width_shift_range": 0.05},
    }


def test_a_planned_value_outside_the_space_is_left_to_the_search() -> None:
    space = (
        Dimension("batch_size", choices=(16, 32)),  # 64 is planned
        Dimension("optimizer.learning_rate", low=0.004, high=0.1),
        Dimension("optimizer.weight_decay", low=0.03, high=0.3),
        Dimension("loss.label_smoothing", low=0.0, high=0.0),
        Dimension("augmentation", low=0.0, high=1.0),
    )
    assert planned_point(space, PLANNED) == {
        "optimizer.learning_rate": 0.004,
        "loss.label_smoothing": 0.0,
        "augmentation": 1.0,
    }
