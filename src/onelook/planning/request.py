"""One request to train, gathered and checked. Every way of training takes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.run_folder import RunFolder
from onelook.settings.merge import Overrides

if TYPE_CHECKING:
    from onelook.data.pictures.protocol import OnProgress

Say = Callable[[str], None]


def silent(_: str) -> None:
    """Print nothing."""


@dataclass(frozen=True)
class Request:
    """The data to train on, the settings that the user gave, the folder of the run, and how progress is reported."""

    data: Any  # anything that `train` accepts
    asked: Overrides
    out: Path | None = None  # the folder that the user gave; by default `runs/<data>-NNN`
    resumed: RunFolder | None = None  # the run to resume, or the folder of several runs; None for a new one
    command: str | None = None  # the command line, kept for the record
    quiet: bool = True  # no progress bars; `say` is silent then
    say: Say = silent
    on_progress: OnProgress | None = None  # called with the decoded pictures and the total
    matmul_speed: float | None = None  # of this machine, if it is known; see `TimeBudget`
