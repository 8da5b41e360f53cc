"""Pooling with TensorFlow's meaning of `same`: padding is neither a maximum nor counted in an average."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from onelook.models.padding import Windows

PoolType = Literal["max_pool", "average_pool", "min_pool"]


class PoolLayer(nn.Module):
    """Max, average or min over windows: (batch, channels, height, width) to the windows' output size.

    torch pads both sides alike. Where `same` wants one more row at the bottom (or column at the right), the
    windows are either let run over the edge (stride above 1: `ceil_mode`), or both sides get the larger pad
    and the first row of the result is left out (stride 1). Neither copies the input.
    """

    def __init__(self, kind: PoolType, windows: Windows) -> None:
        super().__init__()
        self.kind = kind
        self.kernel = windows.kernel
        self.stride = windows.stride
        axes = list(zip(windows.pads, windows.stride, strict=True))
        leaves_out = [before < after and stride == 1 for (before, after), stride in axes]
        self.padding = tuple(max(pads) if out else pads[0] for (pads, _), out in zip(axes, leaves_out, strict=True))
        self.runs_over = any(before < after and stride > 1 for (before, after), stride in axes)
        self.first_row, self.first_column = map(int, leaves_out)

    def forward(self, images: Tensor) -> Tensor:
        if self.kind == "average_pool":
            pooled = F.avg_pool2d(
                images, self.kernel, self.stride, self.padding, ceil_mode=self.runs_over, count_include_pad=False
            )
        elif self.kind == "max_pool":
            pooled = self._maximum(images)
        else:
            pooled = -self._maximum(-images)
        if self.first_row or self.first_column:
            return pooled[:, :, self.first_row :, self.first_column :]
        return pooled

    def _maximum(self, images: Tensor) -> Tensor:
        return F.max_pool2d(images, self.kernel, self.stride, self.padding, ceil_mode=self.runs_over)

    def extra_repr(self) -> str:
        return f"{self.kind}, kernel={self.kernel}, stride={self.stride}, padding={self.padding}"


class GlobalPoolLayer(nn.Module):
    """One number a channel: (batch, channels, height, width) to (batch, channels), or (batch, channels, 1, 1)."""

    def __init__(self, kind: Literal["global_average_pool", "global_max_pool"], *, keepdims: bool = False) -> None:
        super().__init__()
        self.is_average = kind == "global_average_pool"
        self.keepdims = keepdims

    def forward(self, images: Tensor) -> Tensor:
        pool = images.mean if self.is_average else images.amax
        return pool(dim=(2, 3), keepdim=self.keepdims)
