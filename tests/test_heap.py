"""The C library is asked to keep less memory, where it can be."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from onelook import heap


@pytest.mark.parametrize(
    ("platform", "library", "asked"),
    [
        ("linux", ("mallopt", "malloc_trim"), [("mallopt", -8, 1), ("malloc_trim", 0)]),
        ("linux", (), []),  # musl has neither
        ("win32", ("mallopt", "malloc_trim"), []),
    ],
)
def test_the_c_library_is_asked_for_one_heap_and_to_give_back_memory(
    monkeypatch: pytest.MonkeyPatch, platform: str, library: tuple[str, ...], asked: list[tuple[object, ...]]
) -> None:
    calls: list[tuple[object, ...]] = []
    functions = {name: (lambda *values, name=name: calls.append((name, *values))) for name in library}
    monkeypatch.setattr(heap.sys, "platform", platform)
    monkeypatch.setattr(heap.ctypes, "CDLL", lambda _: SimpleNamespace(**functions))
    heap.use_one_heap()
    heap.give_back_memory()
    assert calls == asked
