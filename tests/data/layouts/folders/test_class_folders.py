"""Folders as classes: with parts above or without, what is ignored and said, and what is no such layout."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from onelook.data.dataset import Dataset
from onelook.data.layouts.folders.class_folders import ClassFolders
from onelook.data.layouts.folders.parts.class_and_part import classes_and_parts
from onelook.data.layouts.folders.tree import read_tree
from onelook.data.layouts.layout import LayoutOptions
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.settings import DecodeSettings

Make = Callable[..., Path]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Puts empty files and folders (with a slash at the end) below a root: a layout opens none of them."""

    def make_at(*names: str, root: str = "data") -> Path:
        for name in names:
            path = tmp_path / root / name
            (path if name.endswith("/") else path.parent).mkdir(parents=True, exist_ok=True)
            if not name.endswith("/"):
                path.write_bytes(b"")
        return tmp_path / root

    return make_at


def test_only_an_empty_folder_beside_the_one_that_holds_all_pictures_makes_it_a_class(make: Make) -> None:
    below = make("notes.txt", "wrap/data/cat/1.jpg", "wrap/data/dog/2.jpg", "wrap/data/cat/empty/", root="below")
    assert read_tree(Location(below)).base == "wrap/data/"
    beside = make("notes.txt", "wrap/data/cat/1.jpg", "wrap/data/cat/2.jpg", "wrap/data/dog/", root="beside")
    assert read_tree(Location(beside)).base == "wrap/data/"


def opened(root: Path) -> Dataset:
    return ClassFolders().open(Location(root), LayoutOptions())


def classes_of(dataset: Dataset, part: str = "all") -> list[str]:
    labels = dataset.parts[part].labels
    assert labels is not None
    return [dataset.class_names[label] for label in labels]


def recognised(root: Path) -> str | None:
    candidate = ClassFolders().recognise(Location(root))
    return None if candidate is None else candidate.why


def test_each_folder_is_a_class_in_natural_order(make: Make) -> None:
    root = make("class10/b.jpg", "class2/img10.png", "class2/img2.png", "class1/a.JPG")
    dataset = opened(root)
    assert recognised(root) == dataset.why == "it holds 3 folders of pictures, each taken for a class"
    assert (dataset.name, dataset.layout) == ("data", "class-folders")
    assert dataset.class_names == ("class1", "class2", "class10")
    assert list(dataset.parts) == ["all"]
    assert dataset.parts["all"].ids == ("class1/a.JPG", "class2/img2.png", "class2/img10.png", "class10/b.jpg")
    assert classes_of(dataset) == ["class1", "class2", "class2", "class10"]
    assert dataset.notes == ()


def test_pictures_lie_at_any_depth_below_their_class(make: Make) -> None:
    dataset = opened(make("cat/2019/a/1.jpg", "cat/2.jpg", "dog/x/1.jpg"))
    assert classes_of(dataset) == ["cat", "cat", "dog"]


def test_a_zip_is_opened_as_its_folder_is(make: Make, tmp_path: Path) -> None:
    root = make("train/cat/1.jpg", "train/dog/1.jpg", "test/cat/2.jpg", "test/notes.txt")
    shutil.make_archive(str(tmp_path / "data"), "zip", tmp_path, "data")
    in_folder, in_zip = opened(root), opened(tmp_path / "data.zip")
    assert in_zip.class_names == in_folder.class_names
    assert in_zip.notes == in_folder.notes
    assert (in_zip.name, in_zip.why) == (in_folder.name, in_folder.why)
    for name, part in in_folder.parts.items():
        assert in_zip.parts[name].ids == part.ids
        assert classes_of(in_zip, name) == classes_of(in_folder, name)


# --- parts


