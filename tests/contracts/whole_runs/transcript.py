"""What a person sees of onelook: the commands that they type, the whole of what is printed, and the files it leaves."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.contracts.whole_runs.masks import (
    json_lines,
    masked_json,
    masked_print,
    masked_table,
    masked_text,
)
from tests.contracts.whole_runs.page import page_lines

import onelook.errors
from onelook.cli import main
from onelook.comparison.speed import Speed
from onelook.settings import TrainSettings


class Transcript:
    """The lines of a session in one working folder; all paths are relative to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.lines: list[str] = []

    def type(self, *words: str) -> None:
        """Run a command line, and keep its exit code and all that it prints."""
        code, printed, errors = _captured(lambda: main(words))
        self.lines += ["", f"$ onelook {' '.join(words)}"]
        self.lines += [f"exit code {code}"] if code else []
        if "--json" in words and printed:
            self.lines += json_lines(masked_json(self._placed(json.loads(printed))))
        else:
            self._keep(printed)
        if errors:
            self.lines.append("on standard error:")
            self._keep(errors)

    def call(self, title: str, prints: Callable[[], object], *, made_up: bool = False) -> None:
        """Keep all that a function prints, under a title; with its times, if they are made up."""
        _, printed, errors = _captured(prints)
        if made_up:
            self._head(title)
            self.lines += (printed + errors).splitlines()
        else:
            self.say(title, printed + errors)

    def refusal(self, call: Callable[[], object]) -> None:
        """Keep the error that a call from Python raises."""
        try:
            _captured(call)
        except onelook.errors.OnelookError as problem:
            self.say(type(problem).__name__, str(problem))
            return
        self.say("no error", "")

    def files(self, folder: str) -> None:
        """Keep the names of all files in a folder."""
        self._head(f"the files of {folder}")
        place = self.root / folder
        self.lines += sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())

    def text(self, name: str) -> None:
        """Keep a file of text, such as CSV."""
        self._head(name)
        text = (self.root / name).read_bytes().decode("utf-8").replace("\r", "<CR>")
        self._keep(masked_table(text))

    def json(self, name: str, *, timed: bool = False) -> None:
        """Keep a file of JSON, or of a JSON document a line; `timed` keeps times in its texts, if they are made up."""
        self._head(name)
        text = (self.root / name).read_text(encoding="utf-8")
        documents = text.splitlines() if name.endswith(".jsonl") else [text]
        for document in documents:
            value = _without_defaults(json.loads(document))
            self.lines += json_lines(masked_json(value if timed else self._placed(value)))

    def page(self, name: str, *, drawn: bool = False) -> None:
        """Keep the texts of an HTML page; `drawn` also keeps its charts, for a page whose numbers are made up."""
        self._head(name)
        lines = page_lines(self.root / name, drawn=drawn)
        if not drawn and _DEFAULTS in lines:  # which a made-up page lists
            begin = lines.index(_DEFAULTS)
            lines = lines[: begin - 1] + lines[lines.index("", begin) :]
        self.lines += lines if drawn else masked_text("\n".join(lines), str(self.root)).splitlines()

    def say(self, title: str, text: str) -> None:
        """Keep a text under a title."""
        self._head(title)
        self._keep(text)

    def _head(self, title: str) -> None:
        self.lines += ["", f"=== {title}"]

    def _keep(self, text: str) -> None:
        self.lines += masked_print(text, str(self.root))

    def _placed(self, value: Any) -> Any:
        if isinstance(value, str):
            return masked_text(value, str(self.root))
        if isinstance(value, dict):
            return {key: self._placed(each) for key, each in value.items()}
        return [self._placed(each) for each in value] if isinstance(value, list) else value


def _without_defaults(value: Any, defaults: Any = None) -> Any:
    """Return `run.json` with the settings that differ from the defaults: each new setting would change every run."""
    if defaults is None:
        if not isinstance(value, dict) or not isinstance(value.get("settings"), dict):
            return value
        defaults = TrainSettings().model_dump(mode="json")
        return {**value, "settings": _without_defaults(value["settings"], defaults)}
    if not isinstance(value, dict) or not isinstance(defaults, dict):
        return value
    return {
        name: _without_defaults(each, defaults.get(name) or {})
        for name, each in value.items()
        if name not in defaults or each != defaults[name]
    }


def _captured(function: Callable[[], Any]) -> tuple[Any, str, str]:
    """Return what a function returns, and what it prints on standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        found = function()
    return found, out.getvalue(), err.getvalue()


def _made_up_speeds(classifiers: Sequence[object]) -> list[tuple[Speed, Speed]]:
    """Each model is twice as slow as the one before it, and half as slow with two threads."""
    slowness = [2**at for at, _ in enumerate(classifiers)]
    return [
        (Speed(1, 1.5 * each, 2.0 * each, 900 / each), Speed(2, 0.75 * each, each, 1800 / each)) for each in slowness
    ]


_DEFAULTS = "Settings at their defaults"
_AROUND: Mapping[str, str] = {"COLUMNS": "80", "NO_COLOR": "1"}


@contextmanager
def session(root: Path) -> Iterator[Transcript]:
    """Work in `root`, 80 columns wide, with a cache of its own."""
    with (
        contextlib.chdir(root),
        patch.dict(os.environ, {**_AROUND, "ONELOOK_CACHE": str(root / ".cache")}),
        patch("onelook.cli.output.progress._SECONDS_BEFORE_FIRST_LINE", float("inf")),  # on a very busy machine too
        patch("onelook.commands.compare.measure_speeds", _made_up_speeds),
        patch("onelook.commands.compare.processor_name", lambda: "a processor"),
        patch("onelook.runtime.bfloat16_instructions", lambda: None),  # float32, whatever the processor has
    ):
        yield Transcript(root)
