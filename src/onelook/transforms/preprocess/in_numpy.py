"""The fixed preparation of pictures in NumPy, for classical models."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError
from onelook.settings import FittedPreprocess
from onelook.transforms.preprocess.steps import STD_EPSILON, preprocess_steps


def prepare_images(images: NDArray[Any], fitted: FittedPreprocess) -> NDArray[np.float32]:
    """Return the prepared pictures, as `Preprocess` gives them: (rows, height, width, channels), float32.

    Args:
        images: (rows, height, width, channels), raw values as decoded.
        fitted: the fixed preparation, without whitening.

    Raises:
        ConfigError: the preparation whitens, which classical models do not support.

    Example:
        >>> prepare_images(np.full((1, 1, 1, 1), 255, np.uint8), FittedPreprocess()).item()
        1.0
    """
    steps = preprocess_steps(fitted)
    if steps.whiten:
        raise ConfigError(
            "preprocess.zca_whitening: classical models do not support whitened pictures. Leave it out, or take "
            "principal components of them with features.pca."
        )
    values = images.astype(np.float32)
    values = values * steps.first.multiplier.astype(np.float32) + steps.first.offset.astype(np.float32)
    pixels = (1, 2, 3)
    if steps.center_each:
        values -= values.mean(axis=pixels, keepdims=True)
    if steps.standardize_each:
        values /= values.std(axis=pixels, keepdims=True) + np.float32(STD_EPSILON)
    if steps.second is not None:
        values = values * steps.second.multiplier.astype(np.float32) + steps.second.offset.astype(np.float32)
    return values
