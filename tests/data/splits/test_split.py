"""The split: stratified, seeded, without leaks, and every class on both sides."""

from __future__ import annotations

import csv
import hashlib
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from onelook.data.dataset import ReadPart
from onelook.data.duplicates.exact import group_copies
from onelook.data.splits.split import Split, _shares, check_request, one_class_only, split_dataset
from onelook.errors import ConfigError, DataError

NAMES = ("cat", "dog", "eel")


def read_part(name: str, classes: str | None, pictures: list[int] | None = None, found: str = "") -> ReadPart:
    """A part of one-pixel pictures, all different unless `pictures` says so; a letter a label.

    Args:
        found: classes of pictures that could not be read.
    """
    values = list(range(len(classes or pictures or ()))) if pictures is None else pictures
    images = np.array(values, np.int64).reshape(-1, 1, 1, 1)
    labels = None if classes is None else np.array(["cde".index(letter) for letter in classes], np.int64)
    groups = np.array(values, np.int64)
    copy_of = np.full(len(values), -1, np.int64)
    if labels is not None:
        first: dict[tuple[int, int], int] = {}
        for row, key in enumerate(zip(values, labels.tolist(), strict=True)):
            copy_of[row] = first.get(key, -1)
            first.setdefault(key, row)
    return ReadPart(
        name=name,
        images=images,
        ids=tuple(f"{name}/{row}" for row in range(1, len(values) + 1)),
        labels=labels,
        groups=groups,
        near_groups=groups,
        copy_of=copy_of,
        found=len(values) + len(found),
        found_classes=frozenset("cde".index(letter) for letter in (classes or "") + found),
        quarantined={},
    )


def split(*parts: ReadPart, val: float = 0.2, seed: int = 0, names: tuple[str, ...] = NAMES) -> Split:
    return split_dataset({part.name: part for part in parts}, names, val=val, seed=seed)


def class_counts(split_side: object) -> dict[int, int]:
    return dict(Counter(split_side.labels.tolist()))  # type: ignore[attr-defined]


# --- shares


def test_every_class_gives_its_share() -> None:
    found = split(read_part("all", "c" * 50 + "d" * 30 + "e" * 20), val=0.1)
    assert class_counts(found.val) == {0: 5, 1: 3, 2: 2}
    assert class_counts(found.train) == {0: 45, 1: 27, 2: 18}
    assert found.test is None


def test_remainders_go_to_the_classes_that_miss_most() -> None:
    # A tenth of 14, 17 and 19 is 1.4, 1.7 and 1.9: of the 5 in all, 1 + 2 + 2.
    assert class_counts(split(read_part("all", "c" * 14 + "d" * 17 + "e" * 19), val=0.1).val) == {0: 1, 1: 2, 2: 2}


def test_equal_remainders_go_to_the_first_class_whatever_the_floats_say() -> None:
    # A fifth of 2 and 7 is 0.4 and 1.4, as floats 1.4 leaves a little more.
    assert _shares(np.array([2, 7]), np.array([1, 6]), 0.2).tolist() == [1, 1]
    assert _shares(np.array([7, 7]), np.array([6, 6]), 0.2).tolist() == [2, 1]


def test_shares_are_of_all_pictures_also_of_those_that_cannot_validate() -> None:
    # Of 10 c six also stand under d: two of the other four validate, as a fifth of ten.
    pictures = [*range(10), *range(6), *range(20, 34)]
    found = split(read_part("all", "c" * 10 + "d" * 20, pictures), val=0.2)
    assert class_counts(found.val) == {0: 2, 1: 4}


def test_classes_of_three_stand_on_both_sides_and_smaller_ones_are_all_trained_on() -> None:
    for small in ("d", "dd"):
        found = split(read_part("all", "c" * 100 + small + "eee"), val=0.05)
        assert class_counts(found.val) == {0: 5, 2: 1}
        assert class_counts(found.train) == {0: 95, 1: len(small), 2: 2}
    assert class_counts(split(read_part("all", "c" * 10 + "dd" + "eee"), val=0.99).train) == {0: 1, 1: 2, 2: 1}


def test_two_pictures_are_parted_where_no_class_has_more() -> None:
    found = split(read_part("all", "ccdde"), val=0.1)
    assert class_counts(found.val) == {0: 1, 1: 1}
    assert class_counts(found.train) == {0: 1, 1: 1, 2: 1}


