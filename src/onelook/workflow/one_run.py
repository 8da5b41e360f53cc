"""One training from opened data to a scored run: the stages that every way of training goes through."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.errors import ConfigError, ModelError
from onelook.run_folder import RunFolder
from onelook.training.parallel import ALONE, Processes
from onelook.workflow.clock import Clock
from onelook.workflow.finish import finish_run
from onelook.workflow.fitting import fit_model
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
    before = {} if resumed is None else resumed.read_run()
    if resumed is not None and (scored := _score_if_done(resumed, before, opened)) is not None:
        say(f"{resumed.path} is complete: there is nothing to go on with (more --epochs would be)")
        run = Run(resumed, scored, "complete")
        processes.from_first(run.report)  # which a kill may have kept from being written
        return run
    begun = begin_run(opened, out=out, resumed=resumed, command=command, say=say, processes=processes)
    try:
        with clock.stage("train"):
            fitted = fit_model(begun, clock, quiet=quiet, say=say)
    except (ConfigError, ModelError):
        begun.record(**before)  # refused: the run is what it was
        raise
    evaluation = processes.from_first(lambda: finish_run(begun, fitted, clock))
    return Run(folder=begun.folder, evaluation=evaluation, status=fitted.result.status)


def _score_if_done(run: RunFolder, record: Mapping[str, Any], opened: OpenedData) -> Evaluation | None:
    """The score of a run that is complete and is asked for no more than it has done."""
    from onelook.report.results import read_evaluation

    settings = opened.settings
    asked = (settings.epochs, settings.time_limit_seconds)
    done = (record["settings"]["epochs"], record["settings"]["time_limit_seconds"])
    return read_evaluation(run) if record["status"] == "complete" and asked == done else None
