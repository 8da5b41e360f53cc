"""The batches of a training: gathered one at a time, directly in the network's memory format."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from onelook.data.dataset import ImageSet
from onelook.errors import DataError
from onelook.training.inputs.image_storage import place_images
from onelook.training.parallel import ALONE, Processes


class Batch(NamedTuple):
    """Some pictures of a set. Where processes share a batch, it holds the part of this process."""

    images: Tensor  # (batch, channels, height, width), float32, raw values, channels_last, on the device
    targets: Tensor  # (batch,), int64, on the device
    rows: Tensor  # (batch,), int64, on the CPU: the positions of the pictures in the set
    first: int  # the position of the first picture in the batch that processes share; else 0
    whole: int  # pictures in the whole batch


class Batches:
    """The labelled pictures of one side of a split, `batch_size` at a time. The last batch may be shorter.

    The pictures stay uint8 in memory, in the mapped cache or on the device: only the rows of the present batch are
    copied and converted to float32.

    Args:
        pictures: labelled pictures, at least one.
        batch_size: pictures in one batch.
        device: the device of the batches.
        processes: the processes that share each batch; each gathers its own part.

    Attributes:
        rows: the number of pictures.
        labels: (rows,), int64.

    Raises:
        DataError: there are no pictures, or they have no labels.
    """

    def __init__(self, pictures: ImageSet, batch_size: int, device: torch.device, processes: Processes = ALONE) -> None:
        if len(pictures) == 0 or pictures.labels is None:
            lack = "no labels" if len(pictures) else "no pictures"
            raise DataError(f"training and validation need labelled pictures, and one of them has {lack}.")
        self.rows = len(pictures)
        self.batch_size = batch_size
        self._device = device
        self._processes = processes
        self._pictures = place_images(pictures, device)
        self.labels = np.array(pictures.labels, dtype=np.int64)
        self._targets = torch.from_numpy(self.labels)

    def __len__(self) -> int:
        return ceil(self.rows / self.batch_size)

    def in_order(self) -> Iterator[Batch]:
        """Return the batches with every picture once, in the order of the set."""
        return self._walk(torch.arange(self.rows))

    def shuffled(self, generator: torch.Generator, *, skip: int = 0) -> Iterator[Batch]:
        """Return the batches with every picture once, in a random order.

        Args:
            generator: draws the order, on the CPU.
            skip: batches at the start to leave out, where an interrupted epoch continues after them.
        """
        return self._walk(torch.randperm(self.rows, generator=generator), skip)

    def balanced(self, generator: torch.Generator, *, skip: int = 0) -> Iterator[Batch]:
        """Return batches of `rows` pictures in all, drawn with replacement so that all classes are equally frequent."""
        weights = 1 / torch.bincount(self._targets)[self._targets].to(torch.float64)
        return self._walk(torch.multinomial(weights, self.rows, replacement=True, generator=generator), skip)

    def _walk(self, order: Tensor, skip: int = 0) -> Iterator[Batch]:
        for start in range(skip * self.batch_size, self.rows, self.batch_size):
            whole = order[start : start + self.batch_size]
            own = self._processes.part(len(whole))
            rows = whole[own]
            images = self._pictures.take(rows).permute(0, 3, 1, 2)  # a view: height, width, channels *is* channels_last
            targets = self._targets[rows].to(self._device, non_blocking=True)
            yield Batch(images.to(torch.float32), targets, rows, own.start, len(whole))
