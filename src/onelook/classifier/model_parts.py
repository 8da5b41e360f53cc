"""`ModelParts`: the content of a model folder in memory, and its construction from trained weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelook.classifier.card import Engine, ModelCard
from onelook.classifier.engines import available_engines, build_predictor
from onelook.classifier.golden import Golden, largest_difference
from onelook.classifier.picture_list import PictureList
from onelook.classifier.tensors import Weights, check_weights
from onelook.data.pictures.protocol import Images
from onelook.errors import ModelError
from onelook.predictors.onnx import build_graph
from onelook.signature.signature import Signature


@dataclass(frozen=True)
class ModelParts:
    """A model: the card, the weights, the graph that runs without torch, the golden pictures."""

    card: ModelCard
    weights: Weights
    graph: bytes  # the content of `model.onnx`
    golden: Golden
    estimator: bytes = b""  # the content of `model.skops`; such a model has no weights, and a graph only for features
    pictures: PictureList | None = None  # those that it was trained and validated on; None if that is not known
    signature: Signature | None = None  # what its training pictures look like; None if that is not known


def make_parts(card: ModelCard, weights: Weights, pictures: Images, where: str) -> ModelParts:
    """Return the parts of a model with these weights, with a new graph and new golden probabilities.

    The golden probabilities come from torch if it is installed, because training used it. The graph's are compared
    with them, and the card records the difference between the two engines.

    Args:
        card: its `golden_engine` and `engine_difference` are filled in here.
        weights: the state dict of `build_network`'s module, and the whitening matrix.
        pictures: golden pictures, (16, height, width, channels).
        where: the name of the weights in error messages.

    Raises:
        ModelError: the weights do not fit the architecture, or give probabilities that are not numbers.
        ConfigError: the package `onnx`, which writes the graph, is not installed.
    """
    check_weights(weights, card, where)
    graph = build_graph(
        card.need_network("a graph"),
        card.preprocess,
        weights,
        card.input_shape,
        card.dtype,
        num_classes=len(card.class_names),
        views=card.views,
        temperature=card.temperature,
    )
    probabilities = {
        engine: build_predictor(engine, card, weights, graph).probabilities(pictures) for engine in available_engines()
    }
    engine: Engine = "torch" if "torch" in probabilities else "onnx"
    if not np.isfinite(probabilities[engine]).all():
        raise ModelError(
            f"{where}: the model's probabilities are not numbers: its weights have diverged. "
            "Train again with a lower learning rate."
        )
    difference = largest_difference(probabilities["onnx"], probabilities["torch"]) if len(probabilities) > 1 else None
    if difference is not None and not np.isfinite(difference):
        raise ModelError(f"{where}: the ONNX graph gives no numbers where torch does. Train with smaller weights.")
    card = card.model_copy(update={"golden_engine": engine, "engine_difference": difference})
    return ModelParts(card, weights, graph, Golden(pictures, probabilities[engine]))


def make_classical_parts(card: ModelCard, estimator: bytes, pictures: Images, graph: bytes = b"") -> ModelParts:
    """Return the parts of a classical model. The model is read back, and predicts the golden pictures.

    Args:
        card: its `golden_engine` is filled in here.
        estimator: the content of `model.skops`.
        pictures: golden pictures, (16, height, width, channels).
        graph: the graph of its features, where a pretrained network makes them.

    Raises:
        ModelError: the estimator does not fit the card.
        ConfigError: scikit-learn or skops is not installed.
    """
    card = card.model_copy(update={"golden_engine": "sklearn"})
    probabilities = build_predictor("sklearn", card, {}, graph, estimator).probabilities(pictures)
    return ModelParts(card, {}, graph, Golden(pictures, probabilities), estimator)
