"""Groups of near copies, and where chains of them end."""

from __future__ import annotations

import numpy as np

from onelook.data.duplicates.near.groups import group_near


def test_pairs_tie_exact_copies_and_copies_of_copies_together() -> None:
    first, second = np.array([0, 1, 0, 2, 3]), np.array([3, 4, 1])
    found = group_near([first, second], np.array([[0, 3], [3, 4]]))
    assert [of_array.tolist() for of_array in found] == [[0, 1, 0, 2, 0], [0, 0, 1]]


def test_without_pairs_the_groups_are_those_of_exact_copies() -> None:
    groups = [np.array([0, 1, 0])]
    assert group_near(groups, np.zeros((0, 2), np.int64))[0].tolist() == [0, 1, 0]


def test_a_chain_through_all_of_the_data_is_cut_where_a_twentieth_hangs_together() -> None:
    chain = np.stack([np.arange(999), np.arange(1, 1_000)], axis=1)
    (found,) = group_near([np.arange(1_000)], chain)
    assert np.bincount(found).max() == 50
    assert len(np.unique(found)) == 20


def test_a_chain_is_cut_at_its_weakest_pairs() -> None:
    # Forty pictures in two tight halves, with a weak pair between: of so few, twenty may hang together.
    halves = [(start + row, start + row + 1) for start in (0, 20) for row in range(19)]
    (found,) = group_near([np.arange(40)], np.array([*halves, (19, 20)]))
    assert found.tolist() == [0] * 20 + [20] * 20


def test_of_a_thousand_fifty_may_hang_together_and_of_few_twenty() -> None:
    for count, largest in ((1_000, 50), (1_020, 51), (300, 20), (12, 12)):
        pairs = np.stack([np.zeros(count - 1, np.int64), np.arange(1, count)], axis=1)  # all resemble the first
        (found,) = group_near([np.arange(count)], pairs)
        assert np.bincount(found).max() == largest


def test_groups_that_were_joined_count_with_all_their_members() -> None:
    eights = [(start, start + row) for start in (0, 8, 16) for row in range(1, 8)]
    (found,) = group_near([np.arange(24)], np.array([*eights, (0, 8), (15, 16)]))
    assert found.tolist() == [0] * 16 + [16] * 8


def test_exact_copies_count_towards_the_size() -> None:
    groups = np.repeat([0, 1], 15)
    assert group_near([groups], np.array([[0, 1]]))[0].tolist() == groups.tolist()
