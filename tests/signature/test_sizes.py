"""The sizes that a model learnt from, and which others are named as different."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.signature.pixel_statistics import STATISTICS
from onelook.signature.signature import fit_signature
from onelook.signature.sizes import size_in_words, usual_sizes
from onelook.signature.unlikeness import in_words


def test_the_middle_size_is_that_of_the_middle_picture() -> None:
    found = usual_sizes({(100, 100): 3, (10, 10): 1, (20, 20): 1})
    assert found is not None
    assert found.tolist() == [[10, 10], [100, 100], [100, 100]]
    even = usual_sizes({(10, 10): 2, (20, 20): 1, (30, 30): 1})  # of four pictures, the second is in the middle
    assert even is not None
    assert even.tolist() == [[10, 10], [10, 10], [30, 30]]
    assert usual_sizes({}) is None


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((100, 200), None),
        ((50, 110), None),
        ((20, 40), "of 20×40 pixels, where it learnt 60×90 to 200×400"),
        ((900, 1600), "of 900×1600 pixels, where it learnt 60×90 to 200×400"),
        ((300, 100), "of 300×100 pixels, where it learnt 60×90 to 200×400"),  # of another shape
        ((90, 310), "of 90×310 pixels, where it learnt 60×90 to 200×400"),
    ],
)
def test_far_larger_and_smaller_sizes_and_other_shapes_are_named(size: tuple[int, int], expected: str | None) -> None:
    learnt = usual_sizes({(60, 90): 2, (100, 200): 9, (200, 400): 1})
    assert size_in_words({size: 4, (100, 200): 1}, learnt) == expected
    assert size_in_words({size: 4}, None) is None


def test_a_size_follows_the_other_reasons_and_is_enough_alone() -> None:
    rows = np.random.default_rng(0).normal(0.5, 0.1, (100, len(STATISTICS))).astype(np.float32)
    signature = fit_signature(rows, rows, sizes={(28, 28): 100})
    by_size = "of 300×400 pixels, where it learnt 28×28"
    assert in_words(rows, signature, {(300, 400): 1}) == by_size
    dark = rows.copy()
    dark[:, STATISTICS.index("brightness")] -= 1
    assert in_words(dark, signature, {(300, 400): 1}) == f"darker, and {by_size}"
    assert in_words(dark, signature, {(28, 28): 1}) == "darker"
