"""What a command does beside answering: files that it writes elsewhere, programs that it starts, what it unpickles.

Python tells an audit hook of each before it happens (PEP 578), also where a library does it.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

_WRITING_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# A folder that is made stays, and shows when files are compared: the event comes also for one that is there already.
_CHANGES = frozenset(
    ("os.rename", "os.link", "os.symlink", "os.truncate", "os.remove", "os.rmdir", "os.chmod", "os.chown")
)
_STARTS = frozenset(
    (
        *(
            "subprocess.Popen",
            "os.system",
            "os.exec",
            "os.posix_spawn",
            "os.spawn",
            "os.fork",
            "os.forkpty",
            "pty.spawn",
        ),
        *("socket.connect", "socket.getaddrinfo", "urllib.Request", "pickle.find_class"),
    )
)


class Watch:
    """Notes what happens between `begin` and `end`, in this process for as long as it lives.

    Args:
        allowed: folders that may be written to at any time: cache and temporary files.
    """

    def __init__(self, *allowed: Path) -> None:
        self._allowed = tuple(f"{folder}/" for folder in allowed)
        self._own: tuple[str, ...] = ()
        self._is_on = False
        self._seen: list[str] = []
        sys.addaudithook(self._note)

    def begin(self, *own: Path) -> None:
        """From here on. What begins with one of `own` may be written too."""
        self._seen = []
        self._own = tuple(map(str, own))
        self._is_on = True

    def end(self) -> list[str]:
        """What has happened, in words."""
        self._is_on = False
        return self._seen

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event in _STARTS:
            self._seen.append(f"{event} {str(arguments)[:200]}")
        elif event == "open":
            path, mode, flags = arguments
            writes = any(mark in mode for mark in "wax+") if isinstance(mode, str) else flags & _WRITING_FLAGS
            if writes and not isinstance(path, int):
                self._judge("writes", path)
        elif event in _CHANGES:
            below = arguments[-1] if isinstance(arguments[-1], int) and arguments[-1] >= 0 else None
            for path in arguments[: 2 if event in ("os.rename", "os.link") else 1]:
                self._judge(event, path, below)

    def _judge(self, what: str, path: Any, below: int | None = None) -> None:
        text = os.fsdecode(path)
        if below is not None and not os.path.isabs(text):  # noqa: PTH117 - no Path: this runs at every file
            text = f"{os.readlink(f'/proc/self/fd/{below}')}/{text}"  # noqa: PTH115
        text = os.path.realpath(os.path.dirname(text) or ".") + "/" + os.path.basename(text)  # noqa: PTH119, PTH120
        if text == "/dev/null" or f"{text}/".startswith(self._allowed) or text.startswith(self._own):
            return
        self._seen.append(f"{what} {text}")
