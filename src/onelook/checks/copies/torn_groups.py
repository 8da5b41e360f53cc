"""Find groups, such as the pictures of one patient, that are in training and also in validation or test."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, Severity, share_of
from onelook.wording import counted


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding each for validation and test: pictures whose group is also trained on.

    This needs a split that the user gave: a split that onelook draws keeps each group on one side.
    """
    train = evidence.splits.get("train")
    if train is None or train.given_groups is None:
        return []
    findings = []
    for name in ("val", "test"):
        split = evidence.splits.get(name)
        if split is None or split.given_groups is None:
            continue
        torn = np.isin(split.given_groups, train.given_groups) & (split.given_groups >= 0)
        rows = np.flatnonzero(torn).tolist()
        if not rows:
            continue
        groups = len(np.unique(split.given_groups[torn]))
        twin = train.ids[int(np.flatnonzero(train.given_groups == split.given_groups[rows[0]])[0])]
        message = (
            f"{share_of(len(rows), name, len(split.ids))} of {counted(groups, 'group that is', 'groups that are')} "
            f"also trained on ({split.ids[rows[0]]} is of the same group as {twin}). What a "
            "model learns about a group helps it with that group only"
            + (
                ". They have no labels and are not scored here."
                if split.labels is None
                else ", so the score may be too good: keep each group on one side."
            )
        )
        ids = tuple(split.ids[row] for row in rows)
        severity: Severity = "note" if split.labels is None else "error"
        findings.append(Finding("torn-groups", name, len(ids), ids, message, severity=severity))
    return findings
