"""`onelook compare`: runs side by side, where they were scored on the same pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from onelook.errors import ConfigError, DataError
from onelook.report.results import RunFacts, read_evaluation, read_facts
from onelook.run_folder import RunFolder


@dataclass(frozen=True)
class ComparedRun:
    """One row of the comparison. What a run does not say is None."""

    run: str
    model: str | None
    set_name: str  # `set` in JSON: "test" or "val": what the score was taken on
    rows: int
    accuracy: float  # in [0, 1]
    accuracy_interval: tuple[float, float]
    macro_f1: float
    parameters: int | None
    size_bytes: int | None
    train_seconds: float | None

    def to_dict(self) -> dict[str, Any]:
        """JSON values, named as in `evaluation.json`."""
        values = asdict(self)
        return {"run": values.pop("run"), "set": values.pop("set_name"), **values}


def compare_runs(paths: Sequence[str | Path]) -> list[ComparedRun]:
    """A row for each run, in the order given.

    Raises:
        ConfigError: a path is no run folder, or the runs were scored on different pictures.
        DataError: a run has no evaluation yet.
        ModelError: a run's files are damaged.
    """
    runs = [RunFolder.open(Path(path)) for path in paths]
    facts = [read_facts(run) for run in runs]
    rows = [_row(str(path), run, fact) for path, run, fact in zip(paths, runs, facts, strict=True)]
    _require_same_pictures(rows, facts)
    return rows


def _row(path: str, run: RunFolder, facts: RunFacts) -> ComparedRun:
    result = read_evaluation(run)
    if result is None:
        raise DataError(f"{path}: not scored yet (its status is {facts.status or 'unknown'}). Train it to the end.")
    return ComparedRun(
        run=path,
        model=facts.model.name or None,
        set_name=result.set_name,
        rows=result.rows,
        accuracy=result.accuracy,
        accuracy_interval=result.accuracy_interval,
        macro_f1=result.macro_f1,
        parameters=facts.model.parameters,
        size_bytes=facts.model.size_bytes,
        train_seconds=facts.timings.get("train"),
    )


def _require_same_pictures(rows: Sequence[ComparedRun], facts: Sequence[RunFacts]) -> None:
    """Scores on different pictures cannot be set side by side: the easier pictures would win."""
    first = _scored_on(rows[0], facts[0])
    for row, fact in zip(rows[1:], facts[1:], strict=True):
        if _scored_on(row, fact) != first:
            raise ConfigError(
                f"{rows[0].run} and {row.run} were scored on different pictures ({rows[0].rows} of the "
                f"{rows[0].set_name} set, {row.rows} of the {row.set_name} set, of other data or another split). "
                "Train them on the same data with the same --test, or without a test set the same --seed and --val."
            )


def _scored_on(row: ComparedRun, facts: RunFacts) -> tuple[Any, ...]:
    """What tells whether two scores were taken on the same pictures.

    A test set comes with the data, whatever the split of the rest; what validates is drawn with the split.
    """
    source = facts.data if row.set_name == "test" else facts.split
    return row.set_name, row.rows, source.fingerprint
