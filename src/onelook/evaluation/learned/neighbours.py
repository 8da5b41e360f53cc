"""The training pictures that are most similar to pictures which the model was wrong about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from onelook.classifier.engines import build_predictor
from onelook.classifier.signature_file import count_features
from onelook.data.dataset import ImageSet
from onelook.data.pictures.protocol import Images
from onelook.models.shapes import leaves, plan_network
from onelook.predictors.features import features_of
from onelook.predictors.onnx_session import GraphFeatures
from onelook.predictors.predictor import Features
from onelook.settings.classical import FeatureSettings

if TYPE_CHECKING:
    from onelook.classifier import Classifier

_BATCH = 128  # training pictures whose features are in memory at once
_PRETRAINED_WORK = 130_000_000  # multiply-adds of EfficientNet-Lite0 for a picture of 128 px


@dataclass(frozen=True)
class Comparison:
    """The values that pictures are compared by."""

    features_of: Callable[[Images], Features]  # (rows, height, width, channels) to (rows, features)
    by: Literal["features", "pixels"]
    work: int  # multiply-adds for the features of a picture


def comparison_by(classifier: Classifier) -> Comparison:
    """Return what suits a model: its last layer's input, its network's features, or pixels."""
    card = classifier.card
    if card.classical is not None and card.network is not None:
        return Comparison(GraphFeatures(classifier.graph, card.input_shape), "features", _PRETRAINED_WORK)
    if card.network is None or not count_features(card):
        pixels = FeatureSettings()
        return Comparison(lambda images: features_of(images, pixels, card.preprocess), "pixels", 0)
    height, width, channels = card.input_shape
    plan = plan_network(card.network, (channels, height, width), len(card.class_names))
    predictor = build_predictor("onnx", card, classifier.weights, classifier.graph, features=True)

    def features(images: Images) -> Features:
        found: list[Features] = []
        predictor.probabilities(images, found.append)
        return np.concatenate(found)

    return Comparison(features, "features", card.views.count * sum(leaf.multiply_adds for leaf in leaves(plan)))


def find_nearest(
    comparison: Comparison, pictures: Images, train: ImageSet, positions: NDArray[np.int64], count: int
) -> NDArray[np.int64]:
    """Return the positions of the most similar training pictures, (pictures, count), the most similar first.

    Similar are pictures whose features point in the same direction, as in Sun et al. 2022 (arXiv:2204.06507).

    Args:
        comparison: computes the features.
        pictures: (pictures, height, width, channels).
        train: the training pictures.
        positions: (rows,), those that are compared.
        count: of each picture; fewer, where fewer are compared.
    """
    wanted = _unit(comparison.features_of(pictures))
    kept = np.full((len(pictures), 0), -np.inf)
    places = np.zeros((len(pictures), 0), np.int64)
    for start in range(0, len(positions), _BATCH):
        batch = positions[start : start + _BATCH]
        kept = np.concatenate([kept, wanted @ _unit(comparison.features_of(train.take(batch))).T], axis=1)
        places = np.concatenate([places, np.broadcast_to(batch, (len(pictures), len(batch)))], axis=1)
        best = np.argsort(-kept, axis=1, kind="stable")[:, :count]
        kept, places = np.take_along_axis(kept, best, axis=1), np.take_along_axis(places, best, axis=1)
    return places


def _unit(features: Features) -> NDArray[np.float64]:
    rows = features.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: NDArray[np.float64] = rows / np.maximum(lengths, np.finfo(np.float64).tiny)
    return unit
