"""`--label-from`: patterns and folders that the user gives, and the questions that ask for one."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.layouts.label_from import parse_label_from
from onelook.data.open import open_dataset
from onelook.data.reading import read_dataset
from onelook.errors import ConfigError, DataError
from onelook.settings import DecodeSettings


def make(root: Path, *names: str) -> Path:
    """A grey picture at each of these paths, no two alike."""
    for number, name in enumerate(names):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("L", (4, 4), number).save(root / name)
    return root


def labels_of(dataset: Dataset, part: str = "all") -> dict[str, str]:
    found = dataset.parts[part]
    assert found.labels is not None
    return {each: dataset.class_names[label] for each, label in zip(found.ids, found.labels, strict=True)}


# --- the option's text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(?P<label>", "no regular expression (missing ), unterminated subpattern"),
        ("[a-z]+", "no group called label in it. Expected a regular expression, such as --label-from"),
        ("([a-z]+)_([0-9]+)", "no group called label in it"),
        ("(?P<lable>[a-z]+)", "a group called 'lable'. Known are label, split and group."),
        ("(?P<split>[a-z]+)", "no group called label in it"),
        ("folder:0", "folders are counted from 1"),
    ],
)
def test_what_is_no_pattern_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_label_from(text)
    assert message in str(caught.value)


def test_the_only_group_needs_no_name(tmp_path: Path) -> None:
    data = make(tmp_path / "d", "x_3.png", "x_7.png")
    assert open_dataset(data, label_from=r"_(\d)").class_names == ("3", "7")


# --- patterns


def test_a_pattern_is_looked_for_in_the_file_name_and_with_a_slash_in_the_path(tmp_path: Path) -> None:
    data = make(tmp_path / "d", "2020_1/cat_1.png", "2020_1/dog_2.png", "2021_2/cat_3.png")
    by_name = open_dataset(data, label_from=r"(?P<label>[a-z0-9]+)_\d")
    assert labels_of(by_name) == {"2020_1/cat_1.png": "cat", "2020_1/dog_2.png": "dog", "2021_2/cat_3.png": "cat"}
    by_path = open_dataset(data, label_from=r"^(?P<label>\d+)_\d/")
    assert set(labels_of(by_path).values()) == {"2020", "2021"}
    assert by_name.layout == by_path.layout == "labelled-names"
    assert "fits 3 of 3 pictures" in by_name.why
    assert by_name.notes[0].startswith("The labels by name: cat_1.png -> cat, dog_2.png -> dog, cat_3.png -> cat")


def test_split_and_group_may_stand_in_the_path_too(tmp_path: Path) -> None:
    names = [
        f"{part}-p{patient}-{label}-{n}.png"
        for n, (part, patient, label) in enumerate(
            [("train", 1, "ill"), ("train", 1, "well"), ("train", 2, "ill"), ("test", 3, "well"), ("test", 1, "ill")]
        )
    ]
    dataset = open_dataset(
        make(tmp_path / "d", *names), label_from=r"^(?P<split>[a-z]+)-(?P<group>p\d)-(?P<label>[a-z]+)"
    )
    assert list(dataset.parts) == ["train", "test"]
    groups = {name: part.groups.tolist() for name, part in dataset.parts.items() if part.groups is not None}
    assert groups == {"train": [0, 0, 1], "test": [0, 2]}  # p1, p1, p2; p1, p3: one number for one patient
    assert dataset.parts["test"].group_names == ("p1", "p2", "p3")
    with pytest.raises(DataError, match=r"takes 'p1' in .* for the part .* Expected train, val"):
        open_dataset(tmp_path / "d", label_from=r"-(?P<split>p\d)-(?P<label>[a-z]+)")


def test_what_a_pattern_does_not_fit_is_set_aside_in_the_ledger(tmp_path: Path) -> None:
    data = make(tmp_path / "d", "cat_1.png", "cat_2.png", "dog_1.png", "overview.png")
    dataset = open_dataset(data, label_from=r"(?P<label>[a-z]+)_\d")
    assert set(labels_of(dataset)) == {"cat_1.png", "cat_2.png", "dog_1.png"}
    assert dataset.notes[1] == "1 picture that the pattern does not fit is set aside: 'overview.png'."
    ledger = read_dataset(dataset, DecodeSettings(height=4, width=4, channels=1)).ledger
    assert [*ledger][-1] == ("overview.png", "quarantined", "its name does not fit --label-from")
    assert ledger.counts() == {"found": 4, "used": 3, "quarantined": 1, "duplicate": 0}


def test_a_pattern_that_fits_few_is_refused_with_what_it_looked_at(tmp_path: Path) -> None:
    data = make(tmp_path / "d", "a/cat.png", "a/dog.png", "b/cat_1.png")
    with pytest.raises(DataError, match=r"fits 1 of 3 pictures\. It looks at the file name, as in 'cat\.png' and 'dog"):
        open_dataset(data, label_from=r"(?P<label>[a-z]+)_\d")


def test_parts_above_stay_parts_and_a_test_folder_may_be_unlabelled(tmp_path: Path) -> None:
    data = make(tmp_path / "d", "train/cat_1.png", "train/dog_1.png", "val/cat_2.png", "test/3.png", "test/4.png")
    dataset = open_dataset(data, label_from=r"(?P<label>[a-z]+)_\d")
    assert {name: part.labels is not None for name, part in dataset.parts.items()} == {
        "train": True,
        "val": True,
        "test": False,
    }


def test_it_holds_for_a_second_data_set_too(tmp_path: Path) -> None:
    data = make(tmp_path / "d", "cat-a.png", "dog-a.png")
    other = make(tmp_path / "other", "dog-b.png", "odd.png", "cat-b.png")
    dataset = open_dataset(data, test=other, label_from="(?P<label>[a-z]+)-")
    assert labels_of(dataset, "test") == {"test/dog-b.png": "dog", "test/cat-b.png": "cat"}
    assert dict(dataset.set_aside) == {"test/odd.png": "its name does not fit --label-from"}


def test_for_what_has_no_paths_it_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="--label-from folder:1: digits is no folder or archive of pictures"):
        open_dataset("digits", label_from="folder:1")
    data = make(tmp_path / "d", "cat_1.png", "dog_1.png")
    with pytest.raises(ConfigError, match="goes with the layout class-folders, not with --layout labelled-names"):
        open_dataset(data, label_from="folder:1", layout="labelled-names")


def test_names_that_fit_two_ways_are_a_question_with_the_flags(tmp_path: Path) -> None:
    names = [f"{label}_{place}_{n}.png" for label in ("cat", "dog") for place in ("in", "out") for n in range(2)]
    data = make(tmp_path / "d", *names)
    with pytest.raises(ConfigError) as caught:
        open_dataset(data)
    assert str(caught.value).splitlines()[1:] == [
        r"  --label-from '^(?P<label>.+)_\d+\.'",
        "      4 classes: cat_in 2, cat_out 2, dog_in 2, dog_out 2",
        "      cat_in_0.png -> cat_in",
        "  --label-from '^(?P<label>[^_]+)_'",
        "      2 classes: cat 4, dog 4",
        "      cat_in_0.png -> cat",
        "  --label-from '^[^_]+_(?P<label>[^_]+)_'",
        "      2 classes: in 4, out 4",
        "      cat_in_0.png -> in",
        "  --layout picture-folder",
        "      no labels",
    ]
    assert open_dataset(data, label_from="^(?P<label>[^_]+)_").class_names == ("cat", "dog")
    assert open_dataset(data, layout="picture-folder").class_names == ()
    assert open_dataset(data, needs_labels=False).layout == "picture-folder"  # nothing to ask before predicting


# --- folders


DEEP = [f"{a}/{b}/{n}.png" for a in ("2020", "2021") for b in ("cat", "dog", "eel") for n in range(2)]


def test_folders_of_folders_are_a_question_with_the_flags(tmp_path: Path) -> None:
    data = make(tmp_path / "d", *DEEP)
    with pytest.raises(ConfigError) as caught:
        open_dataset(data)
    assert caught.value.exit_code == 2
    assert str(caught.value).splitlines() == [
        f"{data}: the pictures lie in folders of folders, and each may be the class. Choose one:",
        "  --label-from folder:1",
        "      2 classes: 2020 6, 2021 6",
        "      2020/cat/0.png -> 2020",
        "  --label-from folder:2",
        "      3 classes: cat 4, dog 4, eel 4",
        "      2020/cat/0.png -> cat",
        "  --label-from folder:path",
        "      6 classes: 2020/cat 2, 2020/dog 2, 2020/eel 2, 2021/cat 2 and 2 more",
        "      2020/cat/0.png -> 2020/cat",
    ]
    assert open_dataset(data, label_from="folder:1").class_names == ("2020", "2021")
    chosen = open_dataset(data, label_from="folder:2")
    assert chosen.class_names == ("cat", "dog", "eel")
    assert chosen.why == "the second folder of each picture is its class, one of 3"
    assert len(open_dataset(data, needs_labels=False).parts["all"]) == 12
    with pytest.raises(DataError, match=r"--label-from folder:3, and no picture lies in so many folders"):
        open_dataset(data, label_from="folder:3")


def test_below_parts_folders_are_counted_from_the_part(tmp_path: Path) -> None:
    data = make(tmp_path / "d", *(f"{part}/{name}" for part in ("train", "val") for name in DEEP), "test/1.png")
    with pytest.raises(ConfigError, match=r"the pictures in train/ lie in folders of folders"):
        open_dataset(data)
    dataset = open_dataset(data, label_from="folder:2")
    assert dataset.class_names == ("cat", "dog", "eel")
    assert dataset.parts["val"].labels is not None
    assert dataset.parts["test"].labels is None


@pytest.mark.parametrize(
    "names",
    [
        [f"{label}/images/{n}.png" for label in ("cat", "dog") for n in range(2)],  # one name for all
        [f"{label}/{label}/{n}.png" for label in ("cat", "dog") for n in range(2)],  # the same twice
        ["cat/1.png", "cat/young/2.png", "dog/1.png", "dog/old/2.png"],  # pictures right in the classes
    ],
)
def test_folders_that_leave_no_doubt_are_not_asked_about(tmp_path: Path, names: list[str]) -> None:
    assert open_dataset(make(tmp_path / "d", *names)).class_names == ("cat", "dog")


def test_one_stray_among_many_does_not_decide(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="each may be the class"):
        open_dataset(make(tmp_path / "d", *DEEP, "2020/overview.png"))


def test_parts_inside_the_class_folders_are_parts(tmp_path: Path) -> None:
    data = make(
        tmp_path / "d", *(f"{c}/{p}/{n}.png" for c in ("cat", "dog") for p in ("train", "test") for n in (1, 2))
    )
    dataset = open_dataset(data)
    assert dataset.class_names == ("cat", "dog")
    assert dataset.parts["test"].ids == ("cat/test/1.png", "cat/test/2.png", "dog/test/1.png", "dog/test/2.png")
    assert (
        dataset.why == "it holds 2 folders of pictures, each taken for a class; train/ and test/ in each are the parts"
    )


def test_names_that_go_across_the_folders_are_a_question(tmp_path: Path) -> None:
    data = make(tmp_path / "d", *(f"{y}/{c}_{n}.png" for y in (2020, 2021) for c in ("cat", "dog") for n in range(3)))
    with pytest.raises(ConfigError, match=r"in 2 ways(.|\n)*--layout class-folders(.|\n)*--layout labelled-names"):
        open_dataset(data)
    assert open_dataset(data, layout="class-folders").class_names == ("2020", "2021")
    assert open_dataset(data, layout="labelled-names").class_names == ("cat", "dog")


def test_names_that_say_what_their_folder_says_are_no_question(tmp_path: Path) -> None:
    data = make(tmp_path / "d", *(f"{c}/{c}_{n}.png" for c in ("cat", "dog") for n in range(3)))
    assert open_dataset(data).layout == "class-folders"
