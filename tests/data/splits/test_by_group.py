"""Members of one group land on one side, in shares as good as the groups allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from onelook.data.dataset import ReadPart
from onelook.data.duplicates.exact import group_copies
from onelook.data.splits.by_group import choose_units, connected
from onelook.data.splits.split import Split, split_dataset
from onelook.errors import DataError

NAMES = ("cat", "dog", "eel")


def part(classes: str, groups: list[int], pictures: list[int] | None = None) -> ReadPart:
    """Pictures of one value each, all different unless `pictures` says so."""
    values = np.array(range(len(classes)) if pictures is None else pictures, np.int64).reshape(-1, 1, 1, 1)
    labels = np.array(["cde".index(letter) for letter in classes], np.int64)
    (copies,) = group_copies([values])
    _, first, inverse = np.unique(copies * 3 + labels, return_index=True, return_inverse=True)
    first_of_row = first[inverse]
    return ReadPart(
        name="all",
        images=values,
        ids=tuple(str(row) for row in range(1, len(classes) + 1)),
        labels=labels,
        groups=copies,
        near_groups=copies,
        copy_of=np.where(first_of_row == np.arange(len(labels)), -1, first_of_row),
        found=len(classes),
        found_classes=frozenset(labels.tolist()),
        quarantined={},
        given_groups=np.array(groups, np.int64),
    )


def split(of: ReadPart, val: float = 0.2, seed: int = 0) -> Split:
    return split_dataset({of.name: of}, NAMES, val=val, seed=seed)


@pytest.mark.parametrize("seed", range(10))
def test_groups_are_never_torn_and_shares_are_met_where_groups_are_small(seed: int) -> None:
    groups = [row // 4 for row in range(400)]
    found = split(part("cd" * 100 + "e" * 200, groups), seed=seed)
    sides = found.sides["all"]
    assert all(len(set(sides[np.array(groups) == group])) == 1 for group in set(groups))
    assert found.val.labels is not None
    assert np.bincount(found.val.labels).tolist() == [20, 20, 40]
    assert len(found.train) + len(found.val) == 400


def test_the_seed_decides_which_groups() -> None:
    of = part("cd" * 50, [row // 5 for row in range(100)])
    assert split(of, seed=1).val.ids == split(of, seed=1).val.ids
    assert len({split(of, seed=seed).val.ids for seed in range(5)}) > 1


def test_groups_of_one_picture_give_the_same_shares_as_no_groups() -> None:
    of = part("c" * 14 + "d" * 17 + "e" * 19, [-1] * 50)
    for each in (of, replace(of, given_groups=None)):
        labels = split(each, val=0.1).val.labels
        assert labels is not None
        assert np.bincount(labels).tolist() == [1, 2, 2]


def test_a_copy_ties_two_groups_together() -> None:
    pictures = [0, 1, 2, 0, *range(4, 24)]  # the first of group 0 and the last of group 1
    groups = [0, 0, 1, 1, *range(2, 22)]
    for seed in range(10):
        sides = split(part("cc" + "cc" + "cd" * 10, groups, pictures), val=0.4, seed=seed).sides["all"]
        assert len(set(sides[:4])) == 1


def test_a_group_with_a_picture_under_two_labels_stays_in_training_whole() -> None:
    pictures = [0, 0, 1, *range(3, 23)]
    groups = [0, -1, 0, *[-1] * 20]
    for seed in range(10):
        sides = split(part("cdc" + "cd" * 10, groups, pictures), val=0.5, seed=seed).sides["all"]
        assert set(sides[:3]) == {"train"}
    # The same three at the end, after a group of two: a row's number is not its unit's.
    for seed in range(10):
        of = part("cd" * 10 + "cdc", [5, 5, *[-1] * 18, 0, -1, 0], [*range(3, 23), 0, 0, 1])
        assert set(split(of, val=0.5, seed=seed).sides["all"][20:]) == {"train"}


def test_every_class_keeps_some_and_gives_some_though_one_group_is_large() -> None:
    for seed in range(10):
        found = split(part("c" * 20 + "d" * 20, [0] * 18 + [1, 2] + [3] * 19 + [4]), val=0.1, seed=seed)
        assert found.val.labels is not None
        assert found.train.labels is not None
        assert set(found.val.labels) == set(found.train.labels) == {0, 1}
        assert len(found.val) == 3


def test_a_class_in_one_group_stays_in_training() -> None:
    found = split(part("cccc" + "dddd", [0, 1, 2, 3, 9, 9, 9, 9]))
    assert set(np.asarray(found.val.labels).tolist()) == {0}
    assert np.count_nonzero(np.asarray(found.train.labels) == 1) == 4


def test_groups_that_all_hold_together_leave_nothing_to_validate() -> None:
    with pytest.raises(DataError, match="no picture can be kept aside to validate, by class: 'cat' .4. and 'dog' .4."):
        split(part("cccc" + "dddd", [1, 1, 1, 1, 9, 9, 9, 9]))


def test_a_chain_of_groups_is_one_unit() -> None:
    assert connected(np.array([0, 1, 1, 2, 2, 3, 5]), np.array([0, 0, 1, 1, 2, 2, -1])).tolist() == [0] * 6 + [1]
    assert connected(np.array([], np.int64), np.array([], np.int64)).tolist() == []


def test_a_class_that_was_passed_over_gets_the_unit_that_costs_least() -> None:
    # One of ten is wanted, but every unit has four or five: none comes nearer, and the smaller one is taken.
    units = np.array([1] * 5 + [2] * 4)
    chosen = choose_units(units, np.zeros(9, np.int64), counts=np.array([9]), quota=np.array([1]))
    assert chosen.tolist() == [2]


def test_a_unit_is_not_taken_if_those_before_it_left_its_class_no_more_than_it() -> None:
    # Of four cats three are wanted: after one, the other three would come as near, but none would be left to train on.
    chosen = choose_units(np.array([1, 2, 2, 2]), np.zeros(4, np.int64), counts=np.array([4]), quota=np.array([3]))
    assert chosen.tolist() == [1]
    chosen = choose_units(np.array([1, 2, 2, 2]), np.zeros(4, np.int64), counts=np.array([5]), quota=np.array([3]))
    assert chosen.tolist() == [1, 2]


def test_a_class_of_which_nothing_is_wanted_gives_nothing() -> None:
    units = np.arange(12)
    labels = np.array([0] * 5 + [1] * 2 + [2] * 5)
    for quota in ([1, 0, 1], [0, 0, 2], [1, 0, 0]):
        chosen = choose_units(units, labels, counts=np.array([5, 2, 5]), quota=np.array(quota))
        assert np.bincount(labels[chosen], minlength=3).tolist() == quota


# --- near copies


def near(classes: str, groups: list[int]) -> ReadPart:
    """Pictures that are all different, of which those with equal numbers are near copies."""
    return replace(part(classes, [-1] * len(classes)), given_groups=None, near_groups=np.array(groups, np.int64))


@pytest.mark.parametrize("seed", range(10))
def test_near_copies_land_on_one_side_and_the_shares_are_still_met(seed: int) -> None:
    groups = [row // 2 if row < 100 else row for row in range(400)]
    found = split(near("cd" * 100 + "e" * 200, groups), seed=seed)
    sides = found.sides["all"]
    assert all(sides[row] == sides[row + 1] for row in range(0, 100, 2))
    assert "val" in set(sides[:100])
    assert found.val.labels is not None
    cats, dogs, eels = np.bincount(found.val.labels).tolist()
    assert abs(cats - 20) <= 1
    assert abs(dogs - 20) <= 1  # a unit here is a cat and a dog
    assert eels == 40
    assert len(found.train) + len(found.val) == 400  # near copies stay in use, unlike exact ones


def test_a_near_copy_under_another_label_goes_along() -> None:
    for seed in range(10):
        sides = split(near("cd" * 20, [0, 0, *range(2, 40)]), val=0.5, seed=seed).sides["all"]
        assert sides[0] == sides[1]


def test_a_near_copy_ties_two_given_groups_together() -> None:
    of = replace(
        near("cc" + "cc" + "cd" * 10, [0, 1, 1, 3, *range(4, 24)]), given_groups=np.array([0, 0, 1, 1, *[-1] * 20])
    )
    for seed in range(10):
        assert len(set(split(of, val=0.4, seed=seed).sides["all"][:4])) == 1


def test_a_class_of_near_copies_alone_is_validated_all_the_same() -> None:
    found = split(near("c" * 20 + "d" * 20, [*range(20), *[20] * 20]))
    assert found.val.labels is not None
    assert np.bincount(found.val.labels).tolist() == [4, 4]


def test_near_copies_are_not_parted_for_a_class_that_nothing_can_part() -> None:
    # All eels are one patient's: parting the cats' near copies would not help them.
    groups = [row // 2 if row < 20 else row for row in range(44)]
    of = replace(near("c" * 20 + "d" * 20 + "e" * 4, groups), given_groups=np.array([-1] * 40 + [0] * 4))
    for seed in range(10):
        found = split(of, seed=seed)
        sides = found.sides["all"]
        assert all(sides[row] == sides[row + 1] for row in range(0, 20, 2))
        assert set(sides[40:]) == {"train"}


def test_without_near_copies_the_split_is_what_it_always_was() -> None:
    of = near("cd" * 10, list(range(20)))
    assert split(of).val.ids == ("3", "4", "12", "19")  # as test_split.py has it
