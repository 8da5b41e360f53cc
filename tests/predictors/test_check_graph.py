"""A graph from a stranger is made of our own operators, or it is not run."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, get_args

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from onelook.errors import ModelError
from onelook.models.layers.build import build_network
from onelook.predictors.check_graph import OPERATORS, refuse_foreign_graph
from onelook.predictors.onnx import build_graph
from onelook.settings import FittedPreprocess, NetworkSettings, PreprocessSettings
from onelook.settings.network import (
    Activation,
    ActivationLayer,
    BatchNorm,
    Branch,
    Conv,
    Dense,
    DepthwiseConv,
    Flatten,
    Gate,
    GlobalPool,
    LayerNorm,
    Merge,
    Pool,
    Residual,
    Scale,
)
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad
from onelook.transforms.preprocess.steps import ZCA_MATRIX

HOWS = ("add", "subtract", "multiply", "average", "maximum", "minimum", "concatenate")

EVERY_LAYER = (
    Conv(filters=2, padding="same"),
    DepthwiseConv(padding="same"),
    BatchNorm(),
    *(ActivationLayer(function=function) for function in get_args(Activation)),
    *(Pool(type=kind, size=2, stride=1) for kind in ("max_pool", "average_pool", "min_pool")),
    Residual(layers=(Conv(filters=2, padding=1),), shortcut=(Conv(filters=2, kernel=1, groups=2),)),
    Gate(layers=(GlobalPool(type="global_average_pool", keepdims=True), Conv(filters=2, kernel=1))),
    *(LayerNorm(), Scale()),
    *(Rescale(multiplier=(0.5, 2.0), offset=(0.1,)), PRelu(), ZeroPad(right=1), Crop(top=1), Resize(height=4, width=5)),
    *(Merge(how=how, branches=(Branch(), Branch(layers=(Scale(),)))) for how in HOWS),
    *(ActivationLayer(function="relu", maximum=2.0), Reshape(height=2, width=5, channels=8)),
    Flatten(),
    Dense(units="classes"),
)


def written(layers: tuple[Any, ...], preprocess: PreprocessSettings) -> bytes:
    network = NetworkSettings(layers=layers)
    weights = {name: values.numpy() for name, values in build_network(network, (1, 8, 8), 3).state_dict().items()}
    fitted = FittedPreprocess(settings=preprocess, mean=(0.5,), std=(0.2,))
    return build_graph(network, fitted, weights | {ZCA_MATRIX: np.eye(64, dtype=np.float32)}, (8, 8, 1), num_classes=3)


@pytest.mark.parametrize(
    "layers",
    [EVERY_LAYER, *((GlobalPool(type=kind), Dense(units=3)) for kind in ("global_average_pool", "global_max_pool"))],
)
@pytest.mark.parametrize("is_on", [False, True])
def test_all_that_we_write_is_known(layers: tuple[Any, ...], is_on: bool) -> None:
    switches = {name: is_on for name, field in PreprocessSettings.model_fields.items() if field.annotation is bool}
    content = written(layers, PreprocessSettings(**switches))
    assert {node.op_type for node in onnx.load_from_string(content).graph.node} <= OPERATORS
    refuse_foreign_graph(content, largest_pad=1)


def graph(*nodes: onnx.NodeProto, **more: Any) -> bytes:
    images = helper.make_tensor_value_info("images", TensorProto.UINT8, ["batch", 2, 2, 1])
    probabilities = helper.make_tensor_value_info("probabilities", TensorProto.FLOAT, ["batch", 2])
    model = helper.make_model(helper.make_graph(list(nodes), "forged", [images], [probabilities]), **more)
    content: bytes = model.SerializeToString()
    return content


def endless_loop() -> onnx.NodeProto:
    condition = helper.make_tensor_value_info("go_on", TensorProto.BOOL, [])
    turn = helper.make_tensor_value_info("turn", TensorProto.INT64, [])
    body = helper.make_graph([helper.make_node("Identity", ["go_on"], ["out"])], "body", [turn, condition], [condition])
    return helper.make_node("Loop", ["", "go_on"], ["x"], body=body)


@pytest.mark.parametrize(
    "node",
    [
        endless_loop(),
        helper.make_node("Tile", ["images", "times"], ["x"]),
        helper.make_node("ConstantOfShape", ["shape"], ["x"]),
        helper.make_node("Conv", ["images"], ["x"], domain="com.stranger"),
    ],
    ids=lambda node: node.op_type,
)
def test_other_operators_are_refused(node: onnx.NodeProto) -> None:
    with pytest.raises(ModelError, match=f"the operator '(com.stranger.)?{node.op_type}', which no onelook model has"):
        refuse_foreign_graph(graph(helper.make_node("Cast", ["images"], ["y"], to=1), node), largest_pad=1)


def test_functions_are_refused() -> None:
    function = helper.make_function("own", "Relu", ["a"], ["b"], [], [helper.make_opsetid("", 17)])
    with pytest.raises(ModelError, match="functions of its own"):
        refuse_foreign_graph(graph(functions=[function]), largest_pad=1)


@pytest.mark.parametrize("pads", [[2, 0, 0, 0], [0, 0, 0, 2**40], [-1, 0, 0, 0]])
def test_pads_that_the_network_does_not_have_are_refused(pads: list[int]) -> None:
    with pytest.raises(ModelError, match=r"pads by [\d,]+ pixels, the network in model.json by at most 1"):
        refuse_foreign_graph(graph(helper.make_node("Conv", ["a", "b"], ["x"], pads=pads)), largest_pad=1)


def test_every_cut_and_every_flipped_byte_end_in_an_error_or_a_verdict() -> None:
    content = written(EVERY_LAYER[-2:], PreprocessSettings())
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(content[: rng.integers(len(content) + 1)])
        for _ in range(int(rng.integers(4))):
            if damaged:
                damaged[rng.integers(len(damaged))] = rng.integers(256)
        with suppress(ModelError):
            refuse_foreign_graph(bytes(damaged), largest_pad=1)


@pytest.mark.parametrize(
    ("operators", "refused"),
    [(("Add",), None), (("Loop",), "Loop"), (("Add", "Loop"), "Add.Loop"), (("Loop", "Add"), "Loop.Add"), ((), None)],
)
def test_each_operator_that_a_node_names_has_to_be_ours(operators: tuple[str, ...], refused: str | None) -> None:
    """Readers of the format take the last of two names; a node of ours has one."""

    def field(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    node = b"".join(field(4, operator.encode()) for operator in operators)
    model = field(7, field(1, node))
    if refused is None:
        refuse_foreign_graph(model, 0)
        return
    with pytest.raises(ModelError, match=f"^the ONNX graph has the operator '{refused}', which no onelook model has"):
        refuse_foreign_graph(model, 0)
