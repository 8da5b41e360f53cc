"""Write layers that rescale, pad, crop, resize, reshape or merge as ONNX nodes.

No node of the kinds Pad, Slice or Resize is written: their sizes are values of the graph, and a stranger's could ask
for gigabytes. A convolution by ones pads, a gather crops, and a matrix for each axis resizes.
"""

from __future__ import annotations

import numpy as np

from onelook.models.shape_layers import ShapeLayer, resize_matrix
from onelook.models.shapes import PlannedLayer
from onelook.predictors.graph.writer import GraphWriter
from onelook.settings.network import Merge
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ZeroPad

_MERGES = {
    "add": "Add",
    "subtract": "Sub",
    "multiply": "Mul",
    "average": "Add",
    "maximum": "Max",
    "minimum": "Min",
}


def write_shape_layer(graph: GraphWriter, layer: ShapeLayer, planned: PlannedLayer, slopes: str, value: str) -> str:
    """Add a layer, and return the name of its output.

    Args:
        graph: the graph that gets the nodes.
        layer: the layer's settings.
        planned: the layer with its shapes.
        slopes: name of the learnt slopes of a PRelu.
        value: name of the input.
    """
    shape = planned.input_shape
    match layer:
        case Rescale():
            broadcast = (-1, *(1 for _ in shape[1:]))
            for operator, numbers in (("Mul", layer.multiplier), ("Add", layer.offset)):
                constant = graph.constant(np.array(numbers, np.float32).reshape(broadcast))
                value = graph.add(operator, value, constant)
        case PRelu():
            below = graph.add("Mul", graph.add("Relu", graph.add("Neg", value)), slopes)
            value = graph.add("Sub", graph.add("Relu", value), below)
        case ZeroPad():
            ones = graph.constant(np.ones((shape[0], 1, 1, 1), np.float32))
            pads = [layer.top, layer.left, layer.bottom, layer.right]
            value = graph.add("Conv", value, ones, group=shape[0], kernel_shape=[1, 1], pads=pads)
        case Crop():
            _, height, width = shape
            rows = np.arange(layer.top, height - layer.bottom)
            columns = np.arange(layer.left, width - layer.right)
            value = graph.add("Gather", value, graph.constant(rows), axis=2)
            value = graph.add("Gather", value, graph.constant(columns), axis=3)
        case Resize():
            _, height, width = shape
            matrix = resize_matrix(height, layer.height, layer.method)
            value = graph.add("MatMul", graph.constant(matrix), value)
            matrix = resize_matrix(width, layer.width, layer.method).T
            value = graph.add("MatMul", value, graph.constant(np.ascontiguousarray(matrix)))
        case Reshape():
            if len(shape) > 1:
                value = graph.add("Transpose", value, perm=[0, 2, 3, 1])
            sizes = np.array([-1, layer.height, layer.width, layer.channels], np.int64)
            value = graph.add("Transpose", graph.add("Reshape", value, graph.constant(sizes)), perm=[0, 3, 1, 2])
    return value


def write_merge(graph: GraphWriter, layer: Merge, values: list[str]) -> str:
    """Add what puts the branches' outputs together, and return the name of the result."""
    if layer.how == "concatenate":
        return graph.add("Concat", *values, axis={"channels": 1, "height": 2, "width": 3}[layer.axis])
    result = values[0]
    for value in values[1:]:
        result = graph.add(_MERGES[layer.how], result, value)
    if layer.how == "average":
        result = graph.add("Div", result, graph.constant(float(len(values))))
    return result
