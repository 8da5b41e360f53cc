"""Measure the difference between the edges of two pictures, at the best shift."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SHIFT = 2  # pixels, in each direction
_LEAST_OVERLAP = 0.1  # as a share of the root of the product of both energies
_BORDER = 2  # pixels that the filters remove on each side


class Edges:
    """The gradients of some pictures, computed once and compared in pairs.

    Gradients are better than grey values: they have no offset; smooth light and shade, which many photographs share,
    count little; and the details in which two pictures differ count much. A binomial filter of 3 × 3 comes first and
    reduces the noise of sensors and of compression.

    Args:
        small: (rows, height, width), of any range, at least 12 pixels a side.
        steps: the number of shifts tried per pixel. One is enough for original pixels. If pixels were averaged, the
            copy may be shifted by a fraction of a pixel.
    """

    def __init__(self, small: NDArray[np.float32], steps: int = 1) -> None:
        smooth = small[:, :-2] + 2 * small[:, 1:-1] + small[:, 2:]
        smooth = smooth[:, :, :-2] + 2 * smooth[:, :, 1:-1] + smooth[:, :, 2:]
        height, width = small.shape[1] - 2 * _BORDER, small.shape[2] - 2 * _BORDER
        # A complex number holds both directions, so that one transform is enough.
        field = np.empty((len(small), height, width), np.complex64)
        field.real = smooth[:, 1:-1, 2:] - smooth[:, 1:-1, :-2]
        field.imag = smooth[:, 2:, 1:-1] - smooth[:, :-2, 1:-1]
        height_kept, width_kept = _kept(height), _kept(width)
        self._energy = height_kept @ (field.real**2 + field.imag**2) @ width_kept.T
        self._shifts = _shifts(height, steps), _shifts(width, steps)
        # For each shift, the position of the nearest whole shift among the energies.
        self._nearest = np.rint(np.arange(-_SHIFT * steps, _SHIFT * steps + 1) / steps).astype(np.int64) + _SHIFT
        # At this size, two products with small matrices take a third of the time of a fast Fourier transform.
        self._spectra = _waves(height) @ field @ _waves(width).T

    def residuals(self, rows: NDArray[np.int64], other: Edges, other_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return, for each pair, the share of contrast that no shift and gain explain: 0 for a copy, 1 if unrelated.

        It is sqrt(1 - c²). c is the correlation of the gradients on the area that both pictures show, at the best shift
        of up to two pixels in each direction. If c is negative or a picture is blank, the result is 1.

        Args:
            rows: (pairs,), positions among the pictures of this object.
            other_rows: (pairs,), positions among those of `other`, which have the same size.
        """
        down, right = self._shifts
        cross = np.conj(self._spectra[rows]) * other._spectra[other_rows]
        products = (down @ (cross @ right.T)).real
        # The energy of each picture on the area that both show at a shift.
        energies = self._energy[rows, ::-1, ::-1] * other._energy[other_rows]
        # A shift that leaves nearly nothing (all edges are at one border) is not reliable.
        least = _LEAST_OVERLAP**2 * energies[:, _SHIFT, _SHIFT][:, None, None]
        energies = np.maximum(energies, np.maximum(least, np.finfo(np.float32).tiny))
        correlations = products / np.sqrt(energies)[:, self._nearest[:, None], self._nearest]
        best = correlations.max(axis=(1, 2), initial=0)
        return np.asarray(np.sqrt(1 - np.minimum(best, 1) ** 2), np.float32)


def softened(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the pictures after a binomial filter of 3 × 3, which resembles shrinking and enlarging."""
    padded = np.pad(small, ((0, 0), (1, 1), (1, 1)), mode="edge")
    lines = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return np.asarray((lines[:, :, :-2] + 2 * lines[:, :, 1:-1] + lines[:, :, 2:]) / 16, np.float32)


def enlarged(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the pictures without their outermost pixels, enlarged again, as after a slight crop."""
    height, width = small.shape[1:]
    return np.asarray(_enlarging(height) @ small @ _enlarging(width).T, np.float32)


def _enlarging(size: int) -> NDArray[np.float32]:
    """Return the matrix, (size, size), that stretches all but the first and last of `size` pixels to `size`, linearly.

    Example:
        >>> (4 * _enlarging(4)).tolist()[:2]
        [[1.0, 3.0, 0.0, 0.0], [0.0, 3.0, 1.0, 0.0]]
    """
    position = (np.arange(size) + 0.5) * (size - 2) / size + 0.5
    below = np.floor(position).astype(np.int64)
    matrix = np.zeros((size, size), np.float32)
    matrix[np.arange(size), below] = 1 - (position - below)
    matrix[np.arange(size), below + 1] = position - below
    return matrix


def _waves(length: int) -> NDArray[np.complex64]:
    """Return the matrix of a Fourier transform with padding: shifted pixels do not return on the other side."""
    room = length + _SHIFT
    waves = np.exp(-2j * np.pi / room * np.outer(np.arange(room), np.arange(length)))
    return np.asarray(waves, np.complex64)


def _shifts(length: int, steps: int) -> NDArray[np.complex64]:
    """Return the rows of the inverse transform for the shifts from -2 to 2, with `steps` steps per pixel."""
    room = length + _SHIFT
    at = np.arange(-_SHIFT * steps, _SHIFT * steps + 1) / steps
    waves = np.exp(2j * np.pi * np.outer(at, np.fft.fftfreq(room))) / room
    return np.asarray(waves, np.complex64)


def _kept(length: int) -> NDArray[np.float32]:
    """Return, for each shift from -2 to 2, ones at the positions of a line that the shifted line also covers.

    Example:
        >>> _kept(4)[[0, 2, 3]].tolist()
        [[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]]
    """
    moved = np.arange(length) - np.arange(-_SHIFT, _SHIFT + 1)[:, None]
    return ((moved >= 0) & (moved < length)).astype(np.float32)
