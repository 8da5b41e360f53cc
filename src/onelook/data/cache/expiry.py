"""Removal of cache entries that nobody has used for a month, so that the cache does not grow for ever."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

KEPT_DAYS = 30


def mark_used(entry: Path) -> None:
    """Record on disk that an entry was used now. Do nothing where the cache cannot be written."""
    with suppress(OSError):
        os.utime(entry)


def remove_expired(entries: Path, *, now: float | None = None) -> None:
    """Remove the folders in `entries` that were neither made nor used in the last 30 days.

    A process that has one mapped can still read it. A folder that cannot be removed stays.

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
