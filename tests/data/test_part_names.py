"""Which part is the one to learn from, wherever it is asked."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.checks.evidence import Evidence
from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.data.part_names import (
    are_numbered,
    names_a_part,
    names_a_sample,
    part_and_rest,
    parts_among,
    parts_of_words,
)
from onelook.data.person_names import are_called_after_persons
from onelook.data.reading import read_dataset
from onelook.errors import DataError
from onelook.settings import DecodeSettings

X, Y = np.zeros((4, 4, 4), np.uint8), ["cat", "dog", "cat", "dog"]


def opened(*parts: str) -> Dataset:
    arrays = {part: (X + at, Y) for at, part in enumerate(parts)}
    return open_dataset(arrays, for_training=False)


@pytest.mark.parametrize(
    ("parts", "pool"),
    [
        (("train", "test"), "train"),
        (("train", "val", "test"), "train"),
        (("val", "train"), "train"),
        (("all",), "all"),
        (("test",), "all"),  # a single part is all that there is, whatever it is called
    ],
)
def test_the_pool_is_the_part_to_learn_from(parts: tuple[str, ...], pool: str) -> None:
    dataset = opened(*parts)
    reading = read_dataset(dataset, DecodeSettings(height=4, width=4, channels=1))
    assert dataset.pool is dataset.parts[pool]
    assert reading.pool is reading.parts[pool]
    evidence = Evidence.of_reading(reading)
    assert evidence.pool is evidence.splits[pool]


def test_where_there_is_nothing_to_learn_from_the_parts_that_are_there_are_named() -> None:
    dataset = opened("val", "test")
    with pytest.raises(DataError, match=r"only val and test pictures were found, none to train on"):
        _ = dataset.pool
    assert Evidence.of_reading(read_dataset(dataset, DecodeSettings(height=4, width=4, channels=1))).pool is None


def test_words_in_names_mean_parts_where_one_of_them_is_to_train_on() -> None:
    assert parts_among(["seg_train", "seg_val", "seg_pred"]) == {"seg_train": "train", "seg_val": "val"}
    assert parts_among(["seg_val", "seg_test"]) == {}
    assert parts_among(["seg_train", "other_test"]) == {}
    assert parts_among(["train", "my_test"]) == {"train": "train"}
    assert parts_among(["test", "my_test", "my_train"]) == {"test": "test", "my_test": "test", "my_train": "train"}
    assert parts_among(["train_data", "test_final_data", "test_first_data", "more"]) == {
        "train_data": "train",
        "test_final_data": "test",
        "test_first_data": "test",
    }
    assert parts_among(["train", "test_tube"]) == {"train": "train"}
    assert parts_among(["train of cars", "test of boats"]) == {}


def test_a_sample_beside_the_whole_is_no_part_and_a_sample_alone_is_one() -> None:
    both = {"sample_train": "train", "sample_test": "test"}
    whole = {"cats_train": "train", "cats_test": "test"}
    assert parts_among(list(both)) == both
    assert parts_among([*whole, *both]) == whole
    assert parts_among(["cats_train", "cats_val", *both]) == {
        "cats_train": "train",
        "cats_val": "val",
        "sample_test": "test",
    }


@pytest.mark.parametrize(
    ("names", "parts"),
    [
        (("training", "validation", "evaluation"), "train val test"),
        (("train", "eval", "test"), "train val test"),
        (("train", "dev"), "train val"),
        (("train", "evaluation", "holdout"), "train test val"),
        (("train", "holdout", "eval", "evaluation"), "train test val -"),
        (("Train", "Dev", "Eval"), "train val test"),
        (("train", "evaluation", "val", "test"), "train - val test"),
        (("evaluation", "dev", "hotel"), "- - -"),  # nothing to train on: these are classes
    ],
)
def test_weak_words_mean_parts_beside_train_where_a_part_is_free(names: tuple[str, ...], parts: str) -> None:
    found = parts_among(names)
    assert [found.get(name, "-") for name in names] == parts.split()


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        (("PublicTest", "PrivateTest", "Training"), "val test train"),  # FER2013
        (("PublicTest", "Training"), "test train"),
        (("PrivateTest", "Training"), "test train"),
        (("TRAINING", "Validation", "TST"), "train val test"),
        (("trainval", "te"), "train test"),
        (("train+val", "dev"), "train val"),
        (("tr", "va", "te", "x"), "train val test -"),
        (("dev", "test"), "train test"),  # development is what is not the test
        (("dev", "train"), "val train"),
        (("learning", "evaluation", "holdout"), "train test val"),
        (("my train set", "test-set", "train or test"), "train test -"),
        (("fold1", "fold2"), "- -"),
        (("evaluation", "holdout"), "- -"),
    ],
)
def test_each_word_of_a_column_means_a_part_or_none(words: tuple[str, ...], parts: str) -> None:
    found = parts_of_words(words)
    assert [found.get(word, "-") for word in words] == parts.split()
    assert set(found) <= set(words)


@pytest.mark.parametrize(
    ("name", "part", "rest", "is_sample"),
    [
        ("train_cats", "train", "cats", False),
        ("cats-Test", "test", "cats", False),
        ("validation.cats", "val", "cats", False),
        ("catsTrain", "train", "cats", False),
        ("my test set", "test", "my set", False),
        ("Train", "train", "", False),
        ("train_test", None, "train_test", False),
        ("resampled", None, "resampled", False),
        ("train_sample", "train", "sample", True),
        ("Samples", None, "Samples", True),
        ("tiny-train", "train", "tiny", True),
        ("demoTest", "test", "demo", True),
    ],
)
def test_a_name_is_a_part_and_the_rest(name: str, part: str | None, rest: str, is_sample: bool) -> None:
    assert part_and_rest(name) == (part, rest)
    assert names_a_part(name) is (part is not None or name == "train_test")
    assert names_a_sample(name) is is_sample


@pytest.mark.parametrize(
    ("folders", "are_persons"),
    [
        (("patient1", "patient2"), True),
        (("Patient_00001", "SUBJECT-3", "sub 4"), True),
        (("patient_004_node_4", "patient 1"), True),
        (("patient1",), False),
        (("patient1", "patient1"), False),
        (("patient1", "cat"), False),
        (("patient1", "patient1b"), False),
        (("patient", "subject"), False),
    ],
)
def test_folders_are_called_after_persons_by_a_word_and_a_number(folders: tuple[str, ...], are_persons: bool) -> None:
    assert are_called_after_persons(folders) is are_persons


@pytest.mark.parametrize(
    ("names", "are"),
    [
        (("train_part1", "train_part2"), True),
        (("train_part1", "train"), False),  # each has a number
        (("train1", "test2"), True),
        (("train_cats1", "train_dogs2"), False),
        (("train_a_1", "train_b_2"), True),
        (("train", "training"), False),
    ],
)
def test_names_of_one_part_may_differ_in_their_numbers_alone(names: tuple[str, ...], are: bool) -> None:
    assert are_numbered(names) is are