@pytest.mark.parametrize("val", ["val", "valid", "validation", "Val"])
@pytest.mark.parametrize("train", ["train", "Training"])
def test_parts_stand_above_classes(make: Make, train: str, val: str) -> None:
    root = make(f"{train}/cat/1.jpg", f"{train}/dog/1.jpg", f"{val}/dog/2.jpg", "test/cat/3.jpg", "test/eel/4.jpg")
    dataset = opened(root)
    assert list(dataset.parts) == ["train", "val", "test"]
    assert dataset.class_names == ("cat", "dog", "eel")  # the union over the parts
    assert classes_of(dataset, "train") == ["cat", "dog"]
    assert classes_of(dataset, "val") == ["dog"]
    assert classes_of(dataset, "test") == ["cat", "eel"]
    assert dataset.parts["train"].ids == (f"{train}/cat/1.jpg", f"{train}/dog/1.jpg")
    assert dataset.why == f"{train}/, {val}/ and test/ stand above folders of pictures"


@pytest.mark.parametrize("test", [("test/2.jpg", "test/10.jpg"), ("test/unknown/2.jpg", "test/unknown/10.jpg")])
def test_test_pictures_may_be_unlabelled(make: Make, test: tuple[str, str]) -> None:
    dataset = opened(make("train/cat/1.jpg", "train/dog/1.jpg", *test))
    assert dataset.class_names == ("cat", "dog")
    assert dataset.parts["test"].labels is None
    assert dataset.parts["test"].ids == test  # 2 before 10
    assert dataset.notes == ("The pictures in test/ lie in no class folders: they are unlabelled.",)


def test_test_pictures_of_one_known_class_are_labelled(make: Make) -> None:
    dataset = opened(make("train/cat/1.jpg", "train/dog/1.jpg", "test/cat/2.jpg"))
    assert classes_of(dataset, "test") == ["cat"]


def test_each_of_three_parts_has_its_own_classes_among_those_of_all(make: Make) -> None:
    dataset = opened(
        make(
            *("train/dog/1.jpg", "train/dog/2.jpg", "train/eel/1.jpg", "train/bee/1.jpg"),
            *("val/cat/1.jpg", "val/bee/2.jpg", "val/eel/2.jpg", "test/dog/3.jpg"),
        )
    )
    assert dataset.class_names == ("bee", "cat", "dog", "eel")
    assert {part: classes_of(dataset, part) for part in dataset.parts} == {
        "train": ["bee", "dog", "dog", "eel"],
        "val": ["bee", "cat", "eel"],
        "test": ["dog"],  # which the training part has, if not the part before
    }
    assert dataset.parts["val"].ids == ("val/bee/2.jpg", "val/cat/1.jpg", "val/eel/2.jpg")


def test_one_folder_of_test_pictures_that_is_no_class_is_none_only_where_none_lie_beside_it(make: Make) -> None:
    beside = opened(make("train/cat/1.jpg", "train/dog/1.jpg", "test/unknown/2.jpg", "test/3.jpg"))
    assert classes_of(beside, "test") == ["unknown"]
    assert dict(beside.set_aside) == {"test/3.jpg": "it lies in no class folder"}
    two = opened(make("train/cat/1.jpg", "train/dog/1.jpg", "test/x/2.jpg", "test/y/3.jpg", root="two"))
    assert classes_of(two, "test") == ["x", "y"]


def test_training_alone_is_one_heap(make: Make) -> None:
    root = make("train/cat/1.jpg", "train/dog/1.jpg", "test/", "readme.txt")
    dataset = opened(root)
    assert list(dataset.parts) == ["all"]
    assert classes_of(dataset) == ["cat", "dog"]


def test_a_part_may_lie_in_a_folder_of_its_own_name(make: Make) -> None:
    dataset = opened(make("train/train/cat/1.jpg", "train/train/dog/1.jpg", "test/test/5.jpg"))
    assert dataset.class_names == ("cat", "dog")
    assert dataset.parts["train"].ids == ("train/train/cat/1.jpg", "train/train/dog/1.jpg")
    assert dataset.parts["test"].labels is None


