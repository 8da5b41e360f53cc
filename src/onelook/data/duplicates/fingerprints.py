"""The fingerprint of a picture: 63 bytes by which the same picture and altered copies of it are found again.

The digest finds equal pixels. The outline finds a copy that was compressed again, resized, or made brighter: it holds
the lowest frequencies of the grey picture (a discrete cosine transform, without the mean), scaled to length 1. They
hardly change with any of these, and not with the size to which a picture was decoded.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.data.duplicates.exact import DIGEST_BYTES, digest_pictures
from onelook.data.duplicates.near.find import SMALLEST_SIDE
from onelook.data.pictures.mapped import take_rows
from onelook.data.pictures.protocol import Images

_FREQUENCIES = 7  # in each direction: of a picture that was halved to 14 pixels, these are still exact to a tenth
OUTLINE_BYTES = _FREQUENCIES**2 - 2  # without the mean and the highest frequency
_STEPS = 127
_BLANK = 1 / 255  # the contrast, as a share of the largest value, below which a picture has no outline
_BYTES_AT_ONCE = 1 << 20  # of pixels; computing takes some ten times as much
# Rec. 601 luma, as in JPEG and in Pillow's mode "L".
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)


@dataclass(frozen=True)
class Fingerprints:
    """The fingerprints of some pictures, a row each."""

    digests: NDArray[np.uint8]  # (rows, 16): equal for equal pixels, size and dtype
    outlines: NDArray[np.int8]  # (rows, 47); zeros for a picture that is blank, or too small to have an outline

    def __len__(self) -> int:
        return len(self.digests)

    def take(self, rows: NDArray[np.int64]) -> Fingerprints:
        """Return some of the fingerprints, by their rows."""
        return Fingerprints(self.digests[rows], self.outlines[rows])

    def order(self, then: NDArray[np.uint8]) -> NDArray[np.int64]:
        """Return the rows in the order of their digests as bytes; equal ones by `then`, and so that none changes place.

        Args:
            then: (rows,).
        """
        halves = np.ascontiguousarray(self.digests).view(">u8")  # two numbers that sort as their bytes do
        return np.lexsort((then, halves[:, 1], halves[:, 0]))

    def digest_bytes(self) -> list[bytes]:
        """Return the digests as `bytes`, for a dictionary."""
        return [digest.tobytes() for digest in self.digests]


def join_fingerprints(several: Iterable[Fingerprints]) -> Fingerprints:
    """Return the fingerprints of all, one after the other."""
    found = [*several]
    none = Fingerprints(np.zeros((0, DIGEST_BYTES), np.uint8), np.zeros((0, OUTLINE_BYTES), np.int8))
    return Fingerprints(
        np.concatenate([none.digests, *(each.digests for each in found)]),
        np.concatenate([none.outlines, *(each.outlines for each in found)]),
    )


def fingerprint_pictures(
    images: Images, rows: NDArray[np.int64] | None = None, *, eight_bits_of: tuple[float, float] | None = None
) -> Fingerprints:
    """Return the fingerprints of pictures, or of these rows of them, a few megabytes of pixels at a time.

    Args:
        images: (rows, height, width, channels) of any numeric dtype; may be memory-mapped.
        rows: (pictures,), by default all.
        eight_bits_of: the range of the values, lowest and highest; they are rounded to 8 bits first. Then a picture has
            the same fingerprint as uint8, as floats from 0 to 1 and in any other form. By default they stay
            unchanged. uint8 is never changed.

    Example:
        >>> light_left = np.tile(np.linspace(255, 0, 16), (16, 1)).astype(np.uint8)[None, :, :, None]
        >>> found = fingerprint_pictures(np.concatenate([light_left, light_left // 2]))
        >>> bool((found.digests[0] == found.digests[1]).all()), bool(np.abs(found.outlines[0]).max() > 100)
        (False, True)
    """
    chosen = np.arange(len(images)) if rows is None else rows
    at_once = max(1, _BYTES_AT_ONCE // max(1, images[:1].nbytes))
    parts = []
    for start in range(0, len(chosen), at_once):
        some = take_rows(np.asarray(images), chosen[start : start + at_once])
        if eight_bits_of is not None and some.dtype != np.uint8:
            some = _eight_bits(some, *eight_bits_of)
        parts.append(Fingerprints(digest_pictures(some), _outlines(some)))
    return join_fingerprints(parts)


def _eight_bits(images: Images, low: float, high: float) -> NDArray[np.uint8]:
    shares = (images.astype(np.float64) - low) / (high - low)
    pixels: NDArray[np.uint8] = (shares.clip(0, 1) * 255).round().astype(np.uint8)
    return pixels


def unpack_outlines(outlines: NDArray[np.int8]) -> NDArray[np.float32]:
    """Return outlines as vectors of about length 1, (rows, 47)."""
    shares = outlines.astype(np.float32) / np.float32(_STEPS)
    vectors: NDArray[np.float32] = shares * np.abs(shares)
    return vectors


def pack_outlines(vectors: NDArray[np.float32]) -> NDArray[np.int8]:
    """Return vectors, (rows, 47), each value in [-1, 1], as bytes: of the root, as most values are near 0."""
    packed: NDArray[np.int8] = np.rint(np.sign(vectors) * np.sqrt(np.abs(vectors)) * _STEPS).astype(np.int8)
    return packed


def _outlines(images: Images) -> NDArray[np.int8]:
    count, height, width, channels = images.shape
    if min(height, width) < SMALLEST_SIDE:
        return np.zeros((count, OUTLINE_BYTES), np.int8)
    plain = images.astype(np.float32)
    largest = np.abs(plain).max(axis=(1, 2, 3), initial=0) if images.dtype != np.uint8 else np.full(count, 255.0)
    plain /= np.where(largest > 0, largest, 1).astype(np.float32)[:, None, None, None]
    grey = plain @ _LUMA if channels == 3 else plain.mean(axis=3)
    waves = _cosines(height) @ grey @ _cosines(width).T
    vectors = waves.reshape(count, -1)[:, 1:-1]
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    has_contrast = length > _BLANK * np.sqrt(height * width)
    return pack_outlines(np.where(has_contrast, vectors / np.where(has_contrast, length, 1), 0).astype(np.float32))


def _cosines(size: int) -> NDArray[np.float32]:
    """Return the lowest rows of an orthonormal cosine transform (DCT-II): (7, size)."""
    position = (np.arange(size) + 0.5) / size
    rows = np.sqrt(2 / size) * np.cos(np.pi * np.outer(np.arange(_FREQUENCIES), position))
    rows[0] /= np.sqrt(2)
    return np.asarray(rows, np.float32)
