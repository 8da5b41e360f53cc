"""The share of each pixel in the prediction of a network."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from onelook.data.pictures.protocol import Images
from onelook.evaluation.heat_maps.grid import PixelMaps
from onelook.predictors.network_module import NetworkModule

_STEPS = 8  # from the grey picture to the whole one; 16 find no more, in benchmarks/heat_maps.py


def gradient_maps(module: NetworkModule, images: Images, classes: NDArray[np.int64]) -> PixelMaps:
    """Return the integrated gradients of a class's logit against the mean of all logits.

    They are the method of Sundararajan et al. 2017 (arXiv:1703.01365): a pixel's difference from an even picture, times
    the mean gradient on the way from there to the picture. Over all pixels they add up to the difference of the scores.
    Class activation (Zhou et al. 2016, arXiv:1512.04150) and Grad-CAM (Selvaraju et al. 2017, arXiv:1610.02391) are
    not used: the last maps of our networks have 3 × 3 cells, and 9 to 49 % of their maxima are in the place that tells
    the class. The plain product of pixel and gradient finds what is bright, whether it decides or not. The map of a
    network with shuffled weights differs (Adebayo et al. 2018, arXiv:1810.03292): see `benchmarks/heat_maps.py`.

    Args:
        module: the network.
        images: (rows, height, width, channels), raw values.
        classes: (rows,), the class of each map.
    """
    prepared = module.prepare(images)
    num_classes = module.plan[-1].output_shape[0]
    wanted = F.one_hot(torch.from_numpy(classes), num_classes).float() - 1 / num_classes
    ground = prepared.mean(dim=(2, 3), keepdim=True).expand_as(prepared)
    difference = prepared - ground
    gradients = torch.zeros_like(prepared)
    for step in range(_STEPS):
        at = (ground + (step + 0.5) / _STEPS * difference).requires_grad_(True)
        # Multiplied, because the first layer may write to its input.
        (module.network(at * 1.0) * wanted).sum().backward()
        gradients += at.grad if at.grad is not None else 0
    maps: PixelMaps = (difference * gradients / _STEPS).sum(dim=1).numpy()
    return maps
