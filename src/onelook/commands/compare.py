"""`onelook compare`: runs side by side, where they were scored on the same pictures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from onelook.classifier import load
from onelook.comparison.advice import advise
from onelook.comparison.answers import Answers, read_answers
from onelook.comparison.compared import (
    ComparedRun,
    Comparison,
    DifferentSetting,
    EpochPoint,
    best_of,
    known_scores,
    with_front,
    with_tests,
)
from onelook.comparison.speed import Speed, measure_speeds
from onelook.errors import ConfigError, DataError
from onelook.evaluation.result import Evaluation, SetName
from onelook.files import json_text, write_text
from onelook.report.comparison_page import render_comparison
from onelook.report.results import RunFacts, read_evaluation, read_facts
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import FILE as FOLDS
from onelook.runs.model_list import FILE as MODELS
from onelook.runs.model_list import read_models
from onelook.runtime import processor_name
from onelook.settings.queries import settings_that

JSON, PAGE = "comparison.json", "comparison.html"  # in a folder of several runs


def compare_runs(paths: Sequence[str | Path], say: Callable[[str], None] | None = None) -> Comparison:
    """The runs side by side, in the order given; the speed of their models is measured now, on this machine.

    Args:
        paths: run folders; one that `--models` made stands for its runs.
        say: told before the models are measured, which takes some seconds.

    Raises:
        ConfigError: a path is no run folder, or the runs were scored on different pictures.
        DataError: a run has no evaluation yet.
        ModelError: a run's files are damaged.
    """
    read = [_read(path) for path in _expanded(paths)]
    _require_same_pictures(read)
    runs = _with_labels([one.row for one in read])
    best = best_of(runs)
    runs = with_tests(runs, [one.answers for one in read], best)
    measured = [position for position, one in enumerate(read) if one.folder.model.is_dir()]
    if measured and say is not None:
        say(f"measuring the speed of {len(measured)} model{'s' * (len(measured) > 1)}")
    speeds = dict(zip(measured, _speeds([read[position].folder for position in measured]), strict=True))
    for position, (one_thread, all_threads) in speeds.items():
        runs[position] = replace(runs[position], one_thread=one_thread, all_threads=all_threads)
    runs = with_front(runs)
    return Comparison(
        data=read[0].facts.data.name or read[0].facts.name,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        machine=processor_name(),
        runs=tuple(runs),
        best=best,
        advice=advise(runs, best),
        settings=tuple(_different_settings([one.facts.settings for one in read])),
    )


def write_comparison(comparison: Comparison, folder: Path) -> Path:
    """Writes the comparison into a folder, as JSON and as a page, and returns the page's path."""
    write_text(folder / JSON, json_text(comparison.to_dict()) + "\n")
    write_text(folder / PAGE, render_comparison(comparison))
    return folder / PAGE


@dataclass(frozen=True)
class _ReadRun:
    """A run's files, read."""

    folder: RunFolder
    facts: RunFacts
    row: ComparedRun
    answers: Answers | None


def _expanded(paths: Sequence[str | Path]) -> list[str]:
    """The runs' folders, those of `--models` taken apart, each once."""
    expanded: dict[Path, str] = {}
    for path in paths:
        folder, found = Path(path), [str(path)]
        if (folder / MODELS).is_file():
            found = [str(model.run.path) for model in read_models(folder).models if model.status == "complete"]
            if not found:
                raise DataError(f"{path}: none of its models is trained to the end. Go on with --resume.")
        elif (folder / FOLDS).is_file():
            raise ConfigError(
                f"{path}: a cross-validation, whose folds are scored on different pictures. Its own report has their "
                f"mean: onelook report {path}"
            )
        for one in found:
            expanded.setdefault(Path(one).resolve(), one)
    return [*expanded.values()]


def _read(path: str) -> _ReadRun:
    folder = RunFolder.open(Path(path))
    facts, result = read_facts(folder), read_evaluation(folder)
    if result is None:
        raise DataError(f"{path}: not scored yet (its status is {facts.status or 'unknown'}). Train it to the end.")
    set_name: SetName = result.set_name
    answers = read_answers(folder, set_name)
    history = tuple(_points(folder))
    return _ReadRun(folder, facts, _row(path, facts, result, answers, history), answers)


def _row(
    path: str, facts: RunFacts, result: Evaluation, answers: Answers | None, history: tuple[EpochPoint, ...]
) -> ComparedRun:
    return ComparedRun(
        run=path,
        label=path,
        model=facts.model.name or None,
        set_name=result.set_name,
        rows=result.rows,
        scores=known_scores(result, answers),
        accuracy_interval=result.accuracy_interval,
        parameters=facts.model.parameters,
        size_bytes=facts.model.size_bytes,
        train_seconds=facts.timings.get("train"),
        epochs=history[-1].epoch if history else None,
        one_thread=None,
        all_threads=None,
        history=history,
        warnings=result.warnings,
    )


def _points(folder: RunFolder) -> Iterator[EpochPoint]:
    for line in folder.read_history():
        if isinstance(line.get("epoch"), int):
            yield EpochPoint(
                line["epoch"],
                *(_finite(line.get(name)) for name in ("train_loss", "train_accuracy", "val_loss", "val_accuracy")),
            )


def _finite(value: object) -> float | None:
    is_shown = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return float(value) if is_shown else None  # type: ignore[arg-type]


def _speeds(folders: Sequence[RunFolder]) -> list[tuple[Speed, Speed]]:
    return measure_speeds([load(folder.model) for folder in folders])


def _with_labels(rows: Sequence[ComparedRun]) -> list[ComparedRun]:
    """The rows with the shortest names that tell them apart: their networks', or their folders'."""
    networks = [Path(row.model or "").stem if (row.model or "").endswith(".toml") else row.model or "" for row in rows]
    folders = [Path(row.run).resolve().name for row in rows]
    paths = [row.run for row in rows]
    labels = next(names for names in (networks, folders, paths) if "" not in names and len({*names}) == len(rows))
    return [replace(row, label=label) for row, label in zip(rows, labels, strict=True)]


def _different_settings(settings: Sequence[Mapping[str, Any]]) -> Iterator[DifferentSetting]:
    """What the runs were not all trained with, by its dotted name."""
    leaves = [dict(_leaves(one)) for one in settings]
    told_elsewhere = settings_that(lambda facts: not facts.compared)
    for name in dict.fromkeys(name for one in leaves for name in one):
        values = tuple(_shown(one[name]) if name in one else "–" for one in leaves)
        if len({*values}) > 1 and name not in told_elsewhere:
            yield DifferentSetting(name, values)


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return " ".join(map(_shown, value)) or "none"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _require_same_pictures(read: Sequence[_ReadRun]) -> None:
    """Scores on different pictures cannot be set side by side: the easier pictures would win."""
    first = read[0]
    for other in read[1:]:
        if _scored_on(other) != _scored_on(first):
            one, two = first.row, other.row
            raise ConfigError(
                f"{one.run} and {two.run} were scored on different pictures ({one.rows} of the {one.set_name} set, "
                f"{two.rows} of the {two.set_name} set, of other data or another split). Train them on the same data "
                "with the same --test, or without a test set the same --seed and --val."
            )


def _scored_on(one: _ReadRun) -> tuple[Any, ...]:
    """What tells whether two scores were taken on the same pictures.

    A test set comes with the data, whatever the split of the rest; what validates is drawn with the split.
    """
    source = one.facts.data if one.row.set_name == "test" else one.facts.split
    return one.row.set_name, one.row.rows, source.fingerprint
