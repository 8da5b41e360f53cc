"""Tables that list folders by their paths, with a label for all pictures in each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError

FOLDERS = [f"scans/person{number // 2:02d}/day{number % 2}" for number in range(12)]
LABELS = ["ill" if number // 2 % 2 else "well" for number in range(12)]


def draw(root: Path, folders: Sequence[str]) -> Path:
    for number, folder in enumerate(folders):
        for name in ("1.png", "deep/2.png"):
            file = root / folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(np.full((2, 2), number, np.uint8)).save(file)
    return root


@pytest.mark.parametrize(
    ("before", "after", "header"),
    [("", "", "folder,label\n"), ("/home/ann/set/", "/", "where,label\n"), (".\\", "\\", ""), ("set/", "/", "")],
)
def test_each_picture_has_the_label_of_its_folder(tmp_path: Path, before: str, after: str, header: str) -> None:
    root = draw(tmp_path / "d", FOLDERS)
    sign = "\\" if "\\" in before else "/"
    paths = [f"{before}{folder.replace('/', sign)}{after}" for folder in FOLDERS]
    rows = [f"{path},{label}\n" for path, label in zip(paths, LABELS, strict=True)]
    (root / "studies.csv").write_text(header + "".join(rows))
    dataset = open_dataset(root)
    pool = dataset.pool
    assert pool.labels is not None
    found = {name: dataset.class_names[label] for name, label in zip(pool.ids, pool.labels, strict=True)}
    told = dict(zip(FOLDERS, LABELS, strict=True))
    assert found == {f"{folder}/{name}": told[folder] for folder in FOLDERS for name in ("1.png", "deep/2.png")}
    assert pool.groups is not None
    assert [pool.group_names[each] for each in pool.groups] == [name.split("/")[1] for name in pool.ids]
    assert any("are folders of several pictures" in note for note in dataset.notes)


def test_the_folders_of_the_table_may_lie_deeper(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", [f"data/{folder}" for folder in FOLDERS])
    Image.fromarray(np.full((2, 2), 99, np.uint8)).save(root / "cover.png")
    rows = [f"{folder},{label}\n" for folder, label in zip(FOLDERS, LABELS, strict=True)]
    (root / "studies.csv").write_text("study,label\n" + "".join(rows))
    assert open_dataset(root).rows == 24


def test_a_table_of_class_folders_is_no_table_of_labels(tmp_path: Path) -> None:
    classes = [f"animals/{name}" for name in ("cat", "dog", "fox", "hen", "owl", "pig", "rat", "yak")]
    root = draw(tmp_path / "d", classes)
    rows = [f"{folder},{'pet' if number < 4 else 'wild'}\n" for number, folder in enumerate(classes)]
    (root / "kinds.csv").write_text("folder,kind\n" + "".join(rows))
    assert open_dataset(root).class_names == tuple(folder.partition("/")[2] for folder in classes)


def test_folders_that_tell_the_label_are_ways_of_a_question_beside_the_table(tmp_path: Path) -> None:
    told = [f"{folder}_{label}" for folder, label in zip(FOLDERS, LABELS, strict=True)]
    root = draw(tmp_path / "d", [folder.replace("scans", f"scan{at % 3}") for at, folder in enumerate(told)])
    rows = [
        f"{folder.replace('scans', f'scan{at % 3}')},{label}\n"
        for at, (folder, label) in enumerate(zip(told, LABELS, strict=True))
    ]
    (root / "studies.csv").write_text("folder,label\n" + "".join(rows))
    with pytest.raises(ConfigError) as caught:
        open_dataset(root)
    assert caught.value.options[-1] == "--layout manifest"
    assert "4 classes: day0_" in str(caught.value)
    assert "studies.csv has a row for several pictures each" in str(caught.value)
    assert str(caught.value).splitlines()[-1].strip() == "2 classes: well 12, ill 12"


def test_a_folder_that_is_listed_twice_has_one_label(tmp_path: Path) -> None:
    root = draw(tmp_path / "d", FOLDERS)
    rows = [f"{folder},{label}\n" for folder, label in zip(FOLDERS, LABELS, strict=True)]
    (root / "studies.csv").write_text("folder,label\n" + "".join([*rows, rows[0]]))
    dataset = open_dataset(root)
    assert (dataset.class_names, dataset.rows) == (("ill", "well"), 24)
    assert any("2 rows of studies.csv that repeat others were left out" in note for note in dataset.notes)
    (root / "studies.csv").write_text("folder,label\n" + "".join([*rows, f"{FOLDERS[0]},ill\n"]))
    with pytest.raises(DataError, match="Expected one class"):
        open_dataset(root)
