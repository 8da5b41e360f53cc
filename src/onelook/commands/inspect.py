"""`onelook inspect`: show what a data set holds, and check it for problems."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from onelook.checks.evidence import Evidence
from onelook.checks.find_problems import find_problems
from onelook.data.decode_settings import note_choices
from onelook.data.open import open_with
from onelook.data.pictures.protocol import OnProgress
from onelook.data.reading import read_dataset
from onelook.inspection.inspection import Inspection
from onelook.inspection.training_preview import plan_inspected
from onelook.planning.facts import facts_of
from onelook.planning.plan import decode_settings
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides
from onelook.settings.opening import BY_THE_DATA, OpeningOptions


def inspect_data(
    data: Any,
    *,
    test: Any = None,
    opening: OpeningOptions = BY_THE_DATA,
    strict: bool = False,
    asked: Overrides | None = None,
    on_progress: OnProgress | None = None,
) -> Inspection:
    """Open the data, decode every picture as a training would, and run the checks.

    Args:
        data, test: as for `open_dataset`.
        opening: the options on how to read the data.
        strict: stop at the first picture that cannot be read.
        asked: settings that the user would give `train`; the page shows the plan for them.
        on_progress: called with pictures decoded and pictures in all.

    Raises:
        DataError: the data is missing or malformed, or no picture of a part can be read.
        ConfigError: a name or a column is unknown, or the settings contradict each other.
    """
    asked = asked or {}
    dataset = note_choices(open_with(data, opening, test=test, for_training=False))
    facts = facts_of(dataset)
    decode = decode_settings(facts, TrainSettings())
    if dataset.class_names:
        decode = plan_inspected(facts, asked, size_only=True).decode
    reading = read_dataset(dataset, decode, strict=strict, on_progress=on_progress)
    findings = tuple(find_problems(replace(Evidence.of_reading(reading), no_classes=dataset.no_classes)))
    said = tuple(note for note in dataset.notes if note != dataset.no_classes)  # a finding says it
    return Inspection(replace(dataset, notes=said), decode, reading, findings, facts, asked)


def judge_labels(found: Inspection, on_progress: OnProgress | None = None) -> Inspection:
    """Train quick networks to judge the labels, and return the inspection with the check `label-errors`.

    Args:
        found: the result of `inspect_data`.
        on_progress: called with the number of pictures trained on, over all epochs of all folds, and their total.

    Raises:
        ConfigError: torch is not installed.
        DataError: no part is labelled.
    """
    from onelook.inspection.label_check import check_labels

    label_check = check_labels(found.dataset, found.reading, found.decode, on_progress)
    evidence = replace(Evidence.of_reading(found.reading), suspects=label_check.suspects)
    return replace(found, findings=tuple(find_problems(evidence)), label_check=label_check)
