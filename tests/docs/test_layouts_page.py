"""The page of layouts has each of them, and what it shows is taken for what it says."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from onelook.data.layouts.label_from import NamePattern
from onelook.data.layouts.registry import LAYOUTS
from onelook.data.open import open_dataset
from onelook.errors import ConfigError

PAGE = (Path(__file__).parents[2] / "docs" / "layouts.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", PAGE, re.MULTILINE | re.DOTALL))


def test_every_layout_has_files_and_a_line_to_try() -> None:
    assert set(SECTIONS) == set(LAYOUTS)
    for name, section in SECTIONS.items():
        assert re.search(r"^```text\n\w+/\S+\n", section, re.MULTILINE), name
        assert re.search(r"^```\nonelook ", section, re.MULTILINE), name


def files_of(block: str, root: Path) -> Path:
    """What a block of the page lists, drawn; the table beside as the page has it."""
    names = block.split()
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if name.endswith(".jpg"):
            Image.new("L", (8, 8), 40 * number).save(root / name)
        elif name.endswith(".cls"):
            (root / name).write_text(str(number))
        else:
            (root / name).write_text("file,breed\n001,pug\n002,dingo\n")
    return root / names[0].partition("/")[0]


@pytest.mark.parametrize("name", ["class-folders", "labelled-names", "manifest", "label-files", "picture-folder"])
def test_the_files_that_it_shows_are_of_that_layout(name: str, tmp_path: Path) -> None:
    first, *_ = re.findall(r"^```text\n(.*?)^```", SECTIONS[name], re.MULTILINE | re.DOTALL)
    assert open_dataset(files_of(first, tmp_path)).layout == name


def test_labels_in_a_matlab_file_belong_to_the_pictures_that_it_shows(tmp_path: Path) -> None:
    *_, last = re.findall(r"^```text\n(.*?)^```", SECTIONS["manifest"], re.MULTILINE | re.DOTALL)
    data = files_of(last, tmp_path)
    savemat(data / "imagelabels.mat", {"labels": [[2, 1, 2, 1]]})
    savemat(data / "setid.mat", {"trnid": [[1, 2]], "valid": [[]], "tstid": [[3, 4]]})
    dataset = open_dataset(data)
    assert (dataset.layout, dataset.class_names) == ("manifest", ("1", "2"))
    assert dataset.parts["test"].ids == ("jpg/image_00003.jpg", "jpg/image_00004.jpg")


def test_hdf5_is_called_as_it_shows(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    first, *_ = re.findall(r"^```text\n(.*?)^```", SECTIONS["hdf5"], re.MULTILINE | re.DOTALL)
    for name in first.split():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        part = Path(name).name.partition("_")[0]
        with h5py.File(tmp_path / name, "w") as file:
            file[f"{part}_set_x"] = np.arange(4 * 192, dtype=np.uint8).reshape(4, 8, 8, 3)
            file[f"{part}_set_y"], file["list_classes"] = [0, 1, 0, 1], np.array([b"non-cat", b"cat"])
    dataset = open_dataset(tmp_path / "course")
    assert (dataset.layout, dataset.class_names) == ("hdf5", ("non-cat", "cat"))


def test_the_question_that_it_shows_is_asked_and_answered(tmp_path: Path) -> None:
    _, second = re.findall(r"^```text\n(.*?)^```", SECTIONS["class-folders"], re.MULTILINE | re.DOTALL)
    data = files_of(second, tmp_path)
    with pytest.raises(ConfigError, match="--label-from folder:2"):
        open_dataset(data)
    assert open_dataset(data, label_from="folder:2").class_names == ("cat", "dog")


def test_the_patterns_take_what_it_says() -> None:
    rows = re.findall(r"^\| `(.+?)` \| (?:`(\w+)`|the part and the label) from `(\S+?)`", PAGE, re.MULTILINE)
    assert len(rows) == 4
    for pattern, label, name in rows:
        facts = NamePattern(pattern).read(name)
        assert facts is not None
        assert facts.label == (label or "dog")
        assert (facts.group or facts.split or label) in ("p17", "burst-5", "test", "7")
