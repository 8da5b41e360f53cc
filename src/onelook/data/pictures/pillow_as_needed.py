"""Pillow's process-wide switches, set for decoding while any thread decodes."""

from __future__ import annotations

import ctypes
import logging
import threading
import warnings
from collections.abc import Callable
from types import TracebackType

from PIL import ImageFile, _imaging

_LOGS = ("PIL", "pydicom")


def _silence_tiff() -> list[tuple[Callable[[object], object], object]]:
    """Take the handlers of errors and warnings away from libtiff; return what gives each back, and the handler.

    Pillow raises an error where it matters; libtiff writes a line beside it, straight to the terminal. Where the
    library cannot be reached by way of Pillow's own, which depends on how that was built, it keeps its handlers.
    """
    given_back: list[tuple[Callable[[object], object], object]] = []
    try:
        library = ctypes.CDLL(_imaging.__file__)
        for name in ("TIFFSetErrorHandler", "TIFFSetWarningHandler"):
            function = getattr(library, name)
            function.restype, function.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
            given_back.append((function, function(None)))
    except (OSError, AttributeError):
        pass
    return given_back


class _PillowAsNeeded:
    """A context in which Pillow's process-wide switches are set for decoding, while any thread decodes.

    Warnings from Pillow (odd metadata, large pictures) would garble a progress bar, and a caller who turns
    warnings into errors would lose good pictures; `LOAD_TRUNCATED_IMAGES`, which many a notebook sets, would
    turn half a picture into a half-grey one. Both switches belong to the process, so that the first thread that
    comes sets them and the last one that leaves puts them back. Nor may Pillow's log and the TIFF library below it,
    which writes past Python, put lines of their own on the terminal: what is wrong with a picture is its reason in
    the ledger.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._warnings = warnings.catch_warnings()
        self._load_truncated = False
        self._tiff: list[tuple[Callable[[object], object], object]] = []
        self._no_log = logging.NullHandler()  # with a handler of its own, a log does not write to the terminal

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
