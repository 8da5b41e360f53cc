"""Test pictures that the model has seen."""

from __future__ import annotations

import numpy as np

from onelook.checks.evidence import Evidence, SplitEvidence
from onelook.checks.finding import Finding, for_example, pictures


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
    share = f"{100 * len(ids) / len(test.ids):.1f} %"
    message = (
        f"{pictures(len(ids))} of {len(test.ids):,} in the test set ({share}) {'is' if len(ids) == 1 else 'are'} also "
        f"among those to train or tune on, pixel for pixel ({for_example(ids)}). A model can remember these, so "
        "the test score is too good to be believed: remove them from one side."
    )
    return [Finding("leak-exact", "test", len(ids), ids, message, pairs, severity="error")]


def first_ids(split: SplitEvidence) -> dict[int, str]:
    """group -> the first picture of it in a split."""
    groups, first = np.unique(split.groups, return_index=True)
    return {group: split.ids[row] for group, row in zip(groups.tolist(), first.tolist(), strict=True)}
