"""Runs a command line with recorders in place of what the command calls, and returns every argument that these got."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import is_dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from tests.recorded import record

from onelook.cli import main
from onelook.cli.output.printer import Printer
from onelook.wording.language import for_page, language


class Shown(SimpleNamespace):
    """What a callee returns where the command only shows it, or hands it on."""

    def __str__(self) -> str:
        return "shown"


class Listener(AbstractContextManager[Any]):
    """A socket that listens, as far as a command looks."""

    def __exit__(self, *_: object) -> None:
        return None

    def getsockname(self) -> tuple[str, int]:
        return "127.0.0.1", 5


def calls_of(
    words: Sequence[str],
    callees: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> dict[str, Any]:
    """Return what a command line asks for: the arguments of each callee, how it prints, and the language of pages.

    Args:
        words: the command line, without the program.
        callees: dotted name -> what it returns; `StopError` ends the command there.
        monkeypatch, capsys: pytest's.
    """
    printers: list[tuple[bool, bool]] = []
    languages: list[str] = []
    build = Printer.__init__

    def note_printer(self: Printer, *, json: bool = False, quiet: bool = False) -> None:
        printers.append((json, quiet))
        build(self, json=json, quiet=quiet)

    with monkeypatch.context() as patch:
        calls = record(patch, callees, look=lambda: languages.append(for_page(language)()))
        patch.setattr(Printer, "__init__", note_printer)
        code = main([*words])
    printed = capsys.readouterr()
    assert code in (0, 1), printed.err  # 1 is our own stop; an option that is refused ends with 2
    found = {f"{name}.{key}": _plain(value) for name, arguments in calls for key, value in arguments.items()}
    if languages:
        found["language"] = languages[-1]
    return found if not printers else {**found, "json": printers[0][0], "quiet": printers[0][1]}


def _plain(value: Any) -> Any:
    """Return an argument so that it can be compared: of a function, whether it is there."""
    if isinstance(value, Printer | Shown):
        return type(value).__name__
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if is_dataclass(value) and callable(load := getattr(value, "load", None)):
        return getattr(value, "name", None), _plain(load())  # it is loaded again as at first
    if is_dataclass(value) and not isinstance(value, type) and hasattr(value, "on_progress"):
        return replace(value, on_progress=_plain(value.on_progress))  # type: ignore[type-var]
    return True if callable(value) and not isinstance(value, type) else value
