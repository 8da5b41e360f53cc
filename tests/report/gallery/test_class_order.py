"""Confused classes are neighbours, in a matrix and in groups."""

from __future__ import annotations

import itertools
import sys

import numpy as np
import pytest

from onelook.report.gallery.class_order import _similarity, confused_groups, confused_together

# 0, 3 and 5 are confused, 1 with 4; 2 with none.
MATRIX = [
    [9, 0, 0, 3, 0, 1],
    [0, 9, 0, 0, 2, 0],
    [0, 0, 9, 0, 0, 0],
    [2, 0, 0, 9, 0, 4],
    [0, 1, 0, 0, 9, 0],
    [0, 0, 0, 3, 0, 9],
]


def test_confused_classes_are_neighbours_and_others_come_last() -> None:
    assert confused_together(MATRIX) in [(0, 3, 5, 1, 4, 2), (0, 3, 5, 4, 1, 2), (1, 4, 0, 3, 5, 2), (1, 4, 5, 3, 0, 2)]
    assert sorted(confused_together(MATRIX)) == [*range(6)]


def test_the_order_has_more_errors_between_neighbours_than_the_order_of_the_data() -> None:
    generator = np.random.default_rng(3)
    hidden = generator.permutation(20)
    counts = np.diag(np.full(20, 50))
    for one, other in itertools.pairwise(hidden.tolist()):  # a chain: each is confused with the next
        counts[one, other] = 9
    order = confused_together(counts.tolist())
    assert [*order] in ([*hidden], [*hidden[::-1]])
    assert order[0] < order[-1]


def test_groups_hold_confused_classes_alone_and_the_largest_number_of_errors_comes_first() -> None:
    assert confused_groups(MATRIX, most=4) in ([(0, 3, 5), (1, 4)], [(0, 3, 5), (4, 1)])
    assert confused_groups(MATRIX, most=2) == [(3, 5), (1, 4)]  # 0 is left over: its two do not fit


@pytest.mark.parametrize("matrix", [[[3]], [[3, 0], [0, 3]], [[2, 0, 0], [0, 2, 0], [0, 0, 0]]])
def test_unconfused_classes_keep_their_order(matrix: list[list[int]]) -> None:
    assert confused_together(matrix) == tuple(range(len(matrix)))
    assert confused_groups(matrix, most=8) == []


def test_without_scipy_the_order_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy.cluster.hierarchy", None)
    assert confused_together(MATRIX) == (0, 1, 2, 3, 4, 5)
    assert confused_groups(MATRIX, most=4) == []


def test_classes_are_alike_by_the_shares_of_their_own_pictures() -> None:
    # A fifth of class 0 is taken for 1, a quarter of 2 for 0, and of class 1 there is no picture.
    similar = _similarity([[8, 2, 0], [0, 0, 0], [1, 0, 3]])
    assert similar.tolist() == [[0.0, 0.1, 0.125], [0.1, 0.0, 0.0], [0.125, 0.0, 0.0]]


def test_of_two_groups_the_one_with_more_errors_comes_first_even_if_its_share_is_smaller() -> None:
    matrix = [[80, 0, 0, 20], [0, 1, 1, 0], [0, 1, 1, 0], [10, 0, 0, 90]]
    assert confused_groups(matrix, most=2) == [(0, 3), (1, 2)]
