"""Files with one more word than the names in the table (`1_aligned.jpg` for `1.jpg`), and parts in names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.layouts.manifests.folder_classes import parts_in_names
from onelook.data.layouts.manifests.names.extra_words import NO_EXTRA, ExtraWords, extra_words
from onelook.data.open import open_dataset

CELLS = [f"im_{at:03d}.jpg" for at in range(12)]


def draw(root: Path, files: Sequence[str], cells: Sequence[str]) -> Path:
    (root / "images").mkdir(parents=True)
    for at, name in enumerate(files):
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / "images" / name)
    rows = [f"{cell},{'cat' if at % 3 else 'dog'}" for at, cell in enumerate(cells)]
    (root / "list.csv").write_text("\n".join(["file,label", *rows]) + "\n")
    return root


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("im_{:03d}_aligned.png", "'_aligned' behind"),
        ("im-{:03d} resized-small.png", "'_resized_small' behind"),
        ("im_{:03d}_224x224.jpg", "'_224x224' behind"),
        ("face.im_{:03d}.jpg", "'face_' before"),
    ],
)
def test_one_word_more_in_all_files_is_found_and_noted(tmp_path: Path, file: str, said: str) -> None:
    files = [file.format(at) for at in range(12)]
    dataset = open_dataset(draw(tmp_path / "d", files, CELLS))
    assert dataset.parts["all"].ids == tuple(f"images/{name}" for name in files)
    assert f"The files have {said} the names in list.csv, as 'images/{files[0]}' has." in dataset.notes


@pytest.mark.parametrize(
    ("cells", "files", "found"),
    [
        (["a01", "a02"], ["a01_crop", "a02_crop"], ExtraWords(behind="crop")),
        (["a01", "a02"], ["a01_crop", "a02_full"], NO_EXTRA),  # not the same for all
        (["a01", "a02"], ["a01_left", "a01_right", "a02_left", "a02_right"], NO_EXTRA),  # several pictures a row
        (["a01", "a02"], ["a01_7", "a02_7"], NO_EXTRA),  # a number tells pictures apart
        (["1", "2"], ["1_crop", "2_crop"], NO_EXTRA),  # in too many names
    ],
)
def test_words_are_extra_if_they_are_the_same_for_all_and_alone(
    cells: Sequence[str], files: Sequence[str], found: ExtraWords
) -> None:
    assert extra_words(cells, files) == found


def test_parts_that_names_begin_with_are_the_parts(tmp_path: Path) -> None:
    cells = [f"{'test' if at < 3 else 'train'}_{at:05d}.png" for at in range(12)]
    dataset = open_dataset(draw(tmp_path / "d", cells, cells))
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 9, "test": 3}
    assert "The parts come from the beginnings of the names." in dataset.notes


@pytest.mark.parametrize("names", ["train_1 train_2", "test_1 val_1", "train_1 test_1 cat_1", "trains_1 test_1", ""])
def test_names_that_begin_otherwise_give_no_parts(names: str) -> None:
    assert parts_in_names(names.split()) is None
