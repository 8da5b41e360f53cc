"""The picture of the terminal: made by its script, from a run, without anything from elsewhere."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(DOCS / "make_terminal.py"))


def text_of(svg: str) -> list[str]:
    return [
        "".join(node.itertext()).replace("\u00a0", " ")
        for node in ElementTree.fromstring(svg).iter()
        if node.tag.endswith("text")
    ]


def test_what_is_printed_is_drawn_and_nothing_is_loaded(script: dict[str, Any]) -> None:
    svg = script["draw"]("digits: 3 pictures\n  layout   [bold]<x> & y")
    lines = [line.rstrip() for line in text_of(svg)]
    assert "  layout   [bold]<x> & y" in lines
    assert "@font-face" not in svg
    assert set(re.findall(r"https?://[^\"]*", svg)) == {"http://www.w3.org/2000/svg"}


def test_the_readme_shows_the_picture_of_a_whole_run(script: dict[str, Any]) -> None:
    assert "](docs/terminal.svg)" in (DOCS.parent / "README.md").read_text(encoding="utf-8")
    lines = [line.rstrip() for line in text_of((DOCS / "terminal.svg").read_text(encoding="utf-8"))]
    assert f"$ {' '.join(script['COMMAND'])}" in lines
    assert any(re.match(r"\d\d\.\d\d % of 360 test pictures right", line) for line in lines)
    assert "  onelook predict runs/first-try NEW_PICTURES" in lines
