"""The fixed preparation, against `ImageDataGenerator.fit` and `.standardize` for every switch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from onelook.errors import DataError, ModelError
from onelook.settings import FittedPreprocess, PreprocessSettings
from onelook.transforms.preprocess.fit import fit_preprocess
from onelook.transforms.preprocess.in_torch import Preprocess

SWITCHES: list[dict[str, Any]] = [
    {},
    {"samplewise_center": True},
    {"samplewise_std_normalization": True},
    {"featurewise_center": True},
    {"featurewise_std_normalization": True},
    {"zca_whitening": True},
    {"zca_whitening": True, "zca_epsilon": 0.5},
    {"samplewise_center": True, "featurewise_center": True},
    {"samplewise_std_normalization": True, "featurewise_std_normalization": True},
    {"samplewise_std_normalization": True, "zca_whitening": True, "featurewise_std_normalization": True},
]


def photographs(channels: int = 3, rows: int = 300) -> NDArray[np.uint8]:
    """Pictures whose neighbouring pixels go together and whose channels have means of their own."""
    generator = np.random.default_rng(1)
    noise = generator.normal(size=(rows, 7, 6, channels))
    smooth = noise + np.roll(noise, 1, axis=1) + np.roll(noise, 1, axis=2)
    values = 90 + 30 * np.arange(channels) + 25 * smooth
    return np.clip(values, 0, 255).astype(np.uint8)


def prepared(
    settings: PreprocessSettings, train: NDArray[Any], images: NDArray[Any], value_range: tuple[float, float] = (0, 255)
) -> NDArray[np.float32]:
    fitted, weights = fit_preprocess(settings, [train], value_range)
    module = Preprocess(fitted, weights)
    output = module(torch.from_numpy(images).permute(0, 3, 1, 2))
    assert output.dtype == torch.float32
    return output.permute(0, 2, 3, 1).numpy()


def keras_prepared(
    keras_generator: Callable[..., Any], settings: dict[str, Any], train: NDArray[Any], images: NDArray[Any]
) -> NDArray[np.float32]:
    generator = keras_generator(rescale=1 / 255, **settings)
    generator.fit(train)
    # One picture at a time, as `flow` does it: Keras takes sample-wise means over whatever it is given.
    return np.stack([generator.standardize(image.astype(np.float32)).reshape(image.shape) for image in images])


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_every_switch_is_keras(switches: dict[str, Any], channels: int, keras_generator: Callable[..., Any]) -> None:
    pictures = photographs(channels)
    train, unseen = pictures[:250], pictures[250:]
    ours = prepared(PreprocessSettings(**switches), train, unseen)
    theirs = keras_prepared(keras_generator, switches, train, unseen)
    np.testing.assert_allclose(ours, theirs, atol=2e-5 * np.abs(theirs).max(), rtol=0)


def test_whitening_fewer_pictures_than_pixels_is_keras(keras_generator: Callable[..., Any]) -> None:
    pictures = photographs(rows=60)
    train, unseen = pictures[:40], pictures[40:]
    ours = prepared(PreprocessSettings(zca_whitening=True), train, unseen)
    theirs = keras_prepared(keras_generator, {"zca_whitening": True}, train, unseen)
    np.testing.assert_allclose(ours, theirs, atol=1e-4 * np.abs(theirs).max(), rtol=0)


def test_whitened_training_pictures_are_uncorrelated_with_spread_1() -> None:
    train = photographs()
    flat = prepared(PreprocessSettings(zca_whitening=True), train, train).reshape(len(train), -1)
    np.testing.assert_allclose(flat.T @ flat / len(train), np.eye(flat.shape[1]), atol=1e-3)


@pytest.mark.parametrize("switches", SWITCHES, ids=str)
def test_a_flat_picture_stays_finite(switches: dict[str, Any]) -> None:
    flat = np.full((3, 7, 6, 3), 77, dtype=np.uint8)
    assert np.isfinite(prepared(PreprocessSettings(**switches), photographs(), flat)).all()
    assert np.isfinite(prepared(PreprocessSettings(**switches), flat, flat)).all()


@pytest.mark.parametrize(
    ("scale", "value_range", "low", "high"),
    [
        ("unit", (0.0, 255.0), 0.0, 1.0),
        ("symmetric", (0.0, 255.0), -1.0, 1.0),
        ("none", (0.0, 255.0), 0.0, 255.0),
        ("unit", (-3.0, 5.0), 0.0, 1.0),
        ("symmetric", (-3.0, 5.0), -1.0, 1.0),
    ],
)
def test_scaling_brings_the_range_to_the_wanted_one(
    scale: Any, value_range: tuple[float, float], low: float, high: float
) -> None:
    images = np.array([value_range[0], sum(value_range) / 2, value_range[1]]).reshape(3, 1, 1, 1)
    output = prepared(PreprocessSettings(scale=scale), images, images, value_range)
    np.testing.assert_allclose(output.ravel(), [low, (low + high) / 2, high], atol=1e-6)


def test_symmetric_scaling_comes_before_the_mean() -> None:
    pictures = photographs()
    settings = PreprocessSettings(scale="symmetric", featurewise_std_normalization=True)
    scaled = pictures / 127.5 - 1
    expected = (scaled - scaled.mean(axis=(0, 1, 2))) / (scaled.std(axis=(0, 1, 2)) + 1e-6)
    np.testing.assert_allclose(prepared(settings, pictures, pictures), expected, atol=1e-5)


def test_eight_bits_and_floats_prepare_the_same() -> None:
    pictures = photographs()
    settings = PreprocessSettings(featurewise_std_normalization=True)
    for kind in (np.float32, np.float64, np.int64):
        np.testing.assert_array_equal(
            prepared(settings, pictures, pictures.astype(kind)), prepared(settings, pictures, pictures)
        )


def test_input_is_left_as_it_was_and_nothing_is_trained() -> None:
    module = Preprocess(FittedPreprocess(settings=PreprocessSettings(samplewise_std_normalization=True)))
    images = torch.from_numpy(photographs()).permute(0, 3, 1, 2).float()
    before = images.clone()
    module(images)
    assert torch.equal(images, before)
    assert not list(module.parameters())
    assert not module.state_dict()


def test_memory_format_is_kept() -> None:
    fitted, _ = fit_preprocess(PreprocessSettings(featurewise_center=True), [photographs()], (0, 255))
    images = torch.from_numpy(photographs()).permute(0, 3, 1, 2)
    assert Preprocess(fitted)(images).is_contiguous(memory_format=torch.channels_last)
    assert Preprocess(fitted)(images.contiguous()).is_contiguous()


def test_a_missing_matrix_or_statistic_is_named() -> None:
    with pytest.raises(ModelError, match="'preprocess.zca_matrix' is not among the weights"):
        Preprocess(FittedPreprocess(settings=PreprocessSettings(zca_whitening=True), mean=(0.5,)), {})
    with pytest.raises(DataError, match="mean, and it was never measured"):
        Preprocess(FittedPreprocess(settings=PreprocessSettings(featurewise_center=True)))
