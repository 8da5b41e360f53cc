"""The features that a classical model gets of each picture: a row of numbers."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images
from onelook.errors import ConfigError, unknown_name
from onelook.models.pretrained.registry import BACKBONES, is_backbone
from onelook.settings.classical import FeatureSettings
from onelook.settings.pictures import FittedPreprocess
from onelook.transforms.hog import hog, hog_length, pick_cell
from onelook.transforms.preprocess.in_numpy import prepare_images

PIXELS, HOG = "pixels", "hog"
_BATCH_BYTES = 64 << 20  # of float32 pixels in a batch, and as much again for their features
_LARGEST_BATCH = 4096


def refuse_unknown_features(settings: FeatureSettings) -> None:
    """Refuse wrong settings of features, as far as they show without the pictures.

    Raises:
        ConfigError: no features have that name, or a setting has no effect on them.
    """
    if settings.name not in (PIXELS, HOG) and not is_backbone(settings.name):
        raise unknown_name("features", settings.name, (PIXELS, HOG, *BACKBONES))
    if settings.name != HOG and settings.hog_cell is not None:
        raise ConfigError(f"features.hog_cell has an effect only with --features hog, and these are {settings.name}.")


def settle_features(settings: FeatureSettings, input_shape: tuple[int, int, int]) -> FeatureSettings:
    """Return the settings, completed with the values that depend on the pictures' size.

    Raises:
        ConfigError: as `refuse_unknown_features`; or pictures that are too small.
    """
    refuse_unknown_features(settings)
    if settings.name != HOG:
        return settings
    height, width, _ = input_shape
    cell = settings.hog_cell or pick_cell(height, width)
    hog_length(height, width, cell)  # refuses pictures that are too small
    return settings.model_copy(update={"hog_cell": cell})


def count_features(settings: FeatureSettings, input_shape: tuple[int, int, int]) -> int:
    """Return the number of pixel or HOG values of each picture, before principal components."""
    height, width, _ = input_shape
    return prod(input_shape) if settings.hog_cell is None else hog_length(height, width, settings.hog_cell)


def features_of(images: Images, settings: FeatureSettings, preprocess: FittedPreprocess) -> NDArray[np.float32]:
    """Return the pixel or HOG features, (rows, `count_features`), float32; pixels are in order height, width, channels.

    Args:
        images: (rows, height, width, channels), raw values.
        settings: the result of `settle_features`.
        preprocess: the fixed preparation, which is applied first.
    """
    values = prepare_images(images, preprocess)
    if settings.hog_cell is not None:
        return hog(values, settings.hog_cell)
    return values.reshape(len(values), -1)


def pixel_batch_size(input_shape: tuple[int, int, int]) -> int:
    """Return the number of pictures in a batch that keeps the memory of their pixels bounded.

    Example:
        >>> pixel_batch_size((28, 28, 1)), pixel_batch_size((224, 224, 3))
        (4096, 111)
    """
    return max(1, min(_LARGEST_BATCH, _BATCH_BYTES // (4 * prod(input_shape))))
