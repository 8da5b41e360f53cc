"""Find equal pixels with different labels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, called
from onelook.wording import agree, counted, named


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with pictures whose pixels also have another label, in any split."""
    labelled = {name: split for name, split in evidence.splits.items() if split.labels is not None}
    if not labelled:
        return []
    groups = np.concatenate([split.groups for split in labelled.values()])
    labels = np.concatenate([split.labels for split in labelled.values() if split.labels is not None])
    # Distinct pairs of group and label: a group that occurs in two of them has two labels.
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
            f"{counted(len(rows), 'picture')} in {called(name)} {agree(len(rows), 'has', 'have')} two labels: the "
            f"same pixels occur under each. {split.ids[first]}, for example, is labelled {named(names)}. "
            "One of the labels is wrong: correct it, or remove the picture."
        )
        ids = tuple(split.ids[row] for row in rows)
        beside = tuple(_pairs(split, labelled, rows))
        findings.append(Finding("conflicting-labels", name, len(rows), ids, message, beside, severity="error"))
    return findings


def _pairs(
    split: SplitEvidence, labelled: Mapping[str, SplitEvidence], rows: Sequence[int]
) -> Iterator[tuple[str, str]]:
    """Yield each of these pictures with the first picture that has equal pixels and another label, in any split."""
    wanted = set(split.groups[rows].tolist())
    members: dict[int, list[tuple[int, str]]] = {group: [] for group in wanted}  # group -> (label, id)
    for other in labelled.values():
        if other.labels is None:
            continue
        for row in np.flatnonzero(np.isin(other.groups, list(wanted))).tolist():
            members[int(other.groups[row])].append((int(other.labels[row]), other.ids[row]))
    paired: set[frozenset[str]] = set()
    for row in rows:
        if split.labels is None:
            return
        label = int(split.labels[row])
        twin = next(each for of_label, each in members[int(split.groups[row])] if of_label != label)
        if (both := frozenset((split.ids[row], twin))) not in paired:
            paired.add(both)
            yield split.ids[row], twin
