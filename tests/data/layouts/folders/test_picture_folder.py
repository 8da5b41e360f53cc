"""Pictures without labels, and that the layouts of pictures exclude each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.data.layouts.folders.picture_folder import PictureFolder
from onelook.data.layouts.layout import LayoutOptions
from onelook.data.layouts.recognise import candidates, standing
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import DataError


def make(root: Path, *names: str) -> Path:
    root.mkdir(exist_ok=True)
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")
    return root


def test_pictures_come_in_natural_order_from_any_depth(tmp_path: Path) -> None:
    root = make(tmp_path / "test1", "1.jpg", "10.jpg", "2.jpg", "more/3.jpg", "notes.txt")
    dataset = PictureFolder().open(Location(root), LayoutOptions())
    assert dataset.parts["all"].ids == ("1.jpg", "2.jpg", "10.jpg", "more/3.jpg")
    assert dataset.parts["all"].labels is None
    assert dataset.class_names == ()
    assert dataset.why == "it holds 4 pictures, with labels neither in folders nor in names"
    assert dataset.notes == ("1 file that is no picture by suffix was ignored (1 .txt).",)


@pytest.mark.parametrize("beside", [(), ("notes.txt",)])
def test_one_folder_is_no_set_of_classes_and_is_named(tmp_path: Path, beside: tuple[str, ...]) -> None:
    location = Location(make(tmp_path / "d", "cat/1.jpg", "cat/2.jpg", *beside))
    assert open_dataset(location.root).why == (
        "it holds 2 pictures, all in one folder 'cat', with labels neither in folders nor in names"
    )


def test_one_picture_file_is_a_data_set(tmp_path: Path) -> None:
    root = make(tmp_path / "d", "cat.jpg") / "cat.jpg"
    dataset = PictureFolder().open(Location(root), LayoutOptions())
    assert dataset.parts["all"].ids == ("cat.jpg",)
    assert dataset.name == "cat"


def test_masks_and_second_copies_are_predicted_too(tmp_path: Path) -> None:
    names = ("cat/1.jpg", "cat/1_mask.jpg", "dog/1.jpg", "old/cat/1.jpg", "old/cat/1_mask.jpg", "old/dog/1.jpg")
    root = make(tmp_path / "d", *names)
    assert len(open_dataset(root).parts["all"]) == 2
    dataset = open_dataset(root, needs_labels=False)
    assert (dataset.layout, dataset.parts["all"].ids) == ("picture-folder", names)
    assert not dataset.set_aside


def test_a_folder_without_pictures_is_refused(tmp_path: Path) -> None:
    root = make(tmp_path / "d", "a.txt")
    assert PictureFolder().recognise(Location(root)) is None
    with pytest.raises(DataError, match=r"no pictures under .*d: 1 files?, none ending in .* Expected picture files"):
        PictureFolder().open(Location(root), LayoutOptions())


@pytest.mark.parametrize(
    ("names", "layout"),
    [
        (("cat/1.jpg", "dog/1.jpg"), "class-folders"),
        (("train/cat/1.jpg", "train/dog/1.jpg", "test/1.jpg"), "class-folders"),
        (("cat/cat.1.jpg", "dog/dog.1.jpg"), "class-folders"),
        (("0/1.png", "1/1.png"), "class-folders"),
        (("cat.1.jpg", "cat.2.jpg", "dog.1.jpg", "dog.2.jpg"), "labelled-names"),
        (("train/cat.1.jpg", "train/cat.2.jpg", "train/dog.1.jpg", "train/dog.2.jpg", "test1/1.jpg"), "labelled-names"),
        (("1.jpg", "2.jpg"), "picture-folder"),
        (("train/1.jpg", "train/2.jpg", "test/1.jpg"), "picture-folder"),
        (("cat/1.jpg", "cat/2.jpg"), "picture-folder"),
        (("1.jpg",), "picture-folder"),
        (("1.jpg", "sub/2.jpg"), "picture-folder"),
        (("notes.txt",), None),
        ((), None),
    ],
)
def test_one_layout_at_most_fits(tmp_path: Path, names: tuple[str, ...], layout: str | None) -> None:
    location = Location(make(tmp_path / "d", *names))
    assert list(standing(candidates(location))) == ([] if layout is None else [layout])


def test_numbers_in_names_that_may_be_labels_are_offered(tmp_path: Path) -> None:
    names = [f"{20 + n}_{n % 2}_{n // 2 % 3}_20170109{n:03}.jpg" for n in range(24)]  # age, gender, race, date: UTKFace
    (note,) = PictureFolder().open(Location(make(tmp_path / "d", *names)), LayoutOptions()).notes
    assert note == (
        r"No label was found, but a field of the names may be it: --label-from '^\d+_(?P<label>\d+)' gives 2 classes: "
        r"0 12, 1 12 (20_0_0_20170109000.jpg is 0); --label-from '^(?:\d+_){2}(?P<label>\d+)' gives 3 classes: "
        "0 8, 1 8, 2 8 (20_0_0_20170109000.jpg is 0)."
    )
    to_predict = LayoutOptions(needs_labels=False)
    assert PictureFolder().open(Location(make(tmp_path / "d")), to_predict).notes == ()


@pytest.mark.parametrize("form", ["{n}.jpg", "{n:08}_{n:04}.jpg", "2017_{n}.jpg", "IMG_{n:04}.jpg", "{n:x}f.jpg"])
def test_names_that_only_count_are_offered_nothing(tmp_path: Path, form: str) -> None:
    root = make(tmp_path / "d", *(form.format(n=n) for n in range(24)))
    assert PictureFolder().open(Location(root), LayoutOptions()).notes == ()
