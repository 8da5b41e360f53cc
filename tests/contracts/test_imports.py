"""No two files import each other, by whatever way round, and no layout imports another."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tests.parsed_sources import tree_of

from onelook.data.layouts.registry import LAYOUTS

ROOT = Path(__file__).parents[2]
_WITH_STATEMENTS = ast.stmt | ast.excepthandler | ast.match_case  # an import is in no expression


@cache
def imports_of_files(source: Path) -> dict[str, set[str]]:
    """Each module below `source` with the modules there that it imports when it runs, in functions too."""
    files = {_module(file.relative_to(source)): file for file in sorted(source.rglob("*.py"))}
    return {name: {each for each in _imported(tree_of(file), files) if each != name} for name, file in files.items()}


def circles(imports: Mapping[str, set[str]]) -> set[frozenset[str]]:
    """The sets of modules that can all be reached from each other: Tarjan's strongly connected components."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    waiting: list[str] = []
    found: set[frozenset[str]] = set()

    def visit(name: str) -> None:
        index[name] = lowest[name] = len(index)
        waiting.append(name)
        for other in imports.get(name, ()):
            if other not in index:
                visit(other)
                lowest[name] = min(lowest[name], lowest[other])
            elif other in waiting:
                lowest[name] = min(lowest[name], index[other])
        if lowest[name] == index[name]:
            at = waiting.index(name)
            members = frozenset(waiting[at:])
            del waiting[at:]
            if len(members) > 1:
                found.add(members)

    for name in imports:
        if name not in index:
            visit(name)
    return found


def reached_from(name: str, imports: Mapping[str, set[str]]) -> set[str]:
    """Every module that this one imports, and those that these import."""
    reached: set[str] = set()
    waiting = [name]
    while waiting:
        found = imports[waiting.pop()] - reached
        reached |= found
        waiting.extend(found)
    return reached


def _module(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.AST, files: Mapping[str, Path]) -> Iterator[str]:
    if isinstance(tree, ast.If) and isinstance(tree.test, ast.Name) and tree.test.id == "TYPE_CHECKING":
        return  # read by the type checker alone
    if isinstance(tree, ast.Import):
        yield from (alias.name for alias in tree.names if alias.name in files)
    elif isinstance(tree, ast.ImportFrom) and tree.module is not None:
        for alias in tree.names:
            name = f"{tree.module}.{alias.name}"
            yield from [each for each in (name, tree.module) if each in files][:1]
    for child in ast.iter_child_nodes(tree):
        if isinstance(child, _WITH_STATEMENTS):
            yield from _imported(child, files)


def test_no_files_import_each_other() -> None:
    assert circles(imports_of_files(ROOT / "src")) == set()


def test_a_circle_is_found_wherever_the_import_stands(tmp_path: Path) -> None:
    files = {
        "room/__init__.py": "",
        "room/first.py": "from room.second import x\n",
        "room/second.py": "def f():\n    if f:\n        from room import third\n",
        "room/third.py": "import room.first\n",
        "room/typed.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from room.typing import x\n",
        "room/typing.py": "from room.typed import x\n",
        "room/alone.py": "from room.first import x\nimport json\n",
    }
    (tmp_path / "room").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert circles(imports_of_files(tmp_path)) == {frozenset({"room.first", "room.second", "room.third"})}


def test_no_layout_imports_another() -> None:
    imports = imports_of_files(ROOT / "src")
    homes = {LAYOUTS.module(name) for name in LAYOUTS}
    assert homes <= set(imports)
    assert {home: reached_from(home, imports) & homes for home in homes} == {home: set() for home in homes}
