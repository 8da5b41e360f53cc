"""The difference between the edges of two pictures, at the shift that fits best."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_SHIFT = 2  # pixels, in each direction
_LEAST_OVERLAP = 0.1  # of the energy of the two, the root of their product
_BORDER = 2  # pixels that the filters take off on each side


class Edges:
    """The gradients of some pictures, made once and compared in pairs.

    Gradients rather than grey values: an offset vanishes; smooth light and shade, which many photographs share, count
    little; the details that tell two pictures apart count much. A binomial filter of 3 × 3 comes first, against the
    noise of sensors and of compression.

    Args:
        small: (rows, height, width), of any range, of 12 pixels a side or more.
        steps: shifts that are tried from one pixel to the next. One is enough where the pixels are the picture's own;
            where several were averaged, a shift by one of these is a part of a pixel.
    """

    def __init__(self, small: NDArray[np.float32], steps: int = 1) -> None:
        smooth = small[:, :-2] + 2 * small[:, 1:-1] + small[:, 2:]
        smooth = smooth[:, :, :-2] + 2 * smooth[:, :, 1:-1] + smooth[:, :, 2:]
        height, width = small.shape[1] - 2 * _BORDER, small.shape[2] - 2 * _BORDER
        # A complex number holds both directions, so that one transform serves for both.
        field = np.empty((len(small), height, width), np.complex64)
        field.real = smooth[:, 1:-1, 2:] - smooth[:, 1:-1, :-2]
        field.imag = smooth[:, 2:, 1:-1] - smooth[:, :-2, 1:-1]
        height_kept, width_kept = _kept(height), _kept(width)
        self._energy = height_kept @ (field.real**2 + field.imag**2) @ width_kept.T
        self._shifts = _shifts(height, steps), _shifts(width, steps)
        # Where in the energies the shift nearest to each is.
        self._nearest = np.rint(np.arange(-_SHIFT * steps, _SHIFT * steps + 1) / steps).astype(np.int64) + _SHIFT
        # At this size two products with small matrices take a third of a fast Fourier transform's time.
        self._spectra = _waves(height) @ field @ _waves(width).T

    def residuals(self, rows: NDArray[np.int64], other: Edges, other_rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return, for each pair, the share of contrast that no shift and gain explain: 0 for a copy, 1 for a stranger.

        It is sqrt(1 - c²), where c is the correlation of the gradients where both pictures are, at the shift of up
        to two pixels each way where that is highest; 1 where that is negative or a picture is blank.

        Args:
            rows: (pairs,), among the pictures of this one.
            other_rows: (pairs,), among those of `other`, which are of the same size.
        """
        down, right = self._shifts
        cross = np.conj(self._spectra[rows]) * other._spectra[other_rows]
        products = (down @ (cross @ right.T)).real
        # What is left of this picture where the other is shifted one way, of the other where this is the other way.
        energies = self._energy[rows, ::-1, ::-1] * other._energy[other_rows]
        # Where a shift leaves next to nothing of them, as where all is at one border, nothing can be told by it.
        least = _LEAST_OVERLAP**2 * energies[:, _SHIFT, _SHIFT][:, None, None]
        energies = np.maximum(energies, np.maximum(least, np.finfo(np.float32).tiny))
        correlations = products / np.sqrt(energies)[:, self._nearest[:, None], self._nearest]
        best = correlations.max(axis=(1, 2), initial=0)
        return np.asarray(np.sqrt(1 - np.minimum(best, 1) ** 2), np.float32)


def softened(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the pictures after a binomial filter of 3 × 3: about as they look when shrunk and enlarged again."""
    padded = np.pad(small, ((0, 0), (1, 1), (1, 1)), mode="edge")
    lines = padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]
    return np.asarray((lines[:, :, :-2] + 2 * lines[:, :, 1:-1] + lines[:, :, 2:]) / 16, np.float32)


def enlarged(small: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the pictures without their outermost pixels, enlarged again: as they look when slightly cropped."""
    height, width = small.shape[1:]
    return np.asarray(_enlarging(height) @ small @ _enlarging(width).T, np.float32)


def _enlarging(size: int) -> NDArray[np.float32]:
    """The matrix, (size, size), that stretches all but the first and last of `size` pixels over the whole, linearly.

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
    """The matrix of the Fourier transform with room for the shifts: what leaves on one side comes in nowhere."""
    room = length + _SHIFT
    waves = np.exp(-2j * np.pi / room * np.outer(np.arange(room), np.arange(length)))
    return np.asarray(waves, np.complex64)


def _shifts(length: int, steps: int) -> NDArray[np.complex64]:
    """The rows of the inverse transform that belong to the shifts from -2 to 2, so many steps to a pixel."""
    room = length + _SHIFT
    at = np.arange(-_SHIFT * steps, _SHIFT * steps + 1) / steps
    waves = np.exp(2j * np.pi * np.outer(at, np.fft.fftfreq(room))) / room
    return np.asarray(waves, np.complex64)


def _kept(length: int) -> NDArray[np.float32]:
    """For each shift from -2 to 2, ones at the places of a line that are still over the line so shifted.

    Example:
        >>> _kept(4)[[0, 2, 3]].tolist()
        [[1.0, 1.0, 0.0, 0.0], [1.0, 1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 1.0]]
    """
    moved = np.arange(length) - np.arange(-_SHIFT, _SHIFT + 1)[:, None]
    return ((moved >= 0) & (moved < length)).astype(np.float32)
