"""Folders with a word for masks whose files only count: the pictures tell whether they are masks or a class."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from onelook.data.open import open_dataset


def draw(folder: Path, *, levels: int, seed: int) -> None:
    """Draw `1.png` to `4.png` of noise in so many levels of grey."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True)
    for number in range(1, 5):
        noise = random.integers(0, levels, (12, 12)) * (255 // (levels - 1))
        Image.fromarray(noise.astype(np.uint8)).save(folder / f"{number}.png")


def test_files_that_only_count_are_masks_if_they_have_few_levels(tmp_path: Path) -> None:
    draw(tmp_path / "xray", levels=256, seed=1)
    draw(tmp_path / "lungs" / "leftMask", levels=2, seed=2)
    draw(tmp_path / "lungs" / "rightMask", levels=2, seed=3)
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ()
    assert [*dataset.parts["all"].ids] == [f"xray/{number}.png" for number in range(1, 5)]
    assert len(dataset.set_aside) == 8


def test_files_that_only_count_are_a_class_if_they_are_photographs(tmp_path: Path) -> None:
    draw(tmp_path / "helmet", levels=256, seed=1)
    draw(tmp_path / "mask", levels=256, seed=2)
    dataset = open_dataset(tmp_path)
    assert dataset.class_names == ("helmet", "mask")
    assert not dataset.set_aside
