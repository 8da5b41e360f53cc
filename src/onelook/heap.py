"""Have the C library keep less memory than it does by itself."""

from __future__ import annotations

import ctypes
import sys

_ARENA_MAX = -8  # from <malloc.h> of glibc, for mallopt(3)


def use_one_heap() -> None:
    """Have threads that start later allocate from one heap, which `give_back_memory` can empty.

    Linux' usual C library has a heap for each thread, and keeps it when the thread ends: 45 MB after near copies of
    100,000 pictures were looked for.
    """
    _ask_c_library("mallopt", _ARENA_MAX, 1)


def give_back_memory() -> None:
    """Give memory that was freed back to the system. Linux' usual C library keeps much of it for later use."""
    _ask_c_library("malloc_trim", 0)


def _ask_c_library(function: str, *arguments: int) -> None:
    """Call a function of glibc; do nothing on another system, or with another library."""
    if sys.platform == "linux" and (found := getattr(ctypes.CDLL(None), function, None)) is not None:
        found(*arguments)
