"""Naming a thing imports nothing; loading it does; a wrong name is helped."""

from __future__ import annotations

import sys

import pytest

from onelook.errors import ConfigError
from onelook.registry import Registry

NUMBERS = Registry("number", {"pi": ("math:pi", "a circle's ratio"), "e": ("math:e", "growth")})


def test_names_keep_their_order_and_descriptions() -> None:
    assert list(NUMBERS) == ["pi", "e"]
    assert len(NUMBERS) == 2
    assert "pi" in NUMBERS
    assert "tau" not in NUMBERS
    assert NUMBERS.describe("e") == "growth"


def test_load_gives_the_object() -> None:
    assert NUMBERS.load("pi") == pytest.approx(3.14159265)


def test_a_registered_module_is_not_imported_before_it_is_asked_for() -> None:
    sys.modules.pop("this", None)
    registry = Registry("poem", {"zen": ("this:s", "a poem")})
    assert registry.describe("zen") == "a poem"
    assert "this" not in sys.modules


@pytest.mark.parametrize("ask", [NUMBERS.load, NUMBERS.describe])
def test_an_unknown_name_offers_the_nearest(ask: object) -> None:
    with pytest.raises(ConfigError, match=r"unknown number 'pie'\. Did you mean 'pi'"):
        ask("pie")  # type: ignore[operator]
