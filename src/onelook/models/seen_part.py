"""The part of a picture on which a network's answer depends."""

from __future__ import annotations

from itertools import takewhile

from onelook.models.shapes import PlannedLayer
from onelook.settings.network import ActivationLayer, BatchNorm, Conv, DepthwiseConv, Dropout, Pool, Whitening

_LOCAL = (ActivationLayer, BatchNorm, Conv, DepthwiseConv, Dropout, Pool, Whitening)
_PICTURE_DIMENSIONS = 3
_NO_PADS = ((0, 0), (0, 0))


def seen_size(plan: tuple[PlannedLayer, ...]) -> tuple[int, int]:
    """Return the height and the width of the corner at the top left outside of which no pixel changes the answer.

    A pool, or a convolution with a stride, that does not divide its input's size leaves rows and columns out, and each
    layer before it has made some for nothing.

    Args:
        plan: the layers of the network, of which the first gets a picture.

    Example:
        >>> from onelook.models.shapes import plan_network
        >>> from onelook.settings.network import Dense, Flatten, NetworkSettings
        >>> layers = (Conv(filters=8), Pool(type="max_pool", size=4), Flatten(), Dense(units="classes"))
        >>> seen_size(plan_network(NetworkSettings(layers=layers), (1, 28, 28), 10))
        (26, 26)
    """
    local = list(takewhile(_is_local, plan))
    height, width = local[-1].output_shape[1:] if local else plan[0].input_shape[1:]
    for planned in reversed(local):
        windows = planned.windows
        height, width = (
            (count - 1) * stride + (kernel - 1) * dilation + 1
            for count, stride, kernel, dilation in zip(
                (height, width), windows.stride, windows.kernel, windows.dilation, strict=True
            )
        )
    return height, width


def _is_local(planned: PlannedLayer) -> bool:
    """Return whether each output follows from a few inputs at its own place, and none of them is padding."""
    are_pictures = len(planned.input_shape) == len(planned.output_shape) == _PICTURE_DIMENSIONS
    return are_pictures and isinstance(planned.layer, _LOCAL) and planned.windows.pads == _NO_PADS
