"""The pictures of one training, whatever they came from: a data set on disk, a fold of it, or arrays in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet


@dataclass(frozen=True)
class TrainingData:
    """The pictures that a model learns from, is validated on, and is scored on."""

    train: ImageSet
    val: ImageSet
    value_range: tuple[float, float]  # the lowest and highest value that a picture may hold
    class_names: tuple[str, ...]
    test: ImageSet | None = None

    @property
    def planes(self) -> tuple[int, int, int]:
        """(channels, height, width) of a picture."""
        _, height, width, channels = self.train.images.shape
        return channels, height, width

    @property
    def num_classes(self) -> int:
        """How many classes there are."""
        return len(self.class_names)
