"""Which findings decide whether a score can be believed, and which are only good to know."""

from __future__ import annotations

from collections.abc import Iterable

from onelook.report.results import FindingFacts

# With one of these a score is too good, or a class is learned wrongly or not at all. All others cost a little
# accuracy at most; a check that this list does not know counts among those.
_SERIOUS = frozenset(
    {"leak-exact", "leak-near", "leak-validation", "torn-groups", "conflicting-labels", "missing-class"}
)


def is_serious(finding: FindingFacts) -> bool:
    """Whether it should be settled before a score is believed."""
    return finding.check in _SERIOUS


def by_weight(findings: Iterable[FindingFacts]) -> tuple[FindingFacts, ...]:
    """The serious ones first, otherwise in their order."""
    return tuple(sorted(findings, key=lambda finding: not is_serious(finding)))
