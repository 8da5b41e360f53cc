"""Report labels that look wrong to a model that was not trained on the pictures."""

from __future__ import annotations

from collections import Counter

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, called
from onelook.wording import agree, counted, times


def check(evidence: Evidence) -> list[Finding]:
    """Return a finding for each split with suspects, worst first; none if the labels were not judged."""
    findings = []
    for name, suspects in evidence.suspects.items():
        if not suspects:
            continue
        ids = tuple(evidence.splits[name].ids[suspect.row] for suspect in suspects)
        first = suspects[0]
        (label, suggested), often = Counter((each.label, each.suggested) for each in suspects).most_common(1)[0]
        common = f", most often {_pair(evidence, label, suggested)} ({times(often)})" if often > 1 else ""
        advice = agree(
            len(ids),
            "Look at it: if it is wrong, correct the label or drop the picture, with --fixes FILE.csv.",
            "Look at them, worst first: correct the labels that are wrong or drop the pictures, with --fixes FILE.csv.",
        )
        message = (
            f"{counted(len(ids), 'label')} in {called(name)} {agree(len(ids), 'looks', 'look')} wrong to a model "
            f"that was not trained on the pictures{common}. The most doubtful is {ids[0]}: "
            f"{_pair(evidence, first.label, first.suggested)}. {advice}"
        )
        findings.append(Finding("label-errors", name, len(ids), ids, message))
    return findings


def _pair(evidence: Evidence, label: int, suggested: int) -> str:
    return f"'{evidence.class_names[label]}' that looks like '{evidence.class_names[suggested]}'"
