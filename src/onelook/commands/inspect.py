"""`onelook inspect`: what a data set is, and whether it is sound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from onelook.checks.evidence import Evidence
from onelook.checks.find_problems import find_problems
from onelook.data.open import open_dataset
from onelook.data.pictures.protocol import OnProgress
from onelook.data.reading import read_dataset
from onelook.inspection.inspection import Inspection
from onelook.inspection.training_preview import plan_inspected
from onelook.planning.facts import facts_of
from onelook.planning.plan import decode_settings
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides


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
