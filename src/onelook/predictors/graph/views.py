"""Write the views of pictures as ONNX nodes: a batch of all views before the network, their mean after it."""

from __future__ import annotations

import numpy as np

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
