"""Test pictures that the model has seen."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, Severity, for_example, share_of


def check(evidence: Evidence) -> list[Finding]:
    """At most one finding: test pictures whose exact pixels stand in another split, whatever their label."""
    test = evidence.splits.get("test")
    if test is None:
        return []
    twins: dict[int, str] = {}  # group -> the picture that is trained on, or else tuned on
    for name in ("train", "val", "all"):
        if (split := evidence.splits.get(name)) is not None:
            twins = {**first_ids(split), **twins}
    pairs = tuple(
        (each, twins[group]) for each, group in zip(test.ids, test.groups.tolist(), strict=True) if group in twins
    )
    if not pairs:
        return []
    ids = tuple(one for one, _ in pairs)
    message = (
        f"{share_of(len(ids), 'test', len(test.ids))} also among those to train or tune on, pixel for pixel "
        f"({for_example(ids)}). A model can remember these{effect_on_score(test)}"
    )
    return [Finding("leak-exact", "test", len(ids), ids, message, pairs, severity=leak_severity(test))]


def effect_on_score(test: SplitEvidence) -> str:
    """Return what test pictures that a model can remember do to its score, as the end of a sentence."""
    if test.labels is None:
        return ". They have no labels and are not scored here; where others score what is predicted, they count too."
    return ", so the test score is too good to be believed: remove them from one side."


def leak_severity(test: SplitEvidence) -> Severity:
    """Return how grave a leak into the test pictures is: without labels it spoils no score that is measured here."""
    return "note" if test.labels is None else "error"


def first_ids(split: SplitEvidence) -> dict[int, str]:
    """group -> the first picture of it in a split."""
    groups, first = np.unique(split.groups, return_index=True)
    return {group: split.ids[row] for group, row in zip(groups.tolist(), first.tolist(), strict=True)}
