"""Which part is the one to learn from, wherever it is asked."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.checks.evidence import Evidence
from onelook.data.dataset import Dataset
from onelook.data.open import open_dataset
from onelook.data.part_names import parts_among
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
