"""Maps of where a model looked, without gradients: from its weights if it is linear, else by covering parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images
from onelook.evaluation.heat_maps.grid import PixelMaps
from onelook.predictors.predictor import Probabilities

_PLACES = 9  # of the cover in each direction


@dataclass(frozen=True)
class Covers:
    """The covers with which a kind of model is asked.

    Attributes:
        side: of a cover, as a share of the picture's side.
        least: of a probability: what is below is no more certain.
    """

    side: float
    least: float


CLASSICAL_COVERS = Covers(side=0.25, least=1e-3)
# On the pictures of benchmarks/heat_maps.py, 75 of 100 maps of `cnn` have their maximum in the right place with covers
# of a quarter, and 96 with these. A network's small probabilities are exact; a forest's are the votes of its trees.
NETWORK_COVERS = Covers(side=0.15, least=float(np.finfo(np.float32).tiny))


def covered_drops(
    probabilities: Callable[[Images], Probabilities],
    images: Images,
    classes: NDArray[np.int64],
    *,
    covers: Covers,
) -> PixelMaps:
    """Return for each pixel the mean drop of a class's log-odds over the covers that lie on it.

    It is the occlusion of Zeiler and Fergus 2014 (arXiv:1311.2901), with the picture's own median as the cover.

    Args:
        probabilities: the model.
        images: (rows, height, width, channels), raw values.
        classes: (rows,), the class of each map.
        covers: their size, and the least probability that counts.
    """
    rows, height, width = images.shape[:3]
    ground = np.median(images, axis=(1, 2), keepdims=True).astype(images.dtype)
    before = _log_odds(probabilities(images), classes, covers.least)
    sums, counts = np.zeros((rows, height, width), np.float32), np.zeros((height, width), np.float32)
    down, across = _places(height, covers.side), _places(width, covers.side)
    for top, bottom in down:
        # All covers of a row at once, as small networks answer many pictures in hardly more time than one.
        covered = np.repeat(images, len(across), axis=0).reshape(rows, len(across), *images.shape[1:])
        for at, (left, right) in enumerate(across):
            covered[:, at, top:bottom, left:right] = ground
        answers = probabilities(covered.reshape(-1, *images.shape[1:]))
        after = _log_odds(answers, np.repeat(classes, len(across)), covers.least)
        drops = before[:, None] - after.reshape(rows, len(across))
        for at, (left, right) in enumerate(across):
            sums[:, top:bottom, left:right] += drops[:, at, None, None]
            counts[top:bottom, left:right] += 1
    return sums / counts


def count_predictions(height: int, width: int, covers: Covers = NETWORK_COVERS) -> int:
    """Return of how many predictions `covered_drops` makes the map of a picture.

    Example:
        >>> count_predictions(28, 28)
        82
    """
    return 1 + len(_places(height, covers.side)) * len(_places(width, covers.side))


def _places(side: int, share: float) -> list[tuple[int, int]]:
    """Return the first and the last pixel, exclusive, of each place of the cover along a side.

    Example:
        >>> _places(8, 0.25)
        [(0, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7), (6, 8)]
    """
    length = max(1, round(share * side))
    starts = np.unique(np.linspace(0, side - length, _PLACES).round().astype(int))
    return [(start, start + length) for start in starts.tolist()]


def _log_odds(probabilities: Probabilities, classes: NDArray[np.int64], least: float) -> NDArray[np.float32]:
    """Return the log-odds of a class for each row, of probabilities that are no smaller than the least."""
    others = probabilities.astype(np.float64)
    own = others[np.arange(len(classes)), classes]
    others[np.arange(len(classes)), classes] = 0
    # The others are added up, as what the class leaves of 1 has few digits where the model is nearly sure.
    odds: NDArray[np.float64] = np.log(own.clip(least)) - np.log(others.sum(axis=1).clip(least))
    return odds.astype(np.float32)


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
