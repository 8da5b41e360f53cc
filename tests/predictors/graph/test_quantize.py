"""What is done to a graph before ONNX Runtime quantizes it changes no answer, and leaves what is slow in float32."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tests.export.conftest import made_up

from onelook.classifier import Classifier
from onelook.export.compare import random_pictures
from onelook.predictors.graph.fold_batch_norm import fold_batch_norm
from onelook.predictors.graph.quantize import quantize
from onelook.predictors.onnx import OnnxPredictor
from onelook.settings import FittedPreprocess, NetworkSettings, PreprocessSettings
from onelook.settings.network import BatchNorm, Conv, Dense, DepthwiseConv, Flatten, GlobalPool, Layer, Pool

CONV = Conv(filters=6, kernel=3, activation="relu")
HALVE = Pool(type="max_pool", size=2)
END = (Flatten(), Dense(units="classes"))


def model_of(*layers: Layer) -> Classifier:
    """A model of 12×10 grey pictures."""
    return made_up(NetworkSettings(layers=layers), (12, 10, 1))


def folded(model: Classifier) -> tuple[int, bytes]:
    graph = onnx.load_from_string(model.graph)
    count = fold_batch_norm(graph)
    onnx.checker.check_model(graph)
    return count, graph.SerializeToString()


def operators(graph: bytes) -> list[str]:
    return [node.op_type for node in onnx.load_from_string(graph).graph.node]


@pytest.mark.parametrize(
    ("layers", "count"),
    [
        ((CONV, BatchNorm(), HALVE, CONV, *END), 1),
        ((CONV, BatchNorm(), CONV, BatchNorm(), HALVE, *END), 2),
        ((CONV, BatchNorm(), Pool(type="average_pool", size=2), DepthwiseConv(kernel=2), *END), 1),
        ((CONV, BatchNorm(), GlobalPool(type="global_average_pool"), Dense(units="classes")), 1),
        ((Flatten(), Dense(units=8, activation="relu"), BatchNorm(), Dense(units="classes")), 1),
        # A convolution pads with zeros, which the normalisation would have moved.
        ((CONV, BatchNorm(), Conv(filters=4, padding="same"), *END), 0),
        ((CONV, BatchNorm(), Pool(type="average_pool", size=2, padding=1), CONV, *END), 0),
    ],
    ids=["pool", "twice", "depthwise", "global", "dense", "padded", "padded pool"],
)
def test_batch_norm_goes_into_what_comes_after_it(layers: Sequence[Layer], count: int) -> None:
    model = model_of(*layers)
    found, graph = folded(model)
    assert found == count
    assert operators(graph).count("BatchNormalization") == operators(model.graph).count("BatchNormalization") - count
    pictures = random_pictures(model.card, 40)
    expected = model.probabilities(pictures)
    assert np.ptp(expected, axis=0).max() > 0.01
    np.testing.assert_allclose(OnnxPredictor(graph).probabilities(pictures), expected, atol=1e-5)


def test_a_maximum_of_negative_factors_stays() -> None:
    graph = onnx.load_from_string(model_of(CONV, BatchNorm(), HALVE, CONV, *END).graph)
    (node,) = [each for each in graph.graph.node if each.op_type == "BatchNormalization"]
    (scale,) = [each for each in graph.graph.initializer if each.name == node.input[1]]
    values = numpy_helper.to_array(scale).copy()
    values[2] *= -1
    scale.CopyFrom(numpy_helper.from_array(values, scale.name))
    assert fold_batch_norm(graph) == 0


def test_a_normalisation_whose_values_the_graph_returns_stays() -> None:
    graph = onnx.load_from_string(model_of(CONV, BatchNorm(), HALVE, CONV, *END).graph)
    (node,) = [each for each in graph.graph.node if each.op_type == "BatchNormalization"]
    graph.graph.output.append(onnx.ValueInfoProto(name=node.output[0]))
    assert fold_batch_norm(graph) == 0


def test_a_normalisation_that_two_layers_read_stays() -> None:
    graph = onnx.load_from_string(model_of(CONV, BatchNorm(), HALVE, CONV, *END).graph)
    (node,) = [each for each in graph.graph.node if each.op_type == "BatchNormalization"]
    graph.graph.node.append(onnx.helper.make_node("Identity", [node.output[0]], ["twice"]))
    graph.graph.output.append(onnx.ValueInfoProto(name="twice"))
    assert fold_batch_norm(graph) == 0


def test_a_convolution_of_short_sums_stays_in_float32_and_its_pool_comes_before_the_relu() -> None:
    model = model_of(CONV, BatchNorm(), HALVE, Conv(filters=6, kernel=3, activation="relu"), BatchNorm(), *END)
    pictures = random_pictures(model.card, 64)
    graph = onnx.load_from_string(quantize(model.graph, pictures)).graph
    kernels = [numpy_helper.to_array(each) for each in graph.initializer if len(each.dims) == 4]
    assert [(kernel.shape, kernel.dtype) for kernel in kernels if kernel.ndim == 4] == [
        ((6, 1, 3, 3), np.float32),
        ((6, 6, 3, 3), np.int8),
    ]
    kinds = [node.op_type for node in graph.node]
    assert kinds[kinds.index("Conv") :][:4] == ["Conv", "MaxPool", "Max", "QuantizeLinear"]
    assert "BatchNormalization" not in kinds
    rough = OnnxPredictor(quantize(model.graph, pictures)).probabilities(pictures)
    assert 0 < np.abs(rough - model.probabilities(pictures)).max() < 0.05


SYMMETRIC = PreprocessSettings(scale="symmetric")
BY_CHANNEL = PreprocessSettings(featurewise_center=True, featurewise_std_normalization=True)
MEANS, DEVIATIONS = (0.48, 0.46, 0.41), (0.23, 0.22, 0.3)
WIDE = Conv(filters=4, kernel=4, activation="relu")
PADDED = Conv(filters=4, kernel=4, padding="same", activation="relu")


@pytest.mark.parametrize(
    ("fitted", "first", "takes_bytes"),
    [
        (FittedPreprocess(), PADDED, True),
        (FittedPreprocess(settings=SYMMETRIC), PADDED, True),  # 0 lies between two bytes: half of one is in the bias
        (FittedPreprocess(settings=BY_CHANNEL, mean=MEANS, std=DEVIATIONS), WIDE, True),
        # The padding is 0 in all channels, which is another byte in each.
        (FittedPreprocess(settings=BY_CHANNEL, mean=MEANS, std=DEVIATIONS), PADDED, False),
        (FittedPreprocess(settings=PreprocessSettings(samplewise_center=True)), WIDE, False),
    ],
    ids=["unit", "symmetric", "channels", "channels, padded", "each picture"],
)
def test_the_first_convolution_in_8_bits_takes_the_bytes_of_the_pictures(
    fitted: FittedPreprocess, first: Conv, takes_bytes: bool
) -> None:
    network = NetworkSettings(layers=(first, GlobalPool(type="global_average_pool"), Dense(units="classes")))
    model = made_up(network, (12, 10, 3), fitted=fitted)
    pictures = random_pictures(model.card, 64)
    graph = quantize(model.graph, pictures)
    kinds = operators(graph)
    assert ("Cast" not in kinds) == takes_bytes
    assert (kinds[0] == "Transpose") == takes_bytes
    names = {name for node in onnx.load_from_string(graph).graph.node for name in node.input}
    assert {each.name for each in onnx.load_from_string(graph).graph.initializer} <= names
    rough, exact = OnnxPredictor(graph).probabilities(pictures), model.probabilities(pictures)
    assert 0 < np.abs(rough - exact).max() < 0.02


def test_pictures_in_other_values_than_bytes_are_prepared() -> None:
    network = NetworkSettings(layers=(PADDED, *END))
    fitted = FittedPreprocess(value_range=(0.0, 1.0))
    model = made_up(network, (12, 10, 3), fitted=fitted, dtype="float32")
    assert operators(quantize(model.graph, random_pictures(model.card, 64)))[0] != "Transpose"


@pytest.mark.parametrize(("pool", "share", "dtype"), [(1, "1%", np.float32), (2, "6%", np.int8)])
def test_the_logits_stay_in_float32_where_few_of_the_weights_are_theirs(pool: int, share: str, dtype: type) -> None:
    shrink = Pool(type="max_pool", size=pool)
    model = model_of(WIDE, shrink, Flatten(), Dense(units=8, activation="relu"), Dense(units="classes"))
    graph = onnx.load_from_string(quantize(model.graph, random_pictures(model.card, 64))).graph
    matrices = [numpy_helper.to_array(each) for each in graph.initializer if "weight" in each.name]
    hidden, logits = (next(each for each in matrices if len(each) == rows and each.ndim == 2) for rows in (8, 3))
    assert f"{logits.size / (hidden.size + logits.size):.0%}" == share
    assert (hidden.dtype, logits.dtype) == (np.int8, dtype)
