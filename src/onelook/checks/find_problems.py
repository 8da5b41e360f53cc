"""Run all checks, and write the findings in a few lines, the same for every command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from onelook.checks import CHECKS
from onelook.checks.evidence import Evidence
from onelook.checks.finding import SEVERITIES, Finding, called
from onelook.runtime import command_line
from onelook.wording import TITLE_COLUMNS, entry

_TITLES = {"error": "wrong", "warning": "to mend", "note": "look at"}


def find_problems(evidence: Evidence) -> list[Finding]:
    """Return the findings of every registered check, the most severe first; ties keep the order of the registry."""
    return _sorted(finding for name in CHECKS for finding in CHECKS.load(name)(evidence))


def find_problems_after_split(found: Evidence, split: Evidence) -> list[Finding]:
    """Return the findings in the data as it was found, and those that only its split has.

    So a training counts what `inspect` counts. A drawn split adds no copies and no flaws, and only takes classes away:
    a class may have too few pictures for validation.

    Args:
        found: the evidence in the parts in which the data was found.
        split: the evidence after the split, measured or not.
    """
    missing = [finding for finding in CHECKS.load("missing-class")(split) if finding.split not in found.splits]
    return _sorted([*find_problems(found), *missing])


def _sorted(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))


def finding_lines(findings: Sequence[Finding], data: Sequence[str] = (), *, has_page: bool = False) -> list[str]:
    """Return the findings as lines of text: errors and warnings in full, notes counted, each advice with its command.

    Args:
        findings: sorted by severity.
        data: the words that name the data on the command line; empty if no command line names it.
        has_page: whether a page with their pictures is written anyway; without one, the command for it is added.

    Example:
        >>> found = [Finding("dark", "train", 3, ("a", "b", "c"), "…", severity="note")]
        >>> print(*finding_lines(found, ["photos/"]), sep="\\n")
          look at  dark: 3 in the training set (a …)
          shown by onelook inspect photos/ --html look.html
    """
    if not findings:
        return entry("checks", f"{len(CHECKS)} checks found nothing")
    lines: list[str] = []
    reported = [finding for finding in findings if not _is_reported_as_leak(finding, findings)]
    for severity in SEVERITIES:
        of_severity = [finding for finding in reported if finding.severity == severity]
        texts = _notes(of_severity) if severity == "note" else _in_full(of_severity, data)
        for at, (text, command) in enumerate(texts):
            lines += entry(_TITLES[severity] if at == 0 else "", text)
            lines += [f"{'':{TITLE_COLUMNS}}{command}"] if command else []
    if data and not has_page:
        lines.append(f"{'  shown by':{TITLE_COLUMNS}}{command_line('inspect', *data, *_PAGE)}")
    return lines


_PAGE = ("--html", "look.html")


def _is_reported_as_leak(finding: Finding, findings: Sequence[Finding]) -> bool:
    """Return whether the pictures of a contradiction are leaks: the line on training says that their labels differ."""
    if finding.check != "conflicting-labels" or finding.split not in ("val", "test"):
        return False
    leaked = {
        each for other in findings if other.check in _LEAKS and other.split == finding.split for each in other.ids
    }
    in_training = any(other.check == finding.check and other.split == "train" for other in findings)
    return in_training and leaked.issuperset(finding.ids)


_LEAKS = ("leak-exact", "leak-validation")


def _in_full(findings: Iterable[Finding], data: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield the message of each finding, and the training to try; empty if there is none."""
    for finding in findings:
        text = f"{finding.check}: {finding.message}"
        if not finding.options:
            yield text, ""
        elif data:
            yield f"{text} To try it:", command_line("train", *data, *finding.options)
        else:
            yield f"{text} To try it: {' '.join(finding.options)}", ""


def _notes(notes: Sequence[Finding]) -> Iterator[tuple[str, str]]:
    """Yield a line for each check with the number of pictures in each split and the worst of them."""
    for check in dict.fromkeys(note.check for note in notes):
        counts = [_count(note) for note in notes if note.check == check]
        yield f"{check}: {', '.join(counts)}", ""


def _count(note: Finding) -> str:
    worst = f" ({note.ids[0]}{' …' if note.ids[1:] else ''})" if note.ids else ""
    return f"{note.count:,} in {called(note.split)}{worst}"
