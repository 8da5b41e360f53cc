"""All checks, run."""

from __future__ import annotations

from onelook.checks import CHECKS
from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding


def find_problems(evidence: Evidence) -> list[Finding]:
    """What every registered check finds, in the order of the registry."""
    return [finding for name in CHECKS for finding in CHECKS.load(name)(evidence)]
