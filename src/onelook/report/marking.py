"""Marks on pictures: what a page's script needs to take them, and to give them back as a fixes file."""

from __future__ import annotations

import csv
import hashlib
import json
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.data.fixes.fixes_file import Fix, read_fixes
from onelook.errors import OnelookError
from onelook.report.facts import RunFacts
from onelook.report.page_wording import class_in_words, escaped_in_json

if TYPE_CHECKING:
    from markupsafe import Markup

FILE = "fixes.csv"  # the name that the browser gives the file
# Words of a training's command that one with fixes has not: -> the number of values after each.
_LEFT_OUT = {"--out": 1, "--name": 1, "--fixes": 1, "--resume": 0, "--json": 0, "--quiet": 0, "--debug": 0}


@dataclass(frozen=True)
class Saved:
    """The place to which a page of `review` sends its marks."""

    address: str
    token: str
    file: str  # as the reader knows it


@dataclass(frozen=True)
class Marking:
    """The facts that the script needs."""

    key: str  # under which a browser keeps the marks: each run has its own
    class_names: tuple[str, ...]  # as the data has them
    command: str  # that takes the file
    # Decisions that the file begins with, as (id, action, class name, content): those that the run was trained with,
    # or those that a file of `review` has already.
    earlier: tuple[tuple[str, str, str, str], ...] = ()
    saved: Saved | None = None  # None: the marks stay in the browser until the reader downloads them

    def as_json(self) -> Markup:
        """Return all of it as JSON that can be put into a page."""
        names = [class_in_words(name) for name in self.class_names]
        values = {**asdict(self), "names": names if names != list(self.class_names) else None}
        return inside_element(values)


def inside_element(values: object) -> Markup:
    """Return values as JSON that a page can have as the text of an element."""
    from markupsafe import Markup

    text = escaped_in_json(json.dumps(values, ensure_ascii=False, separators=(",", ":")))
    return Markup(text.replace("&", "&amp;").replace("<", "&lt;"))  # text inside an element: quotes stay


def mark_attribute(identifier: str, label: str, guess: str, content: str) -> Markup:
    """Return the attribute that makes an element of the page one that can be marked, after a blank.

    Args:
        identifier: the id of the picture, as the data has it.
        label: its class; empty if it has none.
        guess: the class that a model takes it for; empty if none did.
        content: the content of the picture; empty if it is not known.

    Example:
        >>> str(mark_attribute("a'b.jpg", "cat", "", ""))
        ' data-mark=\\'["a&#39;b.jpg","cat","",""]\\''
    """
    from markupsafe import Markup

    text = json.dumps([identifier, label, guess, content], separators=(",", ":"))  # ASCII: nothing turns text around
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;")
    return Markup(f" data-mark='{safe}'")


def identity(*facts: str) -> str:
    """Return a text that other facts do not give."""
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def marking_of_run(run: RunFacts, class_names: Sequence[str], fixes: Iterable[Fix]) -> Marking:
    """Return the marking of a run's report.

    Args:
        run: its facts.
        class_names: of the scored pictures.
        fixes: those that it was trained with.
    """
    command = run.command if isinstance(run.command, str) else shlex.join(run.command)
    return Marking(
        key=identity(run.name, run.created, run.data.fingerprint, run.split.fingerprint),
        class_names=tuple(class_names),
        command=command_with_fixes(command),
        earlier=as_earlier(fixes),
    )


def as_earlier(fixes: Iterable[Fix]) -> tuple[tuple[str, str, str, str], ...]:
    """Return fixes as a page's decisions before any mark."""
    return tuple((fix.id, fix.action, fix.class_name, fix.content) for fix in fixes)


def kept_fixes(path: Path) -> tuple[Fix, ...]:
    """Return the fixes of a file; none if it is not there, or cannot be read any more."""
    try:
        return read_fixes(path).fixes if path.is_file() else ()
    except OnelookError:
        return ()


def command_with_fixes(command: str, file: str = FILE) -> str:
    """Return the command of a training with a fixes file, for a new run.

    Example:
        >>> command_with_fixes("onelook train 'my photos' --epochs 3 --out runs/a --json")
        "onelook train 'my photos' --epochs 3 --fixes fixes.csv"
        >>> command_with_fixes("")  # a run from Python
        'onelook train DATA --fixes fixes.csv'
    """
    kept: list[str] = []
    skip = 0
    for word in shlex.split(command) or ["onelook", "train", "DATA"]:
        flag, _, value = word.partition("=")
        if skip:
            skip -= 1
        elif flag in _LEFT_OUT:
            skip = 0 if value else _LEFT_OUT[flag]
        else:
            kept.append(word)
    return shlex.join([*kept, "--fixes", file])


def contents_of_suspects(path: Path) -> Mapping[str, str]:
    """Return the content of each picture in a file of suspects, by id; nothing if there is no such file."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["id"]: row.get("content") or "" for row in csv.DictReader(file) if row.get("id")}
