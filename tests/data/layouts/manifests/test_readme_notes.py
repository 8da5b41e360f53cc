"""A README beside pictures is never read as a table, and what it seems to say of labels and classes is a note."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset

LISTED = "Birds, taken in 2020.\n\n" + "".join(f"{at}.png {'owl' if at % 2 else 'jay'}\n" for at in range(4))


def notes_beside(root: Path, text: str, *names: str, readme: str = "README.txt") -> str:
    for at, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(root / name)
    (root / readme).write_text(text)
    return " ".join(note for note in open_dataset(root).notes if "README" in note)


@pytest.mark.parametrize("readme", ["README.txt", "README", "README.md"])
def test_lines_with_pictures_are_said(tmp_path: Path, readme: str) -> None:
    pictures = [f"img/{at}.png" for at in range(4)]
    assert notes_beside(tmp_path, LISTED, *pictures, readme=readme) == (
        f"4 lines of {readme} begin with the name of a picture, such as '0.png jay', and were not read. If they are "
        "the labels, copy these lines into a file labels.txt."
    )
    assert open_dataset(tmp_path).parts["all"].labels is None
    (tmp_path / readme).rename(tmp_path / "labels.txt")
    (tmp_path / "labels.txt").write_text(LISTED.partition("\n\n")[2])
    assert open_dataset(tmp_path).class_names == ("jay", "owl")  # which the note says


def test_an_example_of_a_picture_is_no_list(tmp_path: Path) -> None:
    assert notes_beside(tmp_path, "0.png is the first.\n", *(f"img/{at}.png" for at in range(4))) == ""


FOLDERS = ("0/a.png", "0/b.png", "1/c.png", "1/d.png")


@pytest.mark.parametrize("text", ["0: cats, 1: dogs", "Labels:\n0 = cats\n1 = dogs\n", "(0: cats; 1: dogs)."])
def test_meanings_of_numbers_are_said_and_can_be_given(tmp_path: Path, text: str) -> None:
    said = "README.txt seems to say what the classes mean: 0 is 'cats' and 1 is 'dogs'. --class-names gives them names."
    assert notes_beside(tmp_path, text, *FOLDERS) == said
    assert open_dataset(tmp_path, class_names=("cats", "dogs")).class_names == ("cats", "dogs")


@pytest.mark.parametrize("text", ["0: cats", "0: cats, 1: cats", "0: cats, 1: dogs, 1: eels", "v1.0: old, 1: new"])
def test_other_numbers_are_not(tmp_path: Path, text: str) -> None:
    assert notes_beside(tmp_path, text, *FOLDERS) == ""
