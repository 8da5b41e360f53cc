"""Findings about pictures that a measure has passed a limit for: named, counted, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, Severity, called, for_example
from onelook.wording import agree, counted

# How far each picture is past the limit: (rows,). Above 0 it is flagged; NaN, where nothing was measured, is not.
Excess = Callable[[SplitEvidence], NDArray[np.float64] | None]

# A text, or what makes it of a split and its flagged rows, the worst first.
Text = str | Callable[[SplitEvidence, NDArray[np.int64]], str]

# What flagged pictures have in common can stand for a class where nearly all of them are of it, which is no wonder
# for a class that most pictures are of, and where they are enough of the class to be worth a rule to a model.
_NEARLY_ALL = 0.8
_MOST = 0.5
_ENOUGH = 0.05
_FEWEST = 10


def flagged(
    evidence: Evidence,
    check: str,
    excess: Excess,
    *,
    what: Text,
    why: Text = "",
    advice: str,
    severity: Severity = "note",
) -> list[Finding]:
    """A finding for each split with pictures past the limit.

    Args:
        check: the check's registered name.
        what: what these pictures are, to follow "is" or "are".
        why: by what measure, to follow a colon.
        advice: in sentences, what to do, for one picture or many.
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
        reason = _text(why, split, rows)
        message = (
            f"{counted(len(ids), 'picture')} in {called(name)} {agree(len(ids), 'is', 'are')} "
            f"{_text(what, split, rows)} ({for_example(ids)})"
            f"{f': {reason}' if reason else ''}.{_of_one_class(split, rows, evidence.class_names)} {advice}"
        )
        findings.append(Finding(check, name, len(ids), ids, message, severity=severity))
    return findings


def _text(text: Text, split: SplitEvidence, rows: NDArray[np.int64]) -> str:
    return text if isinstance(text, str) else text(split, rows)


def _of_one_class(split: SplitEvidence, rows: NDArray[np.int64], class_names: Sequence[str]) -> str:
    """A sentence where nearly all flagged pictures are of one class, of which a model can make a shortcut."""
    if split.labels is None or len(rows) < _FEWEST:
        return ""
    counts = np.bincount(split.labels[rows], minlength=len(class_names))
    label = int(counts.argmax())
    in_class = np.count_nonzero(split.labels == label)
    if (
        counts[label] < _NEARLY_ALL * len(rows)
        or counts[label] < _ENOUGH * in_class
        or in_class >= _MOST * len(split.labels)
    ):
        return ""
    return (
        f" {counts[label]:,} of them are of class '{class_names[label]}', so a model may take this for a sign of the "
        "class."
    )
