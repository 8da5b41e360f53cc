"""Several listeners as one: each of them hears everything, in their order."""

from __future__ import annotations

from typing import Any

import pytest

from onelook.training.listeners import Listener, Listeners

NOTHING: Any = None
CALLS: dict[str, tuple[Any, ...]] = {
    "on_start": ("a start",),
    "on_epochs": (7,),
    "on_batch": ("a status",),
    "on_epoch": ("a record", True),
    "on_note": ("a note",),
    "on_end": ("a result",),
    "close": (),
}


@pytest.mark.parametrize("name", CALLS)
def test_all_are_called_in_their_order_with_the_same(name: str) -> None:
    heard: list[tuple[int, str, tuple[Any, ...]]] = []

    class Ear(Listener):
        def __init__(self, number: int) -> None:
            self.number = number

    for each in CALLS:
        setattr(Ear, each, lambda self, *given, each=each: heard.append((self.number, each, given)))
    getattr(Listeners([Ear(1), Ear(2), Ear(3)]), name)(*CALLS[name])
    assert heard == [(number, name, CALLS[name]) for number in (1, 2, 3)]


def test_every_call_of_a_listener_is_passed_on() -> None:
    assert set(CALLS) == {name for name in vars(Listener) if not name.startswith("_")}
    assert set(CALLS) <= set(vars(Listeners))
