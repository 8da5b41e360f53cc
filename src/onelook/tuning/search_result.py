"""The result of `onelook tune`: its trials, and the best one as an ordinary run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from onelook.data.ledger import csv_text
from onelook.notebook import html_of
from onelook.tuning.dimensions import Point
from onelook.wording import counted

if TYPE_CHECKING:
    from onelook.runs.run import Run

State = Literal["complete", "pruned", "failed", "waiting"]


@dataclass(frozen=True)
class TrialRow:
    """One trial: its settings and its result."""

    number: int  # from 1
    state: State
    val_accuracy: float | None  # of its best epoch
    epochs: int  # the number of epochs that were trained
    seconds: float
    settings: Point
    note: str = ""  # why it failed

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        return asdict(self)


def best_of(trials: Iterable[TrialRow]) -> int | None:
    """Return the number, from 1, of the complete trial with the best validation accuracy. Ties keep the first."""
    complete = [row for row in trials if row.state == "complete"]
    return max(complete, key=lambda row: (row.val_accuracy or 0.0, -row.number)).number if complete else None


@dataclass(frozen=True, repr=False)
class SearchResult:
    """A search that is finished, or interrupted and can be resumed."""

    path: Path
    status: Literal["complete", "interrupted"]
    trials: tuple[TrialRow, ...]  # in the order tried
    best: int | None  # number of the trial that is kept
    run: Run | None  # of the best trial, scored; None while the search is interrupted

    @property
    def ranked(self) -> tuple[TrialRow, ...]:
        """The complete trials, best first, then the others in the order tried."""
        complete = [row for row in self.trials if row.state == "complete"]
        others = [row for row in self.trials if row.state != "complete"]
        return (*sorted(complete, key=lambda row: -(row.val_accuracy or 0.0)), *others)

    @property
    def page(self) -> Path:
        """The page that shows the trials and what each setting did."""
        return self.path / "search.html"

    def __repr__(self) -> str:
        # One line: a notebook would show the settings of every trial.
        kept = "" if self.best is None else f", trial {self.best} is the best"
        return f"<SearchResult {str(self.path)!r}: {self.status}, {counted(len(self.trials), 'trial')}{kept}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the trials, the best first."""
        return html_of("onelook.report.notebook.tables:search_html", self)

    def to_dict(self) -> dict[str, object]:
        """Return JSON values."""
        return {
            "status": self.status,
            "path": str(self.path),
            "page": str(self.page),
            "best": self.best,
            "run": None if self.run is None else str(self.run.folder.path),
            "evaluation": None if self.run is None else self.run.evaluation.to_dict(),
            "trials": [row.to_dict() for row in self.trials],
        }

    def csv(self) -> str:
        """Return the table of trials as CSV, with a column for each setting."""
        names = [*dict.fromkeys(name for row in self.trials for name in row.settings)]
        head = ("trial", "state", "val_accuracy", "epochs", "seconds", *names)
        rows = [
            (
                str(row.number),
                row.state,
                "" if row.val_accuracy is None else f"{row.val_accuracy:.6f}",
                str(row.epochs),
                f"{row.seconds:.1f}",
                *(str(row.settings.get(name, "")) for name in names),
            )
            for row in self.trials
        ]
        return csv_text(head, rows)
