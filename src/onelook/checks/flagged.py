"""Findings about pictures that a measure has passed a limit for: named, counted, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, Severity, called, for_example, pictures

# How far each picture is past the limit: (rows,). Above 0 it is flagged; NaN, where nothing was measured, is not.
Excess = Callable[[SplitEvidence], NDArray[np.float64] | None]

# From so many flagged pictures on, and with such a share of them in one class that is not the larger half of the
# set, what they have in common may stand for the class.
_FEWEST_OF_A_CLASS = 10
_LARGE_SHARE = 0.8
_MAJORITY = 0.5


def flagged(
    evidence: Evidence,
    check: str,
    excess: Excess,
    *,
    what: str,
    advice: str,
    why: Callable[[SplitEvidence, int], str] | str = "",
    severity: Severity = "note",
) -> list[Finding]:
    """A finding for each split with pictures past the limit.

    Args:
        check: the check's registered name.
        what: what these pictures are, after "are".
        why: goes on after a colon, of the split and its worst row.
        advice: sentences: what to do.
    """
    findings = []
    for name, split in evidence.splits.items():
        past = excess(split)
        if past is None:
            continue
        rows = np.flatnonzero(past > 0)
        rows = rows[np.argsort(-past[rows], kind="stable")]
        if not len(rows):
            continue
        ids = tuple(split.ids[row] for row in rows.tolist())
        reason = why if isinstance(why, str) else why(split, int(rows[0]))
        message = (
            f"{pictures(len(ids))} in {called(name)} {'is' if len(ids) == 1 else 'are'} {what} ({for_example(ids)})"
            f"{f': {reason}' if reason else ''}.{_of_one_class(split, rows, evidence.class_names)} {advice}"
        )
        findings.append(Finding(check, name, len(ids), ids, message, severity=severity))
    return findings


def _of_one_class(split: SplitEvidence, rows: NDArray[np.int64], class_names: Sequence[str]) -> str:
    """A sentence where nearly all flagged pictures are of one class, of which a model can make a shortcut."""
    if split.labels is None or len(rows) < _FEWEST_OF_A_CLASS:
        return ""
    counts = np.bincount(split.labels[rows], minlength=len(class_names))
    label = int(counts.argmax())
    if counts[label] < _LARGE_SHARE * len(rows) or np.mean(split.labels == label) >= _MAJORITY:
        return ""
    return (
        f" {counts[label]:,} of them are of class '{class_names[label]}', so a model may take this for a sign of the "
        "class."
    )
