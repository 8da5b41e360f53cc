"""Folds: every training picture is held out once, classes are spread evenly, and what hangs together stays so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.data.splits.test_split import NAMES, read_part

from onelook.data.dataset import ReadPart
from onelook.data.splits.folds import assign_folds, deal, split_of_fold
from onelook.errors import ConfigError, DataError


def dealt(part: ReadPart, folds: int, seed: int = 0) -> list[int]:
    return assign_folds(part, NAMES, folds=folds, seed=seed).tolist()


@pytest.mark.parametrize("folds", [2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_classes_and_sizes_are_as_even_as_they_can_be(folds: int, seed: int) -> None:
    part = read_part("train", "c" * 17 + "d" * 11 + "e" * 6)
    found = np.array(dealt(part, folds, seed))
    assert part.labels is not None
    for label in range(3):
        counts = np.bincount(found[part.labels == label], minlength=folds)
        assert counts.max() - counts.min() <= 1
    sizes = np.bincount(found, minlength=folds)
    assert sizes.max() - sizes.min() <= 1


def test_the_seed_decides_and_is_the_same_on_every_machine() -> None:
    part = read_part("train", "cd" * 6)
    assert dealt(part, 3, seed=1) == dealt(part, 3, seed=1)
    assert dealt(part, 3, seed=1) != dealt(part, 3, seed=2)
    assert dealt(part, 3, seed=7) == [0, 2, 1, 0, 1, 1, 0, 0, 2, 2, 2, 1]


def test_copies_also_under_two_labels_are_in_one_fold() -> None:
    # Pictures 100 and 101 stand four times each; 101 once under another label.
    part = read_part("train", "c" * 8 + "d" * 8, [100, 100, 100, 100, 101, 101, 101, 1, 101, *range(2, 9)])
    for seed in range(10):
        found = np.array(dealt(part, 2, seed))
        assert len(set(found[:4])) == 1
        assert len(set(found[[4, 5, 6, 8]])) == 1


@pytest.mark.parametrize("seed", range(5))
def test_groups_and_near_copies_are_never_torn_and_classes_stay_even(seed: int) -> None:
    groups = np.arange(240) // 4
    near = np.arange(240)
    near[[3, 4]] = 3  # a near copy ties the first two groups together
    part = replace(read_part("train", "cd" * 60 + "e" * 120), given_groups=groups, near_groups=near)
    found = np.array(dealt(part, 5, seed))
    assert all(len(set(found[groups == group])) == 1 for group in range(60))
    assert len(set(found[:8])) == 1
    assert part.labels is not None
    for label in range(3):
        counts = np.bincount(found[part.labels == label], minlength=5)
        assert counts.max() - counts.min() <= 4


def test_large_units_go_where_their_own_classes_are_fewest() -> None:
    # Units of 4 cats, 3 dogs, 3 cats and 2 dogs, the largest first: cats 4 and 3, dogs 3 and 2, crosswise.
    units = np.array([0] * 3 + [1] * 2 + [2] * 4 + [3] * 3)
    labels = np.array([0] * 3 + [1] * 2 + [0] * 4 + [1] * 3)
    fold_of = deal(units, labels, folds=2)
    assert fold_of[2] == 0
    assert fold_of[3] == 1  # has no dogs, and fewer pictures
    assert fold_of[0] == 1  # has no cats yet
    assert fold_of[1] == 0  # has no dogs yet


def test_the_largest_units_are_placed_first_so_that_small_ones_even_them_out() -> None:
    units = np.array([0, 0, 1, 1, 1, 2, 2, 2, 2, 2])
    assert deal(units, np.zeros(10, np.int64), folds=2).tolist() == [1, 1, 0]  # five and five pictures


def test_single_pictures_even_out_what_a_large_group_leaves() -> None:
    # A group of six in class 0, and six single pictures of it: all six go to the other fold.
    units = np.array([0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6])
    assert deal(units, np.zeros(12, np.int64), folds=2).tolist() == [0, 1, 1, 1, 1, 1, 1]


def test_single_pictures_follow_their_class_before_the_sizes_of_the_folds() -> None:
    # A group of four dogs makes the first fold large; of four cats it still gets two.
    units = np.array([0, 0, 0, 0, 1, 2, 3, 4])
    assert sorted(deal(units, np.array([1, 1, 1, 1, 0, 0, 0, 0]), folds=2)[1:].tolist()) == [0, 0, 1, 1]


def test_every_picture_validates_exactly_once_and_trains_in_all_other_folds() -> None:
    parts = {"train": read_part("train", "cde" * 7, [*range(20), 0]), "test": read_part("test", "cde", [50, 51, 52])}
    splits = [split_of_fold(parts, NAMES, fold=fold, folds=4, seed=3) for fold in (1, 2, 3, 4)]
    validated = [each for split in splits for each in split.val.ids]
    assert sorted(validated) == sorted(set(validated)) == sorted(f"train/{row}" for row in range(1, 22))
    fold_of = np.array(assign_folds(parts["train"], NAMES, folds=4, seed=3))
    for fold, split in enumerate(splits):  # the first one validates the fold 0
        assert (split.sides["train"] == "val").tolist() == (fold_of == fold).tolist()
    for split in splits:
        assert set(split.train.ids) == set(validated) - set(split.val.ids)
        assert split.test is not None
        assert split.test.ids == ("test/1", "test/2", "test/3")
        assert {entry.id for entry in split.entries()} == {*split.train.ids, *split.val.ids, *split.test.ids}
    assert len({split.fingerprint for split in splits}) == 4


def test_an_exact_copy_with_the_same_label_is_not_used_twice() -> None:
    split = split_of_fold({"all": read_part("all", "cccdd", [1, 1, 4, 2, 3])}, NAMES, fold=1, folds=2, seed=0)
    assert sorted(split.train.ids + split.val.ids) == ["all/1", "all/3", "all/4", "all/5"]
    with pytest.raises(ConfigError, match="class 'cat' has 1 picture, .*add pictures, or remove the class"):
        dealt(read_part("all", "ccdd", [1, 1, 2, 3]), 2)


def test_more_folds_than_pictures_of_a_class_name_the_class() -> None:
    with pytest.raises(ConfigError, match=r"--folds 5: the class 'eel' has 3 pictures, .*Expected --folds 3 or fewer"):
        dealt(read_part("train", "c" * 9 + "d" * 9 + "eee"), 5)


def test_a_class_in_too_few_groups_is_named_with_its_groups() -> None:
    part = replace(read_part("train", "ccccdddd"), given_groups=np.array([1, 1, 1, 1, 2, 3, 4, 5]))
    with pytest.raises(ConfigError, match=r"'cat' has 4 pictures in 1 group that stays together.*needs two or more"):
        dealt(part, 2)


def test_the_class_of_the_fewest_groups_decides_though_another_has_fewer_pictures() -> None:
    part = replace(read_part("train", "cccccc" + "ddddd"), given_groups=np.array([1, 1, 1, 2, 2, 2, *range(3, 8)]))
    with pytest.raises(ConfigError, match=r"'cat' has 6 pictures in 2 groups that stay together.*--folds 2 or fewer"):
        dealt(part, 3)


def test_given_validation_pictures_are_refused() -> None:
    parts = {"train": read_part("train", "cdcd"), "val": read_part("val", "cd", [8, 9])}
    with pytest.raises(ConfigError, match="validation pictures of its own"):
        split_of_fold(parts, NAMES, fold=1, folds=2, seed=0)


def test_one_class_is_refused() -> None:
    with pytest.raises(DataError, match="all 4 training pictures are of one class, 'dog'"):
        split_of_fold({"all": read_part("all", "dddd")}, NAMES, fold=1, folds=2, seed=0)
