"""What the cache holds and nobody has asked for in a month: it goes, so that the cache does not grow for ever."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

KEPT_DAYS = 30


def mark_used(entry: Path) -> None:
    """Notes on the disk that an entry's folder was asked for now; a cache that cannot be written is left as it is."""
    with suppress(OSError):
        os.utime(entry)


def drop_unused(entries: Path, *, now: float | None = None) -> None:
    """Removes the folders in `entries` that were neither made nor asked for in the last 30 days.

    Who has one of them open goes on: what is mapped stays until it is let go. One that cannot be removed stays.

    Args:
        entries: a folder of entries' folders.
        now: seconds since 1970; the clock's where it is not given.
    """
    oldest = (time.time() if now is None else now) - KEPT_DAYS * 86_400
    with suppress(OSError), os.scandir(entries) as found:
        for entry in found:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < oldest:
                    shutil.rmtree(entry, ignore_errors=True)
