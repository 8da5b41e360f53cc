"""Report pictures whose measure is past a limit, with their number and names, the worst first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, Severity, called, for_example
from onelook.wording import agree, counted

# How far each picture is past the limit: (rows,). A picture is reported above 0; NaN means that nothing was measured.
Excess = Callable[[SplitEvidence], NDArray[np.float64] | None]

# A text, or a function that writes it for a split and its reported rows, the worst first.
Text = str | Callable[[SplitEvidence, NDArray[np.int64]], str]

# Under four conditions a model can mistake the common property of the reported pictures for a class.
_NEARLY_ALL = 0.8  # at least this share of the reported pictures is in the class
_MOST = 0.5  # the class has less than this share of all pictures; otherwise nearly all are in it by chance
_ENOUGH = 0.05  # they are at least this share of the class; a model learns nothing from fewer
_FEWEST = 10  # at least this number of pictures is reported


def find_past_limit(
    evidence: Evidence,
    check: str,
    excess: Excess,
    *,
    what: Text,
    why: Text = "",
    advice: str,
    severity: Severity = "note",
    options: tuple[str, ...] = (),
) -> list[Finding]:
    """Return a finding for each split that has pictures past the limit.

    Args:
        check: the check's registered name.
        excess: how far each picture of a split is past the limit.
        what: the property of these pictures; it follows "is" or "are" in the message.
        why: the measure; it follows a colon.
        advice: what to do, in sentences that suit one picture and many.
        severity: the severity of the finding.
        options: as in `Finding`.
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
        findings.append(Finding(check, name, len(ids), ids, message, severity=severity, options=options))
    return findings


def _text(text: Text, split: SplitEvidence, rows: NDArray[np.int64]) -> str:
    return text if isinstance(text, str) else text(split, rows)


def _of_one_class(split: SplitEvidence, rows: NDArray[np.int64], class_names: Sequence[str]) -> str:
    """Return a warning if nearly all reported pictures are in one class, because a model can use that as a shortcut."""
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
    are = agree(int(counts[label]), "is", "are")
    return (
        f" {counts[label]:,} of them {are} of class '{class_names[label]}', so a model may take this for a sign of the "
        "class."
    )
