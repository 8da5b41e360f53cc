"""All checks, run."""

from __future__ import annotations

from onelook.checks import CHECKS
from onelook.checks.evidence import Evidence
from onelook.checks.finding import SEVERITIES, Finding


def find_problems(evidence: Evidence) -> list[Finding]:
    """What every registered check finds, the gravest first, and of one gravity in the order of the registry."""
    findings = [finding for name in CHECKS for finding in CHECKS.load(name)(evidence)]
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