def test_sides_are_in_order_disjoint_and_complete() -> None:
    part = read_part("all", "cde" * 20)
    found = split(part)
    assert sorted([*found.train.rows, *found.val.rows]) == list(range(60))
    for side in (found.train, found.val):
        assert side.rows.tolist() == sorted(side.rows.tolist())
        assert side.ids == tuple(part.ids[row] for row in side.rows)
        assert side.labels is not None
        assert part.labels is not None
        assert side.labels.tolist() == part.labels[side.rows].tolist()
        assert side.images is part.images


# --- seed and fingerprint


def test_the_seed_decides_and_is_the_same_on_every_machine() -> None:
    part = read_part("all", "cd" * 10)
    # Written down once: another result on any machine or numpy is a broken promise to those who repeat a run.
    assert split(part, seed=0).val.ids == ("all/3", "all/4", "all/12", "all/19")
    assert split(part, seed=0).fingerprint == split(part, seed=0).fingerprint
    assert split(part, seed=1).val.ids != split(part, seed=0).val.ids
    assert split(part, seed=2**32 - 1).val.ids


def test_the_fingerprint_is_the_checksum_of_the_file(tmp_path: Path) -> None:
    found = split(read_part("train", "cdcd"), read_part("test", "cd", [10, 11]))
    found.write(tmp_path / "split.csv")
    content = (tmp_path / "split.csv").read_bytes()
    assert found.fingerprint == hashlib.sha256(content).hexdigest()
    rows = list(csv.reader(content.decode().splitlines()))
    assert rows[0] == ["id", "split", "class"]
    assert len(rows) == 1 + 6
    assert rows[-1] == ["test/2", "test", "dog"]


def test_the_fingerprint_sees_labels_ids_and_sides() -> None:
    base = split(read_part("train", "cdcd"), read_part("test", "cd", [10, 11]))
    others = [
        split(read_part("train", "cddc"), read_part("test", "cd", [10, 11])),
        split(read_part("train", "cdcd"), read_part("test", "dc", [10, 11])),
        split(read_part("train", "cdcd"), read_part("val", "cd", [10, 11])),
        split(read_part("train", "cdcd"), read_part("test", "cd", [10, 11]), names=("cat", "hen", "eel")),
    ]
    assert len({base.fingerprint, *(other.fingerprint for other in others)}) == 5


# --- copies


