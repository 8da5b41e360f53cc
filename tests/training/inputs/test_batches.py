"""Batches hold the right pictures, whatever holds the pictures."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from onelook.data.dataset import ImageSet
from onelook.errors import DataError
from onelook.training.inputs.batches import Batches

CPU = torch.device("cpu")


def numbered(rows: int, dtype: Any = np.uint8, channels: int = 3) -> ImageSet:
    """2×4 pictures whose first pixel is the row's number, of which every second one is ours."""
    images = np.zeros((2 * rows, 2, 4, channels), dtype)
    images[:, 0, 0, 0] = np.arange(2 * rows)
    images[:, 1, 3, -1] = 200
    ours = np.arange(0, 2 * rows, 2)
    return ImageSet(images, ours, tuple(map(str, ours)), ours % 5)


def test_in_order_gives_every_row_once_and_the_tail_as_it_is() -> None:
    batches = Batches(numbered(7), 3, CPU)
    images, targets, *_ = zip(*batches.in_order(), strict=True)
    assert [len(batch) for batch in images] == [3, 3, 1]
    assert (len(batches), batches.rows) == (3, 7)
    assert torch.cat(images)[:, 0, 0, 0].tolist() == [0, 2, 4, 6, 8, 10, 12]
    assert torch.cat(targets).tolist() == [0, 2, 4, 1, 3, 0, 2]


def test_images_are_float32_raw_values_channels_last() -> None:
    images, targets, *_ = next(Batches(numbered(4), 4, CPU).in_order())
    assert images.shape == (4, 3, 2, 4)
    assert images.dtype == torch.float32
    assert targets.dtype == torch.int64
    assert images.is_contiguous(memory_format=torch.channels_last)
    assert images[:, 2, 1, 3].tolist() == [200.0] * 4


def test_shuffled_keeps_pictures_and_targets_together_and_follows_the_generator() -> None:
    batches = Batches(numbered(20), 6, CPU)
    orders = []
    for seed in (0, 0, 1):
        images, targets, *_ = zip(*batches.shuffled(torch.Generator().manual_seed(seed)), strict=True)
        rows = torch.cat(images)[:, 0, 0, 0].long()
        assert torch.equal(rows % 5, torch.cat(targets))
        orders.append(rows.tolist())
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2]) == list(range(0, 40, 2))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.int32, np.float64, np.float32, ">f4", np.bool_])
def test_takes_any_number_type(dtype: Any) -> None:
    pictures = numbered(3, dtype)
    images = torch.cat([batch.images for batch in Batches(pictures, 2, CPU).in_order()])
    expected = pictures.images[pictures.rows].astype(np.float32).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(images.numpy(), expected)


def test_reads_a_read_only_memory_map_without_loading_it(tmp_path: Path) -> None:
    pictures = numbered(5)
    np.save(tmp_path / "images.npy", pictures.images)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    batches = Batches(ImageSet(mapped, pictures.rows, pictures.ids, pictures.labels), 5, CPU)
    images = next(batches.in_order()).images
    assert images[:, 0, 0, 0].tolist() == [0, 2, 4, 6, 8]
    images.zero_()  # the batch is ours to change
    assert mapped[2, 0, 0, 0] == 2


def test_a_shuffled_pass_goes_on_after_the_batches_that_are_skipped() -> None:
    batches = Batches(numbered(10), 3, CPU)
    whole = [batch.rows.tolist() for batch in batches.shuffled(torch.Generator().manual_seed(5))]
    rest = [batch.rows.tolist() for batch in batches.shuffled(torch.Generator().manual_seed(5), skip=2)]
    assert rest == whole[2:]
    assert [len(rows) for rows in rest] == [3, 1]


def test_balanced_draws_show_every_class_as_often() -> None:
    labels = np.array([0] * 900 + [1] * 90 + [2] * 10)
    pictures = ImageSet(np.zeros((1000, 1, 1, 1), np.uint8), np.arange(1000), ("",) * 1000, labels)
    batches = Batches(pictures, 100, CPU)
    drawn = torch.cat([batch.targets for batch in batches.balanced(torch.Generator().manual_seed(0))])
    assert len(drawn) == 1000
    rest = [batch.targets for batch in batches.balanced(torch.Generator().manual_seed(0), skip=7)]
    assert torch.equal(torch.cat(rest), drawn[700:])  # an epoch that continues draws what it would have drawn
    assert np.abs(np.bincount(drawn.numpy()) - 1000 / 3).max() < 4 * np.sqrt(1000 * 2 / 9)  # four deviations


@pytest.mark.parametrize(
    ("rows", "labels", "lack"),
    [(2, None, "no labels"), (0, np.zeros(0, np.int64), "no pictures"), (0, None, "no pictures")],
)
def test_pictures_without_labels_and_none_at_all_are_told_apart(rows: int, labels: Any, lack: str) -> None:
    pictures = ImageSet(np.zeros((2, 4, 4, 1), np.uint8), np.arange(rows), ("",) * rows, labels)
    with pytest.raises(DataError) as refused:
        Batches(pictures, 2, torch.device("cpu"))
    assert str(refused.value) == f"training and validation need labelled pictures, and one of them has {lack}."
