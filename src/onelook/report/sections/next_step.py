"""What to do with the data now, and what would be picked."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.report.inspected_data import InspectedData
from onelook.report.page import Section
from onelook.report.sections.choices import Choice, choices_in


@dataclass(frozen=True)
class Next:
    """What the section shows."""

    lead: str
    command: str
    choices: tuple[Choice, ...]


def build_section(inspected: InspectedData) -> Section:
    """The command that comes next, and what it would pick from the data by itself."""
    step = inspected.next_step
    if step.refusal:
        return Section("Next", "First, mend the data", missing=step.refusal)
    if not inspected.data.class_names:
        title, lead = "Let a model name them", "Training needs labels. A model that was trained on others names these."
    else:
        title = "Train on it"
        lead = "This trains a network, scores it honestly and writes a report like this page."
        if any(each.is_serious for each in inspected.findings):
            lead = f"{lead} Its score is worth what the data is: settle what was found first."
    return Section("Next", title, "next.html", Next(lead, step.command, choices_in(step.choices)))
