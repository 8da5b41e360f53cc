"""Features of pictures without a network: pixels in their order, or histograms of gradients."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.errors import ConfigError
from onelook.predictors.features import (
    count_features,
    features_of,
    pixel_batch_size,
    refuse_unknown_features,
    settle_features,
)
from onelook.settings.classical import FeatureSettings
from onelook.settings.pictures import FittedPreprocess
from onelook.transforms.hog import hog, hog_length, pick_cell

PICTURES = np.random.default_rng(0).integers(0, 256, (3, 12, 16, 1), dtype=np.uint8)


def test_pixels_are_prepared_and_keep_their_order() -> None:
    settings = settle_features(FeatureSettings(pca=2), (12, 16, 1))
    assert settings == FeatureSettings(pca=2)
    found = features_of(PICTURES, settings, FittedPreprocess())
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, PICTURES.reshape(3, 192) / 255, rtol=1e-6)
    assert count_features(settings, (12, 16, 1)) == 192
    assert count_features(settings, (12, 16, 3)) == 576


def test_histograms_take_the_cell_that_is_asked_for_or_that_suits_the_pictures() -> None:
    picked = settle_features(FeatureSettings(name="hog"), (12, 16, 1))
    assert picked.hog_cell == pick_cell(12, 16)
    asked = settle_features(FeatureSettings(name="hog", hog_cell=3), (12, 16, 1))
    assert asked == FeatureSettings(name="hog", hog_cell=3)
    assert count_features(asked, (12, 16, 1)) == hog_length(12, 16, 3)
    found = features_of(PICTURES, asked, FittedPreprocess())
    assert found.shape == (3, hog_length(12, 16, 3))
    np.testing.assert_allclose(found, hog((PICTURES / 255).astype(np.float32), 3), atol=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (FeatureSettings(name="hogg"), "unknown features 'hogg'. Did you mean 'hog'?"),
        (
            FeatureSettings(hog_cell=3),
            "features.hog_cell has an effect only with --features hog, and these are pixels.",
        ),
        (
            FeatureSettings(name="efficientnet-lite0", hog_cell=3),
            "features.hog_cell has an effect only with --features hog, and these are efficientnet-lite0.",
        ),
    ],
)
def test_wrong_features_are_refused_before_pictures_are_read(settings: FeatureSettings, message: str) -> None:
    for check in (refuse_unknown_features, lambda each: settle_features(each, (12, 16, 1))):
        with pytest.raises(ConfigError) as refused:
            check(settings)
        assert str(refused.value) == message


def test_every_kind_of_features_is_let_through() -> None:
    for name in ("pixels", "hog", "efficientnet-lite0"):
        refuse_unknown_features(FeatureSettings(name=name))
    with pytest.raises(ConfigError):
        settle_features(FeatureSettings(name="hog", hog_cell=10), (12, 16, 1))  # less than two cells high


def test_a_batch_holds_64_mebibytes_of_floats_and_4096_pictures_at_most() -> None:
    assert [pixel_batch_size(shape) for shape in ((64, 64, 1), (64, 65, 1), (224, 224, 3), (9_000, 9_000, 3))] == [
        *(4096, 4032, 111, 1)
    ]