def test_copies_are_on_one_side_and_only_the_first_is_used() -> None:
    pictures = [row // 3 for row in range(60)]  # each picture three times
    part = read_part("all", "ccc" * 10 + "ddd" * 10, pictures)
    for seed in range(5):
        found = split(part, seed=seed)
        assert len(found.train) + len(found.val) == 20
        assert class_counts(found.val) == {0: 2, 1: 2}
        side = found.sides["all"]
        assert all(len(set(side[start : start + 3])) == 1 for start in range(0, 60, 3))
        assert all(row % 3 == 0 for row in [*found.train.rows, *found.val.rows])


def test_pictures_under_two_labels_stay_in_training() -> None:
    part = read_part("all", "cdcdcdcdcd", [0, 0, 1, 2, 3, 4, 5, 6, 7, 8])
    for seed in range(5):
        found = split(part, seed=seed, val=0.5)
        assert {"all/1", "all/2"} <= set(found.train.ids)


def test_copies_across_given_parts_are_all_used() -> None:
    found = split(read_part("train", "cdcd", [1, 2, 3, 4]), read_part("test", "cd", [1, 2]))
    assert found.test is not None
    assert len(found.test) == 2
    assert len(found.train) + len(found.val) == 4


def test_copies_within_test_count_once() -> None:
    found = split(read_part("train", "cdcd"), read_part("test", "ccd", [9, 9, 8]))
    assert found.test is not None
    assert found.test.ids == ("test/1", "test/3")


# --- given parts


def test_given_validation_pictures_are_used_whole() -> None:
    found = split(read_part("train", "cdcd"), read_part("val", "cdd", [7, 8, 9]), val=-1)
    assert found.train.ids == ("train/1", "train/2", "train/3", "train/4")
    assert found.val.ids == ("val/1", "val/2", "val/3")


def test_with_validation_pictures_given_one_of_a_class_is_enough() -> None:
    assert len(split(read_part("train", "cde"), read_part("val", "cd", [7, 8])).train) == 3


def test_an_unlabelled_test_part_is_no_test_set_but_is_listed() -> None:
    found = split(read_part("train", "cdcd"), read_part("test", None, [7, 8]))
    assert found.test is None
    assert [*found.entries()][-1] == ("test/2", "test", "", "")


def test_a_class_only_in_test_does_no_harm() -> None:
    found = split(read_part("train", "cdcd"), read_part("test", "ce", [7, 8]))
    assert found.test is not None
    assert class_counts(found.test) == {0: 1, 2: 1}


# --- refusals


@pytest.mark.parametrize("val", [0, 1, -0.1, 1.5, float("nan")])
def test_a_share_out_of_range_is_refused(val: float) -> None:
    with pytest.raises(ConfigError, match=r"--val .*: expected a share of the training pictures between 0 and 1"):
        split(read_part("all", "cdcd"), val=val)


def test_data_of_which_nothing_can_validate_is_refused_with_what_to_do() -> None:
    with pytest.raises(DataError) as caught:
        split(read_part("all", "cde"))
    assert str(caught.value) == (
        "no picture can be kept aside to validate, by class: 'cat' (1), 'dog' (1) and 'eel' (1). Expected two pictures "
        "or more of some class, exact copies not counted, that are not all in one group or under another label too. "
        "Add pictures, or give validation pictures of their own with --val PATH."
    )


def test_copies_do_not_make_a_class_large_enough_to_be_judged() -> None:
    found = split(read_part("all", "cccddd", [1, 2, 3, 4, 4, 4]))
    assert class_counts(found.val) == {0: 1}
    assert class_counts(found.train) == {0: 2, 1: 1}


def test_a_class_of_unreadable_pictures_is_refused() -> None:
    for parts in (
        [read_part("all", "cccddd", found="e")],
        [read_part("train", "cd", found="e"), read_part("val", "cd")],
    ):
        with pytest.raises(DataError, match="no picture to train on of class 'eel': none of theirs can be read"):
            split(*parts)


def test_a_class_whose_pictures_all_stand_under_another_too_stays_in_training() -> None:
    found = split(read_part("all", "cccccddddee", [1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2]))
    assert class_counts(found.val) == {0: 1, 1: 1}


def test_two_pictures_are_parted_where_those_of_larger_classes_cannot_be() -> None:
    # The three cats are three dogs too, so only the eels can validate, though they are two.
    found = split(read_part("all", "cccdddee", [1, 2, 3, 1, 2, 3, 4, 5]))
    assert class_counts(found.val) == {2: 1}


def test_a_single_class_is_refused() -> None:
    with pytest.raises(DataError, match="all 4 training pictures are of one class, 'dog'. Expected two classes or"):
        split(read_part("all", "dddd"))


@pytest.mark.parametrize(
    ("is_labelled", "message"),
    [
        ({"test": True}, "only test pictures were found, none to train on"),
        ({}, "only no pictures were found"),
        ({"all": False}, "the pictures of the part 'all' have no labels"),
        ({"train": True, "val": False}, "the pictures of the part 'val' have no labels"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(is_labelled: Mapping[str, bool], message: str) -> None:
    with pytest.raises(DataError, match=message):
        check_request(is_labelled, 0.1)


# --- size


def test_sixty_thousand_rows_are_split_in_no_noticeable_time() -> None:
    images = np.zeros((60_000, 1, 1, 4), np.uint8)
    images[:, 0, 0] = np.arange(60_000, dtype=np.uint32).view(np.uint8).reshape(-1, 4)
    (groups,) = group_copies([images])
    part = ReadPart(
        name="train",
        images=images,
        ids=tuple(f"train/{row}" for row in range(1, 60_001)),
        labels=np.arange(60_000) % 10,
        groups=groups,
        near_groups=groups,
        copy_of=np.full(60_000, -1, np.int64),
        found=60_000,
        found_classes=frozenset(range(10)),
        quarantined={},
    )
    before = time.process_time()
    found = split(part, val=0.1, names=tuple("0123456789"))
    assert len(found.val) == 6_000
    assert time.process_time() - before < 2  # 0.2 s measured


def test_of_many_classes_that_are_too_small_a_few_are_named() -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    with pytest.raises(
        DataError, match=r"'a' \(1\), 'b' \(1\), .* and 14 more\. Expected two pictures or more of some class"
    ):
        split(
            replace(read_part("all", "c" * 26), labels=np.arange(26), found_classes=frozenset(range(26))),
            names=tuple(letters),
        )


def test_of_one_class_all_pictures_that_were_found_are_counted() -> None:
    part = read_part("all", "dd")
    assert str(one_class_only(replace(part, found=1), NAMES)) == (
        "the only training picture is of one class, 'dog'. Expected two classes or more."
    )
    assert str(one_class_only(replace(part, found=1_200), NAMES)) == (
        "all 1,200 training pictures are of one class, 'dog'. Expected two classes or more."
    )
    single = replace(read_part("all", "d"), found=2)  # the other cannot be read
    assert str(one_class_only(single, NAMES)).startswith("all 2 training pictures are of one class, 'dog'.")
