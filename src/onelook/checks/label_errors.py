"""Labels that look wrong to a model that was not trained on the pictures."""

from __future__ import annotations

from collections import Counter

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called


def check(evidence: Evidence) -> list[Finding]:
    """A finding for each split with suspects, worst first; none where no out-of-fold probabilities were made."""
    findings = []
    for name, suspects in evidence.suspects.items():
        if not suspects:
            continue
        ids = tuple(evidence.splits[name].ids[suspect.row] for suspect in suspects)
        first = suspects[0]
        (label, suggested), often = Counter((each.label, each.suggested) for each in suspects).most_common(1)[0]
        subject, verb = ("1 label", "looks") if len(ids) == 1 else (f"{len(ids):,} labels", "look")
        common = f", most often {_pair(evidence, label, suggested)} ({often:,} times)" if often > 1 else ""
        advice = (
            "Look at it: correct the label if it is wrong, or remove the picture."
            if len(ids) == 1
            else "Look at them, worst first: correct the labels that are wrong, or remove the pictures."
        )
        message = (
            f"{subject} in {called(name)} {verb} wrong to a model that was not trained on the pictures{common}. "
            f"The most doubtful is {ids[0]}: {_pair(evidence, first.label, first.suggested)}. {advice}"
        )
        findings.append(Finding("label-errors", name, len(ids), ids, message))
    return findings


def _pair(evidence: Evidence, label: int, suggested: int) -> str:
    return f"'{evidence.class_names[label]}' that looks like '{evidence.class_names[suggested]}'"
