"""What a search may look through: lists, ranges, and what is refused."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from onelook.errors import ConfigError
from onelook.tuning.dimensions import Dimension, parse_space


def space(text: str) -> tuple[Dimension, ...]:
    return parse_space(tomllib.loads(text), "my.toml")


def test_lists_and_ranges_by_full_and_short_names() -> None:
    rate, network, batch = space(
        """
        learning_rate = {low = 1e-4, high = 1e-2, log = true}
        model = ["cnn", "mlp"]
        batch_size = {low = 16, high = 64}
        """
    )
    assert rate == Dimension("optimizer.learning_rate", low=1e-4, high=1e-2, log=True)
    assert network == Dimension("model", choices=("cnn", "mlp"))
    assert batch.is_whole


def test_numbers_are_whole_only_if_both_ends_are() -> None:
    rates = space("dropout = {low = 0, high = 0.5}") + space("dropout = {low = 0.1, high = 1}")
    assert [(one.low, one.high, one.is_whole) for one in rates] == [(0.0, 0.5, False), (0.1, 1.0, False)]


def test_a_dotted_name_needs_no_quotes() -> None:
    (rate,) = space("optimizer.learning_rate = {low = 1e-4, high = 1e-2}")
    assert rate.name == "optimizer.learning_rate"


def test_the_strength_of_augmentation_is_no_setting_and_never_whole() -> None:
    (strength,) = space("augmentation = {low = 0, high = 2}")
    assert (strength.name, strength.is_whole) == ("augmentation", False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("learning_rat = [0.1]", "Did you mean"),
        ("dropout = 0.5", "Expected a list of different values"),
        ("dropout = []", "Expected a list of different values"),
        ("dropout = [0.1, 0.1]", "Expected a list of different values"),
        ("dropout = {low = 0.5, high = 0.1}", "from 0.5 to 0.1. Expected a low below the high."),
        ("dropout = {low = 0, high = 0.1, log = true}", "below the high, which must be above 0 for log = true."),
        ("dropout = {low = 0.5, high = 0.5}", "from 0.5 to 0.5. Expected a low below the high."),
        ("dropout = {low = -0.1, high = 0.1, log = true}", "which must be above 0"),
        ("dropout = {low = 'a', high = 0.2}", "Expected {low = 0.0001"),
        ("dropout = {low = 0.1, high = 'b'}", "Expected {low = 0.0001"),
        ("dropout = {low = false, high = 0.2}", "Expected {low = 0.0001"),
        ("dropout = {low = 0.1, high = true}", "Expected {low = 0.0001"),
        ("dropout = {high = 0.1}", "Expected {low = 0.0001"),
        ("dropout = {low = 0.1, high = 0.2, log = 1}", "Expected {low = 0.0001"),
        ("dropout = {low = 0.1}", "Expected {low = 0.0001"),
        ("dropout = {low = 0.1, high = 0.2, step = 1}", "Expected {low = 0.0001"),
        ("seed = [1, 2]", "must be the same in all trials"),
        ("test = ['a', 'b']", "must be the same in all trials"),
        ("", "[space] is empty"),
    ],
)
def test_refusals_name_the_file_and_what_was_expected(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        space(text)
    assert said in str(caught.value)
    assert "my.toml" in str(caught.value)


@pytest.mark.parametrize(
    ("one", "inside", "outside"),
    [
        (Dimension("model", choices=("cnn", "mlp")), "mlp", "resnet"),
        (Dimension("dropout", low=0.0, high=0.5), 0.5, 0.6),
        (Dimension("dropout", low=0.0, high=0.5), 0, None),
    ],
)
def test_knows_what_it_holds(one: Dimension, inside: Any, outside: Any) -> None:
    assert one.holds(inside)
    assert not one.holds(outside)
