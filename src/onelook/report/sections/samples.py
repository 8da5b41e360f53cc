"""Training pictures of each class, and what augmentation makes of one."""

from __future__ import annotations

from dataclasses import dataclass

from onelook.report.results import Results
from onelook.report.section import Section
from onelook.report.words import counted


@dataclass(frozen=True)
class Sample:
    """A training picture."""

    address: str | None
    words: str


@dataclass(frozen=True)
class ClassSamples:
    """A few training pictures of one class."""

    class_name: str
    pictures: tuple[Sample, ...]


@dataclass(frozen=True)
class Samples:
    """What the section shows."""

    classes: tuple[ClassSamples, ...]
    columns: int  # pictures in the longest row
    hidden_classes: int
    original: Sample | None
    versions: tuple[Sample, ...]


def build_section(results: Results) -> Section:
    """A row of pictures a class, and one picture in its augmented versions."""
    samples = results.evidence.samples if results.evidence else ()
    preview = results.augmentation
    if not samples and preview is None:
        return Section("Samples", "Pictures it learned from", missing="No training pictures were kept with this run.")
    augmented = results.augmentation_pictures
    return Section(
        topic="Samples",
        title="Pictures it learned from",
        template="samples.html",
        view=Samples(
            classes=tuple(
                ClassSamples(
                    one.class_name,
                    tuple(
                        Sample(results.pictures.data_uri(picture.file), f"{one.class_name}: picture {picture.id}")
                        for picture in one.pictures
                    ),
                )
                for one in samples
            ),
            columns=max((len(one.pictures) for one in samples), default=1),
            hidden_classes=max(0, (results.evidence.classes if results.evidence else 0) - len(samples)),
            original=Sample(augmented.data_uri(preview.original), "The picture as it is") if preview else None,
            versions=tuple(
                Sample(
                    augmented.data_uri(name), f"Augmented version {index} of {counted(len(preview.versions), 'one')}"
                )
                for index, name in enumerate(preview.versions, start=1)
            )
            if preview
            else (),
        ),
    )
