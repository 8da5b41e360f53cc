"""Folders as public data sets have them: each opens right, says what it left out, and asks nothing."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset


def draw(root: Path, names: Sequence[str]) -> Path:
    """A small picture for each name, no two alike."""
    for number, name in enumerate(names):
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (6, 8), dtype=np.uint8)
        Image.fromarray(pixels).save(file, format="PNG")
    return root


def each(folders: Sequence[str], count: int, name: str = "{number}.png") -> list[str]:
    return [f"{folder}/{name.format(number=number)}" for folder in folders for number in range(count)]


@dataclass(frozen=True)
class Public:
    """A layout, and what is right for it."""

    names: Sequence[str]
    classes: Sequence[str]
    rows: dict[str, int]
    said: Sequence[str] = ()  # in the notes
    unlabelled: Sequence[str] = ()  # parts
    groups: int = 0
    class_of: dict[str, str] = field(default_factory=dict)


PUBLIC = {
    "parts by a word in the name, each in a folder of its own name (Intel)": Public(
        [
            *each(["seg_train/seg_train/sea", "seg_train/seg_train/ice"], 4),
            *each(["seg_test/seg_test/sea", "seg_test/seg_test/ice"], 2),
            *each(["seg_pred/seg_pred"], 3),
        ],
        ["ice", "sea"],
        {"train": 8, "test": 4},
        ["3 pictures in 'seg_pred/', beside the parts, are left out."],
    ),
    "camel case": Public(
        [*each(["TrainImages/a", "TrainImages/b"], 3), *each(["TestImages/a", "TestImages/b"], 2)],
        ["a", "b"],
        {"train": 6, "test": 4},
    ),
    "classes called after parts": Public(
        [*each(["train station"], 3), *each(["test tube"], 3), *each(["valid ticket"], 3)],
        ["test tube", "train station", "valid ticket"],
        {"all": 9},
    ),
    "a class called valid": Public(
        each(["invalid", "valid"], 4, "receipt{number}.png"), ["invalid", "valid"], {"all": 8}
    ),
    "one folder Test of loose pictures": Public(
        [*each(["cat", "dog", "eel"], 3), *each(["Test"], 2)],
        ["cat", "dog", "eel"],
        {"train": 9, "test": 2},
        ["taken for pictures to predict", "--label-from folder:1"],
        unlabelled=["test"],
    ),
    "the same tree once more (chest X-rays, IDC)": Public(
        [*each(["cat", "dog"], 4), *each(["data/cat", "data/dog"], 4)],
        ["cat", "dog"],
        {"all": 8},
        ["8 pictures are left out, such as 'data/cat/0.png': 'data/' holds the same tree once more."],
    ),
    "masks beside their pictures (BUSI)": Public(
        [*each(["benign", "normal"], 3, "b ({number}).png"), *each(["benign", "normal"], 3, "b ({number})_mask.png")],
        ["benign", "normal"],
        {"all": 6},
        ["6 pictures are left out", "masks of other pictures"],
    ),
    "folders of masks (COVID)": Public(
        [*each(["sick/images", "well/images"], 3), *each(["sick/masks", "well/masks"], 3)],
        ["sick", "well"],
        {"all": 6},
        ["6 pictures are left out"],
    ),
    "classes called mask": Public(each(["WithMask", "WithoutMask"], 3), ["WithMask", "WithoutMask"], {"all": 6}),
    "a patient a folder": Public(
        each([f"{patient}/{label}" for patient in (8863, 8864, 9036) for label in (0, 1)], 2),
        ["0", "1"],
        {"all": 12},
        ["3 folders such as '8863': each is taken for one person"],
        groups=3,
    ),
    "a video a folder": Public(
        each([f"{name}/v_{name}_g{number}" for name in ("Bow", "Dive") for number in (1, 2)], 2),
        ["Bow", "Dive"],
        {"all": 8},
        ["4 folders such as 'v_Bow_g1': each is taken for one take"],
        groups=4,
    ),
    "names that say another thing in each class": Public(
        [f"{label}/{word}{number}.png" for label in "01" for word in ("other", "fresh") for number in range(4)],
        ["0", "1"],
        {"all": 16},
        ["2 classes: fresh 8, other 8, each of them in every folder. If these are the classes: --label-from"],
        class_of={"0/other0.png": "0", "1/fresh3.png": "1"},
    ),
    "names that say the class once more": Public(
        [
            f"{part}/{name}/{name}_{number}.png"
            for part, rows in (("train", 3), ("test", 2))
            for name in ("cat", "dog")
            for number in range(rows)
        ],
        ["cat", "dog"],
        {"train": 6, "test": 4},
    ),
}


@pytest.mark.parametrize("kind", PUBLIC)
def test_it_opens_right_and_says_what_it_left_out(kind: str, tmp_path: Path) -> None:
    public = PUBLIC[kind]
    dataset = open_dataset(draw(tmp_path / "d", public.names))
    assert dataset.layout == "class-folders"
    assert dataset.class_names == tuple(public.classes)
    assert {name: len(part) for name, part in dataset.parts.items()} == public.rows
    assert [name for name, part in dataset.parts.items() if part.labels is None] == list(public.unlabelled)
    assert len(dataset.set_aside) + sum(public.rows.values()) == len(public.names)
    notes = " ".join(dataset.notes)
    assert [words for words in public.said if words not in notes] == []
    assert bool(public.said) == bool(dataset.notes) or "folders below the class folder" in notes
    pool = dataset.pool
    groups = pool.groups
    assert (0 if groups is None else len(np.unique(groups))) == public.groups
    assert pool.labels is not None
    found = dict(zip(pool.ids, (dataset.class_names[label] for label in pool.labels), strict=True))
    for name, label in public.class_of.items():
        assert found[name] == label


def test_one_class_whose_folders_are_spelled_with_other_characters(tmp_path: Path) -> None:
    composed, decomposed = (unicodedata.normalize(form, "café") for form in ("NFC", "NFD"))
    names = [*each([f"train/{decomposed}", "train/bar"], 3), *each([f"test/{composed}", "test/bar"], 2)]
    dataset = open_dataset(draw(tmp_path / "d", names))
    assert dataset.class_names == ("bar", composed)
    assert [np.bincount(part.labels).tolist() for part in dataset.parts.values() if part.labels is not None] == [
        [3, 3],
        [2, 2],
    ]


@pytest.mark.parametrize(("which", "classes"), [("last", ("a", "b")), ("path", ("x/a", "x/b", "y/a", "y/b"))])
def test_the_last_folder_or_the_whole_path_can_be_the_class(
    which: str, classes: tuple[str, ...], tmp_path: Path
) -> None:
    root = draw(tmp_path / "d", each(["x/a", "x/b", "y/a", "y/b"], 2))
    assert open_dataset(root, label_from=f"folder:{which}").class_names == classes


def test_a_folder_called_test_can_be_said_to_be_a_class(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [*each(["cat", "dog"], 3), *each(["test"], 2)])
    assert open_dataset(root, label_from="folder:1").class_names == ("cat", "dog", "test")
