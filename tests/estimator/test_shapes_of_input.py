"""What the estimator takes an array for, and how it parts rows: by hand, without any training."""

from __future__ import annotations

import random
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.errors import ConfigError
from onelook.estimator.fit_arrays import _needs_a_run, _own_random_numbers, _train_and_val, _wide
from onelook.estimator.image_classifier import (
    EstimatorDataError,
    ImageClassifier,
    _are_files,
    _axes,
    _plain,
    _shape_of_rows,
    _with_channels,
)
from onelook.settings.merge import build_settings


@pytest.mark.parametrize(
    ("values", "are_files"),
    [
        (["a.png", Path("b.png")], True),
        (("a.png",), True),
        (np.array(["a.png", "b.png"]), True),
        (np.array(["a.png", Path("b.png")], object), True),
        (np.array([["a.png"], ["b.png"]]), False),
        (np.array([1.0, 2.0]), False),
        (["a.png", 3], False),
        ([], False),
        ("a.png", False),
        ([[1, 2], [3, 4]], False),
    ],
)
def test_what_is_taken_for_files(values: Any, are_files: bool) -> None:
    assert _are_files(values) == are_files


@pytest.mark.parametrize(
    ("values", "axes"),
    [(np.zeros((2, 3, 4)), 3), ([[1, 2], [3, 4]], 2), ([[1, 2], [3]], 2), (type("Shaped", (), {"shape": (1, 2)})(), 2)],
)
def test_the_axes_of_what_becomes_an_array(values: Any, axes: int) -> None:
    assert _axes(values) == axes


@pytest.mark.parametrize(
    ("values", "image_shape", "shape"),
    [
        (784, None, (28, 28, 1)),
        (3072, None, (32, 32, 3)),
        (12, None, (2, 2, 3)),
        (48, None, (4, 4, 3)),
        (50, None, (1, 50, 1)),
        (2, None, (1, 2, 1)),
        (1, None, (1, 1, 1)),
        (12, (3, 4), (3, 4, 1)),
        (12, (4, 1, 3), (4, 1, 3)),
        (12, (12, 1, 1), (12, 1, 1)),
    ],
)
def test_flat_rows_become_pictures(
    values: int, image_shape: tuple[int, ...] | None, shape: tuple[int, int, int]
) -> None:
    assert _shape_of_rows(values, image_shape) == shape


@pytest.mark.parametrize("image_shape", [None, (8, 8, 3)])
def test_the_pixels_show_planes_of_colours_unless_the_shape_is_given(image_shape: tuple[int, ...] | None) -> None:
    ramp = np.arange(8)[:, None] + np.arange(8)
    colour = np.stack([ramp * 2 + 100, ramp, ramp * 3 + 200], axis=-1)[None] + np.arange(6)[:, None, None, None]
    rows = colour.transpose(0, 3, 1, 2).reshape(6, 192)
    classifier = ImageClassifier(image_shape=image_shape)
    images, _ = classifier._training_pictures(rows, [0, 1] * 3)
    np.testing.assert_array_equal(images, rows.reshape(6, 8, 8, 3) if image_shape else colour)
    # A picture in one shade shows no order of its own: the one of the fit is kept.
    one = np.repeat([1, 2, 3], 64)[None]
    expected = one.reshape(1, 8, 8, 3) if image_shape else np.broadcast_to([1, 2, 3], (1, 8, 8, 3))
    np.testing.assert_array_equal(classifier._known_pictures(one), expected)
    del classifier._by_planes  # as in a pickle of an earlier version
    np.testing.assert_array_equal(classifier._known_pictures(one), one.reshape(1, 8, 8, 3))


@pytest.mark.parametrize("image_shape", [(3, 5), (12,), (3, 2, 2), (1, 3, 4, 1)])
def test_a_shape_of_other_values_or_channels_is_refused(image_shape: tuple[int, ...]) -> None:
    with pytest.raises(ConfigError) as refused:
        _shape_of_rows(12, image_shape)
    assert str(refused.value) == (
        f"image_shape = {image_shape}; expected (height, width) or (height, width, 1 or 3) with 12 values in all, as "
        "many as a row of X has."
    )


