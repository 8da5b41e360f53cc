"""Read scored runs for a comparison."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from onelook.comparison.compare import known_scores
from onelook.comparison.result import ComparedRun, DifferentSetting, EpochPoint
from onelook.comparison.scored_predictions import ScoredPredictions, read_scored_predictions
from onelook.errors import ConfigError, DataError, OnelookError
from onelook.evaluation.result import Evaluation, SetName
from onelook.evaluation.score_without_leaks import leak_sentence
from onelook.planning.classical_request import is_classical
from onelook.report.facts import RunFacts
from onelook.report.results import read_evaluation, read_facts
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import FILE as FOLDS
from onelook.runs.model_list import FILE as MODELS
from onelook.runs.model_list import read_models
from onelook.runtime import command_name
from onelook.settings.queries import settings_that
from onelook.wording import counted


@dataclass(frozen=True)
class ScoredRun:
    """A run with its score, read from its files."""

    folder: RunFolder
    facts: RunFacts
    row: ComparedRun
    answers: ScoredPredictions | None
    on_seen: str | None = None  # a sentence on scored pictures that the model has seen; None if there are none


def expand_runs(paths: Sequence[str | Path]) -> list[str]:
    """Return the folders of the runs, each once; a folder of `--models` means all its runs.

    Raises:
        ConfigError: a path is a cross-validation, or its `models.json` is damaged.
        DataError: no model of a list is complete.
    """
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
                f"mean: {command_name()} report {path}"
            )
        for one in found:
            expanded.setdefault(Path(one).resolve(), one)
    return [*expanded.values()]


def read_run(path: str) -> ScoredRun:
    """Read one run.

    Raises:
        ConfigError: the path is not a run folder.
        DataError: it has no score yet.
        ModelError: one of its files is damaged.
    """
    folder = RunFolder.open(Path(path))
    facts, result = read_facts(folder), read_evaluation(folder)
    if result is None:
        raise DataError(f"{path}: not scored yet (its status is {facts.status or 'unknown'}). Train it to the end.")
    set_name: SetName = result.set_name
    answers = read_scored_predictions(folder, set_name)
    history = tuple(_points(folder))
    on_seen = f"{path}: {leak_sentence(result)}" if any((result.leaked or {}).values()) else None
    return ScoredRun(folder, facts, _row(path, facts, result, answers, history), answers, on_seen)


def _row(
    path: str, facts: RunFacts, result: Evaluation, answers: ScoredPredictions | None, history: tuple[EpochPoint, ...]
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
        epochs=history[-1].epoch if history and not is_classical(facts.model.name) else None,
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


def with_labels(rows: Sequence[ComparedRun]) -> list[ComparedRun]:
    """Return the rows with the shortest names that differ: those of their networks, or else of their folders."""
    networks = [Path(row.model or "").stem if (row.model or "").endswith(".toml") else row.model or "" for row in rows]
    folders = [Path(row.run).resolve().name for row in rows]
    paths = [row.run for row in rows]
    labels = next(names for names in (networks, folders, paths) if "" not in names and len({*names}) == len(rows))
    return [replace(row, label=label) for row, label in zip(rows, labels, strict=True)]


def different_settings(settings: Sequence[Mapping[str, Any]]) -> Iterator[DifferentSetting]:
    """Return the settings in which the runs differ, by their dotted names.

    A run whose model does not read a setting, as a random forest reads no optimizer, does not differ in it.
    """
    leaves = [dict(_leaves(one)) for one in settings]
    unread = [{*_unread(one)} for one in settings]
    told_elsewhere = settings_that(lambda facts: not facts.compared)
    for name in dict.fromkeys(name for one in leaves for name in one):
        section = name.partition(".")[0]
        values = tuple(
            _shown(one[name]) if name in one and section not in ignored else "–"
            for one, ignored in zip(leaves, unread, strict=True)
        )
        read = {value for value, ignored in zip(values, unread, strict=True) if section not in ignored}
        if len(read) > 1 and section not in told_elsewhere:
            yield DifferentSetting(name, values)


def _unread(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the settings at the top, and the sections, that the run's kind of model does not read."""
    own = ("all", "classical") if is_classical(settings.get("model")) else ("all", "networks", "pretrained")
    return settings_that(lambda facts: facts.read_by not in own)


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


def different_pictures(one: ComparedRun, two: ComparedRun) -> ConfigError:
    """Return the error for scores on different pictures: the easier pictures would win."""
    for run, other in ((one, two), (two, one)):
        if (run.set_name, other.set_name) == ("val", "test") and _is_interrupted(run):
            return ConfigError(
                f"{run.run} was interrupted, so it was scored on validation pictures, and {other.run} on test "
                f"pictures. Resume it first, with --out {run.run} --resume."
            )
    return ConfigError(
        f"{one.run} and {two.run} were scored on different pictures ({_scored_pictures(one)}, "
        f"{_scored_pictures(two)}, of other data or another split). Train them on the same data "
        "with the same --test, or without a test set the same --seed and --val. After a change of the data, train with "
        f"--split {one.run}."
    )


def _is_interrupted(run: ComparedRun) -> bool:
    try:
        return bool(RunFolder(Path(run.run)).read_run().get("status") == "interrupted")
    except OnelookError:
        return False


def _scored_pictures(run: ComparedRun) -> str:
    return counted(run.rows, "test picture" if run.set_name == "test" else "validation picture")


def scored_on(one: ScoredRun) -> tuple[Any, ...]:
    """Return a key that is equal for two scores on the same pictures.

    The data determines the test pictures, and the split determines the validation pictures.
    """
    source = one.facts.data if one.row.set_name == "test" else one.facts.split
    return one.row.set_name, one.row.rows, source.fingerprint
