"""The page on the checks tells of every check, with the limits that the code has."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from onelook.checks import CHECKS
from onelook.checks.finding import SEVERITIES

_PAGE = (Path(__file__).parents[2] / "docs" / "checks.md").read_text(encoding="utf-8")
_SECTIONS = dict(re.findall(r"^### `([\w-]+)`\n(.*?)(?=^##|\Z)", _PAGE, re.MULTILINE | re.DOTALL))


def test_every_check_has_a_section_and_every_section_a_check() -> None:
    assert set(_SECTIONS) == set(CHECKS), "docs/checks.md: a section a check"


@pytest.mark.parametrize("name", list(CHECKS))
def test_a_section_says_how_grave_it_is(name: str) -> None:
    assert sum(f"`{severity}`" in _SECTIONS[name] for severity in SEVERITIES) == 1


@pytest.mark.parametrize("name", list(CHECKS))
def test_a_section_names_the_limits_of_the_code(name: str) -> None:
    module = importlib.import_module(CHECKS.load(name).__module__)
    limits = {
        limit: value
        for limit, value in vars(module).items()
        if isinstance(value, float)
        and re.search(rf"^{limit} = ", Path(module.__file__ or "").read_text(), re.MULTILINE)
    }
    text = " ".join(_SECTIONS[name].split())
    found = re.findall(r"`([A-Z_]+) = ([\d.]+)(?: / (\d+))?`", text)
    written = {limit: float(number) / float(divisor or 1) for limit, number, divisor in found}
    assert written == pytest.approx({limit: value for limit, value in limits.items() if not limit.startswith("_")})
