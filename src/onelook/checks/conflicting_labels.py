"""The same pixels under two labels."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called, pictures


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with pictures whose pixels stand, in any split, under another label too."""
    labelled = {name: split for name, split in evidence.splits.items() if split.labels is not None}
    if not labelled:
        return []
    groups = np.concatenate([split.groups for split in labelled.values()])
    labels = np.concatenate([split.labels for split in labelled.values() if split.labels is not None])
    # Distinct (group, label) pairs: a group that is left with two of them has two labels.
    pairs = np.unique(np.stack([groups, labels]), axis=1)
    torn, counts = np.unique(pairs[0], return_counts=True)
    torn = torn[counts > 1]
    findings = []
    for name, split in labelled.items():
        rows = np.flatnonzero(np.isin(split.groups, torn)).tolist()
        if not rows or split.labels is None:
            continue
        first = rows[0]
        names = [evidence.class_names[label] for label in np.unique(labels[groups == split.groups[first]]).tolist()]
        message = (
            f"{pictures(len(rows))} in {called(name)} {'stands' if len(rows) == 1 else 'stand'} under two labels, with "
            f"exactly the same pixels: {split.ids[first]}, for example, is filed under "
            f"{' and '.join(map(repr, names))}. One of the labels is wrong: correct it, or remove the picture."
        )
        ids = tuple(split.ids[row] for row in rows)
        findings.append(Finding("conflicting-labels", name, len(rows), ids, message, severity="error"))
    return findings
