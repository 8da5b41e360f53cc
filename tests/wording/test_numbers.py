"""How numbers are rounded: whatever is said stays true, and no unit overflows."""

from __future__ import annotations

import re

import pytest

from onelook.wording import abbreviated, duration, large_number, milliseconds, percent, percentage, size, spread


def test_a_percentage_says_all_and_none_of_nothing_else() -> None:
    rows = 70_000
    for decimals in (0, 1, 2):
        said = {right: percent(right / rows, decimals) for right in (0, 1, 2, 35_000, rows - 2, rows - 1, rows)}
        assert [right for right, text in said.items() if float(text[:-2]) == 100] == [rows]
        assert [right for right, text in said.items() if float(text[:-2]) == 0] == [0]


def test_a_percentage_keeps_its_decimals_where_they_say_enough() -> None:
    assert [percentage(0.5, decimals) for decimals in (0, 1, 2)] == ["50", "50.0", "50.00"]


def test_a_time_never_shows_sixty_of_a_unit() -> None:
    said = [duration(tenths / 10) for tenths in range(0, 75_000)]
    assert not [text for text in said if re.search(r"\b60 (s|min)\b", text)]
    assert duration(59.6) == "1 min"
    assert duration(3_599.6) == "1 h"
    assert duration(86_340) == "23 h 59 min"


def test_a_longer_time_never_reads_shorter() -> None:
    seconds_each = {"ms": 0.0, "s": 1.0, "min": 60.0, "h": 3600.0}

    def read(text: str) -> float:
        words = text.removeprefix("under ").split()
        return sum(float(amount) * seconds_each[unit] for amount, unit in zip(words[::2], words[1::2], strict=True))

    # Closely past the lengths that are shown with parts of a second, then three times a second.
    hundredths = [*range(0, 13_000, 3), *range(13_000, 500_000, 33)]
    said = [read(duration(each / 100)) for each in hundredths]
    assert said == sorted(said)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (999_949, "999.9 kB"),
        (999_951, "1.0 MB"),
        (2e9, "2.0 GB"),
    ],
)
def test_a_size_takes_the_next_unit_where_rounding_reaches_it(count: float, text: str) -> None:
    assert size(count) == text


def test_a_large_number_takes_the_next_word_where_rounding_reaches_it() -> None:
    assert [large_number(count) for count in (999_999, 999_940_000, 999_950_000)] == [
        "999,999",
        "999.9 million",
        "1.0 billion",
    ]


def test_milliseconds_change_their_digits_where_rounding_reaches_the_next() -> None:
    assert [milliseconds(value) for value in (0.994, 0.996, 9.94, 9.96, 12_345.6)] == [
        "0.99",
        "1.0",
        "9.9",
        "10",
        "12,346",
    ]


def test_a_range_with_one_number_in_it_is_said_once() -> None:
    assert [spread(8, 8), spread(8, 9), spread(0.25, 0.25)] == ["8", "8 to 9", "0.25"]


def test_a_number_in_a_table_passes_to_the_next_unit_before_it_has_four_digits() -> None:
    counts = (999.4, 999.6, 999_400, 999_600, 999_400_000, 999_600_000)
    assert [abbreviated(count) for count in counts] == ["999", "1.0 k", "999 k", "1.0 M", "999 M", "1.0 G"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.00099, "under 1 ms"),
        (0.001, "0.001 s"),
        (0.00949, "0.009 s"),
        (0.0095, "0.01 s"),
        (0.0949, "0.09 s"),
        (0.095, "0.1 s"),
        (0.949, "0.9 s"),
        (0.95, "0.9 s"),
        (0.96, "1.0 s"),
        (1, "1 s"),
        (9, "9 s"),
        (9.94, "9.9 s"),
        (9.95, "10 s"),
        (59.4, "59 s"),
        (61, "1 min 1 s"),
        (3_599.4, "59 min 59 s"),
        (3_600, "1 h"),
        (3_629, "1 h"),
        (3_631, "1 h 1 min"),
        (3_600_000 * 4, "4,000 h"),
    ],
)
def test_times_on_both_sides_of_every_change_of_form(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_milliseconds_on_both_sides_of_every_change_of_form() -> None:
    assert [milliseconds(value) for value in (0.00612, 0.9949, 0.995, 9.949, 9.95, 9.96, 999.4)] == [
        *("0.0061", "0.99", "1.0", "9.9", "10", "10", "999")
    ]
