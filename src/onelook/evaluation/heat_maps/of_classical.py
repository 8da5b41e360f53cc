"""Maps of where a classical model looked: from its weights if it is linear, else by covering parts of the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images
from onelook.evaluation.heat_maps.grid import PixelMaps
from onelook.predictors.predictor import Probabilities

_WINDOW = 0.25  # side of the cover, as a share of the picture's side
_PLACES = 9  # of the cover in each direction
_LEAST = 1e-3  # of a probability: what is below is no more certain


def covered_drops(
    probabilities: Callable[[Images], Probabilities], images: Images, classes: NDArray[np.int64]
) -> PixelMaps:
    """Return for each pixel the mean drop of a class's log-odds over the covers that lie on it.

    It is the occlusion of Zeiler and Fergus 2014 (arXiv:1311.2901), with the picture's own median as the cover.

    Args:
        probabilities: the model.
        images: (rows, height, width, channels), raw values.
        classes: (rows,), the class of each map.
    """
    rows, height, width = images.shape[:3]
    ground = np.median(images, axis=(1, 2), keepdims=True).astype(images.dtype)
    before = _log_odds(probabilities(images), classes)
    sums, counts = np.zeros((rows, height, width), np.float32), np.zeros((height, width), np.float32)
    down, across = _places(height), _places(width)
    for top, bottom in down:
        for left, right in across:
            covered = images.copy()
            covered[:, top:bottom, left:right] = ground
            drops = before - _log_odds(probabilities(covered), classes)
            sums[:, top:bottom, left:right] += drops[:, None, None]
            counts[top:bottom, left:right] += 1
    return sums / counts


def _places(side: int) -> list[tuple[int, int]]:
    """Return the first and the last pixel, exclusive, of each place of the cover along a side.

    Example:
        >>> _places(8)
        [(0, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7), (6, 8)]
    """
    length = max(1, round(_WINDOW * side))
    starts = np.unique(np.linspace(0, side - length, _PLACES).round().astype(int))
    return [(start, start + length) for start in starts.tolist()]


def _log_odds(probabilities: Probabilities, classes: NDArray[np.int64]) -> NDArray[np.float32]:
    own = probabilities[np.arange(len(classes)), classes].astype(np.float64).clip(_LEAST, 1 - _LEAST)
    odds: NDArray[np.float32] = np.log(own / (1 - own)).astype(np.float32)
    return odds


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
