"""How often, and how, a trained model looks at a picture before it answers."""

from __future__ import annotations

from typing import ClassVar

from onelook.settings.base import Settings, setting


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
