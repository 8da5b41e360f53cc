"""What tests of several stages share."""

from __future__ import annotations

import pytest

from onelook.runs.ending import ENDING_STEPS
from onelook.runs.ending import plan as ending_plan

_FIRST_STEPS = ("temperature", "signature", "model", "score", "baseline", "evaluation", "pictures")


@pytest.fixture
def first_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """End a run with these steps alone, so that a new step does not change what is expected of a time limit."""
    monkeypatch.setattr(ending_plan, "all_steps", lambda: tuple(map(ENDING_STEPS.load, _FIRST_STEPS)))
