"""Which folder is the class, where folders lie in folders; and parts that lie within the classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.data.layouts.folders.levels import choose_level, inner_parts
from onelook.data.part_names import PART_FOLDERS
from onelook.errors import ConfigError

ROOT = Path("pets")


def deep(count: int) -> list[str]:
    """Pictures two folders down, where either folder may be the class."""
    return [f"{'ab'[number % 2]}/{'xyz'[number % 3]}/{number}.png" for number in range(count)]


def test_a_tenth_of_the_pictures_right_in_the_outermost_folders_makes_these_the_classes() -> None:
    assert choose_level(ROOT, ["a/0.png", *deep(9)], "") == 1
    with pytest.raises(ConfigError, match="each may be the class"):
        choose_level(ROOT, ["a/0.png", *deep(10)], "")


@pytest.mark.parametrize(
    ("names", "level"),
    [
        (["cat/1.png", "dog/2.png"], 1),
        (["cat/images/1.png", "dog/images/2.png"], 1),  # one name for all tells nothing apart
        (["data/cat/1.png", "data/dog/2.png"], 2),
        (["a/b/cat/1.png", "a/b/dog/2.png"], 3),
        (["cat/cat/1.png", "dog/dog/2.png"], 1),  # says the same twice
        (["a/b/1.png", "a/b/2.png"], 1),
    ],
)
def test_a_folder_that_tells_nothing_more_is_no_choice(names: list[str], level: int) -> None:
    assert choose_level(ROOT, names, "") == level
    assert choose_level(ROOT, [f"train/{name}" for name in names], "train/") == level


def test_a_folder_that_half_of_the_pictures_do_not_have_is_no_choice() -> None:
    few = [f"{'ab'[number % 2]}/{'xyz'[number % 3]}/{'uvw'[number % 2]}/{number}.png" for number in range(10, 20)]
    with pytest.raises(ConfigError) as asked:
        choose_level(ROOT, [*deep(10), *few], "")
    assert "--label-from folder:2" in str(asked.value)
    assert "--label-from folder:3" not in str(asked.value)


def test_parts_within_the_classes_are_parts_in_their_order() -> None:
    names = ["cat/test/1.png", "cat/train/2.png", "dog/Training/3.png", "dog/valid/4.png", "dog/train/5.png"]
    assert inner_parts(names, "") == {
        "train": ["cat/train/2.png", "dog/Training/3.png", "dog/train/5.png"],
        "val": ["dog/valid/4.png"],
        "test": ["cat/test/1.png"],
    }
    assert list(inner_parts([f"all/{name}" for name in names], "all/")) == ["train", "val", "test"]


def test_what_is_not_parted_throughout_has_no_parts_within() -> None:
    assert inner_parts(["cat/train/1.png", "dog/train/2.png"], "") == {}  # one part is none
    assert inner_parts(["cat/test/1.png", "dog/val/2.png"], "") == {}  # nothing to train on
    assert inner_parts(["cat/train/1.png", "cat/test/2.png", "dog/brown/3.png"], "") == {}
    parted = [f"cat/{'train' if number else 'test'}/{number}.png" for number in range(9)]
    assert inner_parts([*parted, "dog/9.png"], "") == {}  # a tenth lies beside the parts
    assert list(inner_parts([*parted, "cat/train/9.png", "dog/10.png"], "")) == ["train", "test"]


def test_what_people_call_the_parts() -> None:
    assert dict(PART_FOLDERS) == {
        **dict.fromkeys(("train", "training", "training_set", "train_images"), "train"),
        **dict.fromkeys(("val", "valid", "validation", "validation_set", "val_images"), "val"),
        **dict.fromkeys(("test", "testing", "test_set", "test1", "test_images"), "test"),
    }
