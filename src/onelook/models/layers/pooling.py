"""Pooling with TensorFlow's meaning of `same`: padding is never a maximum and never counts in an average."""

from __future__ import annotations

from typing import Literal

import torch.nn.functional as F
from torch import Tensor, nn

from onelook.models.padding import Windows

PoolType = Literal["max_pool", "average_pool", "min_pool"]


class PoolLayer(nn.Module):
    """The maximum, average or minimum of each window: (batch, channels, height, width) to the windows' output size.

    torch pads both sides by the same number. Where `same` needs one more row at the bottom (or column at the right),
    there are two ways, and neither copies the input. With a stride above 1, windows may extend beyond the edge
    (`ceil_mode`). With stride 1, both sides get the larger pad, and the first row of the result is dropped.
    """

    def __init__(self, kind: PoolType, windows: Windows) -> None:
        super().__init__()
        self.kind = kind
        self.kernel = windows.kernel
        self.stride = windows.stride
        axes = list(zip(windows.pads, windows.stride, strict=True))
        drops = [before < after and stride == 1 for (before, after), stride in axes]
        self.padding = tuple(max(pads) if drop else pads[0] for (pads, _), drop in zip(axes, drops, strict=True))
        self.ceil_mode = any(before < after and stride > 1 for (before, after), stride in axes)
        self.first_row, self.first_column = map(int, drops)

    def forward(self, images: Tensor) -> Tensor:
        if self.kind == "average_pool":
            pooled = F.avg_pool2d(
                images,
                self.kernel,
                self.stride,
                self.padding,
                ceil_mode=self.ceil_mode,
                count_include_pad=False,
            )
        elif self.kind == "max_pool":
            pooled = self._maximum(images)
        else:
            pooled = -self._maximum(-images)
        if self.first_row or self.first_column:
            return pooled[:, :, self.first_row :, self.first_column :]
        return pooled

    def _maximum(self, images: Tensor) -> Tensor:
        return F.max_pool2d(images, self.kernel, self.stride, self.padding, ceil_mode=self.ceil_mode)

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
