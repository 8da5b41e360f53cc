"""The facts needed to repeat the run: command, seed, versions, fingerprints; and the time of each stage."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from onelook.report.facts import RunFacts
from onelook.report.page import Section
from onelook.report.page_wording import duration
from onelook.report.results import Results
from onelook.wording import marked, translate

_STAGES = {
    "open": marked("opening and decoding the data"),
    "train": marked("training"),
    "evaluate": marked("scoring"),
    "report": marked("writing the report"),
}


@dataclass(frozen=True)
class Stage:
    """A stage of the run, with the length of its bar in percent."""

    name: str
    time: str
    bar: float


@dataclass(frozen=True)
class Repeat:
    """The content of the section."""

    command: str
    facts: tuple[tuple[str, str], ...]
    versions: tuple[tuple[str, str], ...]
    stages: tuple[Stage, ...]
    total: str
    left_out: tuple[str, ...]  # sentences


def build_section(results: Results) -> Section:
    """Build the section with all that decides the result, and the time of each stage."""
    run = results.run
    return Section(
        topic=translate("To repeat"),
        title=translate("To repeat this run"),
        template="repeat.html",
        view=Repeat(
            command=run.command if isinstance(run.command, str) else shlex.join(run.command),
            facts=tuple((name, value) for name, value in _facts(run) if value),
            versions=tuple(run.versions.items()),
            stages=_stages(run),
            total=duration(run.timings["total"]) if "total" in run.timings else "",
            left_out=run.left_out,
        ),
    )


def _facts(run: RunFacts) -> list[tuple[str, str]]:
    return [
        (translate("Started"), run.created),
        (translate("Seed"), "" if run.seed is None else str(run.seed)),
        (translate("Device"), run.device),
        (translate("Fingerprint of the data"), run.data.fingerprint),
        (translate("Fingerprint of the split"), run.split.fingerprint),
        (translate("Started from the model"), run.origin.model if run.origin else ""),
        (translate("Checksum of that model"), run.origin.checksum if run.origin else ""),
    ]


def _stages(run: RunFacts) -> tuple[Stage, ...]:
    times = {translate(words): run.timings[name] for name, words in _STAGES.items() if name in run.timings}
    longest = max(times.values(), default=0.0) or 1.0
    return tuple(Stage(name, duration(seconds), round(100 * seconds / longest, 1)) for name, seconds in times.items())
