"""Write the views of pictures as ONNX nodes: a batch of all views before the network, their mean after it."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from onelook.predictors.graph.writer import GraphWriter
from onelook.transforms.views import Positions, View

_ROWS, _COLUMNS = 1, 2  # axes of (batch, height, width, channels)


def write_views(graph: GraphWriter, views: tuple[View, ...], images: str) -> str:
    """Add the pictures' views, of any dtype: the first view of the whole batch, then the second view of it, and so on.

    Returns:
        The name of (views x batch, height, width, channels); with one view the name of the pictures themselves.
    """
    if len(views) == 1:
        return images
    seen = [_take(graph, _COLUMNS, view.columns, _take(graph, _ROWS, view.rows, images)) for view in views]
    return graph.add("Concat", *seen, axis=0)


def write_corner(
    graph: GraphWriter, value: str, input_shape: tuple[int, int, int], seen: tuple[int, int]
) -> tuple[str, tuple[int, int, int]]:
    """Add the part of pictures, (batch, height, width, channels), at the top left that a network sees.

    Rows are cheap to leave out. Columns are so for grey pictures, as a product with a part of the identity, which is
    exact: a `Gather` that copies each pixel alone takes longer than what it saves.

    Args:
        graph: the graph that gets the nodes.
        value: name of the pictures.
        input_shape: of a picture.
        seen: height and width of the part.

    Returns:
        The name of the part, and its shape.
    """
    height, width, channels = input_shape
    rows, columns = seen
    if rows < height:
        value = graph.add("Gather", value, graph.constant(np.arange(rows, dtype=np.int64)), axis=_ROWS)
    if columns == width or channels > 1:
        return value, (rows, width, channels)
    flat = graph.add("Reshape", value, graph.constant(np.array([0, rows, width], np.int64)))
    taken = np.eye(width, columns, dtype=np.float32)
    value = graph.add("MatMul", graph.add("Cast", flat, to=TensorProto.FLOAT), graph.constant(taken))
    return graph.add("Reshape", value, graph.constant(np.array([0, rows, columns, 1], np.int64))), (rows, columns, 1)


def write_mean(graph: GraphWriter, views: tuple[View, ...], logits: str, num_classes: int) -> str:
    """Add the weighted mean of the views' logits.

    Args:
        graph: the graph that gets the nodes.
        views: the views that `write_views` got.
        logits: name of (views x batch, classes).
        num_classes: the number of logits of a view.

    Returns:
        The name of (batch, classes).
    """
    if len(views) == 1:
        return logits
    by_view = graph.add("Reshape", logits, graph.constant(np.array([len(views), -1, num_classes], np.int64)))
    weights = np.array([view.weight for view in views], np.float32)[:, np.newaxis, np.newaxis]
    weighted = graph.add("Mul", by_view, graph.constant(weights))
    first_axis = graph.constant(np.array([0], np.int64))
    return graph.add("ReduceSum", weighted, first_axis, keepdims=0)


def _take(graph: GraphWriter, axis: int, positions: Positions, value: str) -> str:
    if np.array_equal(positions, np.arange(len(positions))):
        return value
    return graph.add("Gather", value, graph.constant(positions), axis=axis)
