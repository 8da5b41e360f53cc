"""Learning-rate schedules on scripted steps, worked out by hand."""

from __future__ import annotations

from math import cos, pi

import pytest

from onelook.settings import ScheduleSettings
from onelook.training.schedule import Schedule, cosine, one_cycle, stepwise


def factors(settings: ScheduleSettings, total_steps: int, steps_per_epoch: int = 1) -> list[float]:
    schedule = Schedule(settings, total_steps, steps_per_epoch)
    return [schedule.factor(step) for step in range(total_steps)]


def test_constant_is_one_throughout() -> None:
    assert factors(ScheduleSettings(), 5) == [1.0] * 5


def test_one_cycle_rises_and_falls_in_straight_lines() -> None:
    settings = ScheduleSettings(name="one_cycle", warmup_fraction=0.3)
    assert factors(settings, 10) == pytest.approx([1 / 4, 2 / 4, 3 / 4, 1, 6 / 7, 5 / 7, 4 / 7, 3 / 7, 2 / 7, 1 / 7])


def test_one_cycle_comes_down_to_its_final_fraction() -> None:
    last = one_cycle(999, 1000, 0.2, 0.1)
    assert 0.1 < last < 0.102
    assert one_cycle(1000, 1000, 0.2, 0.1) == pytest.approx(0.1)
    assert one_cycle(5000, 1000, 0.2, 0.1) == pytest.approx(0.1)  # a run that was made longer


def test_cosine_falls_slowly_first_and_last() -> None:
    settings = ScheduleSettings(name="cosine", warmup_fraction=0.0, final_fraction=0.2)
    assert factors(settings, 4) == pytest.approx(
        [0.2 + 0.4 * (1 + cos(pi * share)) for share in (0, 1 / 4, 1 / 2, 3 / 4)]
    )
    assert cosine(4, 4, 0.0, 0.2) == pytest.approx(0.2)
    assert cosine(4, 4, 0.75, 0.2) == cosine(9, 4, 0.75, 0.2) == pytest.approx(0.2)  # of a run that is made longer


def test_cosine_warms_up_in_a_straight_line() -> None:
    settings = ScheduleSettings(name="cosine", warmup_fraction=0.5)
    assert factors(settings, 4) == pytest.approx([1 / 3, 2 / 3, 1, 0.5])


def test_step_drops_after_whole_epochs() -> None:
    settings = ScheduleSettings(name="step", step_epochs=2, step_factor=0.5)
    assert factors(settings, 15, steps_per_epoch=3) == [1.0] * 6 + [0.5] * 6 + [0.25] * 3
    assert stepwise(7, 4, 0.1) == pytest.approx(0.1)


@pytest.mark.parametrize("name", ["one_cycle", "cosine"])
@pytest.mark.parametrize("total_steps", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("warmup_fraction", [0.0, 0.2, 0.99])
def test_no_step_is_wasted_and_the_height_is_reached(name: str, total_steps: int, warmup_fraction: float) -> None:
    found = factors(ScheduleSettings(name=name, warmup_fraction=warmup_fraction), total_steps)
    assert all(0 < factor <= 1 for factor in found)
    assert max(found) == 1 or round(warmup_fraction * total_steps) == total_steps
