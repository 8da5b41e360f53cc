"""Test pictures that the model has seen."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, for_example, pictures


def check(evidence: Evidence) -> list[Finding]:
    """At most one finding: test pictures whose exact pixels stand in another split, whatever their label."""
    test = evidence.splits.get("test")
    others = [split.groups for name, split in evidence.splits.items() if name != "test"]
    if test is None or not others:
        return []
    rows = np.flatnonzero(np.isin(test.groups, np.concatenate(others)))
    if not len(rows):
        return []
    ids = tuple(test.ids[row] for row in rows.tolist())
    share = f"{100 * len(ids) / len(test.ids):.1f} %"
    message = (
        f"{pictures(len(ids))} of {len(test.ids):,} in the test set ({share}) {'is' if len(ids) == 1 else 'are'} also "
        f"among those to train or tune on, pixel for pixel ({for_example(ids)}). A model can remember these, so "
        "the test score is too good to be believed: remove them from one side."
    )
    return [Finding("leak-exact", "test", len(ids), ids, message, severity="error")]
