"""Choose how the heat maps of a model are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images
from onelook.evaluation.heat_maps.grid import PixelMaps
from onelook.evaluation.heat_maps.without_gradients import (
    CLASSICAL_COVERS,
    NETWORK_COVERS,
    count_predictions,
    covered_drops,
    products_with_weights,
)
from onelook.models.shapes import leaves, plan_network
from onelook.predictors.features import PIXELS, features_of
from onelook.predictors.sklearn import last_step

if TYPE_CHECKING:
    from onelook.classifier import Classifier

MapsOf = Callable[[Images, NDArray[np.int64]], PixelMaps]  # of pictures, for a class each

_LINEAR = ("logistic", "lda")
# The work of all predictions for one map without gradients: 3 s on two cores. EfficientNet-Lite0 at 224 px has 32e9.
_MOST_MULTIPLY_ADDS = 100e9


def choose_method(classifier: Classifier) -> tuple[str, MapsOf]:
    """Return the name of what suits the model, and what makes the maps. That of a network needs torch."""
    card = classifier.card
    if card.classical is None and card.network is not None:
        from onelook.evaluation.heat_maps.by_gradients import gradient_maps
        from onelook.predictors.network_module import NetworkModule

        shape, classes = card.input_shape, len(card.class_names)
        module = NetworkModule(card.network, card.preprocess, classifier.weights, shape, classes)
        return "gradients", lambda images, of: gradient_maps(module, images, of)
    return _choose_light(classifier)


def choose_light_method(classifier: Classifier) -> tuple[str, MapsOf] | None:
    """Return what `choose_method` does, of the methods that need no torch; None if all would take too long."""
    card = classifier.card
    if card.network is not None:
        height, width, channels = card.input_shape
        plan = plan_network(card.network, (channels, height, width), len(card.class_names))
        once = sum(leaf.multiply_adds for leaf in leaves(plan)) * card.views.count
        if once * count_predictions(height, width) > _MOST_MULTIPLY_ADDS:
            return None
    return _choose_light(classifier)


def _choose_light(classifier: Classifier) -> tuple[str, MapsOf]:
    card, fitted = classifier.card, classifier.card.classical
    if fitted is not None and fitted.features.name == PIXELS and fitted.features.pca is None and fitted.name in _LINEAR:
        features, model = fitted.features, last_step(classifier.estimator)
        places = {label: place for place, label in enumerate(model.classes_.tolist())}

        def products(images: Images, of: NDArray[np.int64]) -> PixelMaps:
            values = features_of(images, features, card.preprocess)
            own = np.array([places[label] for label in of.tolist()])
            return products_with_weights(model, values, own, card.input_shape)

        return "weights", products
    covers = NETWORK_COVERS if fitted is None else CLASSICAL_COVERS
    return "occlusion", lambda images, of: covered_drops(classifier.probabilities, images, of, covers=covers)
