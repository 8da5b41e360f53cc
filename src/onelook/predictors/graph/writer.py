"""Build an ONNX graph: add nodes and constants, which get names by themselves."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper, numpy_helper

# Both are older than the runtime needs (1.20 reads opset 21, IR 10), so that other tools read the file too.
OPSET = 17
IR_VERSION = 8


class GraphWriter:
    """A graph under construction. Values have names; an operator's output gets the operator's name and a number."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []

    def constant(self, values: NDArray[Any] | float, name: str | None = None) -> str:
        """Add a constant and return its name; plain numbers become float32."""
        array = values if isinstance(values, np.ndarray) else np.array(values, np.float32)
        name = name or f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node with one output and return that output's name."""
        output = f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [output], name=output, **attributes))
        return output

    def finish(self, value: str, name: str) -> None:
        """Make a value an output of the graph, with this name."""
        self._nodes.append(helper.make_node("Identity", [value], [name], name=name))

    def serialize(self, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]) -> bytes:
        """Return the whole model as the bytes of an `.onnx` file."""
        graph = helper.make_graph(self._nodes, "onelook", inputs, outputs, initializer=self._constants)
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(graph, producer_name="onelook", opset_imports=opsets, ir_version=IR_VERSION)
        serialized: bytes = model.SerializeToString()
        return serialized