def test_channels_come_last() -> None:
    assert _with_channels(np.zeros((2, 3, 4))).shape == (2, 3, 4, 1)
    assert _with_channels(np.zeros((2, 5, 4, 1))).shape == (2, 5, 4, 1)
    assert _with_channels(np.zeros((2, 5, 4, 3))).shape == (2, 5, 4, 3)
    for shape in ((2, 3, 4, 2), (2, 3, 4, 4), (2, 3, 4, 5, 3)):
        with pytest.raises(EstimatorDataError) as refused:
            _with_channels(np.zeros(shape))
        assert str(refused.value).startswith(f"X has the shape {shape}; expected (rows, height, width), (rows, ")


def test_arrays_are_brought_to_what_models_can_read() -> None:
    values = np.arange(6).reshape(1, 2, 3, 1)
    assert _plain(values % 2 == 0).dtype == np.uint8
    assert _plain(values.astype(np.longdouble)).dtype == np.float64
    swapped = _plain(values.astype(">f4"))
    assert swapped.dtype.isnative
    assert (swapped == values).all()
    frozen = values.astype(np.float32)
    frozen.flags.writeable = False
    assert _plain(frozen).flags.writeable
    assert not frozen.flags.writeable
    untouched = values.astype(np.uint8)
    assert _plain(untouched) is untouched


def test_each_class_keeps_its_share_for_validation_and_no_row_is_on_both_sides() -> None:
    pictures = np.arange(60, dtype=np.uint8).reshape(60, 1, 1, 1)
    labels = np.array([0] * 40 + [1] * 20)
    train, val = _train_and_val(pictures, labels, build_settings({"val": 0.26, "seed": 3}, "here"))
    assert np.bincount(val.labels).tolist() == [10, 5]  # of 40 and 20, rounded down
    assert sorted([*train.rows, *val.rows]) == [*range(60)]
    for side in (train, val):
        assert (side.labels == labels[side.rows]).all()
        assert side.ids == tuple(str(row + 1) for row in side.rows)
    again = _train_and_val(pictures, labels, build_settings({"val": 0.26, "seed": 3}, "here"))[1]
    other = _train_and_val(pictures, labels, build_settings({"val": 0.26, "seed": 4}, "here"))[1]
    assert (again.rows == val.rows).all()
    assert not (other.rows == val.rows).all()


@pytest.mark.parametrize(("rows", "val", "kept"), [(49, 0.5, 0), (50, 0.5, 24), (50, 0.01, 0), (50, "photos/val", 0)])
def test_few_pictures_are_all_on_both_sides(rows: int, val: float | str, kept: int) -> None:
    labels = np.arange(rows) % 2
    labels[0] = labels[1]  # 24 and 26 of fifty
    train, found = _train_and_val(np.zeros((rows, 1, 1, 1)), labels, build_settings({"val": val}, "here"))
    if kept:
        assert (len(train), len(found)) == (rows - 25, 25)
    else:
        assert (len(train), len(found)) == (rows, rows)


def test_a_single_value_gets_a_range_that_can_be_divided_by() -> None:
    assert _wide((0.0, 255.0)) == (0.0, 255.0)
    assert _wide((3.0, 3.0)) == (3.0, 4.0)


def test_what_needs_a_run_of_its_own() -> None:
    assert [_needs_a_run({"model": name}) for name in ("efficientnet-lite0", "timm:resnet18", "cnn", "svc")] == [
        *(True, True, False, False)
    ]
    assert not _needs_a_run({"epochs": 3, "from_model": None})
    assert _needs_a_run({"from_model": "runs/a"})


def test_the_caller_s_random_numbers_go_on_as_if_nothing_had_been_drawn() -> None:
    import torch

    def draw() -> tuple[float, float, float]:
        return random.random(), float(np.random.rand()), float(torch.rand(1))

    for is_needed in (True, False):
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)
        expected = draw()
        random.seed(1)
        np.random.seed(1)
        torch.manual_seed(1)
        with suppress(ZeroDivisionError), _own_random_numbers(is_needed=is_needed):
            if is_needed:
                draw()
            raise ZeroDivisionError
        assert draw() == expected
