"""Feature maps: what a picture becomes after each block of a network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images
from onelook.evaluation.learned.index import Block
from onelook.evaluation.pictures.tiles import draw_tiles
from onelook.models.shapes import PlannedLayer
from onelook.predictors.network_module import NetworkModule

MAPS_SHOWN = 8  # of each block
_COLUMNS = 4
_LARGEST_SIDE = 28  # pixels of a drawn map
_LEAST_SIDE = 3  # of a map: four values are no picture
_MOST_BLOCKS = 6


def block_ends(plan: tuple[PlannedLayer, ...]) -> tuple[int, ...]:
    """Return the positions of the last layers before maps change their size, at most six.

    Example:
        >>> from onelook.models.shapes import plan_network
        >>> from onelook.settings.network import Conv, Dense, Flatten, NetworkSettings, Pool
        >>> one, two = Conv(filters=4, padding="same"), Conv(filters=8, padding="same")
        >>> layers = (one, Pool(type="max_pool"), two, Flatten(), Dense(units="classes"))
        >>> block_ends(plan_network(NetworkSettings(layers=layers), (1, 28, 28), 10))
        (0, 2)
    """
    sizes = [layer.output_shape[1:] for layer in plan]
    ends = [
        at
        for at, (size, following) in enumerate(zip(sizes, [*sizes[1:], ()], strict=True))
        if size and min(size) >= _LEAST_SIDE and size != following
    ]
    return tuple(ends[:_MOST_BLOCKS])


def compute_maps(module: NetworkModule, images: Images) -> list[NDArray[np.float32]]:
    """Return the maps after each block, (pictures, maps, height, width).

    Args:
        module: the network.
        images: (pictures, height, width, channels), raw values.
    """
    ends = block_ends(module.plan)
    found = []
    with torch.inference_mode():
        values = module.prepare(images)
        for at, layer in enumerate(module.network):
            values = layer(values)
            if at in ends:
                found.append(values.clone().numpy())
            if at == max(ends, default=-1):
                break
    return found


def describe_blocks(maps: Sequence[NDArray[np.float32]]) -> tuple[Block, ...]:
    """Return the number and the size of the maps of each block."""
    return tuple(Block(maps=each.shape[1], height=each.shape[2], width=each.shape[3]) for each in maps)


def draw_maps(maps: NDArray[np.float32]) -> list[bytes]:
    """Return a PNG for each picture: the eight maps in which the pictures differ most, the same for all.

    In each map the lowest value of all pictures is black and the highest is white.

    Args:
        maps: (pictures, maps, height, width) after one block.
    """
    differing = maps.mean(axis=(2, 3)).std(axis=0) if len(maps) > 1 else maps.std(axis=(0, 2, 3))
    chosen = np.sort(np.argsort(-differing, kind="stable")[:MAPS_SHOWN])
    shown = _shrunk(maps[:, chosen])
    low, high = (each(shown, axis=(0, 2, 3), keepdims=True) for each in (np.min, np.max))
    scaled = np.rint(255 * (shown - low) / np.maximum(high - low, np.finfo(np.float32).tiny)).astype(np.uint8)
    return [draw_tiles(each[..., np.newaxis], _COLUMNS) for each in scaled]


def _shrunk(maps: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return large maps with the means of blocks of values."""
    factor = -(-max(maps.shape[2:]) // _LARGEST_SIDE)
    if factor == 1:
        return maps
    down, across = (np.arange(0, side, factor) for side in maps.shape[2:])
    sums = np.add.reduceat(np.add.reduceat(maps, down, axis=2), across, axis=3)
    sizes = np.outer(np.diff([*down, maps.shape[2]]), np.diff([*across, maps.shape[3]]))
    means: NDArray[np.float32] = (sums / sizes).astype(np.float32)
    return means
