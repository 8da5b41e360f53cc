"""Several data sets side by side, each with parts of its own, and pictures that were cut out of others."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from onelook.data.layouts.folders.cut_outs import CutOuts, find_cut_outs
from onelook.data.layouts.folders.parts.sets_with_parts import find_sets_with_parts, lone_set_with_parts
from onelook.data.layouts.label_from import FolderLevel


def tops(*folders: str) -> dict[str, list[str]]:
    """Two pictures in each of these folders, by the first folder."""
    found: dict[str, list[str]] = {}
    for folder in folders:
        found.setdefault(folder.partition("/")[0], []).extend(f"{folder}/{at}.png" for at in range(2))
    return found


def of_set(name: str, train: Sequence[str], test: Sequence[str]) -> list[str]:
    return [*(f"{name}/train/{each}" for each in train), *(f"{name}/test/{each}" for each in test)]


BOTH = ("dent", "rust")


def test_two_sets_have_parts_and_classes_of_their_own() -> None:
    found = find_sets_with_parts(tops(*of_set("cars", BOTH, BOTH), *of_set("bikes", ("rust", "dirt"), ("rust",))), "")
    assert found is not None
    assert list(found.folders) == ["cars", "bikes"]
    assert found.part_of["cars/train/dent/0.png"] == "train"
    assert found.part_of["bikes/test/rust/1.png"] == "test"
    assert found.classes == {
        "cars": [*("dent", "dent", "rust", "rust") * 2],
        "bikes": [*("rust",) * 2, *("dirt",) * 2, *("rust",) * 2],
    }
    parts, others = found.arranged(FolderLevel("path"))
    assert list(parts) == ["train", "test"]
    assert list(parts["test"].classes or ()) == [*("cars/dent",) * 2, *("cars/rust",) * 2, *("bikes/rust",) * 2]
    assert others == []


@pytest.mark.parametrize(
    "folders",
    [
        [*of_set("cars", BOTH, BOTH)],
        [*of_set("cars", BOTH, ()), *of_set("bikes", BOTH, ())],  # nothing but training parts
        [*of_set("cars", BOTH, BOTH), *of_set("bikes", ("dent",), BOTH)],  # one class to train on
        [*of_set("cars", BOTH, BOTH), *of_set("bikes", (), BOTH)],
        [*of_set("fold1", BOTH, BOTH), *of_set("fold2", BOTH, BOTH)],  # shares of the same pictures
        [*of_set("cars", ("images", "photos"), BOTH), *of_set("bikes", BOTH, BOTH)][:3],
    ],
)
def test_other_folders_are_no_sets(folders: Sequence[str]) -> None:
    assert find_sets_with_parts(tops(*folders), "") is None


def test_one_set_beside_folders_without_parts() -> None:
    cars = of_set("cars", BOTH, BOTH)
    found = lone_set_with_parts(tops(*cars, "faces/ann", "faces/bob"), "")
    assert found == ("cars", [*("dent", "dent", "rust", "rust") * 2])
    assert lone_set_with_parts(tops(*cars, "more/dent"), "") is None  # its classes are beside it too
    assert lone_set_with_parts(tops(*cars, *of_set("bikes", BOTH, BOTH)), "") is None
    assert lone_set_with_parts(tops("faces/ann", "more/dent"), "") is None


def test_cut_outs_are_found_if_nearly_all_in_their_folder_are_of_a_whole_picture_of_their_class() -> None:
    wholes = [f"cat/{at}.png" for at in range(10)]
    cut = [f"cat/crops/{at}_1.png" for at in range(9)]
    names = [*wholes, *cut, "cat/crops/other.png"]
    found = find_cut_outs(names, ["cat"] * 20, "")
    assert found is not None
    assert found.whole_of == dict(zip(cut, wholes, strict=False))
    assert found.groups(names) == [*wholes, *wholes[:9], "cat/crops/other.png"]
    assert find_cut_outs([*names[:18], "cat/crops/a.png", "cat/crops/b.png"], ["cat"] * 20, "") is None  # 8 of 10
    assert find_cut_outs(names, ["cat"] * 10 + ["dog"] * 10, "") is None
    longest = find_cut_outs(["cat/1.png", "cat/1_2.png", "cat/crops/1_2_3.png"], ["cat"] * 3, "")
    assert longest is not None
    assert longest.whole_of == {"cat/crops/1_2_3.png": "cat/1_2.png"}


def test_cut_outs_that_are_half_of_the_pictures_can_be_taken_alone() -> None:
    cut_outs = CutOuts({"cat/crops/1_a.png": "cat/1.png"})
    names, classes = ["cat/1.png", "cat/crops/1_a.png", "dog/2.png"], ["cat", "cat", "dog"]
    (note,) = cut_outs.note_on_these_alone(names[:2], classes[:2])
    assert note == "To take the cut-outs alone: --label-from '(?P<group>(?P<label>[^/]+)/crops/[^/]+)_'"
    assert cut_outs.note_on_these_alone(names, classes) == []  # a pattern for a third would be refused
    assert (
        CutOuts({"cat/crops/1.png": "cat/1.png"}).note_on_these_alone(["cat/1.png", "cat/crops/1.png"], classes[:2])
        == []
    )
