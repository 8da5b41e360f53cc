"""One training from opened data to a scored run: the stages that every way of training goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.run_folder import RunFolder
from onelook.training.parallel import ALONE, Processes
from onelook.workflow.clock import Clock
from onelook.workflow.finish import finish_run
from onelook.workflow.fitting import fit_network
from onelook.workflow.opening import OpenedData
from onelook.workflow.start import begin_run

if TYPE_CHECKING:
    from onelook.classifier import Classifier
    from onelook.evaluation.result import Evaluation

_SET_WORDS = {"test": "test", "val": "validation"}


@dataclass(frozen=True)
class Run:
    """A finished training: where everything is, and the score."""

    folder: RunFolder
    evaluation: Evaluation
    status: str  # `complete`, or `interrupted`: what was done is safe, and can be gone on with

    def report(self) -> Path:
        """The path of the HTML report, written anew."""
        from onelook.report.build import build_report

        return build_report(self.folder)

    def classifier(self) -> Classifier:
        """The trained model, loaded from the run's folder."""
        from onelook.classifier import load

        return load(self.folder.model)

    def __str__(self) -> str:
        evaluation = self.evaluation
        low, high = (f"{100 * bound:.2f} %" for bound in evaluation.accuracy_interval)
        pictures = f"{evaluation.rows:,} {_SET_WORDS[evaluation.set_name]} pictures"
        return f"{100 * evaluation.accuracy:.2f} % of {pictures} right (95 % interval {low} to {high})"


def train_opened(
    opened: OpenedData,
    clock: Clock,
    *,
    out: Path | None,
    resumed: RunFolder | None,
    command: str | None,
    quiet: bool,
    say: Callable[[str], None],
    processes: Processes = ALONE,
) -> Run:
    """Trains on opened data, saves the model, scores it and writes the report.

    Args:
        opened: data and settings.
        clock: has timed the opening.
        out, command, quiet, say: as `train` takes them.
        resumed: the run to go on with.
        processes: that train it together.

    Raises:
        ConfigError: the network does not fit the pictures, or the folder exists.
    """
    begun = begin_run(opened, out=out, resumed=resumed, command=command, say=say, processes=processes)
    with clock.stage("train"):
        fitted = fit_network(begun, clock, quiet=quiet, say=say)
    evaluation = processes.from_first(lambda: finish_run(begun, fitted, clock))
    return Run(folder=begun.folder, evaluation=evaluation, status=fitted.result.status)
