"""Handling of Ctrl-C: it ends a run between two batches."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType


@dataclass
class Interrupt:
    """Whether the user has pressed Ctrl-C."""

    requested: bool = False


@contextmanager
def ctrl_c_between_batches() -> Iterator[Interrupt]:
    """Within the block the first Ctrl-C only sets `requested`; the second raises KeyboardInterrupt at once.

    Afterwards the handler from before is restored. Nothing is changed outside the main thread, where Python accepts no
    handlers, nor where Ctrl-C is ignored (`nohup`).
    """
    interrupt = Interrupt()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before in (signal.SIG_IGN, None):
        yield interrupt
        return

    def on_first(_number: int, _frame: FrameType | None) -> None:
        interrupt.requested = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, on_first)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def ctrl_c_noted() -> Iterator[Interrupt]:
    """Within the block Ctrl-C raises KeyboardInterrupt, and also sets `requested`.

    Nothing is changed where `ctrl_c_between_batches` changes nothing, nor where another handler stands.
    """
    interrupt = Interrupt()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or before is not signal.default_int_handler:
        yield interrupt
        return

    def note(number: int, frame: FrameType | None) -> None:
        interrupt.requested = True
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
