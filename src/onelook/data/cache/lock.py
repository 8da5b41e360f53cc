"""A lock on work that only one process at a time may do. It is released when the process ends, even if it is killed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


@contextmanager
def exclusive_lock(path: Path) -> Iterator[bool]:
    """Try to take the lock at `path`, and yield whether this block holds it.

    It does not wait: if another process holds the lock, or the file system has no locks, it yields False at once. The
    file at `path` is made, and removed when the block ends. After a killed process the file stays, without a lock.

    Raises:
        OSError: the file cannot be made.

    Example:
        >>> import tempfile
        >>> path = Path(tempfile.mkdtemp()) / "work.lock"
        >>> with exclusive_lock(path) as mine, exclusive_lock(path) as mine_too:
        ...     print(mine, mine_too)
        True False
        >>> path.exists()
        False
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as file:
        # An earlier holder removed the file that we opened; another process may have made and locked a new one.
        mine = _locked(file) and _is_at(path, file)
        try:
            yield mine
        finally:
            if mine:
                with suppress(OSError):  # Windows cannot remove an open file: it stays, without a lock
                    path.unlink()


def _is_at(path: Path, file: BinaryIO) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _locked(file: BinaryIO) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(file: BinaryIO) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
