"""When runs are killed, and what is said of where a kill fell."""

from __future__ import annotations

import os
import sys

import pytest

from onelook.training.checkpoints import writer


def test_the_moments_are_one_in_each_stretch_and_the_same_every_time() -> None:
    from kills import moments

    drawn = list(moments(20, seed=0))
    assert [int(share * 20) for share in drawn] == list(range(20))
    assert drawn == list(moments(20, seed=0)) != list(moments(20, seed=1))


@pytest.mark.parametrize(
    ("steps", "epochs", "words"),
    [
        (7, 2, "within an epoch, after a checkpoint of its own"),
        (0, 2, "within an epoch, after one between epochs"),
        (0, 8, "after the last epoch"),
    ],
)
def test_where_a_kill_fell(steps: int, epochs: int, words: str) -> None:
    from kills import stage

    assert stage(steps, epochs, 8) == words


@pytest.mark.skipif(sys.platform != "linux", reason="processor time is read from /proc")
def test_processor_seconds_are_those_of_the_process() -> None:
    from kills import processor_seconds

    used = os.times()
    assert processor_seconds(os.getpid()) == pytest.approx(used.user + used.system, abs=0.5)


def test_checkpoints_within_an_epoch_are_asked_for_where_they_are_timed() -> None:
    from kills import LAUNCHER, SECONDS_BETWEEN_SAVES

    assert writer.SECONDS_BETWEEN_SAVES > SECONDS_BETWEEN_SAVES
    assert f"\nwriter.SECONDS_BETWEEN_SAVES = {SECONDS_BETWEEN_SAVES}\n" in LAUNCHER
