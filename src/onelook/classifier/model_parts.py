"""All that a model folder holds, in memory; made from trained weights or read from disk."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelook.classifier.card import Engine, ModelCard
from onelook.classifier.engines import available_engines, build_predictor
from onelook.classifier.golden import Golden, largest_difference
from onelook.classifier.tensors import Weights, check_weights
from onelook.data.pictures.protocol import Images
from onelook.errors import ModelError
from onelook.predictors.onnx import build_graph


@dataclass(frozen=True)
class ModelParts:
    """A model: the card, the numbers, the graph that runs without torch, the golden pictures."""

    card: ModelCard
    weights: Weights
    graph: bytes  # the content of `model.onnx`
    golden: Golden
    estimator: bytes = b""  # the content of `model.skops`; there are no weights then, and a graph only of features


def make_parts(card: ModelCard, weights: Weights, pictures: Images, where: str) -> ModelParts:
    """The parts of a model with these weights; the graph is written and the golden pictures are predicted anew.

    The golden probabilities come from torch where it is installed, as training used it: replaying them with the
    graph then compares two engines, and the card says how far they lie apart.

    Args:
        card: without `golden_engine` and `engine_difference`, which are filled in.
        weights: as `build_network`'s state dict, and the whitening matrix.
        pictures: golden pictures, (16, height, width, channels).
        where: what an error calls the weights.

    Raises:
        ModelError: the weights do not fit the architecture, or give no numbers.
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
    """The parts of a classical model: the golden pictures are predicted by the model as it is read back.

    Args:
        card: without `golden_engine`, which is filled in.
        estimator: the content of `model.skops`.
        pictures: golden pictures, (16, height, width, channels).
        graph: makes its features, where a pretrained network does.

    Raises:
        ModelError: the estimator is not what the card says.
        ConfigError: scikit-learn or skops is not installed.
    """
    card = card.model_copy(update={"golden_engine": "sklearn"})
    probabilities = build_predictor("sklearn", card, {}, graph, estimator).probabilities(pictures)
    return ModelParts(card, {}, graph, Golden(pictures, probabilities), estimator)
