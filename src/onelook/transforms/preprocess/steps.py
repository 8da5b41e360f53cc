"""The formulas of the fixed preparation, free of torch, so that every engine computes the same numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError
from onelook.settings import FittedPreprocess, PreprocessSettings

# Keras adds this to every standard deviation before dividing by it, so that flat pictures do not divide by zero.
STD_EPSILON = 1e-6

# The name of the whitening matrix among a model's weights.
ZCA_MATRIX = "preprocess.zca_matrix"


@dataclass(frozen=True)
class ChannelAffine:
    """The function `x * multiplier + offset`: float64, (1,) where all channels share the numbers, else (channels,)."""

    multiplier: NDArray[np.float64]
    offset: NDArray[np.float64]

    def then(self, other: ChannelAffine) -> ChannelAffine:
        """Return the single multiply-add that equals this one followed by `other`."""
        return ChannelAffine(self.multiplier * other.multiplier, self.offset * other.multiplier + other.offset)

    @property
    def is_identity(self) -> bool:
        """Whether it changes no value."""
        return bool(np.all(self.multiplier == 1) and np.all(self.offset == 0))


@dataclass(frozen=True)
class PreprocessSteps:
    """The steps of a `FittedPreprocess` on raw pictures `x` (batch, channels, height, width), in this order:

    1. `x = x * first.multiplier + first.offset`
    2. where `center_each`: `x = x - mean(x)`, the mean over channels, height and width of each picture
    3. where `standardize_each`: `x = x / (std(x) + STD_EPSILON)`, the standard deviation (divided by the number of
       values, not one less) over channels, height and width of each picture
    4. where `second` is given: `x = x * second.multiplier + second.offset`
    5. where `whiten`: each picture, flattened in the order height, width, channels, times the matrix `ZCA_MATRIX`

    `second` is given only where step 2 or 3 is on: otherwise all scaling is part of `first`.
    """

    first: ChannelAffine
    center_each: bool
    standardize_each: bool
    second: ChannelAffine | None
    whiten: bool


def preprocess_steps(fitted: FittedPreprocess) -> PreprocessSteps:
    """Return the steps of `fitted`.

    Let `scaled = value * a + b` map the value range to the range of `settings.scale`. The feature-wise steps are then
    `(scaled - mean)` and `/ (std + STD_EPSILON)`, as in Keras' `ImageDataGenerator.standardize`.

    Raises:
        DataError: the value range is empty, or a statistic that the settings need was never measured.

    Example:
        >>> steps = preprocess_steps(FittedPreprocess(value_range=(0, 200)))
        >>> steps.first.multiplier, steps.first.offset
        (array([0.005]), array([0.]))
    """
    settings = with_implied(fitted.settings)
    scale = scale_of(settings, fitted.value_range)
    each = settings.samplewise_center or settings.samplewise_std_normalization
    feature = _feature_wise(settings, fitted)
    return PreprocessSteps(
        first=scale if each else scale.then(feature),
        center_each=settings.samplewise_center,
        standardize_each=settings.samplewise_std_normalization,
        second=feature if each and not feature.is_identity else None,
        whiten=settings.zca_whitening,
    )


def with_implied(settings: PreprocessSettings) -> PreprocessSettings:
    """Return the settings with the switches that other switches imply, as in Keras.

    Dividing by the standard deviation implies subtracting the mean first. ZCA whitening implies feature-wise centring,
    and switches feature-wise standardising off, which the matrix does.

    Example:
        >>> with_implied(PreprocessSettings(zca_whitening=True)).featurewise_center
        True
    """
    each = settings.samplewise_center or settings.samplewise_std_normalization
    standardize = settings.featurewise_std_normalization and not settings.zca_whitening
    # Keras reads its switches before it changes them: feature-wise standardising implies the mean even with ZCA.
    center = settings.featurewise_center or settings.featurewise_std_normalization or settings.zca_whitening
    return settings.model_copy(
        update={
            "samplewise_center": each,
            "featurewise_center": center,
            "featurewise_std_normalization": standardize,
        }
    )


def scale_of(settings: PreprocessSettings, value_range: tuple[float, float]) -> ChannelAffine:
    """Return the multiply-add that maps `value_range` to [0, 1], to [-1, 1] or to itself, as `settings.scale` says.

    Raises:
        DataError: the range holds a single value, so that nothing can be scaled by it.
    """
    if settings.scale == "none":
        return _affine(1.0, 0.0)
    low, high = value_range
    if not high > low:
        raise DataError(
            f"the pictures' value range is [{low:g}, {high:g}]: it cannot be brought to another. Expected a highest "
            "value above the lowest; give pictures that are not all one value, or set preprocess.scale=none."
        )
    unit = _affine(1 / (high - low), -low / (high - low))
    return unit if settings.scale == "unit" else unit.then(_affine(2.0, -1.0))


def _feature_wise(settings: PreprocessSettings, fitted: FittedPreprocess) -> ChannelAffine:
    affine = _affine(1.0, 0.0)
    if settings.featurewise_center:
        affine = ChannelAffine(np.ones(1), -_measured("mean", fitted.mean))
    if settings.featurewise_std_normalization:
        affine = affine.then(ChannelAffine(1 / (_measured("std", fitted.std) + STD_EPSILON), np.zeros(1)))
    return affine


def _measured(name: str, values: tuple[float, ...] | None) -> NDArray[np.float64]:
    if values is None:
        raise DataError(
            f"the preprocessing needs the training pictures' {name}, and it was never measured. "
            "Make the FittedPreprocess with fit_preprocess(settings, train, value_range)."
        )
    return np.array(values, dtype=np.float64)


def _affine(multiplier: float, offset: float) -> ChannelAffine:
    return ChannelAffine(np.array([multiplier]), np.array([offset]))
