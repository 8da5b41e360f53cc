"""One picture, and augmented versions of it. This section is on the report and on the inspect page."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.report.facts import AugmentationFacts
from onelook.report.page import Section
from onelook.report.sections.model import value_in_words
from onelook.report.sections.samples import Sample
from onelook.report.shown_data import ShownData
from onelook.settings import AugmentSettings
from onelook.wording import counted, translate


@dataclass(frozen=True)
class Augmentation:
    """The content of the section."""

    why: str  # who chose the settings
    settings: tuple[tuple[str, str, str], ...]  # name, value, meaning
    original: Sample
    versions: tuple[Sample, ...]


def build_section(source: ShownData) -> Section:
    """Build the section with the original picture, fifteen versions of it, and the settings that made them."""
    preview, facts = source.augmentation, source.augmentation_facts
    if preview is None:
        missing = facts.why or translate("Training changed no pictures: augmentation was off.")
        return Section(translate("Augmentation"), translate("What augmentation does"), missing=missing)
    pictures = source.augmentation_pictures
    return Section(
        topic=translate("Augmentation"),
        title=translate("One picture, {versions}", versions=counted(len(preview.versions), "version")),
        template="augmentation.html",
        view=Augmentation(
            why=facts.why,
            settings=_settings(facts),
            original=Sample(pictures.data_uri(preview.original), translate("The original picture")),
            versions=tuple(
                Sample(
                    pictures.data_uri(name),
                    translate("Augmented version {number} of {count}", number=number, count=len(preview.versions)),
                )
                for number, name in enumerate(preview.versions, start=1)
            ),
        ),
    )


def _settings(facts: AugmentationFacts) -> tuple[tuple[str, str, str], ...]:
    """Return the settings that change the pictures, as (name, value, meaning)."""
    defaults = AugmentSettings().model_dump(mode="json")
    fields = AugmentSettings.model_fields
    return tuple(
        (name, value_in_words(value), translate(fields[name].description or ""))
        for name, value in facts.settings.items()
        if name in fields and value != defaults[name]
    )
