"""The result of `onelook inspect`: an opened data set, its decoded pictures, and the findings of the checks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.checks.finding import Finding
from onelook.data.dataset import Dataset
from onelook.data.part import Part
from onelook.data.pictures.from_lists import existing_rows
from onelook.data.reading import Reading
from onelook.planning.facts import DataFacts
from onelook.settings import DecodeSettings
from onelook.settings.merge import Overrides

if TYPE_CHECKING:
    from onelook.inspection.label_check import LabelCheck


@dataclass(frozen=True)
class Inspection:
    """A data set after all its pictures were read."""

    dataset: Dataset
    decode: DecodeSettings  # the size to which a training would resize the pictures
    reading: Reading
    findings: tuple[Finding, ...]
    facts: DataFacts  # a training is planned from these
    asked: Overrides = field(default_factory=dict)  # settings that the user would give `train`
    label_check: LabelCheck | None = None  # None if the labels were not judged

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON document of `onelook inspect --json`. `class_counts` adds up all parts."""
        names = self.dataset.class_names
        counts = {name: _class_counts(part, len(names)) for name, part in self.dataset.parts.items()}
        total = np.sum([count for count in counts.values() if count is not None], axis=0) if names else []
        return {
            "layout": self.dataset.layout,
            "why": self.dataset.why,
            "rows": self.dataset.rows,
            "class_names": list(names),
            "class_counts": dict(zip(names, map(int, total), strict=True)),
            "image_size": [self.decode.height, self.decode.width],
            "channels": self.decode.channels,
            "ledger": self.reading.ledger.counts(),
            "findings": [finding.to_dict() for finding in self.findings],
            "name": self.dataset.name,
            "parts": {
                name: {
                    "rows": len(part),
                    "class_counts": None if count is None else dict(zip(names, count.tolist(), strict=True)),
                }
                for (name, part), count in zip(self.dataset.parts.items(), counts.values(), strict=True)
            },
            "missing_values": self.dataset.missing_values,
            "notes": list(self.dataset.notes),
            **({} if self.label_check is None else {"labels": self.label_check.to_dict()}),
        }


def _class_counts(part: Part, classes: int) -> Any:
    """Return the number of existing pictures of each class."""
    if part.labels is None:
        return None
    return np.bincount(part.labels[existing_rows(part.pictures)], minlength=classes)
