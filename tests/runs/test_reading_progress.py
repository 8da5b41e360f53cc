"""Pictures that are read show one bar: that of the caller, or else our own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.drawn_sides import Arrays

from onelook.planning.request import Request
from onelook.runs.prepare import prepare_training

Bars = list[tuple[str, bool]]


@pytest.fixture
def bars(monkeypatch: pytest.MonkeyPatch) -> Bars:
    """Collects (what, quiet) of each bar of our own."""
    shown: Bars = []

    @contextmanager
    def bar(what: str, *, quiet: bool) -> Iterator[None]:
        shown.append((what, quiet))
        yield None

    monkeypatch.setattr("onelook.training.progress.choose.picture_bar", bar)
    return shown


@pytest.mark.parametrize(
    ("own", "quiet", "is_quiet"), [(False, False, False), (True, False, True), (False, True, True)]
)
def test_a_caller_with_a_bar_gets_no_second_one(
    bars: Bars, sides: Arrays, own: bool, quiet: bool, is_quiet: bool
) -> None:
    def on_progress(done: int, total: int) -> None: ...

    request = Request(sides, {"model": "mlp", "epochs": 1}, quiet=quiet, on_progress=on_progress if own else None)
    prepare_training(request)
    assert bars == [("reading pictures", own or quiet)]
