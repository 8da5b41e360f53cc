"""Folders that only share out the pictures: folds, batches, the last digits of numbers. They are no classes unasked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.errors import ConfigError


def draw(root: Path, names: Sequence[str]) -> Path:
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((2, 2), number, np.uint8)).save(root / name)
    return root


FOLDS = [f"fold{fold}/{10 * fold + at}.png" for fold in (1, 2, 3) for at in range(4)]
SAID = "The folders 'fold1', 'fold2' and 'fold3' number shares of the pictures, and are no classes"
BY_DIGITS = [f"{at:02d}/nm{700 + at:03d}{at:02d}_{again}.png" for at in range(12) for again in (1, 2)]


def test_folds_are_no_classes_unless_the_user_says_so(tmp_path: Path) -> None:
    dataset = open_dataset(draw(tmp_path / "d", FOLDS))
    assert (dataset.layout, dataset.class_names) == ("picture-folder", ())
    assert any(note.startswith(SAID) for note in dataset.notes)
    for asked in ({"label_from": "folder:1"}, {"layout": "class-folders"}):
        dataset = open_dataset(tmp_path / "d", **asked)  # type: ignore[arg-type]
        assert dataset.class_names == ("fold1", "fold2", "fold3")
        assert not any(note.startswith(SAID) for note in dataset.notes)


@pytest.mark.parametrize(("inside", "layout"), [("{1}/{2}.png", "class-folders"), ("{1}_{2}{0}.png", "labelled-names")])
def test_the_classes_are_in_the_folders_or_names_inside_the_folds(tmp_path: Path, inside: str, layout: str) -> None:
    names = [f"fold{n}/{inside.format(n, pet, at)}" for n in (1, 2, 3) for pet in ("cat", "dog") for at in (1, 2)]
    dataset = open_dataset(draw(tmp_path / "d", names))
    assert (dataset.layout, dataset.class_names) == (layout, ("cat", "dog"))
    assert any(note.startswith(SAID) for note in dataset.notes)
    assert "--label-from says so" not in dataset.why


def test_folds_with_parts_of_their_own_are_a_question(tmp_path: Path) -> None:
    names = [
        f"Fold{n}/{part}/{pet}/{at}.png" for n in (1, 2) for part in ("Train", "Test") for pet in "ab" for at in "12"
    ]
    with pytest.raises(ConfigError, match="folder:1"):
        open_dataset(draw(tmp_path / "d", names))


@pytest.mark.parametrize("folders", [("day 1", "day 2"), ("1", "2"), ("set a", "set b"), ("cats", "part1")])
def test_numbers_of_days_letters_of_sets_and_other_names_stay_classes(tmp_path: Path, folders: tuple[str, str]) -> None:
    root = draw(tmp_path / "d", [f"{folder}/{at}{number}.png" for number, folder in enumerate(folders) for at in "123"])
    assert open_dataset(root).class_names == folders


def test_images_below_numbered_folders_are_shared_out_too(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"images_{at // 4:03d}/images/{at:08d}_000.png" for at in range(12)])
    assert open_dataset(root).class_names == ()


def test_folders_of_last_digits_spread_files_and_are_no_classes(tmp_path: Path) -> None:
    dataset = open_dataset(draw(tmp_path / "d", BY_DIGITS))
    assert dataset.class_names == ()
    assert any("called as the numbers in the names in them end" in note for note in dataset.notes)


@pytest.mark.parametrize(
    "names",
    [
        BY_DIGITS[:18],
        [name.replace("/nm7", "/nm") for name in BY_DIGITS],
        [f"{at}/{x}000{at}.png" for at in "012" for x in "12"],
    ],
    ids=["few folders", "short numbers", "one digit"],
)
def test_class_numbers_at_the_end_of_names_stay_classes(tmp_path: Path, names: Sequence[str]) -> None:
    assert len(open_dataset(draw(tmp_path / "d", names)).class_names) == len(names) // 2


@pytest.mark.parametrize(("name", "is_said"), [("{0:03d}/{0:03d}{1:03d}.png", True), ("{0:03d}/{1:06d}.png", False)])
def test_numbers_that_begin_like_their_folders_are_noted(tmp_path: Path, name: str, is_said: bool) -> None:
    dataset = open_dataset(draw(tmp_path / "d", [name.format(5 + at // 4, at) for at in range(12)]))
    assert dataset.class_names == ("005", "006", "007")
    assert any("numbers begin with those of their folders" in note for note in dataset.notes) is is_said


def test_folders_of_one_picture_each_are_no_classes(tmp_path: Path) -> None:
    dataset = open_dataset(draw(tmp_path / "d", [f"IMD{at:03d}/{at}.png" for at in range(5)]))
    assert (dataset.layout, dataset.class_names) == ("picture-folder", ())
    said = "Each folder holds one picture, such as 'IMD000/0.png': the folders are no classes"
    assert f"{said}; --label-from folder:1 takes them." in dataset.notes
    (tmp_path / "d" / "IMD004" / "4.png").rename(tmp_path / "d" / "IMD003" / "4.png")
    assert len(open_dataset(tmp_path / "d").class_names) == 4  # one folder has two
    few = open_dataset(draw(tmp_path / "few", [f"{name}/1.png" for name in ("ant", "bee")]))
    assert few.class_names == ("ant", "bee")


def test_a_folder_of_one_picture_in_each_part_is_a_class(tmp_path: Path) -> None:
    names = [f"{part}/{name}/1.png" for part in ("train", "test") for name in ("ant", "bee", "cat", "dog")]
    assert open_dataset(draw(tmp_path / "d", names)).class_names == ("ant", "bee", "cat", "dog")


def test_pictures_with_masks_and_no_classes_are_for_segmentation(tmp_path: Path) -> None:
    names = [f"{at}/{folder}/{folder[0]}{at}.png" for at in range(5) for folder in ("images", "masks")]
    dataset = open_dataset(draw(tmp_path / "d", names))
    assert (dataset.rows, dataset.class_names) == (5, ())
    assert any(note.startswith("5 masks belong to the pictures: outlines") for note in dataset.notes)
    assert any("Each folder holds one picture" in note for note in dataset.notes)


def test_numbered_batches_inside_parts_are_no_classes(tmp_path: Path) -> None:
    names = [f"{part}/batch_{n}/{n}{at}.png" for part in ("train", "test") for n in (1, 2) for at in range(3)]
    dataset = open_dataset(draw(tmp_path / "d", names))
    assert dataset.class_names == ()
    assert any("'batch_1' and 'batch_2' number shares" in note for note in dataset.notes)
    assert open_dataset(tmp_path / "d", label_from="folder:1").class_names == ("batch_1", "batch_2")


@pytest.mark.parametrize("start", ["", "train/"])
def test_pairs_of_a_picture_and_what_is_made_of_it_are_no_classes(tmp_path: Path, start: str) -> None:
    others = [f"test/{folder}/{at}.png" for folder in ("input", "target") for at in "56" if start]
    names = [f"{start}{folder}/{at}.png" for folder in ("input", "target") for at in "123"]
    dataset = open_dataset(draw(tmp_path / "d", [*names, *others]))
    assert dataset.class_names == ()
    assert any("'input' and 'target' hold pictures of the same names" in note for note in dataset.notes)


@pytest.mark.parametrize(
    "folders", [("rgb", "depth"), ("original_images", "label_images_semantic"), ("A", "B", "label")]
)
def test_what_belongs_to_a_picture_is_no_class_whatever_else_its_folder_is_called(
    tmp_path: Path, folders: tuple[str, ...]
) -> None:
    dataset = open_dataset(draw(tmp_path / "d", [f"{folder}/{at}.png" for folder in folders for at in "123"]))
    assert dataset.class_names == ()
    assert "hold pictures of the same names, in pairs" in " ".join(dataset.notes)


@pytest.mark.parametrize(
    "names",
    [
        ["input/1.png", "input/2.png", "target/1.png", "target/3.png"],  # other names
        [f"{folder}/{at}.png" for folder in ("raw", "ripe") for at in "123"],  # of fruit
        [f"{folder}/{at}.png" for folder in ("images", "label", "cap") for at in "123"],
        [f"{folder}/{at}.png" for folder in ("input_shaft", "output_shaft") for at in "123"],
        [f"{folder}/{at}.png" for folder in ("A", "C", "label") for at in "123"],
    ],
)
def test_other_folders_stay_classes(tmp_path: Path, names: Sequence[str]) -> None:
    classes = {name.partition("/")[0] for name in names}
    assert {*open_dataset(draw(tmp_path / "d", names)).class_names} == classes


def test_a_loose_picture_beside_one_folder_of_pictures_is_no_pair(tmp_path: Path) -> None:
    dataset = open_dataset(draw(tmp_path / "d", ["cover.png", *(f"images/{at}.png" for at in range(4))]))
    assert dataset.layout == "picture-folder"
    assert len(dataset.parts["all"]) == 5


def copies(root: Path, *, names: Sequence[str], changed: int = 0) -> Path:
    """Draw the pictures `faces/NAME`, and copies of them in `part/`, of which the last ones are other pictures."""
    draw(root, [f"faces/{name}" for name in names])
    (root / "part").mkdir()
    for at, name in enumerate(names):
        if at < len(names) - changed:
            (root / "part" / name).write_bytes((root / "faces" / name).read_bytes())
        else:
            Image.fromarray(np.full((3, 3), at, np.uint8)).save(root / "part" / name)
    return root


AGES = [f"{20 + 3 * at}_{at % 2}_{1000 + 7 * at}.png" for at in range(12)]


def test_folders_with_the_same_bytes_are_copies_and_no_classes(tmp_path: Path) -> None:
    dataset = open_dataset(copies(tmp_path / "d", names=AGES))
    assert dataset.class_names == ()
    said = " ".join(dataset.notes)
    assert "The folders 'faces/' and 'part/' hold versions of the same pictures, and are no classes" in said
    assert "'^\\d+_(?P<label>\\d+)' gives 2 classes: 0 6, 1 6" in said  # each name once
    assert "'^(?P<label>" not in said
    assert open_dataset(tmp_path / "d", label_from="folder:1").class_names == ("faces", "part")


@pytest.mark.parametrize(("names", "changed"), [(AGES, 12), (AGES[:7], 0)], ids=["other bytes", "few"])
def test_folders_with_the_same_names_alone_are_classes(tmp_path: Path, names: Sequence[str], changed: int) -> None:
    assert open_dataset(copies(tmp_path / "d", names=names, changed=changed)).class_names == ("faces", "part")