def test_two_folders_for_one_part_are_refused(make: Make) -> None:
    root = make("train/cat/1.jpg", "train/dog/1.jpg", "val/cat/1.jpg", "valid/cat/1.jpg")
    with pytest.raises(DataError, match="val/ and valid/ would both be the part 'val'. Expected one of them"):
        opened(root)


def test_two_folders_to_test_on_are_one_part(make: Make) -> None:
    trained_on = [f"train_more/{name}/{at}.jpg" for name in ("cat", "dog") for at in (1, 2)]
    dataset = opened(make(*trained_on, "test/cat/3.jpg", "test_more/dog/4.jpg", "test_more/dog/5.jpg"))
    assert {part: len(found) for part, found in dataset.parts.items()} == {"train": 4, "test": 3}
    assert classes_of(dataset, "test") == ["cat", "dog", "dog"]
    assert "The folders test/ and test_more/ are the part 'test' together." in dataset.notes
    unlabelled = opened(make(*trained_on, "test/3.jpg", "test_more/4.jpg", root="unlabelled"))
    assert unlabelled.parts["test"].labels is None
    assert unlabelled.parts["test"].ids == ("test/3.jpg", "test_more/4.jpg")
    with pytest.raises(DataError, match=r"test/ and test_more/ would be the part 'test', and only some of them have"):
        opened(make(*trained_on, "test/cat/3.jpg", "test_more/4.jpg", root="half"))


def test_several_folders_of_a_part_keep_their_groups_and_notes(make: Make) -> None:
    shares = [
        f"train{share}/{name}/patient{patient}/{at}.jpg"
        for share, patients in ((1, (1, 2)), (2, (2, 3)))
        for name in ("cat", "dog")
        for patient in patients
        for at in (1, 2)
    ]
    dataset = opened(make(*shares, "train2/loose.jpg", "test/cat/patient9/9.jpg"))
    train = dataset.parts["train"]
    assert train.groups is not None
    found = list(zip((name.split("/")[0] for name in train.ids), train.groups.tolist(), strict=True))
    assert [each for each, name in zip(found, train.ids, strict=True) if "dog" in name] == [
        *[("train1", 0)] * 2,
        *[("train1", 1)] * 2,
        *[("train2", 1)] * 2,  # the same person in both folders, and on one side of the split
        *[("train2", 2)] * 2,
    ]
    assert dict(dataset.set_aside) == {"train2/loose.jpg": "it lies in no class folder"}


def test_classes_that_are_called_after_parts_are_doubted(make: Make) -> None:
    doubted = make("train1/cat/1.jpg", "train1/dog/1.jpg", "train2/1.jpg", "train2/2.jpg")
    with pytest.raises(
        ConfigError, match="called after parts, such as 'train1' and 'train2', and the pictures"
    ) as asked:
        opened(doubted)
    assert asked.value.options == ("--label-from folder:1", "--layout picture-folder")
    assert open_dataset(doubted, label_from="folder:1").class_names == ("train1", "train2")
    with pytest.raises(ConfigError, match="one of the two folders is called after a part, 'test_images', and the"):
        opened(make("scans/1.jpg", "scans/2.jpg", "test_images/3.jpg", root="scans"))
    assert opened(make("flask/1.jpg", "test tube/2.jpg", root="glasses")).class_names == ("flask", "test tube")
    assert opened(make("train_steam/1.jpg", "train_freight/1.jpg", root="trains")).notes == ()


