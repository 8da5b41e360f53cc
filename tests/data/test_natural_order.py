"""Natural order: the order of class names, files and ids."""

from __future__ import annotations

import random

from onelook.data.natural_order import natural_sorted


def test_numbers_inside_count_as_numbers() -> None:
    assert natural_sorted(["img10", "img2", "img1"]) == ["img1", "img2", "img10"]
    assert natural_sorted(["10", "9", "1"]) == ["1", "9", "10"]
    assert natural_sorted(["v1.10", "v1.9", "v1"]) == ["v1", "v1.9", "v1.10"]


def test_case_and_leading_zeros_decide_only_where_nothing_else_does() -> None:
    assert natural_sorted(["b", "a", "B", "A"]) == ["A", "a", "B", "b"]
    assert natural_sorted(["2", "1", "01"]) == ["01", "1", "2"]


def test_texts_and_numbers_at_the_same_place_can_be_compared_in_one_order() -> None:
    mixed = ["", "-1", "1", "01", "a", "A1", "1a", "b2c", "b10", "é", "²", "x²1"]
    expected = natural_sorted(mixed)
    for seed in range(20):
        shuffled = mixed.copy()
        random.Random(seed).shuffle(shuffled)
        assert natural_sorted(shuffled) == expected


def test_more_digits_than_python_reads_come_last() -> None:
    assert natural_sorted(["9" * 5_000, "10", "9", "8" * 5_000]) == ["9", "10", "8" * 5_000, "9" * 5_000]
