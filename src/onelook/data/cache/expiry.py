"""Remove cache entries that were not used for a month, so that the cache does not grow for ever."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path

KEPT_DAYS = 30


def mark_used(entry: Path) -> None:
    """Record on disk that an entry was used now. Do nothing if the cache cannot be written."""
    with suppress(OSError):
        os.utime(entry)


def remove_expired(entries: Path, *, now: float | None = None) -> None:
    """Remove the folders in `entries` that were neither made nor used in the last 30 days.

    A process that has mapped an entry can still read it. A folder that cannot be removed stays.

    Args:
        entries: the folder with the entries.
        now: seconds since 1970; by default the present time.
    """
    oldest = (time.time() if now is None else now) - KEPT_DAYS * 86_400
    with suppress(OSError), os.scandir(entries) as found:
        for entry in found:
            with suppress(OSError):
                if entry.is_dir(follow_symlinks=False) and entry.stat(follow_symlinks=False).st_mtime < oldest:
                    shutil.rmtree(entry, ignore_errors=True)