def test_a_sample_of_a_part_is_left_out(make: Make) -> None:
    whole = [f"trainingSet/{name}/{at}.jpg" for name in ("cat", "dog") for at in (1, 2)]
    dataset = opened(make(*whole, "trainingSample/cat/1.jpg", "testSet/5.jpg", "testSample/5.jpg"))
    assert {part: len(found) for part, found in dataset.parts.items()} == {"train": 4, "test": 1}
    assert dataset.set_aside.keys() == {"trainingSample/cat/1.jpg", "testSample/5.jpg"}
    assert any(note.startswith("1 picture in 'trainingSample/', beside the parts, is left") for note in dataset.notes)
    alone = opened(make("train_sample/cat/1.jpg", "train_sample/dog/1.jpg", "test_sample/cat/3.jpg", root="alone"))
    assert {part: len(found) for part, found in alone.parts.items()} == {"train": 2, "test": 1}


def test_validation_pictures_without_classes_are_left_out(make: Make) -> None:
    dataset = opened(make("train/cat/1.jpg", "train/dog/1.jpg", "val/1.jpg"))
    assert {part: len(found) for part, found in dataset.parts.items()} == {"all": 2}
    assert dataset.set_aside.keys() == {"val/1.jpg"}
    assert dataset.notes == ("The pictures in val/ lie in no class folders: they cannot validate, and are left out.",)
    deep = make("train/1/cat/1.jpg", "train/2/cat/2.jpg", "train/2/dog/1.jpg", "val/1.jpg", root="deep")
    assert open_dataset(deep, label_from="folder:2").set_aside.keys() == {"val/1.jpg"}


def test_a_class_may_be_called_train(make: Make) -> None:
    dataset = opened(make("bus/1.jpg", "car/1.jpg", "train/1.jpg", "train/2.jpg"))
    assert dataset.class_names == ("bus", "car", "train")
    assert list(dataset.parts) == ["all"]


def test_folders_beside_the_parts_are_ignored_aloud(make: Make) -> None:
    dataset = opened(make("train/cat/1.jpg", "train/dog/1.jpg", "samples/1.jpg", "samples/2.jpg", "logo.png"))
    assert dataset.class_names == ("cat", "dog")
    assert dataset.notes == (
        "1 picture in no folder, beside the parts, is left out.",
        "2 pictures in 'samples/', beside the parts, are left out. "
        "To predict them, give that folder to `onelook predict`.",
    )


# --- what is said


def test_what_lies_beside_the_parts_is_in_no_part_and_in_the_ledger(make: Make) -> None:
    root = make("train/cat/1.jpg", "train/dog/1.jpg", "train/9.jpg", "test/cat/2.jpg", "test/dog/2.jpg")
    make("extra/3.jpg", "extra/deep/4.jpg", "5.jpg")
    assert dict(opened(root).set_aside) == {
        "train/9.jpg": "it lies in no class folder",
        "extra/3.jpg": "it lies in 'extra/', beside the parts",
        "extra/deep/4.jpg": "it lies in 'extra/', beside the parts",
        "5.jpg": "it lies in no folder, beside the parts",
    }


def test_what_is_left_out_is_in_the_ledger(make: Make) -> None:
    found = opened(make("cat/1.png", "cat/1_mask.png", "dog/2.png", "3.png"))
    assert found.parts["all"].ids == ("cat/1.png", "dog/2.png")
    assert dict(found.set_aside) == {
        "cat/1_mask.png": "it is the mask of another picture",
        "3.png": "it lies in no class folder",
    }


def test_the_fingerprint_is_of_all_parts(make: Make) -> None:
    names = "train/cat/1.jpg", "train/dog/1.jpg", "test/cat/2.jpg", "test/dog/2.jpg"
    before = opened(make(*names)).fingerprint
    (make() / names[-1]).write_bytes(b"another")
    assert opened(make()).fingerprint != before


def test_files_that_are_no_pictures_are_ignored_with_their_count(make: Make) -> None:
    dataset = opened(make("cat/1.jpg", "dog/1.jpg", "cat/a.txt", "cat/b.txt", "anotes.md", "LICENSE"))
    assert dataset.notes == ("4 files that are no pictures by suffix were ignored (2 .txt, 1 .md, 1 no suffix).",)
    (note,) = opened(make("labels.csv")).notes
    assert note.endswith("A table that lists pictures is opened by its own path.")
    (note,) = opened(make("labels.numbers")).notes
    assert note.endswith("Spreadsheets (.numbers) are not read: save them as CSV.")


