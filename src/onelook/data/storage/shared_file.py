"""An open file from which many threads read, each at its own position."""

from __future__ import annotations

import os
import threading
import weakref
from typing import IO

from onelook.errors import DataError, in_words


class SharedFile:
    """An open file that no longer grows. It is closed when this object is garbage-collected."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self._end = file.seek(0, os.SEEK_END)
        self._lock = threading.Lock()
        # Not `__del__`: it may run after that of the file itself, which then warns.
        weakref.finalize(self, file.close)

    def read_at(self, start: int, size: int) -> bytes:
        """Return `size` bytes from `start`.

        Raises:
            DataError: the file has fewer bytes, or the disk fails.
        """
        if start < 0 or start + size > self._end:  # before memory is allocated for the size in a forged directory
            raise DataError("cut short inside the archive")
        try:
            content = self._read(start, size)
        except (OSError, ValueError, OverflowError) as problem:
            raise DataError(f"cannot be read from the archive ({in_words(problem)})") from problem
        if len(content) < size:
            raise DataError("cut short inside the archive")
        return content

    if hasattr(os, "pread"):  # no seek, so that no thread waits for another

        def _read(self, start: int, size: int) -> bytes:
            content = os.pread(self.file.fileno(), size, start)
            while 0 < len(content) < size:  # some systems return at most about 2 GB at once
                more = os.pread(self.file.fileno(), size - len(content), start + len(content))
                if not more:
                    break
                content += more
            return content

    else:

        def _read(self, start: int, size: int) -> bytes:
            with self._lock:
                self.file.seek(start)
                return self.file.read(size)
