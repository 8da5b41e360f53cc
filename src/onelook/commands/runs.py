"""`onelook runs`: list the runs in a folder, newest first, from the files that they wrote."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, OnelookError
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import FILE as FOLDS
from onelook.runtime import command_name

_DEEPEST = 2  # folders below the one that is listed: a search or a cross-validation holds runs of its own


@dataclass(frozen=True)
class ListedRun:
    """One run, as its own files describe it."""

    path: Path
    data: str
    model: str
    status: str  # complete, interrupted, running, damaged
    created: str  # ISO 8601, to the second
    accuracy: float | None = None  # in [0, 1]; None before the run is scored
    scored_on: str = ""  # test, val, or folds for the mean of a cross-validation
    problem: str = ""  # why its files cannot be read

    def to_dict(self) -> dict[str, object]:
        """Return plain JSON values."""
        return {**self.__dict__, "path": str(self.path)}


def list_runs(folder: str | Path = "runs") -> list[ListedRun]:
    """Return the runs in a folder and in its folders, newest first.

    A run whose files are damaged is listed with the reason. A cross-validation stands before its folds, with the mean
    of their scores.

    Args:
        folder: usually `runs`.

    Raises:
        ConfigError: there is no such folder.
    """
    root = Path(folder)
    if not root.is_dir():
        raise ConfigError(
            f"{root}: there is no such folder. `{command_name()} train` writes each run to runs/<data>-NNN in the "
            "current folder, or where --name or --out say."
        )
    folders = [root, *(path for depth in range(1, _DEEPEST + 1) for path in root.glob("/".join("*" * depth)))]
    found = [_listed(RunFolder(path)) for path in folders if (path / "run.json").is_file()]
    newest_first = sorted(found, key=lambda run: (run.created, str(run.path)), reverse=True)
    listed: list[ListedRun] = []
    for run in newest_first:
        folder_of_folds = run.path.parent
        if (folder_of_folds / FOLDS).is_file() and all(each.path != folder_of_folds for each in listed):
            listed.append(_cross_validation([each for each in newest_first if each.path.parent == folder_of_folds]))
        listed.append(run)
    return listed


def _cross_validation(folds: Sequence[ListedRun]) -> ListedRun:
    """Return the row of a cross-validation, whose own file has the mean and whose folds have the rest."""
    first, folder = folds[-1], folds[0].path.parent
    row = replace(first, path=folder, status="damaged", accuracy=None, scored_on="folds", problem="")
    try:
        summary = json.loads((folder / FOLDS).read_text(encoding="utf-8"))
        return replace(row, status=str(summary["status"]), accuracy=summary["accuracy"])
    except (OSError, ValueError, KeyError, TypeError):
        return replace(row, problem=f"{folder / FOLDS}: damaged")


def _listed(run: RunFolder) -> ListedRun:
    try:
        record = run.read_run()
        evaluation = _read_evaluation(run)
        return ListedRun(
            run.path,
            str(record["data"]["name"]),
            str(record["settings"]["model"]),
            str(record["status"]),
            str(record["created"]),
            evaluation.get("accuracy"),
            str(evaluation.get("set", "")),
        )
    except (OnelookError, KeyError, TypeError, ValueError) as problem:
        reason = str(problem) if isinstance(problem, OnelookError) else "run.json or evaluation.json is damaged"
        return ListedRun(run.path, "", "", "damaged", "", problem=reason)


def _read_evaluation(run: RunFolder) -> dict[str, Any]:
    if not run.evaluation.is_file():
        return {}
    evaluation = json.loads(run.evaluation.read_text(encoding="utf-8"))
    return evaluation if isinstance(evaluation, dict) else {}