def test_an_empty_class_folder_is_said(make: Make) -> None:
    dataset = opened(make("cat/1.jpg", "dog/1.jpg", "eel/", "fox/notes.txt"))
    assert dataset.class_names == ("cat", "dog")
    assert dataset.notes[0] == "2 folders without pictures, and so no class: 'eel' and 'fox'."


def test_one_full_class_beside_an_empty_one_is_not_looked_through(make: Make) -> None:
    dataset = opened(make("cat/1.jpg", "cat/2.jpg", "dog/"))
    assert dataset.class_names == ("cat",)
    assert dataset.notes == ("1 folder without pictures, and so no class: 'dog'.",)


def test_pictures_beside_the_classes_are_ignored_aloud(make: Make) -> None:
    dataset = opened(make("cat/1.jpg", "dog/1.jpg", "overview.png"))
    assert dataset.parts["all"].ids == ("cat/1.jpg", "dog/1.jpg")
    assert dataset.notes == ("1 picture that lies in no class folder ignored: 'overview.png'.",)


def test_a_text_named_as_a_picture_is_found_and_quarantined(make: Make, draw: Callable[..., Path]) -> None:
    root = make()
    draw("data/cat/1.jpg")
    draw("data/dog/1.jpg")
    (root / "cat" / "2.jpg").write_text("I am a text")
    part = opened(root).parts["all"]
    assert len(part) == 3
    decoded = part.pictures.decode(DecodeSettings(height=6, width=8, channels=3))
    assert decoded.kept.tolist() == [0, 2]
    assert decoded.quarantined == {1: "not a picture: the file holds text that starts 'I am a text'"}


def test_a_name_that_is_no_unicode_gets_an_id_that_can_be_written(make: Make) -> None:
    root = make("cat/1.jpg", "dog/ü.jpg")
    (root / "cat" / "\udcff.jpg").write_bytes(b"")
    assert set(opened(root).parts["all"].ids) == {"cat/1.jpg", "cat/\\udcff.jpg", "dog/ü.jpg"}


# --- what is no class folder


@pytest.mark.parametrize(
    "names",
    [
        (),
        ("a.txt", "b/c.txt"),
        ("1.jpg", "2.jpg"),
        ("cat/1.jpg", "cat/2.jpg"),  # one folder wraps
        ("cat.1.jpg", "dog.1.jpg"),
        ("train/cat.1.jpg", "train/dog.1.jpg", "test1/1.jpg"),
        ("train/1.jpg", "test/1.jpg"),
        ("1.jpg", "2.jpg", "3.jpg", "sub/4.jpg"),
    ],
)
def test_other_folders_are_not_taken_for_classes(make: Make, names: tuple[str, ...]) -> None:
    root = make(*names, ".keep")
    assert recognised(root) is None
    with pytest.raises(DataError, match=r"Expected <root>/<class>/<picture> with two classes or more"):
        opened(root)


def test_a_folder_without_pictures_is_described(make: Make) -> None:
    with pytest.raises(DataError, match=r"no pictures under .*data: 2 files, none ending in .*\.jpg.*\. Expected"):
        opened(make("a.txt", "b/c.txt"))


def test_one_folder_of_classes_is_trained_on_where_others_with_its_classes_name_a_part(make: Make) -> None:
    root = make(*(f"{top}/{name}/{i}.png" for top in ("rps", "rps-test") for name in ("a", "b") for i in range(2)))
    assert list(opened(root).parts) == ["train", "test"]
    other = make(*(f"{top}/{top[0]}{n}/{n}.png" for top in ("cats", "vacuum-test") for n in (1, 2)), root="other")
    assert not opened_parts(other)  # other classes: no part
    two = make(*(f"{top}/{n}/{n}.png" for top in ("left", "right", "my-test") for n in "ab"), root="two")
    assert not opened_parts(two)  # two may be trained on


