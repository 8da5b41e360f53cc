"""Where the names in a table lead: to one folder, to several, to where the data was before, or nowhere."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from onelook.data.layouts.manifests.columns.one_hot import OneHot, read_one_hot
from onelook.data.layouts.manifests.names.listed_files import ListedFiles, Whereabouts, best_places
from onelook.data.storage.location import Location
from onelook.errors import DataError

SCATTERED = Whereabouts(is_scattered=True)


def listed(root: Path, names: str, base: str = "") -> ListedFiles:
    """Empty files of these names: only what they are called matters."""
    for name in names.split():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return ListedFiles(Location(root), base)


def test_names_are_taken_from_several_folders_where_a_fifth_more_is_found_there(tmp_path: Path) -> None:
    names = [*(f"a/{number}.png" for number in range(5)), "b/5.png", "b/6.png"]
    files = listed(tmp_path, " ".join(names))
    of_six = files.places([str(number) for number in range(6)])
    assert of_six == Counter({Whereabouts("a/"): 5, Whereabouts("b/"): 1})  # 6 is no more than 1.2 times 5
    of_seven = files.places([str(number) for number in range(7)])
    assert of_seven == Counter({SCATTERED: 7, Whereabouts("a/"): 5, Whereabouts("b/"): 2})
    assert [files.find(cell, SCATTERED) for cell in ("6", "0.png", "7")] == ["b/6.png", "a/0.png", None]


def test_a_name_that_several_folders_have_is_none_of_them(tmp_path: Path) -> None:
    files = listed(tmp_path, "a/1.png b/1.png b/2.png")
    assert files.find("1", SCATTERED) is None
    assert files.find("2", SCATTERED) == "b/2.png"
    assert files.find("1", Whereabouts("b/")) == "b/1.png"
    assert files.find("b/1.png", Whereabouts()) == "b/1.png"


def test_a_name_ends_at_a_folder_and_not_within_one(tmp_path: Path) -> None:
    files = listed(tmp_path, "x/cat/1.png tomcat/1.png")
    assert files.places(["cat/1.png"]) == Counter({Whereabouts("x/"): 1})


def test_a_suffix_that_is_left_out_must_not_be_ambiguous(tmp_path: Path) -> None:
    files = listed(tmp_path, "1.png 1.jpg 2.v2.png")
    assert (files.find("1.jpg", Whereabouts()), files.find("2.v2", Whereabouts())) == ("1.jpg", "2.v2.png")
    with pytest.raises(DataError, match=r"'1' may be 1.jpg or 1.png"):
        files.find("1", Whereabouts())


def test_what_stood_before_the_data_was_moved_is_dropped_as_little_as_need_be(tmp_path: Path) -> None:
    files = listed(tmp_path, "im/cat/1.png im/dog/1.png other/2.png")
    assert files.places(["/old/im/dog/1.png"]) == Counter({Whereabouts("", "/old/"): 1})
    assert files.places(["D:\\x\\dog\\1.png"]) == Counter({Whereabouts("im/", "D:/x/"): 1})
    moved = Whereabouts("im/", "/old/")
    assert files.find("/old/dog/1.png", moved) == "im/dog/1.png"
    for outside in ("/old/../im/dog/1.png", "/old/", "/other/dog/1.png", "dog/1.png"):
        assert files.find(outside, moved) is None


def test_a_table_further_down_may_climb_but_not_out(tmp_path: Path) -> None:
    files = listed(tmp_path, "im/1.png csv/2.png", base="csv/")
    assert files.find("../im/1.png", Whereabouts()) == "im/1.png"
    assert files.find("../../im/1.png", Whereabouts()) is None
    assert listed(tmp_path, "").find("../im/1.png", Whereabouts()) is None


@pytest.mark.parametrize(
    ("folders", "best"),
    [
        ({"": 3, "train/": 3}, [""]),  # the root before the folder of the table's name
        ({"": 3, "train/": 4}, ["train/"]),
        ({"a/": 3, "train_images/": 3}, ["train_images/"]),
        ({"train/": 3, "train_old/": 3, "a/": 3}, ["a/", "train/", "train_old/"]),  # nothing tells these two apart
        ({"b/": 3, "a/": 3, "c/": 1}, ["a/", "b/"]),
        ({}, []),
    ],
)
def test_the_folder_of_most_names_is_taken_and_of_equals_the_one_that_says_so(
    folders: dict[str, int], best: list[str]
) -> None:
    found = Counter({Whereabouts(folder): count for folder, count in folders.items()})
    assert [place.folder for place in best_places(found, "train.csv")] == best


@pytest.mark.parametrize(
    ("folders", "table", "own", "best"),
    [
        ("a/=3 b/=3", "t.csv", "b/", "b/"),  # the folder of the table itself
        ("a/=3 b/=2", "t.csv", "b/", "a/"),
        ("=3 b/=3", "t.csv", "b/", "b/"),
        ("=3 a/=3", "t.csv", "b/", ""),
        ("a/x/=10 b/x/=9", "t.csv", "b/", "b/x/"),  # each part has the same folders: nearly as many are enough
        ("a/x/=10 b/x/=8", "t.csv", "b/", "a/x/"),
        ("a/y/=10 b/x/=10", "t.csv", "b/", "a/y/ b/x/"),
        ("a/y/=10 train/x/=10", "t.csv", "train/", "train/x/"),
        ("train/x/=10 train/y/=10", "t.csv", "train/", "train/x/ train/y/"),
        ("im/=10 im_masks/=10", "t.csv", "", "im/"),
        ("masks/=10 train/=9", "train.csv", "", "train/"),
        ("masks/=10 train/=8", "train.csv", "", "masks/"),
        ("masks/=10 trimaps/=10", "t.csv", "", "masks/ trimaps/"),
        ("cars_train/=10 cars_test/=10", "cars_test_annos.csv", "", "cars_test/"),
        ("cars_train/=10 cars_test/=9", "cars_test.csv", "", "cars_test/"),
        ("cars_train/=10 cars_test/=8", "cars_test.csv", "", "cars_train/"),
        ("cars_train/=10 cars_test/=10", "cars.csv", "", "cars_test/ cars_train/"),
        ("b/=5 a/=5 c/masks/=5", "t.csv", "", "a/ b/"),
    ],
)
def test_ties_prefer_the_own_folder_the_root_the_table_s_words_and_pictures_to_masks(
    folders: str, table: str, own: str, best: str
) -> None:
    counts = (each.rpartition("=") for each in folders.split())
    found = Counter({Whereabouts(folder): int(count) for folder, _, count in counts})
    assert [place.folder for place in best_places(found, table, own)] == (best.split() or [""])


def test_a_place_that_drops_the_beginning_of_names_is_not_the_table_s_own() -> None:
    old = Counter({Whereabouts("b/", "old/"): 3, Whereabouts("a/"): 3})
    assert [place.folder for place in best_places(old, "t.csv", "b/")] == ["a/", "b/"]
    below = Counter({Whereabouts("b/x/", "old/"): 3, Whereabouts("a/x/"): 3})
    assert [place.folder for place in best_places(below, "t.csv", "b/")] == ["a/x/", "b/x/"]


def test_labels_are_where_the_only_1_of_a_row_stands() -> None:
    columns = {
        "id": ["a", "b", "c", "d"],
        "cat": ["0", "1", "0.0", "False"],
        "dog": ["1.0", "0", "0", "false"],
        "eel": ["0", "0", "True", "true"],
        "age": ["1", "0", "2", "1"],
    }
    assert read_one_hot(columns, ["id"]) == OneHot(("cat", "dog", "eel"), ("dog", "cat", "eel", "eel"))
    assert read_one_hot(columns, ["id", "eel"]) == OneHot(("cat", "dog"), None)  # c and d have none
    assert read_one_hot(columns | {"fox": ["0", "1", "0", "0"]}, ["id"]) == OneHot(("cat", "dog", "eel", "fox"), None)
    assert read_one_hot({"id": ["a", "b"], "is_cat": ["1", "0"]}, ["id"]) is None
    assert read_one_hot({"cat": ["1", None], "dog": ["0", "1"]}, []) is None
    assert read_one_hot({"cat": [], "dog": []}, []) is None
