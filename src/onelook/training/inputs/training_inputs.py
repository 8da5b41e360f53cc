"""The inputs of a training: pictures, their preparation, and the device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from onelook.data.dataset import ImageSet

if TYPE_CHECKING:  # the stages of a run are imported where torch is not installed
    import torch
    from torch import Tensor, nn


class Augmentation(Protocol):
    """A random change of training pictures. `onelook.transforms.augment.augment.Augment` is one."""

    def __call__(self, images: Tensor, generator: torch.Generator, part: tuple[int, int] | None = None, /) -> Tensor:
        """Return the changed pictures: (batch, channels, height, width), float32, raw values.

        Args:
            images: the pictures, of the same shape, dtype and values.
            generator: the source of all randomness.
            part: given where processes share a batch: the position of the first picture in it, and its size.
        """


@dataclass(frozen=True)
class TrainingInputs:
    """The pictures that a network is trained and validated on, how they are prepared, and the device.

    Attributes:
        train: labelled pictures to learn from.
        val: labelled pictures to validate on; they are never augmented.
        preprocess: a module from raw values, float32, to prepared ones.
        augment: the random change of raw training pictures; None trains on the pictures themselves.
        device: the device of the network and of every batch.
    """

    train: ImageSet
    val: ImageSet
    preprocess: nn.Module
    augment: Augmentation | None
    device: torch.device
