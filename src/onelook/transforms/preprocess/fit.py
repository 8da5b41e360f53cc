"""Measure what the preparation needs on the training split: means, deviations, the whitening matrix. Without torch."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from onelook.errors import ConfigError, DataError
from onelook.settings import FittedPreprocess, PreprocessSettings
from onelook.transforms.preprocess.steps import ZCA_MATRIX, scale_of, with_implied
from onelook.wording import size

# The most values of a picture (height * width * channels) for whitening. The matrix has their square: here 64 MiB of
# float32 in every saved model, and its eigenvectors take about half a minute on two cores.
MAXIMUM_ZCA_VALUES = 4096


def fit_preprocess(
    settings: PreprocessSettings,
    train: Iterable[NDArray[np.generic]],
    value_range: tuple[float, float],
) -> tuple[FittedPreprocess, dict[str, NDArray[np.float32]]]:
    """Return the settings with the numbers measured on the training pictures, and the whitening matrix if it is on.

    It takes one pass over `train` in float64, whatever the batches, and none if the settings need no statistics.
    Switches that imply others set them as in Keras (`with_implied`). Means and deviations are per channel, of the
    scaled pictures, over pictures, height and width, as `ImageDataGenerator.fit` measures them.

    Args:
        settings: the preparation of every picture.
        train: batches (rows, height, width, channels) of raw values, from the training split alone.
        value_range: lowest and highest value that a picture can have.

    Returns:
        The fitted preprocessing, and `{}` or `{"preprocess.zca_matrix": matrix}`: float32,
        (height * width * channels) squared, for pictures flattened in the order height, width, channels.

    Raises:
        DataError: there are no pictures to measure, or their values are not finite.
        ConfigError: whitening is on, and the pictures are too large for its matrix.

    Example:
        >>> pictures = np.array([0, 255], dtype=np.uint8).reshape(2, 1, 1, 1)
        >>> fitted, _ = fit_preprocess(PreprocessSettings(featurewise_center=True), [pictures], (0, 255))
        >>> fitted.mean
        (0.5,)
    """
    settings = with_implied(settings)
    if not settings.featurewise_center:
        return FittedPreprocess(settings=settings, value_range=value_range), {}

    moments, products = _measure(train, whiten=settings.zca_whitening)
    scale = scale_of(settings, value_range)
    mean, std = moments.mean(), moments.std()
    if not (np.isfinite(mean).all() and np.isfinite(std).all()):
        raise DataError(
            "the training pictures hold values that are not finite (NaN or infinity), so that they have no mean. "
            "Replace these values first."
        )
    fitted = FittedPreprocess(
        settings=settings,
        value_range=value_range,
        mean=tuple((mean * scale.multiplier + scale.offset).tolist()),
        std=tuple((std * scale.multiplier).tolist()) if settings.featurewise_std_normalization else None,
    )
    if products is None:
        return fitted, {}
    second_moment = products.about(mean - moments.pivot) * scale.multiplier.item() ** 2
    return fitted, {ZCA_MATRIX: zca_matrix(second_moment, products.count, settings.zca_epsilon)}


def _measure(train: Iterable[NDArray[np.generic]], *, whiten: bool) -> tuple[_ChannelMoments, _PixelProducts | None]:
    moments: _ChannelMoments | None = None
    products: _PixelProducts | None = None
    for batch in train:
        if not len(batch):
            continue
        if moments is None:
            moments = _ChannelMoments(batch)
            products = _PixelProducts(batch.shape[1:]) if whiten else None
        shifted = batch.astype(np.float64) - moments.pivot
        moments.add(shifted)
        if products is not None:
            products.add(shifted)
    if moments is None:
        raise DataError(
            "there are no training pictures to measure the feature-wise mean on. "
            "Give at least one, or switch preprocess.featurewise_center off."
        )
    return moments, products


def zca_matrix(second_moment: NDArray[np.float64], count: int, epsilon: float) -> NDArray[np.float32]:
    """Return the matrix that decorrelates pictures and gives every direction the same spread, as Keras computes it.

    With `s` the singular values and `u` the left singular vectors of the centred pictures as columns, Keras takes
    `u @ diag(sqrt(count) / (s + epsilon)) @ u.T`. Here they come from the eigenvalues of the pictures' products,
    which one pass can add up. Directions in which the training pictures hold only rounding are left out;
    Keras multiplies that rounding by up to `sqrt(count) / epsilon`.

    Args:
        second_moment: the sum over all pictures of `outer(x, x)`, for centred pictures flattened to (values,).
        count: how many pictures there were.
        epsilon: added to the singular values.

    Returns:
        float32, (values, values), symmetric.
    """
    squares, vectors = np.linalg.eigh(second_moment)
    # The size of an eigenvalue that is zero but for the rounding of the largest one.
    noise = squares[-1] * len(squares) * np.finfo(np.float64).eps
    held = squares > noise
    gains = np.sqrt(count) / (np.sqrt(squares[held]) + epsilon)
    kept = vectors[:, held]
    matrix: NDArray[np.float64] = (kept * gains) @ kept.T
    return matrix.astype(np.float32)


class _ChannelMoments:
    """Sums of values and squares of each channel, about the first batch's mean so that no digits cancel."""

    def __init__(self, first: NDArray[np.generic]) -> None:
        channels = first.shape[-1]
        self.pivot = first.reshape(-1, channels).mean(axis=0, dtype=np.float64)
        self._values = 0  # values per channel
        self._sum = np.zeros(channels)
        self._squares = np.zeros(channels)

    def add(self, shifted: NDArray[np.float64]) -> None:
        flat = shifted.reshape(-1, len(self.pivot))
        self._values += len(flat)
        self._sum += flat.sum(axis=0)
        self._squares += np.einsum("vc,vc->c", flat, flat)

    def mean(self) -> NDArray[np.float64]:
        mean: NDArray[np.float64] = self.pivot + self._sum / self._values
        return mean

    def std(self) -> NDArray[np.float64]:
        variance = self._squares / self._values - (self._sum / self._values) ** 2
        deviation: NDArray[np.float64] = np.sqrt(np.maximum(variance, 0))  # rounding can give a value just below zero
        return deviation


class _PixelProducts:
    """The sums of `outer(x, x)` and of `x` over flattened pictures, about the same pivot as the moments."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        values = int(np.prod(shape))
        if values > MAXIMUM_ZCA_VALUES:
            raise ConfigError(
                f"ZCA whitening of {'x'.join(map(str, shape))} pictures needs a matrix of {values:,} by {values:,} "
                f"numbers, {size(values**2 * 4)}. Expected at most {MAXIMUM_ZCA_VALUES:,} values a picture (64x64 "
                "grey, 36x36 colour): choose a smaller --image-size, or use preprocess.featurewise_std_normalization "
                "instead."
            )
        self.count = 0
        self._shape = shape
        self._sum = np.zeros(values)
        self._products = np.zeros((values, values))

    def add(self, shifted: NDArray[np.float64]) -> None:
        flat = shifted.reshape(len(shifted), -1)
        self.count += len(flat)
        self._sum += flat.sum(axis=0)
        self._products += flat.T @ flat

    def about(self, center: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the products about `center` (channels,), which counts from the pivot."""
        offset = np.broadcast_to(center, self._shape).ravel()
        cross = np.outer(self._sum, offset)
        moved: NDArray[np.float64] = self._products - cross - cross.T + self.count * np.outer(offset, offset)
        return moved
