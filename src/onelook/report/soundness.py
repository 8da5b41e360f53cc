"""Which findings decide whether a score can be believed, and which are only good to know."""

from __future__ import annotations

from collections.abc import Iterable

from onelook.report.results import FindingFacts


def is_serious(finding: FindingFacts) -> bool:
    """Whether it should be settled before a score is believed."""
    return finding.severity == "error"


def by_check(findings: Iterable[FindingFacts]) -> tuple[tuple[FindingFacts, ...], ...]:
    """The findings of each check together, the checks with a serious one first, otherwise in their order."""
    groups: dict[str, list[FindingFacts]] = {}
    for finding in findings:
        groups.setdefault(finding.check, []).append(finding)
    return tuple(map(tuple, sorted(groups.values(), key=lambda group: not any(map(is_serious, group)))))
