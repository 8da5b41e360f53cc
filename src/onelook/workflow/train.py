"""`onelook train`: from data to a run folder with a model, its honest score and a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, overload

from onelook.errors import ConfigError
from onelook.run_folder import RunFolder
from onelook.runtime import launch, require_torch
from onelook.training.parallel import Processes, join_processes
from onelook.workflow.clock import Clock
from onelook.workflow.cross_validation import FILE, CrossValidation
from onelook.workflow.finish import finish_run
from onelook.workflow.fitting import fit_network
from onelook.workflow.opening import open_for_training
from onelook.workflow.request import check_names, gather_overrides
from onelook.workflow.start import begin_run, find_run_to_resume

if TYPE_CHECKING:
    from onelook.classifier import Classifier
    from onelook.data.dataset import OnProgress
    from onelook.evaluation.result import Evaluation

Say = Callable[[str], None]
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


@overload
def train(
    data: Any,
    *,
    folds: int,
    out: Path | str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> CrossValidation: ...
@overload
def train(
    data: Any,
    *,
    out: Path | str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> Run: ...
def train(
    data: Any,
    *,
    out: Path | str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> Run | CrossValidation:
    """Trains a classifier and leaves a run folder with its model, evaluation and report.

    With `folds`, also where a file or `sets` has it, that many classifiers are trained, each in a folder of its own
    below `out`, and what comes back is a `CrossValidation`: the folds' runs, their mean accuracy and its interval.

    Args:
        data: what `open_dataset` opens: a path, a built-in name, arrays `(X, y)`, or an opened `Dataset`.
        out: the run's folder; by default `runs/<data>-NNN`.
        resume: go on with the interrupted run in `out`, or else with the newest one of this data.
        config: a TOML file of settings.
        sets: `key=value` pairs, as `--set` takes them.
        command: the command line, kept for the record.
        quiet: no words and no progress.
        say: where words go.
        on_progress: called with pictures decoded and pictures in all, before training.
        **settings: fields of `TrainSettings`, such as `model="cnn"`, `epochs=8`, `val=0.2`, `time_limit="3m"`.

    Raises:
        ConfigError: the request is wrong; nothing was written.
        DataError: the data is wrong or missing; nothing was written.
    """
    require_torch("training")
    with join_processes(launch()) as processes:
        return _train(
            data,
            settings,
            processes,
            out=None if out is None else Path(out),
            resume=resume,
            config=None if config is None else Path(config),
            sets=sets,
            command=command,
            quiet=quiet or not processes.is_first,
            say=say,
            on_progress=on_progress if processes.is_first else None,
        )


def _train(
    data: Any,
    settings: Mapping[str, Any],
    processes: Processes,
    *,
    out: Path | None,
    resume: bool,
    config: Path | None,
    sets: Sequence[str],
    command: str | None,
    quiet: bool,
    say: Say,
    on_progress: OnProgress | None,
) -> Run | CrossValidation:
    clock, tell = Clock(), _silent if quiet else say
    # The first process decodes, and the others find the pictures in the cache. What it refuses, it says alone.
    with processes.first_alone():
        asked = gather_overrides(settings, sets, config)
        check_names(asked)
        resumed = find_run_to_resume(data, out) if resume else None
        if out is not None and not resume:
            RunFolder(out).refuse_existing()
        goes_on = resumed is not None and (resumed.path / FILE).is_file()
        if goes_on or (resumed is None and "folds" in asked):
            _refuse_shared_folds(processes)
            from onelook.workflow.folds import train_folds

            return train_folds(
                data,
                asked,
                out=out,
                resumed=None if resumed is None else resumed.path,
                command=command,
                quiet=quiet,
                say=tell,
                on_progress=on_progress,
            )
        if resumed is not None:
            _refuse_single_fold(RunFolder.open(resumed.path))

        with clock.stage("open"):
            opened = open_for_training(data, asked, resumed, tell, on_progress)
    begun = begin_run(opened, out=out, resumed=resumed, command=command, say=tell, processes=processes)
    with clock.stage("train"):
        fitted = fit_network(begun, clock, quiet=quiet, say=tell)
    evaluation = processes.from_first(lambda: finish_run(begun, fitted, clock))
    return Run(folder=begun.folder, evaluation=evaluation, status=fitted.result.status)


def _refuse_shared_folds(processes: Processes) -> None:
    if processes.count > 1:
        raise ConfigError(
            f"--folds in {processes.count} processes of torchrun: folds are trained by one process. Start it without "
            "torchrun, or leave --folds out."
        )


def _refuse_single_fold(run: RunFolder) -> None:
    if "fold" in run.read_run():
        folder = run.path.parent
        raise ConfigError(
            f"{run.path}: one fold of a cross-validation, which goes on as a whole: --out {folder} --resume."
        )


def _silent(_: str) -> None:
    """Says nothing."""
