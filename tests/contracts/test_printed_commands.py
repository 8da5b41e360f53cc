"""A command that is printed to be typed names this program as it is found: `onelook` is not always on the path."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.parsed_sources import PACKAGE, nodes_of, source_files

from onelook.classifier.foreign import how_to_train, how_to_use
from onelook.cli.app import COMMANDS
from onelook.data.open import open_dataset
from onelook.errors import DataError

# What is said about a command and is not there to be typed as it stands.
NOT_TYPED = (
    "onelook tune --on ray",  # needs an extra
    "onelook predict --on ray",
    "onelook tune under torchrun",
    "onelook tune and --",
    "a folder that onelook tune made",
    "missing_extra",
    "a name from onelook",
    "see onelook recipes",  # help and docs/settings.md, which are the same on every machine
    "(onelook inspect)",  # a note that is kept in the run
    "-m onelook train",
    "```sh\nonelook verify .",  # a model's README, which is read on another machine
    "```sh\nonelook evaluate .",
)


def _names() -> str:
    assert len([*COMMANDS]) >= 15
    return "|".join(COMMANDS)


def texts(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """Yield each text of a module that is no docstring, and whose function is not told what extra is missing."""
    left_out = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "missing_extra":
            left_out |= {id(each) for each in node.args}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in left_out:
            yield node.value


def test_no_text_has_a_command_with_a_name_of_its_own() -> None:
    command = re.compile(rf"\bonelook (?:{_names()})\b")
    found = {
        f"{path.relative_to(PACKAGE)}: {text}"
        for path in source_files()
        if path.parent.name != "cli"  # help shows examples
        for text in texts(nodes_of(path))
        if command.search(text) and not any(words in text.casefold() for words in map(str.casefold, NOT_TYPED))
    }
    assert found == set()


def test_a_program_that_is_not_on_the_path_prints_where_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "argv", ["/opt/env/bin/onelook", "train"])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "(`/opt/env/bin/onelook models --toml cnn > mine.toml` prints" in how_to_train()
    assert "train one with `/opt/env/bin/onelook train`" in how_to_use(Path("m.pkl"), "a pickle")
    assert "`/opt/env/bin/onelook import m.keras --out DIR`" in how_to_use(Path("m.keras"), "a Keras model file")
    with pytest.raises(DataError, match="that `/opt/env/bin/onelook datasets` lists"):
        open_dataset(None)
