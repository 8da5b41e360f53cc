"""The fixed preparation between a decoded picture and the network."""

from __future__ import annotations

from typing import Literal

from onelook.settings.base import Settings, setting


class PreprocessSettings(Settings):
    """What is done to every picture, in this order: scale, centre, standardise, whiten.

    Names and meanings are those of Keras' `ImageDataGenerator`; feature-wise statistics are per channel and
    come from the training split alone.
    """

    scale: Literal["unit", "symmetric", "none"] = setting(
        "unit", "Bring the value range to [0, 1] (unit), to [-1, 1] (symmetric), or leave it (none)."
    )
    samplewise_center: bool = setting(False, "Subtract each picture's own mean.")
    samplewise_std_normalization: bool = setting(False, "Divide each picture by its own standard deviation.")
    featurewise_center: bool = setting(False, "Subtract the training set's mean, channel by channel.")
    featurewise_std_normalization: bool = setting(False, "Divide by the training set's standard deviation.")
    zca_whitening: bool = setting(False, "Decorrelate the pixels by ZCA whitening.")
    zca_epsilon: float = setting(1e-6, "Added to the eigenvalues before whitening.", gt=0)


class FittedPreprocess(Settings):
    """`PreprocessSettings` with the numbers measured on the training split: all that a model needs to repeat it.

    The ZCA matrix is too large for JSON: it travels among the weights as `preprocess.zca_matrix`,
    (height * width * channels) squared, float32, for pictures flattened in the order height, width, channels.
    """

    settings: PreprocessSettings = setting(PreprocessSettings(), "What is done.")
    value_range: tuple[float, float] = setting((0.0, 255.0), "Lowest and highest value that the input can have.")
    mean: tuple[float, ...] | None = setting(None, "Per channel, of the scaled training pictures.")
    std: tuple[float, ...] | None = setting(None, "Per channel, of the scaled training pictures.")
