"""Validation pictures that are trained on, where validation was given: then it does not validate."""

from __future__ import annotations

from onelook.checks.copies.leak_exact import first_ids
from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, for_example, share_of


def check(evidence: Evidence) -> list[Finding]:
    """At most one finding: validation pictures of which training holds an exact or near copy, whatever their label.

    A split that onelook draws has none: it keeps copies on one side.
    """
    train, val = evidence.splits.get("train"), evidence.splits.get("val")
    if train is None or val is None:
        return []
    trained, near = first_ids(train), _near_groups(evidence)
    pairs = []
    for each, group in zip(val.ids, val.groups.tolist(), strict=True):
        twin = next((trained[other] for other in (group, *near.get(group, ())) if other in trained), None)
        if twin is not None:
            pairs.append((each, twin))
    if not pairs:
        return []
    ids = tuple(one for one, _ in pairs)
    message = (
        f"{share_of(len(ids), 'val', len(val.ids))} also among those to train on, the same or nearly so "
        f"({for_example(ids)}). Validation decides which epoch is kept, and these favour one that remembers: remove "
        "them from one side."
    )
    return [Finding("leak-validation", "val", len(ids), ids, message, pairs=tuple(pairs), severity="error")]


def _near_groups(evidence: Evidence) -> dict[int, list[int]]:
    """Group of equal pixels -> the groups of which each is confirmed to be a near copy of it."""
    near: dict[int, list[int]] = {}
    for one, other in evidence.near_groups():
        near.setdefault(one, []).append(other)
        near.setdefault(other, []).append(one)
    return near
