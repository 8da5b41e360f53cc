"""The bars of a measured server: each is missed by figures that do not reach it."""

from __future__ import annotations

from typing import Any

import pytest


def results() -> dict[str, Any]:
    of_many = {"pictures_a_second": 9_000.0, "memory_growth": 0.01, "not_answered": 0}
    return {
        "alone": {"median_ms": 1.0},
        "one picture": {**of_many},
        "16 pictures": {**of_many},
        "overload": {"statuses": {"200": 5, "503": 90}, "first_answer_after_s": 0.2},
    }


def test_memory_is_compared_with_what_it_was_when_it_had_settled() -> None:
    from serving import growth

    assert growth({10: 100.0, 30: 200.0, 60: 210.0, 120: 204.0}) == pytest.approx(0.05)
    assert growth({10: 100.0, 30: 200.0}) is None


def test_good_results_miss_no_bar() -> None:
    from serving import missed_bars

    assert missed_bars(results()) == []


@pytest.mark.parametrize(
    ("part", "name", "value", "word"),
    [
        ("alone", "median_ms", 3.1, "one client"),
        ("one picture", "pictures_a_second", 599.0, "pictures a second"),
        ("16 pictures", "pictures_a_second", 2_499.0, "pictures a second"),
        ("16 pictures", "memory_growth", 0.06, "memory grows by 6.0%"),
        ("one picture", "not_answered", 1, "without an answer"),
        ("overload", "statuses", {"200": 5}, "overload"),
        ("overload", "statuses", {"200": 5, "500": 1, "503": 9}, "overload"),
        ("overload", "first_answer_after_s", 1.2, "after the overload"),
    ],
)
def test_each_bar_can_be_missed(part: str, name: str, value: Any, word: str) -> None:
    from serving import missed_bars

    found = results()
    found[part][name] = value
    (missed,) = missed_bars(found)
    assert word in missed
