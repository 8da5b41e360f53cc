"""From a picture's file to what a network is given: decoding, preparation, and the views that a model takes."""

from __future__ import annotations

from typing import ClassVar, Literal

from onelook.settings.base import Settings, setting

ResizeMode = Literal["stretch", "fit", "crop"]


class DecodeSettings(Settings):
    """The size, channels and way of resizing that every picture of a model goes through.

    `stretch` ignores the aspect ratio (as Keras' `target_size` does), `fit` keeps all of the picture and
    pads with black, `crop` keeps the centre.
    """

    height: int = setting(..., "Height of the decoded picture, in pixels.", ge=1, le=8192)
    width: int = setting(..., "Width of the decoded picture, in pixels.", ge=1, le=8192)
    channels: Literal[1, 3] = setting(..., "1 for grey, 3 for colour.")
    resize: ResizeMode = setting("stretch", "How a picture of another shape is brought to size.")


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


class ViewSettings(Settings):
    """Test-time augmentation: other views of each picture that the model looks at before it answers.

    The answer is softmax of the weighted mean of the views' logits, as the multi-crop evaluation of Jordan 2024
    (arXiv:2404.00498) has it: the picture and its mirror image weigh as much as all the shifted ones together. The
    views are a part of the model: whatever runs it predicts in the same way, and takes as many times as long.
    Training, and its validation by epoch, look once. These settings are named in full, as `views.shift`.
    """

    off_by_default: ClassVar[bool] = True
    short_names: ClassVar[bool] = False  # `horizontal_flip` alone means the change of training pictures

    horizontal_flip: bool = setting(False, "Also look at each picture mirrored left to right.")
    shift: int = setting(0, "Also look at it moved by so many pixels, up and left, and down and right.", ge=0, lt=8192)

    @property
    def count(self) -> int:
        """The number of views of a picture, the picture itself included: 1, 2, 3 or 6."""
        return (2 if self.horizontal_flip else 1) * (3 if self.shift else 1)

    @property
    def is_active(self) -> bool:
        """Whether there is another view than the picture itself."""
        return self.count > 1

    def fits(self, height: int, width: int) -> bool:
        """Whether a picture of this size has enough pixels to be moved so far; a mirror image fits always."""
        return self.shift < min(height, width)


ONE_VIEW = ViewSettings()  # the picture alone
