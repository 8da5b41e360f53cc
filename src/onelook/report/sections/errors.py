"""The worst errors: the model was sure, and the label says otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.report.judged import ShownPicture, shown_pictures
from onelook.report.page_wording import SET_IN_WORDS
from onelook.report.results import Results
from onelook.report.section import Section


@dataclass(frozen=True)
class Errors:
    """What the section shows."""

    pictures: tuple[ShownPicture, ...]
    errors: int


def build_section(results: Results) -> Section:
    """Up to 24 errors, by how much more probability the wrong class got than the label."""
    topic, evidence = "Worst errors", results.evidence
    if evidence is None:
        return Section(topic, "The worst errors", missing="No pictures were kept with this run.")
    kind = f"{SET_IN_WORDS[results.evaluation.set_name]} " if results.evaluation else ""
    if not evidence.worst_errors:
        return Section(topic, "The worst errors", missing=f"There are none: every {kind}picture was named correctly.")
    shown = len(evidence.worst_errors)
    return Section(
        topic=topic,
        title=f"The {shown} worst of {evidence.errors:,} errors" if evidence.errors > shown else "Every error",
        template="errors.html",
        view=Errors(shown_pictures(evidence.worst_errors, results.pictures), evidence.errors),
    )