def opened_parts(root: Path) -> list[str]:
    """The parts other than `all`; none where the data set is asked about."""
    try:
        return [part for part in opened(root).parts if part != "all"]
    except ConfigError:
        return []


@pytest.mark.parametrize(
    ("folders", "parts"),
    [
        (("cats_train", "cats_test", "dogs_train", "dogs_test"), {"train": ["cats", "dogs"], "test": ["cats", "dogs"]}),
        (("trainCats", "trainDogs", "valDogs"), {"train": ["Cats", "Dogs"], "val": ["Dogs"]}),
        (("cats_train", "dogs_test"), {}),  # dogs are not trained on
        (("cats_train", "dogs_train"), {}),  # a single part: perhaps trains of cats
    ],
)
def test_the_name_of_a_folder_may_hold_class_and_part(
    make: Make, folders: tuple[str, ...], parts: dict[str, list[str]]
) -> None:
    root = make(*(f"{folder}/{i}.png" for folder in folders for i in range(2)))
    dataset = opened(root) if parts else None
    if dataset is None:
        assert classes_and_parts(read_tree(Location(root))) is None
        return
    assert {part: sorted(set(classes_of(dataset, part))) for part in dataset.parts} == parts
    assert "called after a class and a part" in dataset.why


def test_parts_inside_folders_of_another_kind_are_said_not_to_be_taken(make: Make) -> None:
    names = [
        f"{size}/{side}/{part}/{name}/1.png"
        for size in ("a4", "a5")
        for side in ("left", "top")
        for part in ("train", "test")
        for name in ("ok", "bad")
    ]
    dataset = open_dataset(make(*names), label_from="folder:4")
    assert (dataset.class_names, list(dataset.parts)) == (("bad", "ok"), ["all"])
    assert any(note.startswith("The folders test/ and train/ are not taken for parts") for note in dataset.notes)
    # Folders of one part's name alone are no parts, nor are there any in class/picture.
    found = open_dataset(make(*(name.replace("test/", "") for name in names), root="other"), label_from="folder:last")
    assert not any("not taken for parts" in note for note in found.notes)


def test_folders_that_training_and_validation_do_not_share_may_be_no_classes(make: Make) -> None:
    towns = [f"{path}/{at}.jpg" for path in ("train/bonn", "train/ulm", "val/kiel") for at in range(2)]
    root = make(*towns)
    with pytest.raises(ConfigError) as asked:
        opened(root)
    assert asked.value.options == ("--label-from folder:1", "--layout picture-folder")
    assert "another part (train has 'bonn' and 'ulm'; val has 'kiel'), so a folder may be a place" in str(asked.value)
    assert open_dataset(root, label_from="folder:1").class_names == ("bonn", "kiel", "ulm")
    shared = make(*towns, "val/ulm/7.jpg", root="shared")
    assert classes_of(opened(shared), "val") == ["kiel", "kiel", "ulm"]
    # One training class has no rival, and one picture each is too little to doubt.
    assert opened(make(*towns[:2], *towns[4:], root="one")).class_names == ("bonn", "kiel")
    assert opened(make(*towns[::2], root="few")).class_names == ("bonn", "kiel", "ulm")


def test_folders_that_all_hold_the_same_words_are_doubted(make: Make) -> None:
    names = [f"{person}/{feeling}.jpg" for person in range(4) for feeling in ("Anger", "Fear", "Mild joy")]
    with pytest.raises(ConfigError, match="all 4 folders hold the same names, one picture of each") as refused:
        opened(make(*names))
    by_name, by_folder = refused.value.options
    assert by_folder == "--label-from folder:1"
    dataset = open_dataset(make(*names), label_from=by_name.partition(" ")[2].strip("'"))
    assert dataset.class_names == ("Anger", "Fear", "Mild joy")
    part = dataset.parts["all"]
    assert part.groups is not None
    assert len({*part.groups.tolist()}) == 4
    assert open_dataset(make(), label_from="folder:1").class_names == ("0", "1", "2", "3")


