"""Find copies of a picture in one split: exact ones with the same label, and altered ones."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, called, for_example
from onelook.wording import agree, counted


def check_exact(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split that has a picture more than once with one label. The first is not counted."""
    findings = []
    for name, split in evidence.splits.items():
        rows = np.flatnonzero(split.copy_of >= 0)
        if not len(rows):
            continue
        ids = tuple(split.ids[row] for row in rows.tolist())
        originals = (split.ids[row] for row in split.copy_of[rows].tolist())
        pairs = tuple(zip(originals, ids, strict=True))
        message = (
            f"{counted(len(ids), 'picture')} in {called(name)} "
            f"{agree(len(ids), 'is an exact copy', 'are exact copies')} of another there with the same label "
            f"({for_example(ids)}). Each picture is used once."
        )
        findings.append(Finding("duplicates", name, len(ids), ids, message, pairs, severity="note"))
    return findings


def check_near(evidence: Evidence) -> list[Finding]:
    """Return a finding for each training or validation split with near copies. The first of each pair is not counted.

    `check_exact` reports exact copies; here only the first of them is used.
    """
    near = evidence.near_groups()
    findings = []
    for name in ("train", "val", "all"):
        split = evidence.splits.get(name)
        pairs = [] if split is None else _pairs_within(split, near)
        if split is None or not pairs:
            continue
        firsts: dict[int, int] = {}  # the later picture of a pair -> the earlier one, the surest pair first
        for earlier, later in pairs:
            firsts.setdefault(later, earlier)
        ids = tuple(split.ids[row] for row in firsts)
        message = (
            f"{counted(len(ids), 'picture')} in {called(name)} "
            f"{agree(len(ids), 'is a near copy', 'are near copies')} of another there: the same but for brightness, a "
            f"shift, a crop, noise or compression ({for_example(ids)}). {agree(len(ids), 'Both', 'All')} are used, and "
            f"the split keeps them on one side.{_other_labels(split, firsts)}"
        )
        shown = tuple((split.ids[earlier], split.ids[later]) for later, earlier in firsts.items())
        findings.append(Finding("near-duplicates", name, len(ids), ids, message, shown, severity="note"))
    return findings


def _pairs_within(split: SplitEvidence, near: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the near pairs with both groups in the split, as the first rows of these groups, the lower row first."""
    rows = [(split.first_row(one), split.first_row(other)) for one, other in near]
    return [(min(pair), max(pair)) for pair in rows if min(pair) >= 0]


def _other_labels(split: SplitEvidence, firsts: dict[int, int]) -> str:
    """Return a sentence on near copies that have different labels; empty if there are none."""
    if split.labels is None:
        return ""
    torn = [later for later, earlier in firsts.items() if split.labels[later] != split.labels[earlier]]
    if not torn:
        return ""
    verb = agree(len(torn), "has", "have")
    example = for_example([split.ids[row] for row in torn])
    return f" {len(torn):,} of them {verb} another label than the first copy ({example}): one label may be wrong."
