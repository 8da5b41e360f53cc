"""A classical model of scikit-learn as an ONNX graph, by skl2onnx: from raw pictures to probabilities."""

from __future__ import annotations

import logging
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.classifier import Classifier
from onelook.errors import ConfigError, missing_extra
from onelook.predictors.features import HOG
from onelook.runtime import command_name

if TYPE_CHECKING:
    import onnx

_ML_OPSET = 3  # of ai.onnx.ml, with trees; as old as the graphs of networks, so that other tools read it
# What is no part of a graph, by the model's name: the reason.
_NOT_IN_A_GRAPH = {
    "svc": "its probabilities come from the votes of its machines, which skl2onnx does not return",
}


def classical_graph(classifier: Classifier) -> bytes:
    """Return the graph of a classical model on pixels, or on a pretrained network's features; a network has its own.

    Raises:
        ConfigError: skl2onnx is not installed, or has no operators for the model.
    """
    card = classifier.card
    fitted = card.classical
    if fitted is None:  # the network's own graph
        return classifier.graph
    if fitted.features.name == HOG:
        raise _refusal(fitted.name, "its features are histograms of gradients (hog), which ONNX has no operators for")
    if fitted.name in _NOT_IN_A_GRAPH:
        raise _refusal(fitted.name, _NOT_IN_A_GRAPH[fitted.name])
    try:
        import onnx
        import skl2onnx  # noqa: F401
    except ImportError as error:
        raise missing_extra(error.name or "skl2onnx", "sklearn-onnx", "--to onnx of a classical model") from error
    features = onnx.load_from_string(classifier.graph or _pixels(classifier))
    model = _converted(fitted.name, classifier.estimator, features)
    merged = onnx.compose.merge_models(
        features,
        onnx.compose.add_prefix(model, "model/"),
        io_map=[(features.graph.output[0].name, "model/features")],
        outputs=["model/probabilities"],
    )
    serialized: bytes = _with_all_classes(merged, classifier).SerializeToString()
    return serialized


def _refusal(name: str, reason: str) -> ConfigError:
    return ConfigError(
        f"--to onnx: a {name} cannot be written: {reason}. Run the model folder itself, which needs no torch: "
        f"`{command_name()} serve`, or onelook.load."
    )


def _pixels(classifier: Classifier) -> bytes:
    """Return a graph from raw pictures to their prepared pixels in one row, in the order height, width, channels."""
    from onnx import TensorProto, helper

    from onelook.predictors.graph.preprocess import write_preprocess
    from onelook.predictors.graph.writer import GraphWriter

    card = classifier.card
    graph = GraphWriter()
    prepared = write_preprocess(graph, card.preprocess, {}, card.input_shape, "images")
    graph.finish(graph.add("Flatten", prepared, axis=1), "features")
    element = helper.np_dtype_to_tensor_dtype(np.dtype(card.dtype))
    images = helper.make_tensor_value_info("images", element, ["batch", *card.input_shape])
    count = int(np.prod(card.input_shape))
    return graph.serialize([images], [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["batch", count])])


def _converted(name: str, estimator: Any, features: onnx.ModelProto) -> onnx.ModelProto:
    """Return the estimator as a graph from `features` to `probabilities`, in the opset and IR version of `features`."""
    import skl2onnx
    from skl2onnx.common.data_types import FloatTensorType

    opset = next(each.version for each in features.opset_import if not each.domain)
    (size,) = (each.dim_value for each in features.graph.output[0].type.tensor_type.shape.dim[1:])
    log = logging.getLogger("skl2onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model: onnx.ModelProto = skl2onnx.convert_sklearn(
                estimator,
                initial_types=[("features", FloatTensorType([None, size]))],
                options={id(estimator): {"zipmap": False}},
                target_opset={"": opset, "ai.onnx.ml": _ML_OPSET},
            )
    except Exception as problem:  # the library raises anything on what it does not know
        reason = f"skl2onnx {skl2onnx.__version__} fails on it ({type(problem).__name__})"
        raise _refusal(name, reason) from problem
    finally:
        log.setLevel(level)
    model.ir_version = features.ir_version
    # The library states the oldest opsets that the operators need; they mean the same in these.
    for each in model.opset_import:
        each.version = _ML_OPSET if each.domain == "ai.onnx.ml" else opset if not each.domain else each.version
    probabilities = model.graph.output[1].name
    del model.graph.output[:1]  # the label
    for node in model.graph.node:
        node.output[:] = ["probabilities" if name == probabilities else name for name in node.output]
        node.input[:] = ["probabilities" if name == probabilities else name for name in node.input]
    model.graph.output[0].name = "probabilities"
    return model


def _with_all_classes(merged: onnx.ModelProto, classifier: Classifier) -> onnx.ModelProto:
    """Return the graph with the model's temperature, and a probability for classes that the estimator never saw."""
    from onnx import TensorProto, helper, numpy_helper

    card, graph = classifier.card, merged.graph
    count = len(card.class_names)

    def constant(name: str, values: Any) -> str:
        graph.initializer.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    value = "model/probabilities"
    if card.temperature != 1.0:  # the logarithms are divided by it
        graph.node.append(helper.make_node("Pow", [value, constant("exponent", 1 / card.temperature)], ["powers"]))
        graph.node.append(helper.make_node("ReduceL1", ["powers"], ["power_sum"], axes=[1], keepdims=1))
        graph.node.append(helper.make_node("Div", ["powers", "power_sum"], ["tempered"]))
        value = "tempered"
    places = np.zeros((len(classifier.estimator.classes_), count), np.float32)
    places[np.arange(len(places)), classifier.estimator.classes_] = 1
    graph.node.append(helper.make_node("MatMul", [value, constant("places", places)], ["probabilities"]))
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", count]))
    return merged
