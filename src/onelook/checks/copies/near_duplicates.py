"""Altered copies of a picture in one split."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, called, for_example
from onelook.wording import agree, counted


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split to train or tune on that holds near copies; the first of each pair is not counted.

    Exact copies are `duplicates`' business: of these one stands for all.
    """
    near = evidence.near_groups()
    findings = []
    for name in ("train", "val", "all"):
        split = evidence.splits.get(name)
        pairs = [] if split is None else _pairs_within(split, near)
        if split is None or not pairs:
            continue
        firsts: dict[int, int] = {}  # the later of a pair -> the earlier, the surest pair first
        for earlier, later in pairs:
            firsts.setdefault(later, earlier)
        ids = tuple(split.ids[row] for row in firsts)
        message = (
            f"{counted(len(ids), 'picture')} in {called(name)} "
            f"{agree(len(ids), 'is a near copy', 'are near copies')} of another there, but for brightness, a shift, a "
            f"crop, noise or compression ({for_example(ids)}). {agree(len(ids), 'Both', 'All')} are used, and the "
            f"split keeps them on one side.{_other_labels(split, firsts)}"
        )
        shown = tuple((split.ids[earlier], split.ids[later]) for later, earlier in firsts.items())
        findings.append(Finding("near-duplicates", name, len(ids), ids, message, shown, severity="note"))
    return findings


def _pairs_within(split: SplitEvidence, near: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Rows of the split, the lower first, that stand for two groups of exact copies."""
    groups, first = np.unique(split.groups, return_index=True)
    row_of = dict(zip(groups.tolist(), first.tolist(), strict=True))
    both_here = [(row_of[one], row_of[other]) for one, other in near if one in row_of and other in row_of]
    return [(min(pair), max(pair)) for pair in both_here]


def _other_labels(split: SplitEvidence, firsts: dict[int, int]) -> str:
    """What is to be said of near copies under two labels."""
    if split.labels is None:
        return ""
    torn = [later for later, earlier in firsts.items() if split.labels[later] != split.labels[earlier]]
    if not torn:
        return ""
    verb = agree(len(torn), "stands", "stand")
    example = for_example([split.ids[row] for row in torn])
    return f" {len(torn):,} of them {verb} under another label than the other ({example}): one label may be wrong."
