"""Validation pictures that are trained on, where validation was given: then it does not validate."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, for_example, pictures


def check(evidence: Evidence) -> list[Finding]:
    """At most one finding: validation pictures of which training holds an exact or near copy, whatever their label.

    A split that onelook draws has none: it keeps copies on one side.
    """
    train, val = evidence.splits.get("train"), evidence.splits.get("val")
    if train is None or val is None:
        return []
    rows = np.flatnonzero(np.isin(val.near_groups, train.near_groups) | np.isin(val.groups, train.groups))
    if not len(rows):
        return []
    exact, near = _first_rows(train.groups), _first_rows(train.near_groups)
    pairs = []
    for row in rows.tolist():
        twin = exact.get(int(val.groups[row]), near.get(int(val.near_groups[row]), -1))
        pairs.append((val.ids[row], train.ids[twin]))
    ids = tuple(one for one, _ in pairs)
    share = f"{100 * len(ids) / len(val.ids):.1f} %"
    message = (
        f"{pictures(len(ids))} of {len(val.ids):,} in the validation set ({share}) {'is' if len(ids) == 1 else 'are'} "
        f"also among those to train on, the same or nearly so ({for_example(ids)}). Validation decides which epoch is "
        "kept, and these favour one that remembers: remove them from one side."
    )
    return [Finding("leak-validation", "val", len(ids), ids, message, pairs=tuple(pairs), severity="error")]


def _first_rows(groups: np.ndarray) -> dict[int, int]:
    """group -> its first row."""
    numbers, first = np.unique(groups, return_index=True)
    return dict(zip(numbers.tolist(), first.tolist(), strict=True))