@pytest.mark.parametrize(
    "names",
    [
        [f"{shade}/{i}.jpg" for shade in ("red", "blue", "green") for i in range(3)],  # counters
        [f"{shade}/img_{i}.jpg" for shade in ("red", "blue", "green") for i in range(3)],
        [f"{shade}/{word}.jpg" for shade in ("red", "blue") for word in ("oak", "elm", "ash")],  # two folders
        [f"{shade}/{word}.jpg" for shade in ("red", "blue", "green") for word in ("oak", "elm")],  # two names
        ["red/oak.jpg", "red/elm.jpg", "red/ash.jpg", "blue/oak.jpg", "blue/elm.jpg", "blue/fir.jpg", "pink/oak.jpg"],
    ],
)
def test_folders_with_other_names_in_them_are_the_classes(make: Make, names: list[str]) -> None:
    assert opened(make(*names)).class_names == tuple(sorted({name.partition("/")[0] for name in names}))


def test_folders_with_the_same_kinds_of_pictures_of_one_thing_are_no_classes(make: Make) -> None:
    kinds = ("skin", "lesion")
    names = [f"im{n}/im{n}_{kind}/im{n}{'' if kind == 'skin' else '_lesion'}.bmp" for n in range(3) for kind in kinds]
    root = make(*names)
    assert ClassFolders().recognise(Location(root)) is None
    dataset = open_dataset(root)
    assert dataset.layout == "picture-folder"
    assert any("holds the same 2 kinds of pictures, 'lesion' and 'skin'" in note for note in dataset.notes)
    # A part, a counter, or several pictures of each kind: these may be classes.
    for at, inner in enumerate(("train", "01")):
        other = make(*(f"im{n}/im{n}_{kind}/im{n}.bmp" for n in range(3) for kind in ("skin", inner)), root=f"o{at}")
        assert ClassFolders().recognise(Location(other)) is not None
    many = make(*(f"im{n}/im{n}_{kind}/im{n}_{i}.bmp" for n in range(3) for kind in kinds for i in range(3)), root="m")
    assert ClassFolders().recognise(Location(many)) is not None


def test_a_folder_with_parts_beside_one_of_other_people_is_offered_by_its_path(make: Make) -> None:
    names = [f"sorting/{part}/{who}/{i}.jpg" for part in ("train", "dev") for who in ("n2", "n3") for i in "12"]
    root = make(*names, "sorting/test/1.jpg", "checking/known/n7/1.jpg", "checking/unknown/1.jpg")
    with pytest.raises(
        ConfigError, match="this path alone, 9 pictures, with its parts: 2 classes: n2 4, n3 4"
    ) as refused:
        opened(root)
    assert refused.value.options[-1] == f"{root}/sorting"
    dataset = open_dataset(root / "sorting")
    assert dataset.class_names == ("n2", "n3")
    assert {name: len(part) for name, part in dataset.parts.items()} == {"train": 4, "val": 4, "test": 1}


def test_a_few_pictures_in_a_folder_called_as_programs_write_are_doubted_in_a_note(make: Make) -> None:
    names = [f"{pet}/{i}.jpg" for pet in ("cat", "dog") for i in range(8)]
    dataset = opened(make(*names, "plots/loss.png", "plots/roc.png"))
    assert dataset.class_names == ("cat", "dog", "plots")
    assert any(note.startswith("'plots' is a class here, called as what programs write") for note in dataset.notes)
    many = opened(make(*names, "plots/loss.png", "plots/roc.png", "plots/x.png", root="many"))
    assert not any("programs write" in note for note in many.notes)
