"""Test pictures of which the model has seen an altered copy."""

from __future__ import annotations

from onelook.checks.copies.leak_exact import effect_on_score, first_ids, leak_severity
from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding, for_example, share_of


def check(evidence: Evidence) -> list[Finding]:
    """At most one finding: test pictures of which another split holds a near copy, but no exact one; surest first."""
    test = evidence.splits.get("test")
    if test is None:
        return []
    seen: dict[int, str] = {}  # group -> the picture that is trained on, or else tuned on
    for name in ("train", "val", "all"):
        if (split := evidence.splits.get(name)) is not None:
            seen = {**first_ids(split), **seen}
    twins: dict[int, str] = {}  # group of test pictures -> the picture that is the surest near copy of it
    for one, other in evidence.near_groups():
        for group, twin in ((one, other), (other, one)):
            if twin in seen and group not in seen:
                twins.setdefault(group, seen[twin])
    of_group: dict[int, list[str]] = {group: [] for group in twins}
    for each, group in zip(test.ids, test.groups.tolist(), strict=True):
        if group in of_group:
            of_group[group].append(each)
    pairs = tuple((each, twins[group]) for group, ids in of_group.items() for each in ids)
    if not pairs:
        return []
    ids = tuple(one for one, _ in pairs)
    message = (
        f"{share_of(len(ids), 'test', len(test.ids))} also among those to train or tune on, but for brightness, a "
        f"shift, a crop, noise or compression ({for_example(ids)}). A model can remember these too"
        f"{effect_on_score(test)}"
    )
    return [Finding("leak-near", "test", len(ids), ids, message, pairs, severity=leak_severity(test))]
