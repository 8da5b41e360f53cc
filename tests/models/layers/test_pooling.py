"""Pools against TensorFlow's rule written out with loops: padding is no maximum and is not counted."""

import numpy as np
import pytest
import torch

from onelook.models.layers.pooling import PoolLayer
from onelook.models.padding import windows_over

REDUCERS = {"max_pool": np.max, "average_pool": np.mean, "min_pool": np.min}


def pooled_by_hand(image, windows, reduce):
    """Each window cut to the part that lies on the (height, width) image."""
    (top, _), (left, _) = windows.pads
    result = np.empty(windows.output)
    for row, column in np.ndindex(*windows.output):
        y, x = row * windows.stride[0] - top, column * windows.stride[1] - left
        inside = image[max(y, 0) : y + windows.kernel[0], max(x, 0) : x + windows.kernel[1]]
        result[row, column] = reduce(inside)
    return result


@pytest.mark.parametrize("kind", REDUCERS)
@pytest.mark.parametrize("padding", ["same", "valid", 1])
@pytest.mark.parametrize("stride", [1, 2, (3, 1)])
@pytest.mark.parametrize("kernel", [2, 3, (4, 5)])
@pytest.mark.parametrize("size", [(7, 8), (10, 9)])
def test_pools_follow_the_rule(kind, kernel, stride, padding, size):
    windows = windows_over(size, kernel, stride, padding)
    # Below zero throughout: a padding of zeros would win every maximum.
    image = -1 - np.random.default_rng(0).random(size, np.float32)
    found = PoolLayer(kind, windows)(torch.from_numpy(image)[None, None])
    np.testing.assert_allclose(found[0, 0], pooled_by_hand(image, windows, REDUCERS[kind]), rtol=1e-6)
