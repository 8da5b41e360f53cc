"""The command that comes next, and what it would choose."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.report.inspected_data import InspectedData
from onelook.report.page import Section
from onelook.report.sections.choices import Choice, choices_in
from onelook.wording import translate


@dataclass(frozen=True)
class Next:
    """The content of the section."""

    lead: str
    command: str
    choices: tuple[Choice, ...]


def build_section(inspected: InspectedData) -> Section:
    """Build the section with the next command, and what it would choose by itself."""
    step = inspected.next_step
    if step.refusal:
        return Section(translate("Next"), translate("First, repair the data"), missing=step.refusal)
    if not inspected.data.class_names:
        title = translate("Let a model name them")
        lead = translate(
            "Training needs labels, and these pictures have none. A model that was trained on others can name them."
        )
    else:
        title = translate("Train on it")
        lead = translate("This trains a network, scores it honestly and writes a report like this page.")
        if any(each.is_serious for each in inspected.findings):
            lead = translate(
                "{lead} Settle the serious findings first: until then its score cannot be believed.", lead=lead
            )
    return Section(translate("Next"), title, "next.html", Next(lead, step.command, choices_in(step.choices)))
