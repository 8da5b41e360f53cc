"""Pillow's process-wide switches, set for decoding while any thread decodes."""

from __future__ import annotations

import ctypes
import logging
import threading
import warnings
from collections.abc import Callable
from functools import cache
from types import TracebackType

from PIL import ImageFile, _imaging

_LOGS = ("PIL", "pydicom")


Handler = Callable[[object], object]  # sets libtiff's handler of errors or of warnings, and returns the one before


@cache
def _tiff_handlers() -> tuple[Handler, ...]:
    """Return the functions that set libtiff's handlers. Some builds of Pillow give no access to them."""
    try:
        library = ctypes.CDLL(_imaging.__file__)
        found = tuple(getattr(library, name) for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"))
    except (OSError, AttributeError):
        return ()
    for function in found:
        function.restype, function.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    return found


def _silence_tiff() -> list[tuple[Handler, object]]:
    """Remove libtiff's handlers of errors and warnings; return the function that restores each, with the handler.

    Pillow raises an error if one matters, but libtiff also writes a line directly to the terminal.
    """
    return [(function, function(None)) for function in _tiff_handlers()]


class _PillowAsNeeded:
    """A context in which Pillow's process-wide switches are set for decoding, while any thread decodes.

    Pillow's warnings (odd metadata, large pictures) would garble a progress bar, and if the caller turns warnings into
    errors, good pictures would be lost. `LOAD_TRUNCATED_IMAGES`, which many notebooks set, would turn half a picture
    into a half-grey one. Both switches belong to the process, so the first thread sets them and the last one restores
    them. Pillow's log and the TIFF library, which does not write through Python, must not print lines either: the
    reason for a bad picture is in the ledger.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._warnings = warnings.catch_warnings()
        self._load_truncated = False
        self._tiff: list[tuple[Handler, object]] = []
        self._no_log = logging.NullHandler()  # a log with a handler does not write to the terminal

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._warnings = warnings.catch_warnings()
                self._warnings.__enter__()
                warnings.filterwarnings("ignore", module=r"(PIL|pydicom)\b")
                self._tiff = _silence_tiff()
                for name in _LOGS:
                    logging.getLogger(name).addHandler(self._no_log)
                self._load_truncated = ImageFile.LOAD_TRUNCATED_IMAGES
                ImageFile.LOAD_TRUNCATED_IMAGES = False
            self._inside += 1

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                ImageFile.LOAD_TRUNCATED_IMAGES = self._load_truncated
                for restore, handler in self._tiff:
                    restore(handler)
                for name in _LOGS:
                    logging.getLogger(name).removeHandler(self._no_log)
                self._warnings.__exit__(kind, error, trace)


PILLOW_AS_NEEDED = _PillowAsNeeded()
