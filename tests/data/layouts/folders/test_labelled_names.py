"""Labels at the start of file names, and names that are no labels."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.labelled_names import LabelledNames
from onelook.data.layouts.folders.patterns.by_pattern import crossing_ways
from onelook.data.layouts.folders.tree import read_tree
from onelook.data.layouts.layout import LayoutOptions
from onelook.data.layouts.recognise import candidates, standing
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError

KAGGLE = ("cat.0.jpg", "cat.1.jpg", "cat.10.jpg", "dog.0.jpg", "dog.2.jpg")


def make(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return root


def opened(root: Path) -> Dataset:
    return LabelledNames().open(Location(root), LayoutOptions())


def test_the_label_stands_before_the_first_dot(tmp_path: Path) -> None:
    dataset = opened(make(tmp_path / "train", *KAGGLE))
    assert dataset.class_names == ("cat", "dog")
    part = dataset.parts["all"]
    assert part.ids == KAGGLE
    assert part.labels is not None
    assert part.labels.tolist() == [0, 0, 0, 1, 1]
    assert (dataset.name, dataset.layout) == ("train", "labelled-names")
    assert dataset.why == "all 5 file names start with one of 2 labels before the first dot"
    (note,) = dataset.notes
    assert note.startswith("The labels by name: cat.0.jpg -> cat, cat.1.jpg -> cat, cat.10.jpg -> cat, dog.0.jpg")


@pytest.mark.parametrize("test", ["test1/{}.jpg", "test1/test1/{}.jpg", "test/unknown.{}.jpg"])
def test_unlabelled_test_pictures_may_lie_beside(tmp_path: Path, test: str) -> None:
    names = [f"train/{name}" for name in KAGGLE] + [test.format(number) for number in (1, 2, 10)]
    dataset = opened(make(tmp_path / "dogs-vs-cats", *names))
    assert list(dataset.parts) == ["train", "test"]
    assert dataset.parts["train"].ids == tuple(f"train/{name}" for name in KAGGLE)
    assert dataset.parts["test"].ids == tuple(test.format(number) for number in (1, 2, 10))
    assert dataset.parts["test"].labels is None
    assert "unlabelled" in dataset.notes[1]


def test_test_names_with_known_labels_are_labelled(tmp_path: Path) -> None:
    dataset = opened(make(tmp_path / "d", *(f"train/{name}" for name in KAGGLE), "test/dog.7.jpg"))
    labels = dataset.parts["test"].labels
    assert labels is not None
    assert labels.tolist() == [1]


def test_a_class_with_one_picture_is_still_a_class(tmp_path: Path) -> None:
    assert opened(make(tmp_path / "d", *KAGGLE, "eel.1.jpg")).class_names == ("cat", "dog", "eel")


@pytest.mark.parametrize(
    "names",
    [
        ("1.jpg", "2.jpg", "10.jpg"),
        ("cat.jpg", "dog.jpg"),
        ("IMG.1.jpg", "IMG.2.jpg", "IMG.3.jpg"),  # one label tells nothing apart
        ("a.1.jpg", "b.2.jpg", "c.3.jpg"),  # as many labels as pictures
        (*KAGGLE, "overview.jpg"),
        ("cat/cat.1.jpg", "dog/dog.1.jpg", "dog/dog.2.jpg", "cat/cat.2.jpg"),  # class folders
        ("readme.txt",),
    ],
)
def test_other_names_are_not_taken_for_labels(tmp_path: Path, names: tuple[str, ...]) -> None:
    root = make(tmp_path / "d", *names)
    assert "labelled-names" not in standing(candidates(Location(root)))


def test_asked_for_by_name_it_says_what_it_expects(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"d: 2 pictures, such as 1.jpg and 2.jpg. Expected names such as cat.1.jpg"):
        opened(make(tmp_path / "d", "1.jpg", "2.jpg"))


@pytest.mark.skipif("ONELOOK_DATA" not in os.environ, reason="needs $ONELOOK_DATA/dogs_vs_cats")
def test_the_three_thousand_photographs_open_from_their_zip() -> None:
    dataset = opened(Path(os.environ["ONELOOK_DATA"]) / "dogs_vs_cats" / "train.zip")
    labels = dataset.parts["all"].labels
    assert labels is not None
    assert dataset.class_names == ("cat", "dog")
    assert [int((labels == label).sum()) for label in (0, 1)] == [1500, 1500]


FACES = tuple(f"{person}.{feeling}{n}.{n}.tiff" for person in ("KA", "KL") for feeling in ("AN", "HA") for n in (1, 2))


def test_person_or_feeling_is_a_question_with_what_to_type(tmp_path: Path) -> None:
    root = make(tmp_path / "jaffe", *FACES)
    with pytest.raises(ConfigError) as caught:
        opened(root)
    assert str(caught.value).splitlines() == [
        f"{root}: the names of the pictures give labels in 2 ways. Choose one:",
        r"  --label-from '^(?P<label>[^.]+)\..*\.\w+$'",
        "      2 classes: KA 4, KL 4",
        "      KA.AN1.1.tiff -> KA",
        r"  --label-from '^[A-Za-z]+\.(?P<label>[A-Za-z]+)'",
        "      2 classes: AN 4, HA 4",
        "      KA.AN1.1.tiff -> AN",
        "  --layout picture-folder",
        "      no labels",
    ]
    chosen = open_dataset(root, label_from=r"^[A-Za-z]+\.(?P<label>[A-Za-z]+)")
    assert chosen.class_names == ("AN", "HA")


@pytest.mark.parametrize("sample", ["id,HA,AN\n1,0.5,0.5\n", "id,feeling\n1,HA\n2,HA\n"])
def test_the_sample_submission_decides_between_fields(tmp_path: Path, sample: str) -> None:
    root = make(tmp_path / "jaffe", *FACES)
    (root / "sample_submission.csv").write_text(sample)
    dataset = open_dataset(root)
    assert dataset.class_names == ("AN", "HA")
    assert "The names give labels in 2 ways: taken were the classes that the sample submission has." in dataset.notes


def test_a_sample_that_fits_neither_field_decides_nothing(tmp_path: Path) -> None:
    root = make(tmp_path / "jaffe", *FACES)
    (root / "sample_submission.csv").write_text("id,label\n1,0\n2,0\n")
    with pytest.raises(ConfigError, match="labels in 2 ways"):
        open_dataset(root)


def test_a_table_that_may_say_the_label_goes_before_names_with_two_fields(tmp_path: Path) -> None:
    root = make(tmp_path / "jaffe", *FACES)
    (root / "faces.csv").write_text("file,mood\n" + "".join(f"{name},{name[3:5]}\n" for name in FACES))
    assert list(standing(candidates(Location(root)))) == ["manifest"]


def test_the_examples_are_the_first_of_every_class(tmp_path: Path) -> None:
    names = [f"{label}.{number}.jpg" for label in ("cat", "dog", "eel") for number in range(1, 5)]
    (note,) = opened(make(tmp_path / "d", *names)).notes
    pairs = "cat.1.jpg -> cat, cat.2.jpg -> cat, cat.3.jpg -> cat, dog.1.jpg -> dog, eel.1.jpg -> eel"
    assert note == f"The labels by name: {pairs}."


def test_folders_are_no_classes_only_where_every_label_is_in_each(tmp_path: Path) -> None:
    both = [f"{folder}/{label}.{number}.jpg" for folder in ("a", "b") for label in ("cat", "dog") for number in (1, 2)]
    for name, extra, crosses in (("all", [], True), ("some", ["b/eel.1.jpg", "b/eel.2.jpg"], False)):
        root = make(tmp_path / name, *both, *extra)
        found = crossing_ways(read_tree(Location(root)))
        assert bool(found) is crosses, name


def test_a_digit_in_the_names_in_folders_of_writers_is_said(tmp_path: Path) -> None:
    takes = {"ahn": (1, 2), "kim": (3, 4), "lee": (5, 6)}
    names = [f"{who}/{digit}_{take}.png" for who in takes for digit in range(10) for take in takes[who]]
    notes = " ".join(open_dataset(make(tmp_path / "all", *names)).notes)
    assert "The file names can be read as labels too, 10 classes: 0 6, 1 6, 2 6, 3 6 and 6 more" in notes
    assert "If these are the classes: --label-from '^(?P<label>\\d+)'" in notes
    few = " ".join(open_dataset(make(tmp_path / "few", *(name for name in names if "/9_" not in name))).notes)
    assert "can be read as labels too" not in few


def test_classes_that_are_called_after_persons_are_said(tmp_path: Path) -> None:
    notes = opened(make(tmp_path, *(f"writer{who}_{n}.png" for who in (1, 2) for n in range(3)))).notes
    assert any(
        note.startswith("The classes are called after persons, such as 'writer1' and 'writer2'.") for note in notes
    )
