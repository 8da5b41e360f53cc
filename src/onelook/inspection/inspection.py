"""`onelook inspect`: what a data set is, and whether it is sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.checks.evidence import Evidence
from onelook.checks.find_problems import find_problems
from onelook.checks.finding import Finding
from onelook.data.dataset import Dataset, Part
from onelook.data.open import open_dataset
from onelook.data.pictures.protocol import OnProgress
from onelook.data.reading import Reading, read_dataset
from onelook.planning.facts import DataFacts, facts_of
from onelook.planning.plan import Plan, decode_settings, make_plan
from onelook.planning.time_budget import budget_of
from onelook.runtime import choose_device
from onelook.settings import DecodeSettings, TrainSettings
from onelook.settings.merge import Overrides

if TYPE_CHECKING:
    from onelook.inspection.label_check import LabelCheck


@dataclass(frozen=True)
class Inspection:
    """A data set, read once from end to end."""

    dataset: Dataset
    decode: DecodeSettings  # the size that a training would bring the pictures to
    reading: Reading
    findings: tuple[Finding, ...]
    facts: DataFacts  # what a training is planned from
    asked: Overrides = field(default_factory=dict)  # settings that a training would be asked for
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
    asked: Overrides | None = None,
    on_progress: OnProgress | None = None,
) -> Inspection:
    """Open the data, decode every picture as a training would, and check what was found.

    Args:
        data, test, class_names, label_column, label_from: as for `open_dataset`.
        layout: the layout's name, where two fit.
        strict: stop at the first picture that cannot be read.
        asked: settings that a training would be asked for: what it would pick for the data is planned with them.
        on_progress: called with pictures decoded and pictures in all.

    Raises:
        DataError: nothing is there, it is malformed, or no picture of a part can be read.
        ConfigError: a name or a column is unknown, or the settings contradict each other.
    """
    asked = asked or {}
    dataset = open_dataset(
        data,
        test=test,
        class_names=class_names,
        label_column=label_column,
        label_from=label_from,
        layout=layout,
        for_training=False,
    )
    facts = facts_of(dataset)
    decode = decode_settings(facts, TrainSettings())
    if dataset.class_names:
        decode = plan_inspected(facts, asked, size_only=True).decode
    reading = read_dataset(dataset, decode, strict=strict, on_progress=on_progress)
    findings = tuple(find_problems(Evidence.of_reading(reading)))
    return Inspection(dataset, decode, reading, findings, facts, asked)


def plan_inspected(facts: DataFacts, asked: Overrides, *, size_only: bool = False) -> Plan:
    """Return the plan that `train` would make of such data on this machine, asked for these settings.

    Args:
        facts: of the data.
        asked: the settings.
        size_only: only the size of the decoded pictures is needed.

    Raises:
        ConfigError: the settings contradict each other.
    """
    # Torch takes a second to load, and the device decides on the size only where there is a time limit.
    needs_device = not size_only or "time_limit_seconds" in asked
    device = choose_device(asked.get("device", "auto")).type if needs_device and find_spec("torch") else "cpu"
    return make_plan(facts, asked, budget_of(asked), device=device)


def judge_labels(found: Inspection, on_progress: OnProgress | None = None) -> Inspection:
    """The same with the labels judged: quick networks are trained, and `label-errors` is among the checks.

    Args:
        found: what `inspect_data` gave.
        on_progress: told how many pictures were trained on, in all passes of all folds.

    Raises:
        ConfigError: torch is not installed.
        DataError: nothing is labelled.
    """
    from onelook.inspection.label_check import check_labels

    label_check = check_labels(found.dataset, found.reading, found.decode, on_progress)
    evidence = replace(Evidence.of_reading(found.reading), suspects=label_check.suspects)
    return replace(found, findings=tuple(find_problems(evidence)), label_check=label_check)


def _class_counts(part: Part, classes: int) -> Any:
    return None if part.labels is None else np.bincount(part.labels, minlength=classes)
