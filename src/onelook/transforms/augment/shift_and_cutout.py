"""Shifts by whole pixels, which fill the gap with the mirror image, and squares cut out of pictures."""

from __future__ import annotations

import torch
from torch import Tensor


def shift_reflected(images: Tensor, down: Tensor, right: Tensor) -> Tensor:
    """Return each picture moved by whole pixels; the gap at an edge is filled with the picture mirrored at that edge.

    This is a crop of the old size from the picture padded on all sides (He et al. 2015, arXiv:1512.03385, section 4.2).
    The padding is the reflection at the edge, as in Jordan 2024 (arXiv:2404.00498), instead of zeros.

    Args:
        images: (batch, channels, height, width).
        down, right: (batch,), whole numbers, smaller in size than the height and the width.

    Returns:
        The same shape, channels_last.

    Example:
        >>> row = torch.tensor([[[[1.0, 2.0, 3.0, 4.0]]]])
        >>> shift_reflected(row, torch.tensor([0]), torch.tensor([2])).flatten().tolist()
        [3.0, 2.0, 1.0, 2.0]
    """
    height, width = images.shape[-2:]
    rows = _reflected(torch.arange(height, device=images.device) - down.to(images.device)[:, None], height)
    columns = _reflected(torch.arange(width, device=images.device) - right.to(images.device)[:, None], width)
    pictures = torch.arange(len(images), device=images.device)
    taken = images.permute(0, 2, 3, 1)[pictures[:, None, None], rows[:, :, None], columns[:, None, :]]
    return taken.permute(0, 3, 1, 2)


def cut_squares(images: Tensor, middle_rows: Tensor, middle_columns: Tensor, side: int) -> Tensor:
    """Return each picture with a square in its own mean colour; near an edge only part of the square is inside.

    This is Cutout (DeVries & Taylor 2017, arXiv:1708.04552), which fills with the mean of the data set instead.

    Args:
        images: float32, (batch, channels, height, width).
        middle_rows, middle_columns: (batch,), whole numbers: the middle pixel of the square.
        side: the side of the square, in pixels.
    """
    height, width = images.shape[-2:]
    in_rows = _within(torch.arange(height, device=images.device), middle_rows.to(images.device), side)
    in_columns = _within(torch.arange(width, device=images.device), middle_columns.to(images.device), side)
    hole = in_rows[:, None, :, None] & in_columns[:, None, None, :]
    return torch.where(hole, images.mean(dim=(2, 3), keepdim=True), images)


def _reflected(positions: Tensor, size: int) -> Tensor:
    """Return the positions, those outside [0, size) mirrored at the first or last pixel, which is not repeated."""
    if size == 1:
        return torch.zeros_like(positions)
    return (size - 1) - ((size - 1) - positions.abs()).abs()


def _within(positions: Tensor, middles: Tensor, side: int) -> Tensor:
    """Return (batch, positions): whether each position is among the `side` pixels around the middle."""
    first = middles[:, None] - side // 2
    return (positions >= first) & (positions < first + side)
