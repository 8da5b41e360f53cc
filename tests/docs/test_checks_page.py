"""The page on the checks tells of every check, with the limits that the code has."""

from __future__ import annotations

import importlib
import inspect
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
    named = sum(f"`{severity}`" in _SECTIONS[name] for severity in SEVERITIES)
    by_share = name in ("leak-exact", "leak-near")  # as grave as the share of the test pictures
    assert named == (len(SEVERITIES) if by_share else 1)


def limits_in_file(name: str) -> dict[str, float]:
    """The public limits that stand in the file of a check."""
    module = importlib.import_module(CHECKS.load(name).__module__)
    text = Path(module.__file__ or "").read_text(encoding="utf-8")
    return {
        limit: value
        for limit, value in vars(module).items()
        if isinstance(value, float) and not limit.startswith("_") and re.search(rf"^{limit} = ", text, re.MULTILINE)
    }


def limits_of_check(name: str) -> dict[str, float]:
    """Those of them that the check's own function reads: a file may hold several checks."""
    text = inspect.getsource(CHECKS.load(name))
    return {limit: value for limit, value in limits_in_file(name).items() if re.search(rf"\b{limit}\b", text)}


@pytest.mark.parametrize("name", list(CHECKS))
def test_a_section_names_the_limits_of_the_code(name: str) -> None:
    text = " ".join(_SECTIONS[name].split())
    found = re.findall(r"`([A-Z_]+) = ([\d.]+)(?: / (\d+))?`", text)
    written = {limit: float(number) / float(divisor or 1) for limit, number, divisor in found}
    assert written == pytest.approx(limits_of_check(name))


def test_every_limit_is_one_of_a_check() -> None:
    files: dict[str, tuple[set[str], set[str]]] = {}  # module -> limits that stand there, limits that checks there read
    for name in CHECKS:
        stated, read = files.setdefault(CHECKS.load(name).__module__, (set(), set()))
        stated.update(limits_in_file(name))
        read.update(limits_of_check(name))
    assert {module: stated for module, (stated, _) in files.items()} == {m: read for m, (_, read) in files.items()}
    assert sum(len(stated) for stated, _ in files.values()) > 8
