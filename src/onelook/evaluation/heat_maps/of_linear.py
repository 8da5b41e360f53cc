"""The share of each pixel in the score of a linear model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.heat_maps.grid import PixelMaps


def products_with_weights(
    estimator: Any, values: NDArray[np.float32], classes: NDArray[np.int64], shape: tuple[int, int, int]
) -> PixelMaps:
    """Return weight times pixel for a class, against the mean of all classes. The sum is the score, without its offset.

    Args:
        estimator: a fitted linear model on pixels.
        values: (rows, pixels), the pictures as the model gets them.
        classes: (rows,), the class of each map, as a position in the estimator's `classes_`.
        shape: (height, width, channels) of a picture.
    """
    weights = np.asarray(estimator.coef_, np.float64)
    weights = np.concatenate([-weights, weights]) if len(weights) == 1 else weights
    products = values * (weights - weights.mean(axis=0))[classes]
    maps: PixelMaps = products.reshape(len(values), *shape).sum(axis=3).astype(np.float32)
    return maps
