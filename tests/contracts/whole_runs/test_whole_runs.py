"""Whole runs and commands answer as they did: every word, number and file, but for what differs between machines."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.contracts.whole_runs.masks import difference
from tests.contracts.whole_runs.record import changes
from tests.contracts.whole_runs.sessions import SESSIONS, answer_of


@pytest.mark.parametrize("name", SESSIONS)
def test_a_session_answers_as_it_did(name: str, tmp_path: Path) -> None:
    changed = changes(name, answer_of(name, tmp_path))
    assert not changed, f"if this is meant, see record.py:\n{changed}"


@pytest.mark.parametrize(
    ("found", "is_same"),
    [
        (["loss 0.50000", "rows 12"], True),
        (["loss 0.50004", "rows 12"], True),
        (["loss 0.50060", "rows 12"], False),
        (["loss 0.50000", "rows 13"], False),
        (["rows 12"], False),
        (["loss 0.50004", "new", "rows 12"], False),
    ],
)
def test_only_numbers_that_differ_by_rounding_are_forgiven(found: list[str], is_same: bool) -> None:
    changed = difference(["loss 0.50000", "rows 12"], found, tolerance=1e-3)
    assert (not changed) is is_same
    assert "loss 0.50004" not in changed  # a forgiven line is no part of the difference
