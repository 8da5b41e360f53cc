"""Where a set's pictures lie while batches are gathered from them: in memory, or on the device itself."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from onelook.data.dataset import ImageSet

# Of the device's free memory, for one set: the network, its gradients and what its layers make of a batch need room,
# and so do the pictures of the other set.
_SHARE_OF_FREE_MEMORY = 1 / 3
_ROWS_AT_ONCE = 4096  # that are copied to the device


class ImageStorage(Protocol):
    """The pictures of a set."""

    def take(self, rows: Tensor) -> Tensor:
        """Some of them on the device, as small as they are kept: (batch, height, width, channels).

        Args:
            rows: (batch,), int64, on the CPU: their positions in the set.
        """


def place_images(pictures: ImageSet, device: torch.device) -> ImageStorage:
    """The pictures where batches are gathered fastest: on a GPU that has room for them, else where they are."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        if fits(pictures, free):
            return DeviceImages(pictures, device)
    return HostImages(pictures, device)


def fits(pictures: ImageSet, free_bytes: int) -> bool:
    """Whether the pictures take no more than their share of so much free memory.

    Example:
        >>> tiny = ImageSet(np.zeros((9, 10, 10, 1), np.uint8), np.arange(9), ("",) * 9, None)
        >>> fits(tiny, 2_700), fits(tiny, 2_699)
        (True, False)
    """
    of_one = int(np.prod(pictures.images.shape[1:])) * (1 if pictures.images.dtype == np.uint8 else 4)
    return len(pictures) * of_one <= free_bytes * _SHARE_OF_FREE_MEMORY


class HostImages:
    """Pictures that stay where they are, in memory or mapped from the cache."""

    def __init__(self, pictures: ImageSet, device: torch.device) -> None:
        self._images = np.asarray(pictures.images)  # a memory map's fancy indexing is slower through its subclass
        self._positions = pictures.rows
        self._device = device

    def take(self, rows: Tensor) -> Tensor:
        taken = torch.from_numpy(_known_to_torch(self._images.take(self._positions[rows.numpy()], axis=0)))
        if self._device.type == "cuda":
            taken = taken.pin_memory()  # from which the copy goes on beside the computing
        return taken.to(self._device, non_blocking=True)


class DeviceImages:
    """Pictures that were copied to the device once, all of them."""

    def __init__(self, pictures: ImageSet, device: torch.device) -> None:
        images = np.asarray(pictures.images)
        dtype = torch.uint8 if images.dtype == np.uint8 else torch.float32
        self._images = torch.empty((len(pictures), *images.shape[1:]), dtype=dtype, device=device)
        for start in range(0, len(pictures), _ROWS_AT_ONCE):
            some = images.take(pictures.rows[start : start + _ROWS_AT_ONCE], axis=0)
            self._images[start : start + len(some)] = torch.from_numpy(_known_to_torch(some))

    def take(self, rows: Tensor) -> Tensor:
        return self._images.index_select(0, rows.to(self._images.device, non_blocking=True))


def _known_to_torch(images: NDArray[Any]) -> NDArray[Any]:
    """uint8 as it is, all else as float32: torch does not know every type that NumPy has."""
    return images if images.dtype == np.uint8 else images.astype(np.float32)
