"""One request to train, gathered and checked: every way of training takes it."""

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
    """Say nothing."""


@dataclass(frozen=True)
class Request:
    """The data to train on, the settings asked for, the place for the run, and where progress is reported."""

    data: Any  # as `train` takes it
    asked: Overrides
    out: Path | None = None  # the folder asked for; by default `runs/<data>-NNN`
    resumed: RunFolder | None = None  # what is resumed, None to begin: of several runs the folder of all
    command: str | None = None  # the command line, kept for the record
    quiet: bool = True  # no progress bars; `say` is silent then
    say: Say = silent
    on_progress: OnProgress | None = None  # called with pictures decoded, and pictures in all
    matmul_speed: float | None = None  # of this machine, where it is known; see `TimeBudget`
