"""Pictures come out the same wherever they lie; only sets that leave room are copied to the device."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from tests.training.inputs.test_batches import numbered

from onelook.training.inputs import image_storage as pictures
from onelook.training.inputs.image_storage import DeviceImages, HostImages, fits, place_images

CPU = torch.device("cpu")


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float64])
def test_pictures_on_the_device_are_those_in_memory(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "_ROWS_AT_ONCE", 4)  # copied in three pieces
    some = numbered(10, dtype)
    rows = torch.tensor([7, 0, 9, 3, 3])
    here, there = HostImages(some, CPU).take(rows), DeviceImages(some, CPU).take(rows)
    assert torch.equal(here, there)
    assert here[:, 0, 0, 0].tolist() == [14, 0, 18, 6, 6]
    assert here.dtype == there.dtype == (torch.uint8 if dtype == np.uint8 else torch.float32)


def test_a_set_has_to_leave_two_thirds_of_the_memory_free() -> None:
    small = numbered(10)  # 10 pictures of 2 * 4 * 3 values
    assert fits(small, 720)
    assert not fits(small, 719)
    assert not fits(numbered(10, np.float64), 720)  # kept as float32
    assert fits(numbered(10, np.float64), 4 * 720)


def test_on_a_cpu_pictures_stay_where_they_are() -> None:
    assert isinstance(place_images(numbered(3), CPU), HostImages)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="this machine has no CUDA device")
def test_on_a_gpu_small_sets_lie_there_and_large_ones_come_as_they_are_asked_for() -> None:
    device, some, rows = torch.device("cuda"), numbered(10), torch.tensor([1, 8])
    placed = place_images(some, device)
    assert isinstance(placed, DeviceImages)
    assert placed.take(rows).is_cuda
    assert torch.equal(placed.take(rows).cpu(), HostImages(some, device).take(rows).cpu())
