"""Folders that only spread files by the first letters of their names, and class folders that look like them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.layouts.hash_folders import are_hash_folders
from onelook.data.open import open_dataset

KEYS = [f"{2654435761 * number % 2**32:08x}" for number in range(1, 13)]


def draw(root: Path, names: Sequence[str]) -> Path:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(root / name)
    return root


@pytest.mark.parametrize(
    "names",
    [
        [f"{key[0]}/{key[1]}/{key[2]}/{key}.png" for key in KEYS],
        [f"{key[:2]}/{key[2:4]}/{key}.png" for key in KEYS],
        [f"{key[:2].upper()}/{key.upper()}.png" for key in KEYS],
        [f"all/{key[:2]}/{key}.thumb.png" for key in KEYS],
    ],
)
def test_folders_by_the_first_letters_of_names_are_no_classes(tmp_path: Path, names: Sequence[str]) -> None:
    dataset = open_dataset(draw(tmp_path, names))
    assert dataset.class_names == ()
    assert any("The folders are called as the names in them begin" in note for note in dataset.notes)


@pytest.mark.parametrize(
    "names",
    [
        [f"{number % 2}/{key}.png" for number, key in enumerate(KEYS)],  # digits as classes, hashes as names
        [f"{number % 2}/{number % 2}_{number:03d}.png" for number in range(12)],  # names that begin with their class
        [f"{'ab'[number % 2]}/{'ab'[number % 2]}cd{number}.png" for number in range(12)],
    ],
)
def test_short_class_folders_stay_classes(tmp_path: Path, names: Sequence[str]) -> None:
    assert len(open_dataset(draw(tmp_path, names)).class_names) == 2


def test_folders_of_one_beginning_spread_nothing() -> None:
    spread = [f"{key[:2]}/{key}.png" for key in KEYS]
    assert are_hash_folders(spread)
    assert not are_hash_folders([f"ab/ab{key}.png" for key in KEYS])
    assert are_hash_folders([*spread * 2, "ab/other.png", *spread[:1]])  # one of 26 lies elsewhere
    assert not are_hash_folders([*spread, "ab/other.png", *spread[:1]])  # one of 14
    assert not are_hash_folders(spread[:3])  # three may lie so by chance
    assert are_hash_folders(spread[:4])
