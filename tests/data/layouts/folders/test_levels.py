"""Which folder is the class, where folders lie in folders; and parts that lie within the classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.data.layouts.folders.folder_groups import groups_by_folder, takes_of_people
from onelook.data.layouts.folders.levels import _without_cases, choose_level, inner_parts, lone_folders
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.part_names import PART_FOLDERS, parts_among
from onelook.errors import ConfigError

ROOT = Path("pets")


def deep(count: int) -> list[str]:
    """Pictures two folders down, where either folder may be the class."""
    return [f"{'ab'[number % 2]}/{'xyz'[number % 3]}/{number}.png" for number in range(count)]


def test_a_tenth_of_the_pictures_right_in_the_outermost_folders_makes_these_the_classes() -> None:
    assert choose_level(ROOT, ["a/0.png", *deep(9)], "") == FolderLevel(1)
    with pytest.raises(ConfigError, match="each may be the class"):
        choose_level(ROOT, ["a/0.png", *deep(10)], "")


FAULTS = [
    *(f"faults/{kind}/{at}.png" for kind in ("scratch", "stain") for at in range(4)),
    *(f"faults/other/{kind}/{at}.png" for kind in ("dent", "burn") for at in range(2)),
]
FAULTLESS = [f"faultless/{at}.png" for at in range(3)]


def test_kinds_inside_one_class_are_asked_about_where_they_hold_most_pictures() -> None:
    with pytest.raises(ConfigError, match="each may be the class") as asked:
        choose_level(ROOT, [*FAULTLESS, *FAULTS], "")
    assert asked.value.options == ("--label-from folder:1", "--label-from folder:last")
    assert "5 classes: scratch 4, stain 4, faultless 3, dent 2" in str(asked.value)


@pytest.mark.parametrize("count", [4, 30, 300])
def test_two_kinds_inside_one_class_of_two_are_asked_about_however_many_pictures_they_hold(count: int) -> None:
    names = [f"normal/{at}.png" for at in range(count)]
    names += [f"tumour/{kind}/{at}.png" for kind in ("benign", "malignant") for at in range(30)]
    with pytest.raises(ConfigError, match="each may be the class") as asked:
        choose_level(ROOT, names, "")
    assert {"--label-from folder:1", "--label-from folder:last"} <= {*asked.value.options}
    assert f"3 classes: {f'normal {count}, ' if count >= 30 else ''}benign 30, malignant 30" in str(asked.value)


@pytest.mark.parametrize(
    "names",
    [
        # Most pictures lie in the outer folders, of which only one of several holds folders.
        [*(f"{top}/{at}.png" for top in ("faultless", "unsure") for at in range(6)), *FAULTS],
        [*FAULTLESS, *(f"faults/scratch/{at}.png" for at in range(4))],  # a single kind
        [*FAULTLESS, *(f"faults/{kind}/{at}.png" for kind in "abcd" for at in range(1))],  # a folder a picture
        [*FAULTLESS, *FAULTS, "faults/9.png"],
        [
            *FAULTLESS,
            *(f"{top}/{kind}/{at}.png" for top in ("x", "y") for kind in ("in", "out", "far") for at in range(2)),
        ],
        [*FAULTLESS, *(f"faults/batch_{kind}/{at}.png" for kind in range(4) for at in range(3))],
        [*FAULTLESS, *(f"faults/session{kind}/{at}.png" for kind in range(4) for at in range(3))],
        [*FAULTLESS, *(f"faults/{kind}/{at}.png" for kind in ("train", "val", "test") for at in range(3))],
        [*FAULTLESS, *(f"faults/patient{kind}/{at}.png" for kind in range(4) for at in range(3))],
        [*FAULTLESS, *(f"faults/faults_{kind}/{at}.png" for kind in range(4) for at in range(3))],
        [*FAULTLESS, *FAULTS, *(f"faults/faultless/{at}.png" for at in range(3))],
    ],
)
def test_folders_inside_a_class_are_no_kinds(names: list[str]) -> None:
    assert choose_level(ROOT, names, "") == FolderLevel(1)


@pytest.mark.parametrize(
    ("names", "level"),
    [
        (["cat/1.png", "dog/2.png"], 1),
        (["cat/images/1.png", "dog/images/2.png"], 1),  # one name for all tells nothing apart
        (["data/cat/1.png", "data/dog/2.png"], 2),
        (["a/b/cat/1.png", "a/b/dog/2.png"], 3),
        (["cat/cat/1.png", "dog/dog/2.png"], 1),  # says the same twice
        (["a/b/1.png", "a/b/2.png"], 1),
    ],
)
def test_a_folder_that_tells_nothing_more_is_no_choice(names: list[str], level: int) -> None:
    assert choose_level(ROOT, names, "") == FolderLevel(level)
    assert choose_level(ROOT, [f"train/{name}" for name in names], "train/") == FolderLevel(level)


def test_a_folder_that_half_of_the_pictures_do_not_have_is_no_choice() -> None:
    few = [f"{'ab'[number % 2]}/{'xyz'[number % 3]}/{'uvw'[number % 2]}/{number}.png" for number in range(10, 20)]
    with pytest.raises(ConfigError) as asked:
        choose_level(ROOT, [*deep(10), *few], "")
    assert "--label-from folder:2" in str(asked.value)
    assert "--label-from folder:3" not in str(asked.value)


def test_the_last_folder_and_the_whole_path_are_offered_too() -> None:
    names = [f"{a}/{b}/char{c}/{i}.png" for a in "xy" for b in "uv" for c in (1, 2) for i in (1, 2)]
    with pytest.raises(ConfigError) as asked:
        choose_level(ROOT, names, "")
    assert [*asked.value.options] == [f"--label-from folder:{which}" for which in (1, 2, 3, "path")]
    assert "8 classes: x/u/char1 2" in str(asked.value)
    uneven = [*names, "x/u/1.png", "x/u/2.png"]  # the last folder is another one than the third
    with pytest.raises(ConfigError) as asked:
        choose_level(ROOT, uneven, "")
    assert [*asked.value.options] == [f"--label-from folder:{which}" for which in (1, 2, 3, "last", "path")]


@pytest.mark.parametrize(
    ("names", "level", "what", "groups"),
    [
        (["8863/0/a.png", "8863/1/b.png", "9036/0/c.png"], 2, "person", ["8863", "8863", "9036"]),
        (["patient_1/no/a.png", "patient_2/no/b.png", "patient_2/yes/c.png"], 2, "person", None),
        (["Bow/v_Bow_g1/1.png", "Bow/v_Bow_g2/1.png", "Dive/v_Dive_g1/1.png"], 1, "take", None),
    ],
)
def test_folders_of_persons_and_takes_are_groups_and_no_classes(
    names: list[str], level: int, what: str, groups: list[str] | None
) -> None:
    chosen = choose_level(ROOT, names, "")
    assert chosen == FolderLevel(level)
    found = groups_by_folder(names, "", chosen)
    assert found is not None
    assert found == (groups or [name.split("/")[0 if what == "person" else 1] for name in names], what)


@pytest.mark.parametrize(
    "names",
    [
        ["2019/cat/a.png", "2019/dog/b.png", "2020/cat/c.png"],  # years
        ["pets/cat/a.png", "pets/dog/b.png", "farm/cow/c.png"],  # kinds of classes
        ["1/a/x.png", "1/b/y.png", "2/a/z.png"],  # numbers that may well be classes
    ],
)
def test_other_folders_of_folders_are_asked_about_and_are_no_groups(names: list[str]) -> None:
    with pytest.raises(ConfigError, match="each may be the class"):
        choose_level(ROOT, names, "")
    assert groups_by_folder(names, "", FolderLevel(2)) is None


def test_class_folders_alone_have_no_groups() -> None:
    assert groups_by_folder(["cat/1.png", "dog/2.png"], "", FolderLevel(1)) is None
    assert groups_by_folder([], "train/", FolderLevel(1)) is None
    assert groups_by_folder(["10001/1.png", "10002/2.png"], "", FolderLevel(1)) is None  # long numbers as classes


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (["seg_train", "seg_test", "seg_pred"], {"seg_train": "train", "seg_test": "test"}),
        (["trainImages", "testImages"], {"trainImages": "train", "testImages": "test"}),
        (["asl_alphabet_train", "asl_alphabet_test"], {"asl_alphabet_train": "train", "asl_alphabet_test": "test"}),
        (["CarsTRAIN", "CarsVal"], {"CarsTRAIN": "train", "CarsVal": "val"}),
        (["carstrain", "carsval"], {}),  # no sign and no capital between the words
        (["Cars TRAIN", "Cars Val"], {"Cars TRAIN": "train", "Cars Val": "val"}),
        (["train", "test-multiple_fruits"], {"train": "train"}),
        (["train station", "test tube", "valid ticket"], {}),
        (["trainer", "tester"], {}),
        (["seg_val", "seg_test"], {}),  # nothing to train on
    ],
)
def test_a_word_in_a_name_is_a_part_only_where_the_siblings_are_a_split(
    names: list[str], parts: dict[str, str]
) -> None:
    assert parts_among(names) == parts


def test_parts_within_the_classes_are_parts_in_their_order() -> None:
    names = ["cat/test/1.png", "cat/train/2.png", "dog/Training/3.png", "dog/valid/4.png", "dog/train/5.png"]
    assert inner_parts(names, "") == {
        "train": ["cat/train/2.png", "dog/Training/3.png", "dog/train/5.png"],
        "val": ["dog/valid/4.png"],
        "test": ["cat/test/1.png"],
    }
    assert list(inner_parts([f"all/{name}" for name in names], "all/")) == ["train", "val", "test"]


def test_what_is_not_parted_throughout_has_no_parts_within() -> None:
    assert inner_parts(["cat/train/1.png", "dog/train/2.png"], "") == {}  # one part is none
    assert inner_parts(["cat/test/1.png", "dog/val/2.png"], "") == {}  # nothing to train on
    assert inner_parts(["cat/train/1.png", "cat/test/2.png", "dog/brown/3.png"], "") == {}
    parted = [f"cat/{'train' if number else 'test'}/{number}.png" for number in range(9)]
    assert inner_parts([*parted, "dog/9.png"], "") == {}  # a tenth lies beside the parts
    assert list(inner_parts([*parted, "cat/train/9.png", "dog/10.png"], "")) == ["train", "test"]


def test_what_people_call_the_parts() -> None:
    assert dict(PART_FOLDERS) == {
        **dict.fromkeys(("train", "training", "training_set", "train_images"), "train"),
        **dict.fromkeys(("val", "valid", "validation", "validation_set", "val_images"), "val"),
        **dict.fromkeys(("test", "testing", "test_set", "test1", "test_images"), "test"),
    }


def of_people(takes: list[str], people: tuple[str, ...] = ("S005", "S010")) -> list[str]:
    return [f"set/{person}/{take}/{at}.png" for person in people for take in takes for at in range(2)]


@pytest.mark.parametrize("takes", [["001", "002"], ["09", "01"], ["session1", "session2"], ["Take_3", "take 10"]])
def test_folders_counted_within_each_person_are_takes(takes: list[str]) -> None:
    assert takes_of_people(of_people(takes), "set/", FolderLevel(2)) == sorted(takes)


@pytest.mark.parametrize(
    ("takes", "people"),
    [
        (["0", "1"], ("8863", "9036")),
        (["1", "2"], ("S005", "S010")),
        (["00", "01"], ("S005", "S010")),
        (["02", "03"], ("S005", "S010")),
        (["01", "002"], ("S005", "S010")),
        (["10", "11"], ("S005", "S010")),
        (["001"], ("S005", "S010")),
        (["001", "happy"], ("S005", "S010")),
        (["001", "002"], ("wood", "metal")),
    ],
)
def test_other_folders_within_people_may_be_classes(takes: list[str], people: tuple[str, ...]) -> None:
    assert takes_of_people(of_people(takes, people), "set/", FolderLevel(2)) == []


def test_a_folder_is_no_take_at_another_level() -> None:
    names = of_people(["001", "002"])
    assert takes_of_people(names, "set/", FolderLevel(1)) == []
    assert takes_of_people(names, "set/", FolderLevel("last")) == []


def test_cases_and_magnifications_are_no_choice_if_two_others_are_left() -> None:
    names = [
        f"{kind}/SOB_14-2254{case}/{size}X/SOB_14-2254{case}-{size}-001.png"
        for case, kind in enumerate(("benign", "benign", "malignant", "malignant"))
        for size in (40, 100)
    ]
    kinds, cases, sizes = ([name.split("/")[at] for name in names] for at in range(3))
    three = {FolderLevel(1): kinds, FolderLevel(2): cases, FolderLevel(3): sizes}
    assert _without_cases(three, names, "") == three  # the kinds alone would be left
    letters = [kind[:1] for kind in kinds]
    assert _without_cases({**three, FolderLevel(4): letters}, names, "") == {
        FolderLevel(1): kinds,
        FolderLevel(4): letters,
    }
    plain = [name.replace("SOB_14-2254", "case") for name in names]
    assert _without_cases(three, plain, "") == three


@pytest.mark.parametrize(
    ("folders", "alone"),
    [
        ([["source", "cats", "ill"], ["source", "cats", "well"]], 2),
        ([["source", "cats"], ["source", "dogs"]], 1),
        ([["cat"], ["dog"]], 0),
        ([["cat"], ["cat"]], 0),  # the folder right above the pictures does not count
        ([["source", "cats"], ["source"]], 0),
        ([["a", "b", "c"]], 2),
        ([[], ["a"]], 0),
        ([], 0),
    ],
)
def test_folders_around_everything_are_counted(folders: list[list[str]], alone: int) -> None:
    assert lone_folders(folders) == alone
