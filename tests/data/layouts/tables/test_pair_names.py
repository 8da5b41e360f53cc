"""What the names of arrays say, and which of them belong together."""

from __future__ import annotations

import pytest

from onelook.data.layouts.tables.pair_names import ArrayKind, NamedPair, pair_names, read_name

PICTURES, LABELS = ArrayKind.PICTURES, ArrayKind.LABELS


@pytest.mark.parametrize(
    ("name", "kind", "part", "words"),
    [
        ("kmnist-train-imgs", PICTURES, "train", ("kmnist",)),
        ("k49-test-labels", LABELS, "test", ("k", "49")),
        ("X_train_sat4", PICTURES, "train", ("sat", "4")),
        ("ytest", LABELS, "test", ()),
        ("trainY", LABELS, "train", ()),
        ("csvTrainImages 60k x 784", PICTURES, "train", ("csv",)),
        ("csvTrainLabel 60k x 1", LABELS, "train", ("csv",)),  # the x is of the size
        ("train_32x32", None, "train", ()),
        ("olivetti_faces_target", LABELS, "all", ("olivetti", "faces")),
        ("cifar10.1_v6_data", PICTURES, "all", ("cifar", "10", "1", "v", "6")),
        ("image_labels", LABELS, "all", ()),
        ("data_labels_valid", LABELS, "val", ()),
        ("t10k-images", PICTURES, "test", ()),
        ("brightness", None, "all", ("brightness",)),
    ],
)
def test_words_tell_the_kind_the_part_and_the_set(
    name: str, kind: ArrayKind | None, part: str, words: tuple[str, ...]
) -> None:
    read = read_name(name)
    assert (read.kind, read.part, read.words) == (kind, part, words)


def test_of_two_lists_of_labels_the_one_with_the_words_of_the_pictures_belongs_to_them() -> None:
    assert pair_names(["images", "labels", "fine labels"]) == [{"all": NamedPair(["images"], ["labels"])}]


def test_one_pair_a_part_is_one_data_set_whatever_the_other_words() -> None:
    (found,) = pair_names(["faces60 images", "labels", "test-images", "test-labels of it", "readme"])
    assert found == {
        "all": NamedPair(["faces60 images"], ["labels"]),
        "test": NamedPair(["test-images"], ["test-labels of it"]),
    }


def test_several_sets_are_told_apart_by_their_other_words() -> None:
    names = [f"{each}-{part}-{kind}" for each in ("k49", "kmnist") for part in ("train", "test") for kind in ("x", "y")]
    first, second = pair_names(names)
    assert first["train"] == NamedPair(["k49-train-x"], ["k49-train-y"])
    assert second["test"] == NamedPair(["kmnist-test-x"], ["kmnist-test-y"])


def test_pictures_may_be_called_as_their_labels_without_the_word() -> None:
    (found,) = pair_names(["faces", "faces_target", "other"])
    assert found == {"all": NamedPair(["faces"], ["faces_target"])}


@pytest.mark.parametrize("names", [["cat", "dog"], ["x_train", "x_test"], ["labels", "fog", "snow"], ["labels"]])
def test_what_lacks_pictures_or_labels_is_no_data_set(names: list[str]) -> None:
    assert pair_names(names) == []


def test_one_pair_of_a_part_does_not_make_two_pairs_of_another_one_set() -> None:
    of_a = [f"apples-{part}-{kind}" for part in ("train", "test") for kind in ("images", "labels")]
    first, second = pair_names([*of_a, "pears-test-images", "pears-test-labels"])
    assert first == {
        "train": NamedPair(["apples-train-images"], ["apples-train-labels"]),
        "test": NamedPair(["apples-test-images"], ["apples-test-labels"]),
    }
    assert second == {"test": NamedPair(["pears-test-images"], ["pears-test-labels"])}


def test_a_name_that_says_nothing_is_not_the_pictures_of_labels_that_say_nothing_more() -> None:
    assert pair_names(["28x28", "labels"]) == []
