"""The facts that decide on a plan: whole, of a data set in which no two figures are the same."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.planning.test_planned_values import Pictures

from onelook.data.dataset import Dataset
from onelook.data.part import Part
from onelook.data.pictures.protocol import PictureFacts
from onelook.planning.facts import DataFacts, facts_of, facts_of_decoded
from onelook.settings import DecodeSettings


def part(name: str, sizes: dict[tuple[int, int], int], channels: int, *, is_sample: bool = False) -> Part:
    facts = PictureFacts(sizes, channels, "uint8", (0.0, 255.0), is_sample=is_sample)
    pictures = Pictures(sizes, channels, facts)
    return Part(name, range(len(pictures)), None, pictures)  # type: ignore[arg-type]


def dataset(*parts: Part) -> Dataset:
    return Dataset("drawn", "parts", "drawn", ("cat", "dog"), {one.name: one for one in parts}, "fingerprint")


TRAIN = part("train", {(40, 70): 3, (90, 60): 2}, channels=1)
VAL = part("val", {(80, 50): 2}, channels=3)
TEST = part("test", {(7, 9): 20}, channels=3, is_sample=True)


def test_of_a_data_set() -> None:
    """Shorter sides outside the test part: 40 three times, 50 and 60 twice each; the lower middle one is 50."""
    assert facts_of(dataset(TRAIN, VAL, TEST)) == DataFacts(
        train_rows=7,
        height=128,
        width=128,
        channels=3,
        class_names=("cat", "dog"),
        rows=7,
        shorter_side=50,
        has_colour=True,
        has_val=True,
        sizes=frozenset({(40, 70), (90, 60), (80, 50), (7, 9)}),
        sizes_are_sampled=True,
        ground="white",
        deep_range=None,
    )


@pytest.mark.parametrize(
    ("published", "names", "why"),
    [
        ("MNIST", ("zero", "one"), "handwritten digits"),
        ("digits", ("0", "1"), "handwritten digits"),
        ("Kuzushiji-MNIST", ("o", "ki"), "Japanese characters"),
        ("Fashion-MNIST", ("Bag", "Coat"), None),
        ("", ("Bag", "Coat"), None),
        ("", ("left", "right"), "left and right are different classes"),
    ],
)
def test_published_symbols_are_not_mirrored_whatever_their_classes_are_called(
    published: str, names: tuple[str, ...], why: str | None
) -> None:
    data = replace(dataset(TRAIN), class_names=names, published=published)
    assert facts_of(data).why_not_mirrored == why


def test_of_an_even_number_of_pictures_the_lower_middle_side_counts() -> None:
    assert facts_of(dataset(part("all", {(40, 70): 2, (60, 90): 2}, channels=1))).shorter_side == 40


def test_without_other_pictures_those_to_test_on_are_planned_for() -> None:
    found = facts_of(dataset(TEST))
    assert (found.train_rows, found.rows, found.height, found.width, found.shorter_side) == (20, 20, 7, 9, 7)


def test_of_pictures_of_one_size_that_are_decoded() -> None:
    decode = DecodeSettings(height=20, width=30, channels=3, ground="black", deep_range=(5.0, 900.0))
    expected = DataFacts(
        train_rows=12,
        height=20,
        width=30,
        channels=3,
        class_names=("a", "b"),
        rows=12,
        shorter_side=0,
        has_colour=False,
        has_val=False,
        sizes=frozenset({(20, 30)}),
        ground="black",
        deep_range=(5.0, 900.0),
    )
    assert facts_of_decoded(12, decode, ("a", "b"), has_val=False) == expected
    assert facts_of_decoded(12, decode, ("a", "b"), has_val=True) == replace(expected, has_val=True)
