"""Read a fixes file: what a person decided about single pictures."""

from __future__ import annotations

import csv
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from onelook.data.column_names import split_header
from onelook.errors import ConfigError, DataError, in_words, nearest
from onelook.wording import counted, listed

Action = Literal["relabel", "drop", "keep"]
ACTIONS: tuple[Action, ...] = get_args(Action)
_COLUMNS = "id, action, class_name and, if pictures may have moved, content"
_SHOWN = 5


@dataclass(frozen=True)
class Fix:
    """One row: what to do with one picture."""

    line: int  # in the file, from 1
    id: str  # of the picture, as typed
    action: Action
    class_name: str = ""  # the new class, for `relabel`
    content: str = ""  # as `picture_content` returns it; empty if the file does not tell it

    @property
    def decision(self) -> tuple[str, str]:
        """The action and the class; two fixes of one picture contradict each other if these differ."""
        return self.action, self.class_name


@dataclass(frozen=True)
class FixesFile:
    """The rows of a fixes file that have an action."""

    path: Path
    fixes: tuple[Fix, ...]
    undecided: int = 0  # rows without an action, which change nothing

    @property
    def name(self) -> str:
        """Its name in notes and in the ledger."""
        return self.path.name

    @property
    def origin(self) -> str:
        """Its name in errors."""
        return f"--fixes {self.path}"


def read_fixes(path: Path) -> FixesFile:
    """Read a fixes file: CSV with the columns `id` and `action`, and maybe `class_name` and `content`.

    Other columns are ignored. A row without an action is not decided yet, and changes nothing. So the file that
    `inspect --suspects` writes becomes a fixes file when its column `action` is filled in.

    Raises:
        ConfigError: there is no such file.
        DataError: it is not such a table, an action is unknown, or a `relabel` has no class.
    """
    origin = f"--fixes {path}"
    header, rows = read_rows(path, origin)
    columns = {name.casefold(): at for at, name in reversed(list(enumerate(header)))}
    if "id" not in columns or "action" not in columns:
        found = ", ".join(map(repr, header[:8])) or "none"
        raise DataError(f"{origin}: its columns are {found}. Expected {_COLUMNS}.")

    def cell(row: Sequence[str], column: str) -> str:
        at = columns.get(column)
        return row[at] if at is not None and at < len(row) else ""

    fixes, undecided = [], 0
    for line, row in rows:
        action = cell(row, "action").strip().casefold()
        if not action:
            undecided += 1
            continue
        fixes.append(
            Fix(
                line,
                cell(row, "id"),
                _action(action, origin, line),
                cell(row, "class_name").strip() if action == "relabel" else "",
                cell(row, "content").strip().casefold(),
            )
        )
    _refuse_gaps(fixes, origin)
    if not fixes:
        empty = f"none of its {counted(undecided, 'row')} has an action" if undecided else "it has no rows"
        raise DataError(f"{origin}: {empty}. Write {listed(ACTIONS, last='or')} in the column 'action'.")
    return FixesFile(path, tuple(fixes), undecided)


def refuse_losing_decisions(path: Path) -> None:
    """Refuse to write new suspects over a file in which a person has decided about some.

    Raises:
        ConfigError: its column `action` has words.
    """
    try:
        header, rows = read_rows(path, "--suspects")
    except (ConfigError, DataError):
        return  # there is no such file yet, or it is no table
    at = next((at for at, name in enumerate(header) if name.casefold() == "action"), len(header))
    decided = sum(bool(row[at].strip()) for _, row in rows if at < len(row))
    if decided:
        words = counted(decided, "decision")
        raise ConfigError(f"--suspects {path}: {words} in its column 'action' would be lost. Name another file.")


def _action(word: str, origin: str, line: int) -> Action:
    for action in ACTIONS:
        if word == action:
            return action
    close = nearest(word, ACTIONS)
    hint = f"Did you mean '{close[0]}'?" if close else f"Expected {listed(ACTIONS, last='or')}."
    raise DataError(f"{origin}: line {line} has the unknown action '{word}'. {hint}", options=list(ACTIONS))


def _refuse_gaps(fixes: Sequence[Fix], origin: str) -> None:
    """Refuse rows without an id, and a `relabel` without a class."""
    nameless = [fix.line for fix in fixes if not fix.id.strip()]
    if nameless:
        raise DataError(f"{origin}: no id in line {listed(nameless, most=_SHOWN)}. Expected the id of a picture.")
    classless = [fix.line for fix in fixes if fix.action == "relabel" and not fix.class_name]
    if classless:
        raise DataError(
            f"{origin}: no class in line {listed(classless, most=_SHOWN)}, whose action is relabel. "
            "Expected the name of a class in the column 'class_name'."
        )


def read_rows(path: Path, origin: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header, and each row that is not blank with its line."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise ConfigError(f"{origin}: there is no such file. Expected a CSV file with {_COLUMNS}.") from None
    except OSError as problem:
        raise ConfigError(f"{origin}: cannot be read ({problem.strerror}). Expected a CSV file.") from problem
    is_utf16 = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig").lstrip("\r\n")
        header, delimiter = split_header(text.partition("\n")[0].rstrip("\r"))
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        next(reader, None)
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except (UnicodeDecodeError, csv.Error) as problem:
        raise DataError(f"{origin}: no table of text ({in_words(problem)}). Save it as CSV in UTF-8.") from None
    for line, row in rows:
        if any(cell.strip() for cell in row[len(header) :]):
            raise DataError(
                f"{origin}: line {line} has {len(row)} cells, the header {len(header)}. "
                'Write a name that contains a comma in quotes, such as "a,b.jpg".'
            )
    return header, rows
