"""The stopwatch of the training loop: each moment counts once, for the innermost phase."""

from __future__ import annotations

import inspect
import pkgutil
from types import SimpleNamespace

import pytest

from onelook.training.inputs.batches import Batches


def test_time_counts_for_the_innermost_phase() -> None:
    from loop_overhead import Phases

    now = 0.0
    phases = Phases(clock=lambda: now)
    phases.enter("loop")
    now = 1.0
    phases.enter("forward")
    now = 9.0
    phases.leave()
    now = 10.0
    phases.leave()
    now = 99.0  # after the loop: counts for nothing
    assert dict(phases.seconds) == {"loop": 2.0, "forward": 8.0}
    assert phases.share_outside() == pytest.approx(0.2)


def test_a_wrapped_function_gives_what_it_gave_and_is_timed_where_it_fails() -> None:
    from loop_overhead import Phases

    ticks = iter(range(100))
    phases = Phases(clock=lambda: float(next(ticks)))
    owner = SimpleNamespace(double=lambda number: 2 * number, fail=lambda: 1 / 0)
    phases.wrap(owner, "double", "doubling")
    phases.wrap(owner, "fail", "failing")
    assert owner.double(4) == 8
    with pytest.raises(ZeroDivisionError):
        owner.fail()
    assert dict(phases.seconds) == {"doubling": 1.0, "failing": 1.0}


def test_what_is_timed_is_there() -> None:
    from loop_overhead import WATCHED

    for place, name, _ in WATCHED:
        assert callable(getattr(pkgutil.resolve_name(place), name))
    assert inspect.isgeneratorfunction(Batches._walk)
