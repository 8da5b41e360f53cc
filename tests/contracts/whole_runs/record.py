"""The kept answers of whole sessions, in `recorded/`, so that a change of any word or number is seen.

After a change that is meant, write them again, and read the difference line by line before it is committed:

    python -m tests.contracts.whole_runs.record            all sessions
    python -m tests.contracts.whole_runs.record names      those that are named
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.contracts.whole_runs.masks import difference
from tests.contracts.whole_runs.sessions import SESSIONS, answer_of

RECORDED = Path(__file__).with_name("recorded")


def kept(name: str) -> list[str]:
    """Return the lines that are kept of a session; none for a new one."""
    path = RECORDED / f"{name}.txt"
    return path.read_text(encoding="utf-8").splitlines() if path.is_file() else []


def changes(name: str, found: Sequence[str]) -> str:
    """Return how a session's answer differs from the kept one, as a unified diff; empty where it does not."""
    return difference(kept(name), found, tolerance=SESSIONS[name][1])


def _write(names: Sequence[str]) -> None:
    RECORDED.mkdir(exist_ok=True)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            lines = answer_of(name, Path(folder).resolve())
        if changes(name, lines):
            (RECORDED / f"{name}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")
            print(f"changed: {name}")


if __name__ == "__main__":
    _write(sys.argv[1:] or list(SESSIONS))
