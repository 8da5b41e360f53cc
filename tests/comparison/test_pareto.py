"""The Pareto front of a few points that can be drawn on paper."""

from __future__ import annotations

from onelook.comparison.compare import pareto_front


def test_keeps_what_no_other_beats_from_the_cheapest_on() -> None:
    costs = [3.0, 1.0, 2.0, 4.0, 2.5]
    gains = [0.9, 0.5, 0.8, 0.9, 0.7]  # the 4th costs more for the same, the 5th costs more for less
    assert pareto_front(costs, gains) == (1, 2, 0)


def test_equals_stand_side_by_side() -> None:
    assert pareto_front([1.0, 1.0], [0.5, 0.5]) == (0, 1)


def test_the_same_gain_for_less_wins() -> None:
    assert pareto_front([2.0, 1.0], [0.5, 0.5]) == (1,)


def test_more_for_the_same_cost_wins() -> None:
    assert pareto_front([1.0, 1.0, 3.0], [0.5, 0.6, 0.6]) == (1,)
