"""Rotation, shift, shear, zoom and flips of a batch of pictures, interpolated as in SciPy with `order=1`."""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from onelook.settings.augment import FillMode
from onelook.transforms.augment.random_transforms import Transforms

Pivot = Literal["centre", "keras"]

# Pixels in one call. Their coordinates take 4 MiB. With more pixels the working set exceeds the processor's cache and
# each batch's memory is mapped anew, which halved the speed at 128×128; with fewer, the calls cost time (28×28).
_PIXELS_AT_ONCE = 2**19

# How far beyond the outermost pixels a coordinate still counts as on them, in half sides (6e-5 pixels of 128). It
# allows for rounding in float32, which must not turn the edge of a picture that does not move into fill.
_ON_THE_EDGE = 1e-6


def warp(images: Tensor, transforms: Transforms, fill_mode: FillMode, cval: float, pivot: Pivot = "centre") -> Tensor:
    """Return the pictures moved and flipped as `transforms` say, with bilinear interpolation, in new memory.

    The values outside the picture, for the row `a b c d`, as in `scipy.ndimage.affine_transform`:

        nearest    a a a a | a b c d | d d d d
        constant   k k k k | a b c d | k k k k     also in the half pixel beside the edge
        reflect    d c b a | a b c d | d c b a
        wrap       b c d b | a b c d | b c d b     repeats after one pixel less than the side, as SciPy's does

    Args:
        images: float32, (batch, channels, height, width).
        transforms: the parameters of each picture.
        fill_mode: one of the four above.
        cval: the `k` of `constant`.
        pivot: the point that does not move. "keras" is the point that Keras' `apply_affine_transform` turns about: the
            centre of a square picture, and (width / 2, height / 2) as (row, column) of any other.
    """
    height, width = images.shape[-2:]
    matrices = source_matrices(transforms, len(images), (height, width), pivot)
    matrices = matrices.to(device=images.device, dtype=images.dtype)
    step = max(1, _PIXELS_AT_ONCE // (height * width))
    if len(images) <= step:
        return _sample(images, matrices, fill_mode, cval)
    starts = range(0, len(images), step)
    return torch.cat([_sample(images[i : i + step], matrices[i : i + step], fill_mode, cval) for i in starts])


def source_matrices(transforms: Transforms, count: int, image_size: tuple[int, int], pivot: Pivot = "centre") -> Tensor:
    """Return the matrices that map each output pixel to its source: float64, (count, 2, 3).

    Row 0 gives the source column and row 1 the source row, from the output's (column, row, 1). Coordinates count from
    the picture's centre in half sides: the outer edges of the picture are at -1 and 1.

    Keras multiplies rotation · shift · shear · zoom, about its pivot. Shear and zoom give
    `[[zx, -zy sin(shear)], [0, zy cos(shear)]]`, and a rotation by theta before it adds theta to the shear's angle.
    """
    height, width = image_size
    # On the device of the drawn numbers: the entries below are stacked, which needs tensors of one device.
    device = transforms.device
    off = torch.zeros((), dtype=torch.float64, device=device)
    on = torch.ones((), dtype=torch.float64, device=device)
    theta = off if transforms.theta is None else transforms.theta * (math.pi / 180)
    shear = off if transforms.shear is None else transforms.shear * (math.pi / 180)
    tx = off if transforms.tx is None else transforms.tx
    ty = off if transforms.ty is None else transforms.ty
    zx = on if transforms.zx is None else transforms.zx
    zy = on if transforms.zy is None else transforms.zy

    cosine, sine = theta.cos(), theta.sin()
    tilt = theta + shear
    column_column, column_row = zx * cosine, -zy * tilt.sin()
    row_column, row_row = zx * sine, zy * tilt.cos()
    # From the centre to the pivot, in pixels: 0 for a square picture.
    across = (height - width) / 2 if pivot == "keras" else 0.0
    down = -across
    column_shift = cosine * tx - sine * ty + across - column_column * across - column_row * down
    row_shift = sine * tx + cosine * ty + down - row_column * across - row_row * down

    # So far in pixels and without the flips. A flip mirrors the transformed picture: the output column -u shows what
    # the transform alone would show at u.
    mirror_column = on if transforms.flip_horizontal is None else torch.where(transforms.flip_horizontal, -on, on)
    mirror_row = on if transforms.flip_vertical is None else torch.where(transforms.flip_vertical, -on, on)
    entries = (
        column_column * mirror_column,
        column_row * mirror_row * (height / width),
        column_shift * (2 / width),
        row_column * mirror_column * (width / height),
        row_row * mirror_row,
        row_shift * (2 / height),
    )
    return torch.stack([entry.expand(count) for entry in entries], dim=1).view(count, 2, 3)


def _sample(images: Tensor, matrices: Tensor, fill_mode: FillMode, cval: float) -> Tensor:
    height, width = images.shape[-2:]
    grid = _coordinates(matrices, height, width)
    outside = None
    if fill_mode == "constant":
        # grid_sample's own zero padding fades into the fill over one pixel; SciPy stops at the edge.
        outside = _is_outside(grid[:, 0], width) | _is_outside(grid[:, 1], height)
    elif fill_mode == "wrap":
        _wrap_(grid[:, 0], width)
        _wrap_(grid[:, 1], height)
    sampled = F.grid_sample(
        images,
        grid.permute(0, 2, 3, 1),
        mode="bilinear",
        padding_mode="reflection" if fill_mode == "reflect" else "border",
        align_corners=False,
    )
    return sampled if outside is None else sampled.masked_fill_(outside[:, None], cval)


def _coordinates(matrices: Tensor, height: int, width: int) -> Tensor:
    """Return (batch, 2, height, width): the source column and row of each output pixel, in half sides from the centre.

    All columns come first, then all rows: grid_sample reads them faster than interleaved, and one broadcast addition
    writes them, where `affine_grid` multiplies matrices.
    """
    columns, rows = _centred(width, matrices), _centred(height, matrices)
    by_column = matrices[:, :, 0, None] * columns  # (batch, 2, width)
    by_row = matrices[:, :, 1, None] * rows + matrices[:, :, 2, None]  # (batch, 2, height)
    return by_column[:, :, None, :] + by_row[:, :, :, None]


def _centred(side: int, like: Tensor) -> Tensor:
    """Return the middles of the pixels in half sides from the centre, exactly symmetric: ±1/4, ±3/4 for a side of 4."""
    return torch.arange(1 - side, side, 2, device=like.device).to(like.dtype) / side


def _is_outside(coordinate: Tensor, side: int) -> Tensor:
    return coordinate.abs() > (side - 1) / side + _ON_THE_EDGE


def _wrap_(coordinate: Tensor, side: int) -> None:
    """Move coordinates outside the picture inside, by periods of `side - 1` pixels, in place."""
    if side == 1:
        coordinate.zero_()
        return
    edge = (side - 1) / side  # the middle of the last pixel, in half sides
    inside = ~_is_outside(coordinate, side)
    wrapped = (coordinate + edge).remainder_(2 * edge).sub_(edge)
    coordinate.copy_(torch.where(inside, coordinate, wrapped))
