"""The marks of a person who looks at pictures, kept in a fixes file that is whole after every mark."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from onelook.data.fixes.fixes_file import ACTIONS, Action, Fix, read_rows
from onelook.data.ledger import csv_text
from onelook.errors import ConfigError, DataError
from onelook.files import refuse_unwritable, write_text

# A fixes file with one more column, by which a file of marks is recognised. Pages that are read without a server let
# the browser download the same columns: `marks.js` has them too.
HEADER = ("id", "action", "class_name", "content", "marked")


@dataclass(frozen=True)
class Mark:
    """A person's decision about one picture."""

    id: str
    action: Action
    class_name: str = ""  # the new class, for `relabel`
    content: str = ""  # as `picture_content` returns it; empty if it is not known
    marked: str = ""  # the time, as ISO 8601; empty for a decision that was made elsewhere

    @classmethod
    def of_fix(cls, fix: Fix) -> Mark:
        """Return a row of a fixes file as a mark."""
        return cls(fix.id, fix.action, fix.class_name, fix.content)


def read_marks(path: Path) -> dict[str, Mark]:
    """Return the marks in a file by the id of the picture, in their order; none if there is no file.

    Raises:
        ConfigError: the file is not one of marks: writing to it would lose what it holds.
    """
    if not path.exists():
        return {}
    try:
        header, rows = read_rows(path, str(path))
    except DataError as problem:
        raise _foreign(path) from problem
    if tuple(header) != HEADER:
        raise _foreign(path)
    marks: dict[str, Mark] = {}
    for line, row in rows:
        identifier, word, class_name, content, marked = (*row, *[""] * len(HEADER))[: len(HEADER)]
        action = next((each for each in ACTIONS if each == word), None)
        if action is None or not identifier or (action == "relabel" and not class_name):
            raise ConfigError(
                f"{path}: line {line} is no mark: {','.join(row)}. Repair the line, or name another file with --out."
            )
        marks[identifier] = Mark(identifier, action, class_name, content, marked)
    return marks


def _foreign(path: Path) -> ConfigError:
    return ConfigError(
        f"{path}: this file exists and does not hold marks ({','.join(HEADER)}); it would be lost. "
        "Name another file with --out."
    )


def marks_csv(marks: Iterable[Mark]) -> str:
    """Return marks as the text of a fixes file."""
    return csv_text(HEADER, [(each.id, each.action, each.class_name, each.content, each.marked) for each in marks])


class MarksOnDisk:
    """Marks in a file that is written, whole or not at all, with every change. It may be called from many threads.

    Rows that another process or a person adds to the file meanwhile are kept.

    Args:
        path: the file. It is made with the first mark.
        begin_with: decisions that a new file begins with, such as those that the run was trained with.

    Raises:
        ConfigError: the file exists and is not one of marks, or it could not be written.
    """

    def __init__(self, path: Path, begin_with: Iterable[Mark] = ()) -> None:
        refuse_unwritable(path)
        self.path = path
        self._lock = threading.Lock()
        self._written = self._content()
        self._marks = {each.id: each for each in begin_with} if self._written is None else read_marks(path)

    def all(self) -> Mapping[str, Mark]:
        """Return the marks by the id of the picture, in their order."""
        with self._lock:
            self._take_changes()
            return dict(self._marks)

    def set(self, identifier: str, mark: Mark | None) -> Mapping[str, Mark]:
        """Keep a mark, or remove that of a picture, write the file, and return all marks.

        Raises:
            ConfigError: the file was replaced by one that is not of marks, or it cannot be written.
        """
        with self._lock:
            self._take_changes()
            marks = {each: kept for each, kept in self._marks.items() if each != identifier}
            if mark is not None:
                marks[identifier] = mark
            text = marks_csv(marks.values())
            write_text(self.path, text)
            self._marks, self._written = marks, text.encode()
            return dict(marks)

    def _take_changes(self) -> None:
        """Read the file again if it is not as it was written; if it is gone, the marks stay."""
        content = self._content()
        if content is not None and content != self._written:
            self._marks, self._written = read_marks(self.path), content

    def _content(self) -> bytes | None:
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as problem:
            raise ConfigError(f"{self.path}: cannot be read ({problem.strerror}). Name a file to write.") from problem
