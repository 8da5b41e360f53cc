"""The storage that batches are gathered from: pictures in memory, or copied to the device."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from onelook.data.dataset import ImageSet
from onelook.data.pictures.mapped import take_rows

# The share of the device's free memory that one set may take. The rest is for the pictures of the other set, and for
# the network, its gradients and the outputs of its layers.
_SHARE_OF_FREE_MEMORY = 1 / 3
_ROWS_AT_ONCE = 4096  # pictures copied to the device at a time


class ImageStorage(Protocol):
    """A place that holds all pictures of a set and gives some of them."""

    def take(self, rows: Tensor) -> Tensor:
        """Return some pictures on the device, in the dtype of the storage: (batch, height, width, channels).

        Args:
            rows: (batch,), int64, on the CPU: the positions of the pictures in the set.
        """


def place_images(pictures: ImageSet, device: torch.device) -> ImageStorage:
    """Return the storage from which batches are gathered fastest: a GPU with room for the pictures, else memory."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        if fits(pictures, free):
            return DeviceImages(pictures, device)
    return HostImages(pictures, device)


def fits(pictures: ImageSet, free_bytes: int) -> bool:
    """Return whether the pictures fit into their share of the free memory.

    Example:
        >>> tiny = ImageSet(np.zeros((9, 10, 10, 1), np.uint8), np.arange(9), ("",) * 9, None)
        >>> fits(tiny, 2_700), fits(tiny, 2_699)
        (True, False)
    """
    picture_bytes = int(np.prod(pictures.images.shape[1:])) * (1 if pictures.images.dtype == np.uint8 else 4)
    return len(pictures) * picture_bytes <= free_bytes * _SHARE_OF_FREE_MEMORY


class HostImages:
    """Pictures that stay in memory or in the mapped cache."""

    def __init__(self, pictures: ImageSet, device: torch.device) -> None:
        self._images = np.asarray(pictures.images)  # a memory map's fancy indexing is slower through its subclass
        self._positions = pictures.rows
        self._device = device

    def take(self, rows: Tensor) -> Tensor:
        taken = torch.from_numpy(_as_torch_dtype(take_rows(self._images, self._positions[rows.numpy()])))
        if self._device.type == "cuda":
            taken = taken.pin_memory()  # so that the copy runs while the device computes
        return taken.to(self._device, non_blocking=True)


class DeviceImages:
    """Pictures that were all copied to the device once."""

    def __init__(self, pictures: ImageSet, device: torch.device) -> None:
        images = np.asarray(pictures.images)
        dtype = torch.uint8 if images.dtype == np.uint8 else torch.float32
        self._images = torch.empty((len(pictures), *images.shape[1:]), dtype=dtype, device=device)
        for start in range(0, len(pictures), _ROWS_AT_ONCE):
            some = take_rows(images, pictures.rows[start : start + _ROWS_AT_ONCE])
            self._images[start : start + len(some)] = torch.from_numpy(_as_torch_dtype(some))

    def take(self, rows: Tensor) -> Tensor:
        return self._images.index_select(0, rows.to(self._images.device, non_blocking=True))


def _as_torch_dtype(images: NDArray[Any]) -> NDArray[Any]:
    """Return uint8 unchanged and any other type as float32, because torch lacks some of NumPy's types."""
    return images if images.dtype == np.uint8 else images.astype(np.float32)
