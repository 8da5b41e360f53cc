"""Holm's correction, worked by hand."""

from __future__ import annotations

import pytest

from onelook.metrics.holm import holm


def test_the_smallest_is_multiplied_by_the_number_of_tests_and_the_others_by_less() -> None:
    # 4 x 0.005, 3 x 0.01, 2 x 0.03, 1 x 0.04: the last one does not fall below the one before.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))


def test_a_single_test_is_what_it_is() -> None:
    assert holm([0.2]) == (0.2,)
    assert holm([]) == ()


def test_nothing_rises_above_one() -> None:
    assert holm([0.6, 0.9]) == (1.0, 1.0)
