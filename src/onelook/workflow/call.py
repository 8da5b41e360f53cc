"""One call of `train`, gathered and checked for itself: what the ways of training are handed."""

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


@dataclass(frozen=True)
class Call:
    """What is trained on, what was asked for, where it goes, and who hears of it."""

    data: Any  # as `train` takes it
    asked: Overrides
    out: Path | None  # the folder asked for; by default `runs/<data>-NNN`
    resumed: RunFolder | None  # what is gone on with, None to begin: of several runs the folder of all
    command: str | None  # the command line, kept for the record
    quiet: bool  # no progress; `say` is silent then
    say: Say
    on_progress: OnProgress | None  # hears pictures decoded, and pictures in all


def silent(_: str) -> None:
    """Says nothing."""
