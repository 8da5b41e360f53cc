"""Matlab's files of pictures: which variables are meant, which way up they are, and what their labels are called."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from scipy.io import savemat

from onelook.data.dataset import Dataset
from onelook.data.layouts.arrays.matlab.mat import Mat
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError

RNG = np.random.default_rng(3)
GREY = RNG.integers(0, 256, (6, 8, 8), dtype=np.uint8)
COLOUR = RNG.integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)
ONE_TO_THREE = np.array([[1], [2], [3], [1], [2], [3]])


def images(dataset: Dataset, part: str = "all") -> np.ndarray:
    found: np.ndarray = dataset.parts[part].pictures.images  # type: ignore[attr-defined]
    return found


def named(dataset: Dataset, part: str = "all") -> list[str]:
    return [dataset.class_names[label] for label in dataset.parts[part].labels]  # type: ignore[union-attr]


def opened(folder: Path, content: dict[str, Any], name: str = "d") -> Dataset:
    savemat(folder / f"{name}.mat", content)
    return open_dataset(folder)


@pytest.mark.parametrize(
    ("content", "right"),
    [
        ({"X": GREY.transpose(1, 2, 0), "y": ONE_TO_THREE}, GREY[..., None]),  # (h, w, N)
        ({"X": GREY, "y": ONE_TO_THREE}, GREY[..., None]),  # as from Python
        ({"X": GREY[:, :6].transpose(1, 2, 0), "y": ONE_TO_THREE}, GREY[:, :6, :, None]),  # six, and six pixels high
        ({"X": COLOUR.transpose(1, 2, 3, 0), "y": ONE_TO_THREE.T}, COLOUR),  # (h, w, c, N)
        ({"X": COLOUR, "y": ONE_TO_THREE}, COLOUR),
        ({"data": GREY.reshape(6, 64).T, "label": ONE_TO_THREE.T.astype(float)}, GREY[..., None]),  # a column a picture
        ({"data": COLOUR.transpose(0, 3, 1, 2).reshape(6, 192), "labels": ONE_TO_THREE}, COLOUR),  # plane by plane
        ({"fea": GREY.transpose(0, 2, 1).reshape(6, 64).astype(float), "gnd": ONE_TO_THREE}, GREY[..., None]),
        ({"s": {"images": GREY.transpose(1, 2, 0) * 1.0, "labels": ONE_TO_THREE}}, GREY[..., None]),  # a struct
    ],
)
def test_every_order_gives_the_same_upright_pictures(
    tmp_path: Path, content: dict[str, Any], right: np.ndarray
) -> None:
    dataset = opened(tmp_path, content)
    np.testing.assert_array_equal(images(dataset), right)
    assert images(dataset).dtype == np.uint8  # whole numbers in doubles are bytes
    assert named(dataset) == ["1", "2", "3"] * 2


def test_which_way_pixels_were_taken_is_said(tmp_path: Path) -> None:
    flat = GREY.reshape(6, 64)
    assert opened(tmp_path, {"fea": flat, "gnd": ONE_TO_THREE}).notes == (
        "Pixels were taken column by column, as Matlab writes them: the pictures were turned upright.",
    )
    (by_rows,) = opened(tmp_path, {"data": flat, "label": ONE_TO_THREE}).notes
    assert by_rows.startswith("Pixels were taken row by row. If the pictures lie on their side, transpose them")


def test_parts_come_from_variables_and_from_files(tmp_path: Path) -> None:
    pair = {"data": GREY.reshape(6, 64), "labels": ONE_TO_THREE}
    both = {f"{part}_{kind}": value for part in ("train", "test") for kind, value in pair.items()}
    assert list(opened(tmp_path, both).parts) == ["train", "test"]
    (tmp_path / "files").mkdir()
    for part in ("train", "test", "extra"):
        savemat(tmp_path / "files" / f"{part}_8x8.mat", {"X": COLOUR.transpose(1, 2, 3, 0), "y": ONE_TO_THREE})
    dataset = open_dataset(tmp_path / "files")
    assert list(dataset.parts) == ["train", "test"]
    assert dataset.notes == (
        "extra_8x8.mat is of neither training nor test by its name and was left out: give its own path to train on it.",
    )


def test_the_digit_0_of_svhn_is_written_10(tmp_path: Path) -> None:
    x = RNG.integers(0, 256, (32, 32, 3, 4), dtype=np.uint8)
    dataset = opened(tmp_path, {"X": x, "y": np.array([[10], [1], [9], [10]])}, "train_32x32")
    assert named(dataset) == ["0", "1", "9", "0"]
    assert dataset.class_names == ("0", "1", "9")
    assert "Street View House Numbers by its variables: the label 10 is the digit 0." in dataset.notes
    others = opened(tmp_path, {"images": x, "labels": np.array([[10], [1], [9], [10]])}, "train_32x32")
    assert named(others) == ["10", "1", "9", "10"]
    more = opened(tmp_path, {"X": x, "y": np.array([[10], [1], [11], [10]])}, "train_32x32")  # of no digits
    assert named(more) == ["10", "1", "11", "10"]


def test_classes_are_called_as_a_cell_of_names_says(tmp_path: Path) -> None:
    names = np.empty((1, 3), object)
    names[0] = ["anchor", "bass", "cat"]
    content = {"X": GREY.transpose(1, 2, 0), "y": ONE_TO_THREE, "classnames": names}
    dataset = opened(tmp_path, content)
    assert named(dataset) == ["anchor", "bass", "cat"] * 2
    assert "The classes are called as 'classnames' says, counted from 1: 1 is 'anchor'" in dataset.notes[-1]
    assert named(opened(tmp_path, {**content, "y": ONE_TO_THREE - 1})) == ["anchor", "bass", "cat"] * 2
    assert named(opened(tmp_path, {**content, "y": ONE_TO_THREE + 1})) == ["2", "3", "4"] * 2  # names no class 4


def test_emnist_is_turned_upright_and_named_by_its_mapping(tmp_path: Path) -> None:
    part = {"images": GREY.transpose(0, 2, 1).reshape(6, 64), "labels": ONE_TO_THREE, "writers": ONE_TO_THREE}
    mapping = np.array([[1, 65, 97], [2, 66, 98], [3, 67, 99]])
    dataset = opened(tmp_path, {"dataset": {"train": part, "test": part, "mapping": mapping}})
    np.testing.assert_array_equal(images(dataset, "test")[..., 0], GREY)
    assert named(dataset, "train") == ["A", "B", "C"] * 2
    assert any("left out: dataset.train.writers and dataset.test.writers." in note for note in dataset.notes)


def test_a_variable_a_class_as_in_mnist_all(tmp_path: Path) -> None:
    content = {f"{part}{digit}": np.full((digit + 1, 64), digit * 20) for part in ("train", "test") for digit in (0, 3)}
    dataset = opened(tmp_path, content)
    assert named(dataset, "train") == ["0", "3", "3", "3", "3"]
    assert images(dataset, "train")[:, 0, 0, 0].tolist() == [0, 60, 60, 60, 60]


def test_cifars_batches_are_one_data_set(tmp_path: Path) -> None:
    for at, name in enumerate(("data_batch_1", "data_batch_2", "test_batch")):
        planes = np.full((2, 3072), at, np.uint8)
        savemat(tmp_path / f"{name}.mat", {"data": planes, "labels": np.array([[0], [1]]), "batch_label": name})
    names = np.empty((2, 1), object)
    names[:, 0] = ["airplane", "bird"]
    savemat(tmp_path / "batches.meta.mat", {"label_names": names})
    dataset = open_dataset(tmp_path)
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 4, "test": 2}
    assert dataset.class_names == ("airplane", "bird")


def test_of_a_variable_a_class_all_are_spread_as_the_first_to_train_on_says(tmp_path: Path) -> None:
    values = {"test0": 1, "test3": 8, "train0": 16, "train3": 4}  # as they lie in the file
    dataset = opened(tmp_path, {name: np.full((2, 64), value) for name, value in values.items()})
    assert images(dataset, "train")[:, 0, 0, 0].tolist() == [255, 255, 63, 63]
    assert images(dataset, "test")[:, 0, 0, 0].tolist() == [15, 15, 127, 127]


@pytest.mark.parametrize("highest", [1, 16])
def test_few_levels_are_spread_in_every_part_alike(tmp_path: Path, highest: int) -> None:
    train, test = np.zeros((2, 64)), np.zeros((2, 64))
    train[0, 0], test[0, 0] = highest, highest // 2 or 1
    labels = {"train_labels": [[0], [1]], "test_labels": [[0], [1]]}
    dataset = opened(tmp_path, {"train_data": train, "test_data": test, **labels})
    assert images(dataset, "train").max() == 255
    assert images(dataset, "test").max() == (127 if highest == 16 else 255)
    assert f"No value is above {highest}: {highest} was taken for white, 255." in dataset.notes


def test_white_is_that_of_the_training_pictures_though_those_of_the_test_are_dark(tmp_path: Path) -> None:
    train, test = np.zeros((2, 64)), np.zeros((2, 64))
    train[0, 0], test[0, 0] = 16, 1
    labels = {"train_labels": [[0], [1]], "test_labels": [[0], [1]]}
    dataset = opened(tmp_path, {"train_data": train, "test_data": test, **labels})
    assert images(dataset, "test").max() == 255 // 16


def test_values_in_0_to_1_are_kept(tmp_path: Path) -> None:
    dataset = opened(tmp_path, {"X": GREY.transpose(1, 2, 0) / 255, "y": ONE_TO_THREE})
    facts = dataset.parts["all"].pictures.facts()
    assert (facts.dtype, facts.value_range) == ("float32", (0.0, 1.0))


def test_pictures_without_labels_are_unlabelled(tmp_path: Path) -> None:
    savemat(tmp_path / "new.mat", {"X": GREY.reshape(6, 64)})
    assert open_dataset(tmp_path / "new.mat", needs_labels=False).parts["all"].labels is None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"signal": np.zeros((3, 5)), "rate": 8.0},
            r"no variables look like pictures among signal \(3×5 float64\)",
        ),
        ({"X": np.zeros((6, 50)), "y": ONE_TO_THREE}, r"an array of 6×50: 50 values a picture, neither a square"),
        ({"X": GREY, "y": [[1], [2]]}, r"an array of 6×8×8 for 2 labels: no axis is that long"),
        ({"X": np.zeros((8, 8, 4, 6)), "y": ONE_TO_THREE}, r"pictures of 4 bands\. Expected 1 or 3"),
        ({"X": GREY, "y": ONE_TO_THREE + 0.5}, "a class, not a measurement"),
        ({"X": GREY, "y": np.ones((6, 3))}, "several labels a picture, or numbers to predict"),
        ({"X": GREY, "images": GREY, "y": ONE_TO_THREE}, "X and images could each be the pictures"),
    ],
)
def test_what_is_no_set_of_pictures_says_why(tmp_path: Path, content: dict[str, Any], message: str) -> None:
    savemat(tmp_path / "d.mat", content)
    with pytest.raises(DataError, match=message):
        open_dataset(tmp_path / "d.mat")


def test_the_last_axis_may_be_that_of_the_classes(tmp_path: Path) -> None:
    """As `usps_all.mat` has it: a column of 256 pixels for each picture, in a layer for each class."""
    pixels = np.zeros((256, 20, 3), np.uint8)
    pixels[:16] = 200  # the first column of each picture, as Matlab writes it
    pixels[1, 5, 2] = 77
    savemat(tmp_path / "d.mat", {"data": pixels})
    dataset = open_dataset(tmp_path)
    assert dataset.counts == {"1": 20, "2": 20, "3": 20}
    images = dataset.parts["all"].pictures.images  # type: ignore[attr-defined]
    assert images.shape[:3] == (60, 16, 16)
    assert images[:, :, 0].min() == 77
    assert images[45, 1, 0] == 77
    assert "'data' is 256×20×3: 20 pictures of 16×16 in each of 3 classes" in dataset.notes[0]


@pytest.mark.parametrize("shape", [(256, 300, 3), (255, 20, 3), (768, 20, 3), (256, 20, 1)])
def test_other_axes_are_those_of_pictures(tmp_path: Path, shape: tuple[int, int, int]) -> None:
    """A picture may have 256 rows; 255 values are no picture; colours lie otherwise; one class is none."""
    savemat(tmp_path / "d.mat", {"data": np.arange(np.prod(shape), dtype=np.float64).reshape(shape) % 255})
    assert open_dataset(tmp_path).class_names == ()


def test_several_sets_in_a_folder_are_asked_about(tmp_path: Path) -> None:
    for name in ("yale.mat", "the orl.MAT"):
        savemat(tmp_path / name, {"fea": GREY.reshape(6, 64), "gnd": ONE_TO_THREE})
    with pytest.raises(ConfigError, match=r"holds 2 data sets in Matlab's files") as caught:
        open_dataset(tmp_path)
    assert caught.value.options == (f"'{tmp_path}/the orl.MAT'", f"{tmp_path}/yale.mat")


def test_beside_picture_files_labels_alone_are_another_layouts_business(tmp_path: Path) -> None:
    Image.new("L", (8, 8)).save(tmp_path / "1.jpg")
    savemat(tmp_path / "imagelabels.mat", {"labels": np.arange(1, 90)[None]})
    savemat(tmp_path / "cars_annos.mat", {"annotations": {"class": 1, "fname": "1.jpg"}})
    assert Mat().recognise(Location(tmp_path)) is None


def test_as_many_pictures_as_pixels_are_a_row_each(tmp_path: Path) -> None:
    square = RNG.integers(0, 256, (64, 64), dtype=np.uint8)
    dataset = opened(tmp_path, {"data": square, "label": np.array([[1, 2] * 32])})
    np.testing.assert_array_equal(images(dataset)[..., 0], square.reshape(64, 8, 8))


def test_stl_10_is_turned_upright_by_its_names(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (3, 96, 96, 3), np.uint8)
    rows = pictures.transpose(0, 3, 2, 1).reshape(3, -1)
    content = {"X": rows, "y": [[1], [2], [1]], "class_names": np.array([["ant", "bee"]], object)}
    savemat(tmp_path / "train.mat", content)
    dataset = open_dataset(tmp_path / "train.mat")
    np.testing.assert_array_equal(dataset.parts["all"].pictures.images, pictures)  # type: ignore[attr-defined]
    assert dataset.class_names == ("ant", "bee")
    savemat(tmp_path / "train.mat", {"X": rows, "y": [[1], [2], [1]]})  # other rows of this size
    plain = open_dataset(tmp_path / "train.mat").parts["all"].pictures.images  # type: ignore[attr-defined]
    np.testing.assert_array_equal(plain, pictures.transpose(0, 2, 1, 3))


@pytest.mark.parametrize("planes", [True, False])
def test_colours_of_each_pixel_together_are_told_from_planes(tmp_path: Path, planes: bool) -> None:
    ramp = np.arange(8)[:, None] + np.arange(8)
    colour = np.stack([ramp * 2 + 100, ramp, ramp * 3 + 200], axis=-1)[None] + np.arange(6)[:, None, None, None]
    rows = (colour.transpose(0, 3, 1, 2) if planes else colour).reshape(6, 192)
    noise = np.random.default_rng(0).integers(0, 256, (3, 192))  # shows no order: that of the training part is kept
    content = {"train_data": rows, "train_labels": ONE_TO_THREE, "test_data": noise, "test_labels": ONE_TO_THREE[:3]}
    dataset = opened(tmp_path, content)
    np.testing.assert_array_equal(images(dataset, "train"), colour)
    expected = noise.reshape(3, 3, 8, 8).transpose(0, 2, 3, 1) if planes else noise.reshape(3, 8, 8, 3)
    np.testing.assert_array_equal(images(dataset, "test"), expected)
    how = "colour by colour" if planes else "the three colours of each pixel together"
    assert dataset.notes[0].startswith(f"Pixels were taken row by row, {how}. If the pictures lie on their side")
