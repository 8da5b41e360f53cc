"""How unlike pictures differ, in words: what is farthest from usual comes first."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest

from onelook.signature.pixel_statistics import STATISTICS, pixel_statistics
from onelook.signature.signature import Signature, fit_signature
from onelook.signature.unlikeness import Unlikeness, in_words

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


def described(here: dict[str, float], **usual: tuple[float, float, float]) -> str:
    """Return the words on a picture with these statistics; the others are usual.

    Usual is from 0.4 to 0.6, of `polarity` from -0.1 to 0.1; or (lowest, middle, highest) as given.
    """
    rows = [usual.get(name, (-0.1, 0, 0.1) if name == "polarity" else (0.4, 0.5, 0.6)) for name in STATISTICS]
    learnt = np.array(rows, np.float32).T
    found = np.array([[here.get(name, learnt[1, at]) for at, name in enumerate(STATISTICS)]], np.float32)
    return in_words(found, Signature(learnt, np.ones(len(STATISTICS), np.float32), cast(Any, None), 1.0))


ALIKE = "alike in light, size and edges, but showing something else"


@pytest.mark.parametrize(
    ("name", "less", "more"),
    [
        ("brightness", "darker", "lighter"),
        ("border", "with a darker border", "with a lighter border"),
        ("dark", "with less black", "with more black"),
        ("light", "with less white", "with more white"),
        ("noise", "smoother", "with more noise or finer patterns"),
        ("flat", "with fewer plain areas", "with larger plain areas (as in drawings and screenshots)"),
        ("edges", "with weaker edges", "with stronger edges"),
        ("filled", "with less content", "with more content"),
        ("height", "with smaller content", "with larger content"),
        ("width", "with smaller content", "with larger content"),
        ("contrast", "with less contrast", "with more contrast"),
        ("colour", "with weaker colours", "with stronger colours"),
    ],
)
def test_each_statistic_beyond_the_usual_has_its_words(name: str, less: str, more: str) -> None:
    assert [described({name: value}) for value in (0.39, 0.41, 0.59, 0.61)] == [less, ALIKE, ALIKE, more]


@pytest.mark.parametrize(
    ("learnt", "here", "words"),
    [
        (0.5, -0.5, "dark on light, where it learnt light on dark"),
        (-0.5, 0.5, "light on dark, where it learnt dark on light"),
        (0.5, -0.05, ALIKE),  # too even to tell
        (0.05, -0.5, ALIKE),
        (0.5, 0.9, ALIKE),
    ],
)
def test_the_content_is_lighter_or_darker_than_its_ground(learnt: float, here: float, words: str) -> None:
    assert described({"polarity": here}, polarity=(learnt, learnt, learnt)) == words


def test_the_clearest_statistic_that_is_a_tenth_beyond_names_its_group_or_else_the_farthest() -> None:
    # The usual is 0.2 wide.
    assert described({"brightness": 0.63, "dark": 0.9}) == "lighter"
    assert described({"brightness": 0.61, "dark": 0.9}) == "with more black"
    assert described({"brightness": 0.61, "dark": 0.605}) == "lighter"


def test_the_two_groups_that_are_farthest_beyond_are_named_the_farthest_first() -> None:
    assert described({"noise": 0.7, "filled": 0.8}) == "with more content, and with more noise or finer patterns"
    assert described({"noise": 0.9, "filled": 0.8, "brightness": 0.7}) == (
        "with more noise or finer patterns, and with more content"
    )
    # By the width of the usual: 0.1 beyond is twice the width of 0.05, and half of 0.2.
    narrow = described({"noise": 0.65, "filled": 0.75}, noise=(0.5, 0.52, 0.55))
    assert narrow == "with more noise or finer patterns, and with more content"
    # A polarity that is named takes the place of the light.
    turned = described({"polarity": -0.5, "brightness": 0.9, "noise": 0.7}, polarity=(0.5, 0.5, 0.5))
    assert turned == "dark on light, where it learnt light on dark, and with more noise or finer patterns"


@pytest.mark.parametrize(
    ("learnt", "here", "words"),
    [
        ((0.006, 0.03, 0.1), 0.004, "grey, where it learnt colour"),
        ((0.004, 0.03, 0.1), 0.003, "with weaker colours"),  # some grey pictures were learnt
        ((0.006, 0.03, 0.1), 0.0055, "with weaker colours"),  # still a hint of colour
        ((0.006, 0.015, 0.1), 0.004, "with weaker colours"),  # hardly any colour was learnt
    ],
)
def test_grey_is_named_where_nearly_all_was_coloured(
    learnt: tuple[float, float, float], here: float, words: str
) -> None:
    assert described({"colour": here}, colour=learnt) == words


def test_the_middle_one_of_several_pictures_is_described(signature: Signature) -> None:
    usual, dark = pixel_statistics(squares(0, 255), BYTES), pixel_statistics(np.zeros((3, 20, 20, 1), np.uint8), BYTES)
    found = Unlikeness(signature, np.concatenate([usual[:3], dark]), np.array([0, 0.5, 1, 1.01, 2, 3], np.float32))
    assert found.is_unlike.tolist() == [False, False, False, True, True, True]
    assert found.how([3, 4, 0]) == in_words(dark, signature)
    assert found.how([0, 1, 3]) == in_words(usual[:3], signature)
    assert found.how([3], {(300, 400): 1}) == in_words(dark, signature, {(300, 400): 1})
