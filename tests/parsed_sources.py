"""The package's files, read and parsed once for all tests that look at how the source is written."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import onelook

PACKAGE = Path(onelook.__file__).parent


@cache
def source_files() -> tuple[Path, ...]:
    """Every Python file of the package, sorted."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@cache
def tree_of(path: Path) -> ast.Module:
    """The parsed file. Tests must leave it unchanged."""
    return ast.parse(text_of(path))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of the parsed file, in the order of `ast.walk`, which costs more than the parsing."""
    return tuple(ast.walk(tree_of(path)))
