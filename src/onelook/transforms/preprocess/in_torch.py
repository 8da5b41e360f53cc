"""The fixed preparation of every picture, as a torch module."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from onelook.errors import ModelError
from onelook.settings import FittedPreprocess
from onelook.transforms.preprocess.steps import STD_EPSILON, ZCA_MATRIX, ChannelAffine, preprocess_steps


class Preprocess(nn.Module):
    """The fixed preparation of raw pictures: scaled, centred, standardised and whitened, as `fitted` says.

    The formulas and their order are documented at `onelook.transforms.preprocess.steps.PreprocessSteps`; they are
    those of Keras' `ImageDataGenerator.standardize`. Without a sample-wise step, all of scaling is one multiply-add.

    Input: uint8 or any other number type, (batch, channels, height, width), values in `fitted.value_range`.
    Output: float32, the same shape; a memory format of channels_last is kept.

    Nothing here is trained, and the state dict is empty: the numbers are stored in `FittedPreprocess`, and the matrix
    among the model's weights.

    Args:
        fitted: the settings and numbers from `fit_preprocess`.
        extra_weights: holds `preprocess.zca_matrix` where `fitted` whitens; other weights are ignored.

    Raises:
        DataError: a statistic that the settings need was never measured.
        ModelError: `fitted` whitens and the matrix is not among the weights.

    Example:
        >>> prepare = Preprocess(FittedPreprocess(value_range=(0, 255)))
        >>> prepare(torch.tensor([0, 51, 255], dtype=torch.uint8).reshape(3, 1, 1, 1)).flatten()
        tensor([0.0000, 0.2000, 1.0000])
    """

    def __init__(
        self, fitted: FittedPreprocess, extra_weights: Mapping[str, NDArray[np.float32]] | None = None
    ) -> None:
        super().__init__()
        steps = preprocess_steps(fitted)
        self.first = _MultiplyAdd(steps.first)
        self.center_each = steps.center_each
        self.standardize_each = steps.standardize_each
        self.second = _MultiplyAdd(steps.second) if steps.second else None
        self.whiten = _Whiten(_matrix_among(extra_weights or {})) if steps.whiten else None

    def forward(self, images: Tensor) -> Tensor:
        prepared: Tensor = self.first(images)
        if self.center_each:
            prepared = prepared - prepared.mean(dim=(1, 2, 3), keepdim=True)
        if self.standardize_each:
            prepared = prepared / (prepared.std(dim=(1, 2, 3), correction=0, keepdim=True) + STD_EPSILON)
        if self.second is not None:
            prepared = self.second(prepared)
        if self.whiten is not None:
            prepared = self.whiten(prepared)
        return prepared


class _MultiplyAdd(nn.Module):
    """The function `images * multiplier + offset` with numbers per channel, in float32."""

    multiplier: Tensor
    offset: Tensor

    def __init__(self, affine: ChannelAffine) -> None:
        super().__init__()
        multiplier, offset = np.broadcast_arrays(affine.multiplier, affine.offset)
        self.register_buffer("multiplier", _per_channel(multiplier), persistent=False)
        self.register_buffer("offset", _per_channel(offset), persistent=False)
        self.has_offset = bool(np.any(affine.offset != 0))
        self.is_identity = affine.is_identity

    def forward(self, images: Tensor) -> Tensor:
        values = images.to(torch.float32)
        if self.is_identity:
            return values
        if not self.has_offset:
            return values * self.multiplier
        return torch.addcmul(self.offset, values, self.multiplier)


class _Whiten(nn.Module):
    """The product of pictures, flattened in the order height, width, channels, and the whitening matrix."""

    matrix: Tensor

    def __init__(self, matrix: NDArray[np.float32]) -> None:
        super().__init__()
        self.register_buffer("matrix", torch.from_numpy(np.array(matrix, dtype=np.float32)), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        last = images.permute(0, 2, 3, 1)  # (batch, height, width, channels)
        white = last.flatten(1) @ self.matrix
        return white.reshape(last.shape).permute(0, 3, 1, 2).contiguous()


def _per_channel(values: NDArray[np.float64]) -> Tensor:
    return torch.tensor(values, dtype=torch.float32)[:, None, None]


def _matrix_among(weights: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    if ZCA_MATRIX not in weights:
        raise ModelError(
            f"the preprocessing whitens (ZCA), and its matrix '{ZCA_MATRIX}' is not among the weights. "
            "Load the weights that were saved with the model."
        )
    return weights[ZCA_MATRIX]
