"""docs/architecture.md names files that are there, and the rooms in the order that import-linter holds."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_file_that_it_names_is_there() -> None:
    named = re.findall(r"`((?:src|tests|docs)/[\w/.-]+\.(?:py|md))`", PAGE)
    assert len(named) > 30
    assert [path for path in named if not (ROOT / path).is_file()] == []


def test_its_drawing_has_the_rooms_in_the_order_of_the_layers() -> None:
    drawing = PAGE.split("```")[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = [one["layers"] for one in contracts if one.get("containers") == ["onelook"]]
    rooms = [sorted(re.findall(r"\w+", layer)) for layer in layers]
    lines = [line for line in drawing.splitlines() if line.strip()]
    assert len(lines) == len(rooms)
    for line, names in zip(lines, rooms, strict=True):
        assert sorted(line.split()[: len(names)]) == names


def test_every_room_is_drawn() -> None:
    package = ROOT / "src" / "onelook"
    rooms = {path.name for path in package.iterdir() if (path / "__init__.py").is_file()}
    rooms |= {path.stem for path in package.glob("*.py") if not path.name.startswith("__")}
    assert rooms <= set(re.findall(r"\w+", PAGE.split("```")[1]))
