"""Texts for a page: a narrow space before each unit, and where a share claims certainty or none."""

from __future__ import annotations

import pytest

from onelook.metrics import METRICS
from onelook.report import page_wording as words


@pytest.mark.parametrize(
    ("device", "text"),
    [("cpu", "the CPU"), ("cuda", "the GPU (cuda)"), ("cuda:1", "the GPU (cuda:1)"), ("mps", "mps")],
)
def test_a_device_has_the_name_that_people_know(device: str, text: str) -> None:
    assert words.place(device) == text


def test_a_unit_does_not_leave_its_number() -> None:
    assert words.percent(0.98234) == "98.2\u202f%"
    assert words.percent(0.98234, 2) == "98.23\u202f%"
    assert words.tick_percent(0.9925) == "99.25\u202f%"
    assert words.duration(61) == "1\u202fmin 1\u202fs"
    assert words.size(56_000) == "56.0\u202fkB"
    assert words.score_in_words(METRICS.load("accuracy"), 0.98234) == "98.23\u202f%"
    assert words.score_in_words(METRICS.load("accuracy"), 0.98234, 1) == "98.2\u202f%"


def test_a_probability_never_claims_certainty() -> None:
    asked = (0.0, 0.000499, 0.0005, 0.5, 0.9995, 0.999501, 1.0)
    assert [words.probability(value).replace("\u202f", " ") for value in asked] == [
        *("below 0.1 %", "below 0.1 %", "0.1 %", "50.0 %", "99.95 %", "above 99.9 %", "above 99.9 %"),
    ]
    assert words.probability(1, above=">{share}") == ">99.9\u202f%"
    assert words.probability(0, below="<{share}") == "<0.1\u202f%"


def test_a_thousand_pictures_move_one_decimal() -> None:
    assert [words.decimals_for(rows) for rows in (1, 1000, 1001, 60_000)] == [1, 1, 2, 2]
