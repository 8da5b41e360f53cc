"""The weights of a model's first layer as pictures: what each filter, unit or class looks for."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from onelook.evaluation.learned.index import Filters
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter
from onelook.evaluation.pictures.tiles import around_grey, draw_tiles
from onelook.models.shapes import PlannedLayer, leaves
from onelook.settings.network import Conv, Dense, Whitening

_SHOWN = 64  # filters; those with the largest weights, where there are more
_LEAST_SIDE = 2  # of a filter, in pixels: a single value shows nothing
_COLUMNS = 16
_PICTURE_SIDE, _PICTURES_A_ROW = 8, 5  # a tile with at least this side is a picture by itself


def draw_filters(
    plan: tuple[PlannedLayer, ...], weights: Mapping[str, NDArray[np.float32]], writer: ThumbnailWriter
) -> Filters | None:
    """Draw the filters of a network's first layer with weights; None if they are no pictures.

    A convolution's filters have its own size. The units of a dense layer on a flattened picture have the picture's.
    """
    kind: Literal["kernels", "measured", "units"]
    for layer in leaves(plan):
        weight = weights.get(f"{layer.name}.weight")
        match layer.layer:
            case Conv() | Whitening() if weight is not None:
                kind = "measured" if isinstance(layer.layer, Whitening) else "kernels"
                tiles = weight.transpose(0, 2, 3, 1)
            case Dense() if weight is not None and _is_on_picture(weight, before := _picture_before(plan)):
                kind, tiles = "units", weight.reshape(len(weight), before[1], before[2], before[0])
            case _:  # a norm, a scale, or a layer on means of the picture
                continue
        if min(tiles.shape[1:3]) < _LEAST_SIDE:
            return None
        return _drawn(tiles, kind, (), writer)
    return None


def draw_class_weights(
    coefficients: NDArray[Any], shape: tuple[int, int, int], class_names: tuple[str, ...], writer: ThumbnailWriter
) -> Filters:
    """Draw the weight of every pixel for each class of a linear model.

    Args:
        coefficients: (classes, pixels); for two classes there may be one row, of the second.
        shape: (height, width, channels) of a picture.
        class_names: of all classes that the model saw, in the order of the rows.
        writer: keeps the picture.
    """
    rows = np.asarray(coefficients, np.float32)
    rows = np.concatenate([-rows, rows]) if len(rows) == 1 else rows
    return _drawn(rows.reshape(len(rows), *shape), "classes", class_names, writer)


def _drawn(
    tiles: NDArray[np.float32],
    kind: Literal["kernels", "measured", "units", "classes"],
    names: tuple[str, ...],
    writer: ThumbnailWriter,
) -> Filters:
    count = len(tiles)
    if count > _SHOWN:
        strength = np.square(tiles.reshape(count, -1)).sum(axis=1)
        chosen = np.arange(_SHOWN) if names else np.sort(np.argsort(-strength, kind="stable")[:_SHOWN])
        tiles = tiles[chosen]
    is_picture = max(tiles.shape[1:3]) >= _PICTURE_SIDE
    columns = _PICTURES_A_ROW if is_picture else _COLUMNS
    writer.keep("filters.png", draw_tiles(around_grey(tiles), columns))
    return Filters(
        file="filters.png",
        kind=kind,
        tile=(tiles.shape[1], tiles.shape[2]),
        is_colour=tiles.shape[-1] == 3,
        count=count,
        names=names[: len(tiles)],
        shown=len(tiles),
        columns=min(columns, len(tiles)),
    )


def _is_on_picture(weight: NDArray[np.float32], shape: tuple[int, ...]) -> bool:
    """Return whether each unit has a weight for every value of a picture; after pooling it has one for each channel."""
    return len(shape) == len("CHW") and prod(shape) == weight[0].size


def _picture_before(plan: tuple[PlannedLayer, ...]) -> tuple[int, ...]:
    """Return the shape that the first layer with flat output gets."""
    return next((layer.input_shape for layer in plan if len(layer.output_shape) == 1), ())
