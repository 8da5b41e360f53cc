"""What a user takes from an opened data set: a part by its name, a picture by its position."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.errors import ConfigError, DataError
from onelook.runs.resumed import name_of_data

PIXELS = np.arange(5 * 2 * 3, dtype=np.uint8).reshape(5, 2, 3)


@pytest.fixture
def arrays() -> Dataset:
    return open_dataset({"train": (PIXELS[:3], ["cat", "dog", "cat"]), "test": (PIXELS[3:], ["dog", "dog"])})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two classes of colour pictures, each of its own size, and the second of `b` with transparent parts."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    Image.new("RGB", (7, 4), (200, 10, 30)).save(tmp_path / "a" / "2.png")
    Image.new("RGB", (3, 5), (1, 2, 3)).save(tmp_path / "a" / "10.png")
    Image.new("RGB", (6, 6), (9, 9, 99)).save(tmp_path / "b" / "1.png")
    Image.new("RGBA", (2, 2), (250, 0, 0, 0)).save(tmp_path / "b" / "2.png")
    return tmp_path


def test_a_sample_is_a_picture_with_its_label_and_its_id(arrays: Dataset) -> None:
    sample = arrays["train"][1]
    assert np.array_equal(sample.picture, PIXELS[1][..., None])
    assert (sample.label, sample.id) == ("dog", "train/2")
    assert repr(sample) == "Sample('train/2', label 'dog', picture of 2×3×1)"


def test_a_part_is_a_sequence(arrays: Dataset) -> None:
    part = arrays["train"]
    assert (part.name, len(part), part.class_names) == ("train", 3, ("cat", "dog"))
    assert list(part.ids) == [sample.id for sample in part] == ["train/1", "train/2", "train/3"]
    assert part.labels == [sample.label for sample in part] == ["cat", "dog", "cat"]
    assert part[-1].id == part[np.int64(2)].id == "train/3"
    assert [sample.id for sample in part[1:]] == ["train/2", "train/3"]
    assert repr(part) == "<part 'train': 3 pictures, 2 classes>"
    for position in (3, -4):
        with pytest.raises(IndexError, match=f"position {position} of 3 pictures in the part 'train'"):
            part[position]


def test_a_part_is_opened_as_a_data_set_of_its_own(arrays: Dataset) -> None:
    alone = open_dataset(arrays["train"])
    assert (alone.name, list(alone.parts), alone.class_names) == ("arrays-train", ["all"], ("cat", "dog"))
    assert [(each.id, each.label) for each in alone["all"]] == [(each.id, each.label) for each in arrays["train"]]
    assert alone.why.endswith("; only its part 'train'")
    prints = {data.fingerprint for data in (arrays, alone, arrays.only("test"))}
    assert (len(prints), alone.sources) == (3, (alone.fingerprint,))
    assert open_dataset(alone["all"]) is alone
    assert name_of_data(arrays["train"]) == "arrays-train"  # of the run's folder
    both = open_dataset(arrays["train"], test=arrays["test"])
    assert {name: len(part) for name, part in both.parts.items()} == {"train": 3, "test": 2}


def test_each_class_is_counted_also_one_without_pictures(arrays: Dataset) -> None:
    assert arrays["train"].counts == {"cat": 2, "dog": 1}
    assert arrays["test"].counts == {"cat": 0, "dog": 2}
    assert arrays.counts == {"cat": 2, "dog": 3}


def test_a_data_set_names_its_parts(arrays: Dataset) -> None:
    assert list(arrays) == ["train", "test"]
    assert "train" in arrays
    assert "val" not in arrays


@pytest.mark.parametrize("name", ["trian", 0])
def test_an_unknown_part_is_answered_with_the_parts(arrays: Dataset, name: str) -> None:
    with pytest.raises(
        ConfigError, match=r"no part .*has the parts 'train' and 'test'.*dataset\['train'\]\[0\]"
    ) as error:
        arrays[name]
    assert repr(name) in str(error.value)


def test_files_are_decoded_at_their_own_size_and_upright(folder: Path) -> None:
    turned = Image.new("RGB", (8, 3), (5, 50, 0))
    exif = turned.getexif()
    exif[0x0112] = 6  # lies on its side
    turned.save(folder / "b" / "3.png", exif=exif)
    part = open_dataset(folder)["all"]
    assert list(part.ids) == ["a/2.png", "a/10.png", "b/1.png", "b/2.png", "b/3.png"]
    assert [sample.picture.shape for sample in part] == [(4, 7, 3), (5, 3, 3), (6, 6, 3), (2, 2, 3), (8, 3, 3)]
    assert part[0].picture.dtype == np.uint8
    assert (part[0].picture == (200, 10, 30)).all()
    assert (part[2].label, part[2].picture[0, 0].tolist()) == ("b", [9, 9, 99])


def test_transparent_parts_get_the_ground_of_the_data(folder: Path) -> None:
    assert (open_dataset(folder)["all"][3].picture == 255).all()


def test_deep_pictures_get_the_range_of_the_data(tmp_path: Path) -> None:
    """Values of 12 bits in files of 16: 4,095 is white."""
    for name, values in (("a", (0, 4_095)), ("b", (2_048, 1_000))):
        (tmp_path / name).mkdir()
        Image.fromarray(np.array([values], np.uint16)).save(tmp_path / name / "1.png")
    dark_and_white, middle = open_dataset(tmp_path)["all"]
    assert dark_and_white.picture.ravel().tolist() == [0, 255]
    assert middle.picture.ravel().tolist() == pytest.approx([128, 62], abs=1)


def test_a_damaged_picture_is_named_with_the_reason(folder: Path) -> None:
    content = (folder / "a" / "2.png").read_bytes()
    (folder / "a" / "2.png").write_bytes(content[:40])
    with pytest.raises(DataError, match=r"'a/2\.png' cannot be read: "):
        open_dataset(folder)["all"][0]


def test_a_table_gives_the_pictures_that_are_there(folder: Path) -> None:
    (folder / "list.csv").write_text("file,label\na/2.png,x\nlost.png,y\na/10.png,y\n")
    part = open_dataset(folder / "list.csv")["all"]
    assert [part[row].picture.shape for row in (0, 2)] == [(4, 7, 3), (5, 3, 3)]
    with pytest.raises(DataError, match="picture 2 cannot be read: list.csv lists it"):
        part[1]


def test_pictures_without_labels_have_none(tmp_path: Path) -> None:
    part = open_dataset(PIXELS, for_training=False)["all"]
    assert part.labels is None
    assert part[0].label is None
    assert repr(part) == "<part 'all': 5 pictures>"
