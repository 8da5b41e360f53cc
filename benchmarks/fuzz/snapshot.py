"""Which files there are, and whether they are as they were."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

Snapshot = Mapping[str, tuple[int, int, int]]  # path below the root -> (inode, bytes, time of change)

# May hold anything after a command (the cache), or is the harness' own.
_LEFT_OUT = frozenset(("cache", "streams", "warm-up"))


def snapshot(root: Path) -> Snapshot:
    """Every file, link and folder below the root; links are not followed."""
    found: dict[str, tuple[int, int, int]] = {}
    waiting = [""]
    while waiting:  # no recursion: cases hold trees deeper than Python's stack
        below = waiting.pop()
        with os.scandir(f"{root}/{below}") as entries:
            for entry in entries:
                name = f"{below}{entry.name}"
                if name in _LEFT_OUT:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    found[name] = (entry.inode(), 0, 0)
                    waiting.append(f"{name}/")
                else:
                    status = entry.stat(follow_symlinks=False)
                    found[name] = (status.st_ino, status.st_size, status.st_mtime_ns)
    return found
