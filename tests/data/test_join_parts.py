"""A second data set put to the first: its labels by name, what is said of them, and all that both knew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onelook.data.dataset import Dataset
from onelook.data.join_parts import PartName, add_part
from onelook.data.open import open_dataset
from onelook.errors import DataError


def data(classes: str, first: int = 0) -> Dataset:
    """Pictures of one value each, and a letter for the class of each."""
    images = np.arange(first, first + len(classes), dtype=np.uint8).repeat(4).reshape(-1, 2, 2)
    return open_dataset((images, list(classes)), for_training=False)


def test_labels_are_matched_by_name_and_classes_without_pictures_are_said() -> None:
    merged = add_part(data("abcd"), data("dca", first=10), "test")
    assert merged.class_names == ("a", "b", "c", "d")
    assert list(merged.parts) == ["train", "test"]
    train, test = merged.parts["train"], merged.parts["test"]
    assert train.labels is not None
    assert test.labels is not None
    assert (train.labels.tolist(), test.labels.tolist()) == ([0, 1, 2, 3], [3, 2, 0])
    assert (train.ids, test.ids) == (
        ("train/1", "train/2", "train/3", "train/4"),
        ("test/1", "test/2", "test/3"),
    )
    assert [note for note in merged.notes if "no pictures of" in note] == ["--test arrays has no pictures of b."]


def test_what_both_knew_is_known_of_the_whole() -> None:
    first = replace(data("abab"), missing_values=2, set_aside={"x.png": "stray"}, notes=("One.",))
    second = replace(data("ab", first=10), missing_values=3, set_aside={"x.png": "cut"}, notes=("Two.",))
    merged = add_part(first, second, "val")
    assert merged.missing_values == 5
    assert merged.merged == (first.fingerprint, second.fingerprint)
    assert dict(merged.set_aside) == {"x.png": "stray", "val/x.png": "cut"}
    assert merged.notes == ("One.", "In --val: Two.")
    third = data("ba", first=20)
    whole = add_part(merged, third, "test")
    assert whole.sources == (first.fingerprint, second.fingerprint, third.fingerprint)
    assert list(whole.parts) == ["train", "val", "test"]
    assert len({data.fingerprint for data in (first, merged, whole, add_part(first, second, "test"))}) == 4


def test_of_several_parts_the_one_of_that_name_is_meant() -> None:
    several = add_part(data("ab"), data("ba", first=10), "test")
    taken = add_part(data("abb", first=50), several, "test").parts["test"]
    assert taken.labels is not None
    assert (taken.labels.tolist(), taken.pictures.images[:, 0, 0, 0].tolist()) == ([1, 0], [10, 11])  # type: ignore[attr-defined]
    with pytest.raises(DataError, match="it has the parts train, test, and none called 'val'"):
        add_part(data("abb"), several, "val")


def test_the_data_s_own_part_of_that_name_gives_way() -> None:
    several = add_part(data("ab"), data("ba", first=10), "test")
    merged = add_part(several, data("bb", first=30), "test")
    assert merged.parts["test"].pictures.images[:, 0, 0, 0].tolist() == [30, 31]  # type: ignore[attr-defined]
    assert "The data's own test pictures were left out, as --test names others." in merged.notes


@pytest.mark.parametrize(("own", "name"), [("test", "val"), ("val", "test"), ("test", "test"), ("val", "val")])
def test_only_a_part_that_gave_way_is_said_to_have(own: PartName, name: PartName) -> None:
    several = add_part(data("abb"), data("ba", first=10), own)
    merged = add_part(several, data("ab", first=30), name)
    assert list(merged.parts) == [part for part in ("train", "val", "test") if part in {"train", own, name}]
    note = f"The data's own {name} pictures were left out, as --{name} names others."
    assert merged.notes == ((note,) if own == name else ())
    if own != name:
        assert list(merged.parts[own].ids) == [f"{own}/1", f"{own}/2"]


def test_a_part_is_joined_only_where_both_have_labels_and_there_is_something_to_train_on() -> None:
    unlabelled = open_dataset(np.zeros((2, 2, 2), np.uint8), for_training=False)
    with pytest.raises(
        DataError, match=r"^--val arrays: its pictures have no labels. Expected labelled pictures to sc"
    ):
        add_part(data("ab"), unlabelled, "val")
    with pytest.raises(DataError, match=r"^arrays: its pictures have no labels, so that --test has nothing to agree"):
        add_part(unlabelled, data("ab"), "test")
    rest = add_part(data("ab"), data("ba"), "test")
    rest = replace(rest, parts={"test": rest.parts["test"]})
    with pytest.raises(DataError, match=r"^arrays: no pictures to train on. Expected some beside --test\.$"):
        add_part(rest, data("ab"), "test")
