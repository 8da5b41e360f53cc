"""Choose an engine, and build the predictor that runs a model's parts with it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Literal, get_args

import numpy as np

from onelook.classifier.card import Engine, ModelCard
from onelook.classifier.tensors import Weights
from onelook.errors import ConfigError, ModelError, OnelookError, in_words, unknown_name
from onelook.models.shapes import leaves, plan_network
from onelook.optional_packages import require_torch
from onelook.predictors import PREDICTORS
from onelook.predictors.check_graph import refuse_foreign_graph
from onelook.predictors.onnx_session import GraphFeatures
from onelook.predictors.predictor import Predictor, network_batch_size
from onelook.settings import NetworkSettings
from onelook.wording import counted

EngineName = Literal["auto", "onnx", "torch", "sklearn"]


def choose_engine(name: EngineName, card: ModelCard | None = None) -> Engine:
    """Return the engine that runs a model.

    `auto` is `onnx`, which is faster on a CPU and always installed. A classical model needs `sklearn`.

    Args:
        name: the name in the request.
        card: the card of the model, once it is read.

    Raises:
        ConfigError: no engine has that name, torch is not installed, or the engine cannot run the model.
    """
    if name not in get_args(EngineName):
        raise unknown_name("engine", name, get_args(EngineName))
    if card is not None and name != "auto" and (name == "sklearn") != (card.classical is not None):
        own = "'sklearn'" if card.classical is not None else "'onnx' or 'torch'"
        raise ConfigError(f"the engine '{name}' cannot run this model. Expected {own}, or 'auto'.")
    if name == "sklearn" or (card is not None and card.classical is not None):
        return "sklearn"
    if name == "torch":
        require_torch("the engine 'torch'")
        return "torch"
    return "onnx"


def available_engines() -> tuple[Engine, ...]:
    """Return the installed engines that can run a network."""
    return ("onnx", "torch") if find_spec("torch") else ("onnx",)


def build_predictor(
    engine: Engine,
    card: ModelCard,
    weights: Weights,
    graph: bytes,
    estimator: bytes = b"",
    *,
    features: bool = False,
    threads: int | None = None,
) -> Predictor:
    """Return the predictor of one engine.

    Args:
        engine: its name.
        card, weights, graph, estimator: the content of the model's folder.
        features: whether a network also gives the features of its last dense layer.
        threads: threads inside one operation of an ONNX graph; as many as this process may use where not given.

    Raises:
        ModelError: the graph, the weights or the estimator do not fit the card.
        ConfigError: scikit-learn or skops is needed and not installed.
    """
    build = PREDICTORS.load(engine)
    num_classes = len(card.class_names)
    if engine == "sklearn":
        embed = None if card.network is None else _feature_graph(card, card.network, graph, threads)
        classical: Predictor = build(
            estimator,
            card.classical,
            card.preprocess,
            card.input_shape,
            num_classes,
            embed=embed,
            temperature=card.temperature,
        )
        return classical
    try:
        if engine == "torch":
            torch_predictor: Predictor = build(
                card.need_network("torch"),
                card.preprocess,
                weights,
                card.input_shape,
                num_classes,
                views=card.views,
                temperature=card.temperature,
            )
            return torch_predictor
        refuse_foreign_graph(graph, _largest_pad(card, card.need_network("a graph")))
        height, width, _ = card.input_shape
        batch_size = network_batch_size(card.views.count, height, width)
        predictor = build(graph, threads, batch_size, features=features)
    except ModelError:
        raise
    except (OnelookError, LookupError, ValueError, TypeError) as problem:
        reason = str(problem) if isinstance(problem, OnelookError) else in_words(problem)
        raise ModelError(f"the model does not run with {engine}: {reason}. Copy the model again.") from problem
    found = (predictor.input_shape, predictor.dtype, predictor.num_classes)
    expected = (card.input_shape, np.dtype(card.dtype), num_classes)
    if found != expected:
        raise ModelError(
            f"model.onnx takes {found[1]} pictures of {found[0]} and has {counted(found[2], 'class')}; "
            f"model.json says {expected[1]}, {expected[0]} and {expected[2]}. The files belong to different models: "
            "copy the model again."
        )
    onnx_predictor: Predictor = predictor
    return onnx_predictor


def _feature_graph(card: ModelCard, network: NetworkSettings, graph: bytes, threads: int | None) -> GraphFeatures:
    """Return the graph of a classical model's features, checked before it runs."""
    try:
        pad = _largest_pad(card, network)
    except ConfigError as problem:
        raise ModelError(f"the network of the features does not work: {problem}") from problem
    refuse_foreign_graph(graph, pad)
    return GraphFeatures(graph, card.input_shape, threads)


def _largest_pad(card: ModelCard, network: NetworkSettings) -> int:
    """Return the largest pad, in pixels on one side, of the network's layers."""
    height, width, channels = card.input_shape
    plan = leaves(plan_network(network, (channels, height, width), len(card.class_names)))
    return max((pad for planned in plan for pads in planned.windows.pads for pad in pads), default=0)
