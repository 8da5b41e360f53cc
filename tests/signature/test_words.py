"""How unlike pictures differ, in words: what is farthest from usual comes first."""

from __future__ import annotations

import numpy as np
import pytest

from onelook.signature.pixel_statistics import STATISTICS, pixel_statistics
from onelook.signature.signature import Signature, fit_signature
from onelook.signature.unlikeness import in_words

BYTES = (0.0, 255.0)


def squares(ground: int, content: int, rows: int = 120) -> np.ndarray:
    """Squares of 6 to 10 pixels, of nearly this brightness, in 20 × 20."""
    chance = np.random.default_rng(0)
    pictures = np.full((rows, 20, 20, 1), ground, np.uint8)
    for picture in pictures:
        top, left, side = chance.integers(2, 8), chance.integers(2, 8), chance.integers(6, 11)
        picture[top : top + side, left : left + side] = abs(content - int(chance.integers(0, 40)))
    return pictures


@pytest.fixture(scope="module")
def signature() -> Signature:
    """That of light squares on black."""
    statistics = pixel_statistics(squares(0, 255), BYTES)
    return fit_signature(statistics, statistics)


@pytest.mark.parametrize(
    ("pictures", "expected"),
    [
        (255 - squares(0, 255), "dark on light, where it learnt light on dark"),
        (np.random.default_rng(0).integers(0, 256, (9, 20, 20, 1), np.uint8), "with more noise or finer patterns"),
        (np.full((9, 20, 20, 1), 0, np.uint8), "with less content"),
    ],
)
def test_the_difference_is_named(signature: Signature, pictures: np.ndarray, expected: str) -> None:
    assert expected in in_words(pixel_statistics(pictures, BYTES), signature)


def test_no_more_than_two_reasons_are_named(signature: Signature) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (9, 20, 20, 1), np.uint8)
    assert in_words(pixel_statistics(noise, BYTES), signature).count("with") <= 2


def test_pictures_that_only_the_features_know_are_said_to_show_something_else(signature: Signature) -> None:
    found = in_words(pixel_statistics(squares(0, 255), BYTES), signature)
    assert found == "alike in light, size and edges, but showing something else"


def test_grey_pictures_are_named_where_colour_was_learnt() -> None:
    chance = np.random.default_rng(0)
    coloured = chance.integers(0, 256, (100, 9, 9, 3), np.uint8)
    learnt = pixel_statistics(coloured, BYTES)
    grey = pixel_statistics(np.repeat(coloured[..., :1], 3, axis=3), BYTES)
    assert grey[:, STATISTICS.index("colour")].max() == 0
    assert "grey, where it learnt colour" in in_words(grey, fit_signature(learnt, learnt))


def test_grey_pictures_are_nothing_new_where_some_grey_ones_were_learnt() -> None:
    chance = np.random.default_rng(0)
    coloured = chance.integers(0, 256, (100, 9, 9, 3), np.uint8)
    grey = np.repeat(coloured[..., :1], 3, axis=3)
    learnt = pixel_statistics(np.concatenate([coloured, grey[:20]]), BYTES)
    assert "grey" not in in_words(pixel_statistics(grey, BYTES), fit_signature(learnt, learnt))
