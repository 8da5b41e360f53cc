"""`Signature`: what a model's training pictures look like, and what its network sees in them, in a few kilobytes."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from onelook.predictors.predictor import Features
from onelook.signature.pixel_statistics import STATISTICS, Statistics
from onelook.signature.sizes import Sizes, UsualSizes, usual_sizes
from onelook.signature.spread import Spread, fit_spread

Rows = NDArray[np.float32]  # (rows,)

KEPT = 0.99  # of the validation pictures, that are like the training pictures
FEWEST = 50  # training and validation pictures, each; from fewer no limit can be had
_OUTER = 0.005  # of the training pictures, on either side of what is usual
_MOST_FEATURES = 1280  # those of EfficientNet-Lite; more are averaged, so that the signature stays small
_MOST_DIRECTIONS = 32
_FEWEST_OF_A_CLASS = 10  # training pictures, on average; with fewer, all classes have one mean
_FEATURE_BYTES = 56 << 10  # of means and directions, of which the file takes 2 bytes a number
_LEAST_DEVIATION = 1 / 255  # of a statistic that all training pictures share, such as no colour


@dataclass(frozen=True, eq=False, repr=False)
class Signature:
    """The look of a model's training pictures.

    A picture is unlike them if it is farther from their mean than 99 % of the validation pictures: by the statistics of
    its pixels, or by the features that the network makes of it.
    """

    usual: Statistics  # (3, statistics): the lowest, the middle and the highest that is usual
    deviations: NDArray[np.float32]  # (statistics,)
    look: Spread  # of the statistics, divided by their deviations
    look_limit: float  # the largest usual distance
    features: Spread | None = None  # of the features; None for a model that has none
    feature_limit: float = 1.0
    sizes: UsualSizes | None = None  # of the training pictures before they were resized; None if that is not known

    def __repr__(self) -> str:
        # Without the numbers: a notebook would show them.
        return f"Signature({len(STATISTICS)} statistics{'' if self.features is None else ' and features'})"

    def look_of(self, statistics: Statistics) -> Rows:
        """Return how far each picture's statistics are from those of the training pictures, (rows,); 1 is the limit."""
        return self.look.distances(statistics / self.deviations) / np.float32(self.look_limit)

    def features_of(self, features: Features) -> Rows:
        """Return how far each picture's features are from those of the training pictures, (rows,); 1 is the limit."""
        if self.features is None:
            return np.zeros(len(features), np.float32)
        return self.features.distances(compact(features)) / np.float32(self.feature_limit)


def fit_signature(
    train: Statistics,
    val: Statistics,
    train_features: Features | None = None,
    val_features: Features | None = None,
    labels: NDArray[np.int64] | None = None,
    *,
    sizes: Sizes | None = None,
) -> Signature:
    """Return the signature of training pictures, with limits from validation pictures.

    Args:
        train, val: the statistics of their pixels.
        train_features, val_features: the features that the network makes of them, if it has some.
        labels: the classes of the training pictures.
        sizes: the sizes of the training pictures before they were resized.
    """
    learnt_sizes = usual_sizes(sizes or {})
    deviations = np.maximum(train.std(axis=0), _LEAST_DEVIATION).astype(np.float32)
    look = fit_spread(train / deviations, len(STATISTICS) - 1)
    looks = look.distances(val / deviations)
    usual = np.quantile(train, (_OUTER, 0.5, 1 - _OUTER), axis=0).astype(np.float32)
    if train_features is None or val_features is None:
        return Signature(usual, deviations, look, _limit(looks, 1 - KEPT), sizes=learnt_sizes)
    rows = compact(train_features)
    count = 1 if labels is None else len(np.unique(labels))
    if count * _FEWEST_OF_A_CLASS > len(rows):
        labels, count = None, 1
    features = fit_spread(rows, directions_for(rows.shape[1], count), labels)
    # Either may call a picture unlike, so each has half of the share.
    share = (1 - KEPT) / 2
    distances = features.distances(compact(val_features))
    limits = _limit(looks, share), _limit(distances, share)
    return Signature(usual, deviations, look, limits[0], features, limits[1], learnt_sizes)


def compact(features: Features) -> Features:
    """Return at most 1,280 features, each row with the length 1, as in Sun et al. 2022 (arXiv:2204.06507).

    On a model of MNIST with features of length 1, of CIFAR-10's pictures 90 % are beyond the limit; without, 15 %.
    Where there are more features, those with the same remainder by 1,280 are averaged. A flat picture is in the order
    height, width, channels, so that this averages positions of one channel where their number divides 1,280.
    """
    rows, count = features.shape
    if count > _MOST_FEATURES:
        groups = -(-count // _MOST_FEATURES)
        padded = np.zeros((rows, groups * _MOST_FEATURES), np.float32)
        padded[:, :count] = features
        features = padded.reshape(rows, groups, _MOST_FEATURES).mean(axis=1)
    lengths = np.sqrt(np.einsum("rf,rf->r", features, features))
    unit: Features = features / np.maximum(lengths, np.finfo(np.float32).tiny)[:, np.newaxis]
    return unit


def feature_count(features: int) -> int:
    """Return how many numbers `compact` leaves."""
    return min(features, _MOST_FEATURES)


def directions_for(features: int, classes: int) -> int:
    """Return the number of directions for which there is room.

    Example:
        >>> directions_for(128, 10), directions_for(1280, 2), directions_for(1280, 1000)
        (32, 20, 11)
    """
    return max(1, min(_MOST_DIRECTIONS, (_FEATURE_BYTES - 4 * features) // (2 * (features + classes))))


def _limit(distances: Rows, share: float) -> float:
    """Return the distance that a share of pictures exceed, with a margin: few pictures say little of the farthest."""
    margin = 1 + 1 / sqrt(len(distances))
    return max(float(np.quantile(distances, 1 - share)) * margin, float(np.finfo(np.float32).tiny))
