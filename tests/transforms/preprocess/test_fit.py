"""What is measured on the training split, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import numpy as np
import pytest

from onelook.errors import ConfigError, DataError
from onelook.settings import PreprocessSettings
from onelook.transforms.preprocess.fit import fit_preprocess

FEATURE_WISE = PreprocessSettings(featurewise_std_normalization=True)


def test_statistics_by_hand() -> None:
    red, green = [0, 0, 255, 255], [51, 51, 51, 51]
    pictures = np.stack([red, green], axis=-1).reshape(2, 1, 2, 2).astype(np.uint8)
    fitted, weights = fit_preprocess(FEATURE_WISE, [pictures], (0, 255))
    assert fitted.mean == pytest.approx((0.5, 0.2))
    assert fitted.std == pytest.approx((0.5, 0.0))
    assert weights == {}


@pytest.mark.parametrize("batch_size", [1, 7, 64])
def test_batches_do_not_matter(batch_size: int) -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (50, 4, 5, 3)).astype(np.uint8)
    pictures[:5] = 3  # a first batch unlike the rest
    settings = PreprocessSettings(zca_whitening=True, scale="symmetric")
    whole, whole_weights = fit_preprocess(settings, [pictures], (0, 255))
    batches = [pictures[start : start + batch_size] for start in range(0, 50, batch_size)]
    fitted, weights = fit_preprocess(settings, [*batches, pictures[:0]], (0, 255))
    assert fitted.mean == pytest.approx(whole.mean, rel=1e-12)
    matrix, whole_matrix = weights["preprocess.zca_matrix"], whole_weights["preprocess.zca_matrix"]
    assert matrix.dtype == np.float32
    assert matrix.shape == (60, 60)
    np.testing.assert_allclose(matrix, whole_matrix, atol=1e-5 * np.abs(whole_matrix).max())


def test_a_small_spread_on_a_high_level_keeps_its_digits() -> None:
    pictures = 1e6 + np.random.default_rng(0).normal(scale=1e-2, size=(40, 6, 6, 1))
    settings = FEATURE_WISE.model_copy(update={"scale": "none"})
    fitted, _ = fit_preprocess(settings, [pictures[:3], pictures[3:]], (0, 2e6))
    assert fitted.mean == pytest.approx((pictures.mean(),), rel=1e-12)
    assert fitted.std == pytest.approx((pictures.std(),), rel=1e-6)


def test_training_pictures_are_read_once_and_only_where_needed() -> None:
    passes = 0

    def batches() -> Iterator[np.ndarray]:
        nonlocal passes
        passes += 1
        yield np.zeros((2, 3, 3, 1), dtype=np.uint8)

    fit_preprocess(PreprocessSettings(samplewise_std_normalization=True), batches(), (0, 255))
    assert passes == 0
    fit_preprocess(PreprocessSettings(zca_whitening=True), batches(), (0, 255))
    assert passes == 1


def test_switches_that_keras_turns_by_itself_are_recorded() -> None:
    settings = PreprocessSettings(zca_whitening=True, featurewise_std_normalization=True)
    fitted, _ = fit_preprocess(settings, [np.ones((2, 3, 3, 1))], (0, 1))
    assert fitted.settings.featurewise_center
    assert not fitted.settings.featurewise_std_normalization
    assert fitted.std is None


def test_a_direction_that_training_never_shows_is_left_out_of_whitening() -> None:
    pictures = np.random.default_rng(0).integers(0, 256, (90, 4, 4, 1)).astype(np.uint8)
    pictures[:, 0, :2] = 200  # two pixels that are always the same: their difference is always nothing
    _, weights = fit_preprocess(PreprocessSettings(zca_whitening=True), [pictures], (0, 255))
    difference = np.zeros(16, dtype=np.float32)
    difference[:2] = 1, -1
    assert np.abs(difference @ weights["preprocess.zca_matrix"]).max() < 1e-3


def test_whitening_large_pictures_is_refused_with_the_size() -> None:
    large = np.zeros((1, 128, 128, 3), dtype=np.uint8)
    with pytest.raises(ConfigError, match=r"128x128x3 pictures needs a matrix of 49,152 by 49,152 numbers, 9\.7 GB"):
        fit_preprocess(PreprocessSettings(zca_whitening=True), [large], (0, 255))


def test_no_pictures_and_no_numbers_are_refused() -> None:
    with pytest.raises(DataError, match="no training pictures to measure"):
        fit_preprocess(FEATURE_WISE, [], (0, 255))
    with pytest.raises(DataError, match="not finite"):
        fit_preprocess(FEATURE_WISE, [np.full((1, 2, 2, 1), np.nan)], (0, 1))
    with pytest.raises(DataError, match=r"value range is \[7, 7\]"):
        fit_preprocess(FEATURE_WISE, [np.full((1, 2, 2, 1), 7)], (7, 7))


def test_torch_is_not_needed() -> None:
    modules = "onelook.transforms.preprocess.fit, onelook.transforms.preprocess.steps"
    program = f"import sys, {modules}; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


@pytest.mark.parametrize(("scale", "low", "high"), [("unit", 0.0, 1.0), ("symmetric", -1.0, 1.0)])
def test_whitening_is_of_the_scaled_pictures(scale: str, low: float, high: float) -> None:
    """The same pictures, scaled beforehand and not scaled then, have the same matrix."""
    pictures = np.random.default_rng(0).integers(0, 256, (40, 2, 3, 1)).astype(np.uint8)
    settings = PreprocessSettings(zca_whitening=True, scale=scale)
    fitted, weights = fit_preprocess(settings, [pictures], (0, 255))
    before = pictures / 255 * (high - low) + low
    plain = PreprocessSettings(zca_whitening=True, scale="none")
    expected, matrix = fit_preprocess(plain, [before], (low, high))
    assert fitted.mean == pytest.approx(expected.mean)
    np.testing.assert_allclose(weights["preprocess.zca_matrix"], matrix["preprocess.zca_matrix"], rtol=1e-4, atol=1e-4)
