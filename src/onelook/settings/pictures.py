"""How a picture's file becomes the network's input: decoding, preparation, and the views for prediction."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import field_validator

from onelook.settings.base import Settings, setting

ResizeMode = Literal["stretch", "fit", "crop"]
Ground = Literal["white", "black", "grey"]


LARGEST_SIDE = 8192  # pixels a side of a decoded picture


class DecodeSettings(Settings):
    """The size, channels and way of resizing of all pictures of a model.

    `stretch` ignores the aspect ratio (as Keras' `target_size` does), `fit` keeps the whole picture and pads it
    with black, `crop` keeps the centre.
    """

    height: int = setting(..., "Height of the decoded picture, in pixels.", ge=1, le=LARGEST_SIDE)
    width: int = setting(..., "Width of the decoded picture, in pixels.", ge=1, le=LARGEST_SIDE)
    channels: Literal[1, 3] = setting(..., "1 for grey, 3 for colour.")
    resize: ResizeMode = setting("stretch", "How a picture of another shape is resized.")
    ground: Ground = setting("white", "What lies under the transparent parts of a picture.")
    deep_range: tuple[float, float] | None = setting(
        None,
        "The values of pictures of more than 8 bits that become 0 and 255. By default all that 16 bits, or the bits "
        "that a file states, can hold; signed and 32-bit numbers are then refused.",
    )
    invert: bool = setting(False, "Whether dark and light are exchanged.")
    crop_to_content: bool = setting(
        False,
        "Whether the content of each picture is cut out, put on an even ground, scaled to 20/28 of the size, and "
        "centred by its mass, as the digits of MNIST are.",
    )

    @field_validator("deep_range")
    @classmethod
    def _rises(cls, value: tuple[float, float] | None) -> tuple[float, float] | None:
        if value is not None and not value[0] < value[1]:
            raise ValueError("the lowest value must be below the highest")
        return value

    @property
    def is_of_first_format(self) -> bool:
        """Whether every format of a model can say it: ground and range came later."""
        return self.ground == "white" and self.deep_range is None

    @property
    def changes_pixels(self) -> bool:
        """Whether a picture of the right size and kind is changed too."""
        return self.invert or self.crop_to_content


class PreprocessSettings(Settings):
    """The steps of preparation, in this order: scale, centre, standardise, whiten.

    Names and meanings are those of Keras' `ImageDataGenerator`. Feature-wise statistics are measured per channel, on
    the training pictures only.
    """

    scale: Literal["unit", "symmetric", "none"] = setting(
        "unit", "Scale the values to [0, 1] (unit) or [-1, 1] (symmetric), or do not change them (none)."
    )
    samplewise_center: bool = setting(False, "Subtract each picture's own mean.")
    samplewise_std_normalization: bool = setting(False, "Divide each picture by its own standard deviation.")
    featurewise_center: bool = setting(False, "Subtract the training set's mean, channel by channel.")
    featurewise_std_normalization: bool = setting(False, "Divide by the training set's standard deviation.")
    zca_whitening: bool = setting(False, "Decorrelate the pixels by ZCA whitening.")
    zca_epsilon: float = setting(1e-6, "Added to the eigenvalues before whitening.", gt=0)


class FittedPreprocess(Settings):
    """`PreprocessSettings` with the numbers measured on the training pictures: all that a model needs to repeat it.

    The ZCA matrix is too large for JSON. It is stored among the weights as `preprocess.zca_matrix`, a square matrix
    with height * width * channels rows, float32, for pictures flattened in the order height, width, channels.
    """

    settings: PreprocessSettings = setting(PreprocessSettings(), "The steps.")
    value_range: tuple[float, float] = setting((0.0, 255.0), "Lowest and highest value that the input can have.")
    mean: tuple[float, ...] | None = setting(None, "Mean of each channel of the scaled training pictures.")
    std: tuple[float, ...] | None = setting(None, "Standard deviation of each channel of the scaled training pictures.")


class ViewSettings(Settings):
    """Test-time augmentation: predict several views of each picture and average their logits.

    The probabilities are the softmax of a weighted mean of the views' logits, as in the multi-crop evaluation of
    Jordan 2024 (arXiv:2404.00498): the picture and its mirror image together weigh as much as all shifted views
    together. The views are part of the saved model: every program that runs it uses them, and N views take N times as
    long. Training, and the validation after each epoch, use the picture alone. These settings are named in full, as
    `views.shift`.
    """

    off_by_default: ClassVar[bool] = True
    short_names: ClassVar[bool] = False  # `horizontal_flip` alone means the change of training pictures

    horizontal_flip: bool = setting(False, "Also use each picture mirrored left to right.")
    shift: int = setting(0, "Also use it shifted by this many pixels, up and left, and down and right.", ge=0, lt=8192)

    @property
    def count(self) -> int:
        """The number of views of a picture, including the picture itself: 1, 2, 3 or 6."""
        return (2 if self.horizontal_flip else 1) * (3 if self.shift else 1)

    @property
    def is_active(self) -> bool:
        """Whether there are views besides the picture itself."""
        return self.count > 1

    def fits(self, height: int, width: int) -> bool:
        """Return whether a picture of this size is larger than the shift."""
        return self.shift < min(height, width)


ONE_VIEW = ViewSettings()  # the picture alone
