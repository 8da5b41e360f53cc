"""The package's files, read and parsed once for all tests that look at how the source is written."""

from __future__ import annotations

import ast
import gc
from functools import cache
from pathlib import Path

import onelook
from onelook.optional_packages import no_garbage_collection

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
    return _trees().get(path) or ast.parse(text_of(path))


@cache
def _trees() -> dict[Path, ast.Module]:
    """The parsed files of the package: 700,000 objects, which no search for garbage needs to go through.

    Such searches took two thirds of the time for parsing, and a fifth of a second each later.
    """
    with no_garbage_collection():
        trees = {path: ast.parse(text_of(path)) for path in source_files()}
        gc.freeze()
    return trees


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """All nodes of the parsed file, in the order of `ast.walk`, which costs more than the parsing."""
    return tuple(ast.walk(tree_of(path)))
