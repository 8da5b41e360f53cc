"""The line on what was asked for, and the line on what a given random change replaces."""

from __future__ import annotations

from typing import Any

import pytest

from onelook.planning.asked_in_words import asked_in_words, left_out_in_words


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, None),
        ({"device": "cpu", "val": 0.2, "time_limit_seconds": 60.0, "dropout": None}, None),  # not what is learnt
        ({"seed": 0, "epochs": 1}, "epochs 1, seed 0"),  # in the order of the fields, and also a default
        ({"augment": {}, "early_stopping": {}}, "augment none, early_stopping true"),
        ({"early_stopping": {"patience": 3}}, "early_stopping.patience 3"),
        ({"optimizer": {"name": "sgd", "learning_rate": 0.01}}, "optimizer sgd, learning_rate 0.01"),
        ({"schedule": {"name": "constant"}, "auto_batch_size": True}, "auto_batch_size true, schedule constant"),
        ({"views": {"horizontal_flip": True}, "augment": {"zoom_range": [0.9, 1.2]}},
         "zoom_range 0.9,1.2, views.horizontal_flip true"),
        # From Python and from flags: lists and tuples, paths and texts.
        ({"image_size": (28, 32), "augment": {"zoom_range": (0.9, 1.2), "width_shift_range": (1.0, 2.5)}},
         "zoom_range 0.9,1.2, width_shift_range 1,2.5"),
        ({"augment": {"brightness_range": (0.5, 1), "horizontal_flip": False, "cutout": 0.0}},
         "brightness_range 0.5,1, horizontal_flip false, cutout 0"),
        ({"model": "knn", "epochs": 3, "seed": 1}, "model knn, seed 1"),  # it does not read epochs
        ({"model": "mlp", "tune": "full", "features": {"pca": 3}}, "model mlp"),
    ],
)  # fmt: skip
def test_what_was_asked_for_is_said_as_it_is_typed(given: dict[str, Any], words: str | None) -> None:
    assert asked_in_words(given, given) == (None if words is None else f"as asked: {words}")


def test_a_picked_network_decides_which_settings_are_read_and_is_not_said() -> None:
    assert asked_in_words({"tune": "full"}, {"tune": "full", "model": "efficientnet-lite0"}) == "as asked: tune full"
    assert asked_in_words({"tune": "full"}, {"tune": "full", "model": "cnn"}) is None


def test_what_a_trained_model_brings_is_not_said() -> None:
    given = {"from_model": "runs/one", "model": "cnn", "views": {"shift": 1}, "preprocess": {}, "epochs": 2}
    assert asked_in_words(given, given) == "as asked: epochs 2"


def test_several_changes_are_named_with_what_adds_them_and_one_that_cannot_be_added_is_not() -> None:
    picked = {"crop_padding": 2, "alternating_flip": True, "fill_mode": "nearest"}
    assert left_out_in_words(picked, {"rotation_range": 9.0}) == (
        "augmentation: only what was asked, without the usual crop_padding 2 and alternating_flip true (--set "
        "crop_padding=2 --set alternating_flip=true adds them)"
    )
    assert left_out_in_words(picked, {"horizontal_flip": True}).endswith(
        "without the usual crop_padding 2 (--set crop_padding=2 adds it)"
    )
    assert left_out_in_words({"rotation_range": 8}, {"rotation_range": 10}) == ""
    assert left_out_in_words(picked, {}) == ""  # augmentation is switched off
