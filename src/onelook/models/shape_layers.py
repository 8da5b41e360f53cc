"""The shapes after layers that rescale, pad, crop, resize, reshape or merge, and the matrices that resize pictures."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from onelook.models.describe import Shape, describe_shape
from onelook.settings.network import Merge
from onelook.settings.shape_layers import Crop, PRelu, Rescale, Reshape, Resize, ResizeMethod, ZeroPad
from onelook.wording import counted

ShapeLayer = Rescale | PRelu | ZeroPad | Crop | Resize | Reshape
_PICTURE_DIMENSIONS = 3
_AXES = {"channels": 0, "height": 1, "width": 2}


def shape_after(layer: ShapeLayer, shape: Shape) -> Shape:
    """Return the shape of a layer's output.

    Raises:
        ValueError: the layer cannot take that shape; the message follows the layer's name.

    Example:
        >>> shape_after(ZeroPad(top=1, right=2), (3, 8, 8)), shape_after(Reshape(height=2, width=3, channels=4), (24,))
        ((3, 9, 10), (4, 2, 3))
    """
    if isinstance(layer, Rescale):
        for numbers in (layer.multiplier, layer.offset):
            if len(numbers) not in (1, shape[0]):
                raise ValueError(
                    f"holds {len(numbers)} numbers, but gets {describe_shape(shape)}. Expected 1 or one each."
                )
        return shape
    if isinstance(layer, PRelu):
        return shape
    if isinstance(layer, Reshape):
        wanted = (layer.channels, layer.height, layer.width)
        if prod(wanted) != prod(shape):
            raise ValueError(
                f"needs {counted(prod(wanted), 'value')}, but gets {describe_shape(shape)}. Expected as many values."
            )
        return wanted
    if len(shape) != _PICTURE_DIMENSIONS:
        raise ValueError(
            f"takes a picture, but gets {describe_shape(shape)}. Move it before flatten or the global pool."
        )
    channels, height, width = shape
    if isinstance(layer, Resize):
        return channels, layer.height, layer.width
    sign = 1 if isinstance(layer, ZeroPad) else -1
    height += sign * (layer.top + layer.bottom)
    width += sign * (layer.left + layer.right)
    if min(height, width) < 1:
        raise ValueError(f"cuts off all of {describe_shape(shape)}. Cut off less, or use larger pictures.")
    return channels, height, width


def merged_shape(layer: Merge, shapes: list[Shape]) -> Shape:
    """Return the shape of a merge's output, from those of its branches.

    Raises:
        ValueError: the shapes do not go together; the message follows the layer's name.

    Example:
        >>> from onelook.settings.network import Branch
        >>> two = (Branch(), Branch())
        >>> merged_shape(Merge(how="concatenate", branches=two), [(3, 8, 8), (5, 8, 8)])
        (8, 8, 8)
        >>> merged_shape(Merge(how="multiply", branches=two), [(3, 8, 8), (3, 1, 1)])
        (3, 8, 8)
    """
    found = f"cannot {layer.how} {' and '.join(map(describe_shape, shapes))}."
    if layer.how == "subtract" and len(shapes) != 2:
        raise ValueError(f"subtracts, and has {counted(len(shapes), 'branch', 'branches')}. Expected 2.")
    if len({len(shape) for shape in shapes}) > 1:
        raise ValueError(f"{found} Expected pictures, or flat values, in all branches.")
    axis = _AXES[layer.axis]
    sizes = [
        tuple(size for at, size in enumerate(shape) if at != axis or layer.how != "concatenate") for shape in shapes
    ]
    if layer.how == "concatenate":
        if axis >= len(shapes[0]) or len(set(sizes)) > 1:
            raise ValueError(f"{found} Expected sizes that differ only along the {layer.axis}.")
        return tuple(sum(shape[at] for shape in shapes) if at == axis else size for at, size in enumerate(shapes[0]))
    for along in zip(*sizes, strict=True):
        if len(set(along) - {1}) > 1:
            raise ValueError(f"{found} Expected the same shape, or 1 along an axis.")
    return tuple(max(along) for along in zip(*sizes, strict=True))


def resize_matrix(size: int, output: int, method: ResizeMethod) -> NDArray[np.float32]:
    """Return the matrix, (output, size), that resizes an axis: a pixel's middle is at its position plus a half.

    Both ways are those of TensorFlow's `image.resize` without antialiasing.

    Example:
        >>> resize_matrix(2, 4, "bilinear").tolist()
        [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
    """
    matrix = np.zeros((output, size), np.float32)
    rows = np.arange(output)
    middles = (rows.astype(np.float32) + np.float32(0.5)) * (np.float32(size) / np.float32(output))
    if method == "nearest":
        matrix[rows, np.minimum(np.floor(middles).astype(np.int64), size - 1)] = 1
        return matrix
    at = middles - np.float32(0.5)
    lower = np.floor(at).astype(np.int64)
    share = at - lower
    np.add.at(matrix, (rows, np.clip(lower, 0, size - 1)), 1 - share)
    np.add.at(matrix, (rows, np.clip(lower + 1, 0, size - 1)), share)
    return matrix
