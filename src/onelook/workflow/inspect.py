"""`onelook inspect`: what a data set is, and whether it is sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.finding import Finding
from onelook.checks.run import find_problems
from onelook.data.dataset import Dataset, Part
from onelook.data.decode import choose_decode_settings
from onelook.data.open import open_dataset
from onelook.data.pictures.protocol import OnProgress
from onelook.data.reading import Reading, read_dataset
from onelook.settings import DecodeSettings

if TYPE_CHECKING:
    from onelook.workflow.label_check import LabelCheck


@dataclass(frozen=True)
class Inspection:
    """A data set, read once from end to end."""

    dataset: Dataset
    decode: DecodeSettings  # the size that a training would bring the pictures to
    reading: Reading
    findings: tuple[Finding, ...]
    label_check: LabelCheck | None = None  # where the labels were judged too

    def to_dict(self) -> dict[str, Any]:
        """The JSON document of `onelook inspect --json`. Class counts are of all parts together."""
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


def inspect_data(
    data: Any,
    *,
    test: Any = None,
    class_names: Sequence[str] | None = None,
    label_column: str | None = None,
    label_from: str | None = None,
    layout: str | None = None,
    strict: bool = False,
    on_progress: OnProgress | None = None,
) -> Inspection:
    """Opens the data, decodes every picture, and checks what was found.

    Args:
        data, test, class_names, label_column, label_from: as for `open_dataset`.
        layout: the layout's name, where two fit.
        strict: stop at the first picture that cannot be read.
        on_progress: called with pictures decoded and pictures in all.

    Raises:
        DataError: nothing is there, it is malformed, or no picture of a part can be read.
        ConfigError: a name or a column is unknown.
    """
    dataset = open_dataset(
        data,
        test=test,
        class_names=class_names,
        label_column=label_column,
        label_from=label_from,
        layout=layout,
        for_training=False,
    )
    decode = choose_decode_settings(dataset)
    reading = read_dataset(dataset, decode, strict=strict, on_progress=on_progress)
    return Inspection(dataset, decode, reading, tuple(find_problems(Evidence.of_reading(reading))))


def judge_labels(found: Inspection, on_progress: OnProgress | None = None) -> Inspection:
    """The same with the labels judged: quick networks are trained, and `label-errors` is among the checks.

    Args:
        found: what `inspect_data` gave.
        on_progress: told how many pictures were trained on, in all passes of all folds.

    Raises:
        ConfigError: torch is not installed.
        DataError: nothing is labelled.
    """
    from onelook.workflow.label_check import check_labels

    label_check = check_labels(found.dataset, found.reading, found.decode, on_progress)
    evidence = replace(Evidence.of_reading(found.reading), suspects=label_check.suspects)
    return replace(found, findings=tuple(find_problems(evidence)), label_check=label_check)


def _class_counts(part: Part, classes: int) -> Any:
    return None if part.labels is None else np.bincount(part.labels, minlength=classes)
