"""Run one training from its plan to its result, in the same stages for every way of training."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from onelook.errors import ConfigError, ModelError, short_traceback, unknown_name
from onelook.notebook import html_of
from onelook.planning.plan import Plan
from onelook.planning.request import Say, silent
from onelook.run_folder import RunFolder
from onelook.runs.begin import BegunRun, begin_in_memory, begin_run
from onelook.runs.finish import finish_run
from onelook.runs.history import History
from onelook.runs.prepare import PreparedData
from onelook.runs.stages import Clock, Fitted, SweptNetwork, TrainingData
from onelook.training.interrupt import ctrl_c_noted
from onelook.training.parallel import ALONE, Processes
from onelook.wording import ENGLISH, LANGUAGES, pages_in, percent

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from onelook.evaluation.result import Evaluation
    from onelook.runs.portable_model import RunClassifier
    from onelook.training.listeners import Listener

_Left_co = TypeVar("_Left_co", covariant=True)
_Left = TypeVar("_Left")
_Result = TypeVar("_Result")
_Result_contra = TypeVar("_Result_contra", contravariant=True)


class InterruptedRun(KeyboardInterrupt):
    """Ctrl-C after a run's folder was written and before its model was scored; what was done is safe in the folder."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"interrupted: all that was done is safe in {path}, and can be resumed")
        self.path = path

    def _render_traceback_(self) -> list[str]:
        """Return the lines that IPython and notebooks print."""
        return [*short_traceback(self), f"Resume with: ol.train(data, out={str(self.path)!r}, resume=True)"]


@dataclass(frozen=True, repr=False)
class Run:
    """A finished training: its folder, its score, its history and its model."""

    folder: RunFolder
    evaluation: Evaluation
    status: str  # `complete`, or `interrupted`: what was done is safe, and can be resumed

    @property
    def path(self) -> Path:
        """The path of the run's folder."""
        return self.folder.path

    @property
    def history(self) -> History:
        """The epochs in order, a dictionary for each: epoch, seconds, learning rate, and the losses and accuracies.

        It is a list that prints as a table. A data frame takes it unchanged: `pandas.DataFrame(run.history)`.

        Raises:
            ModelError: `history.jsonl` is damaged.
        """
        return History(self.folder.read_history())

    def report(self, lang: str = ENGLISH) -> Path:
        """Write the HTML report again, and return its path.

        Args:
            lang: the language of the page, `en` or `ko`.

        Raises:
            ConfigError: there is no such language.
        """
        from onelook.report.build import build_report

        if lang not in LANGUAGES:
            raise unknown_name("language", lang, LANGUAGES)
        with pages_in(lang):
            return build_report(self.folder)

    def plot_history(self) -> Figure:
        """Return the curves of accuracy and loss as a matplotlib figure; `savefig` writes it to a file.

        Raises:
            ConfigError: matplotlib is not installed, or the model was fitted at once and has no epochs.
            ModelError: a file of the run is damaged.
        """
        from onelook.report.plots import plot_history

        return plot_history(self.folder)

    def plot_confusion(self) -> Figure:
        """Return the confusion matrix as a matplotlib figure, labels in rows and predictions in columns.

        With more than 100 classes it shows those with the most errors.

        Raises:
            ConfigError: matplotlib is not installed.
            ModelError: a file of the run is damaged.
        """
        from onelook.report.plots import plot_confusion

        return plot_confusion(self.folder)

    def plot_worst(self, count: int = 12) -> Figure:
        """Return the worst errors as a matplotlib figure: pictures with the model's answers and their labels.

        Args:
            count: the largest number of errors, at least 1; a run keeps the pictures of 24.

        Raises:
            ConfigError: matplotlib is not installed, or `count` is less than 1.
            ModelError: a file of the run is damaged.
        """
        from onelook.report.plots import plot_worst

        return plot_worst(self.folder, count)

    @cached_property
    def classifier(self) -> RunClassifier:
        """The trained model, loaded from the run's folder at the first use.

        Raises:
            ModelError: the model's folder is missing or damaged.
        """
        from onelook.classifier.build import read_parts
        from onelook.runs.portable_model import RunClassifier

        return RunClassifier(read_parts(self.folder.model))

    def __repr__(self) -> str:
        # One line: a notebook would show every number of the evaluation.
        return f"<Run {str(self.path)!r}: {self.status}, {percent(self.evaluation.accuracy, 2)}>"

    def _repr_html_(self) -> str | None:
        """Return what a notebook shows: the score, the curves, the confusion matrix, the worst errors."""
        return html_of("onelook.report.notebook.run:run_html", self.folder)

    def __str__(self) -> str:
        return str(self.evaluation)


def open_run(path: Path | str) -> Run:
    """Return a run that was trained before, for example in another session: its score, history, plots and model.

    Args:
        path: the run's folder, such as `runs/digits-001`.

    Raises:
        ConfigError: there is no run at this path, or it was interrupted before its model was scored.
        ModelError: a file of the run is damaged.
    """
    from onelook.report.results import read_evaluation, read_facts

    folder = RunFolder.open(Path(path))
    evaluation, status = read_evaluation(folder), read_facts(folder).status
    if evaluation is None:
        raise ConfigError(
            f"{path}: its model was not scored (the run is {status}). Resume it with ol.train(data, out={str(path)!r}, "
            "resume=True)."
        )
    return Run(folder, evaluation, "complete" if status == "complete" else "interrupted")


class Sink(Protocol[_Result_contra, _Left_co]):
    """The place where the result of a training is kept: a folder or memory."""

    def done(self, plan: Plan) -> _Left_co | None:
        """Return the result of a training that is already complete; None if it has to run."""
        ...

    def begin(self, plan: Plan, data: TrainingData) -> BegunRun:
        """Prepare the place, and record everything that is known before the first step."""
        ...

    def roll_back(self) -> None:
        """Restore the place, because the training was refused before its first step."""
        ...

    def finish(self, begun: BegunRun, fitted: _Result_contra, clock: Clock) -> _Left_co:
        """Keep the fitted model, and return the result."""
        ...


def run_plan(
    plan: Plan,
    data: TrainingData,
    sink: Sink[Fitted, _Left],
    clock: Clock,
    *,
    quiet: bool = True,
    say: Say = silent,
    listeners: Sequence[Listener] = (),
) -> _Left:
    """Train as planned, and return the result that the sink keeps.

    Args:
        plan: settings, network and starting point.
        data: the pictures.
        sink: a folder or memory.
        clock: has timed the stages before; a time limit counts from its start.
        quiet: no progress bars.
        say: prints a text for the user.
        listeners: called while the training runs.

    Raises:
        ConfigError: the network does not fit the pictures, the folder exists, or training diverged at once.
        ModelError: pretrained weights are damaged.
        KeyboardInterrupt: Ctrl-C before there was anything to keep.
    """
    return run_stages(plan, data, sink, clock, partial(_fit, quiet=quiet, say=say, listeners=listeners))


def run_stages(
    plan: Plan,
    data: TrainingData,
    sink: Sink[_Result, _Left],
    clock: Clock,
    fit: Callable[[BegunRun, Clock], _Result],
) -> _Left:
    """Begin a training, fit, and return the result that the sink keeps. No other function puts these stages together.

    Args:
        plan, data, sink, clock: as for `run_plan`.
        fit: fits what was begun: trains its model, or only sweeps learning rates over its network.

    Raises:
        ConfigError: as for `run_plan`.
        ModelError: as for `run_plan`.
        KeyboardInterrupt: as for `run_plan`.
    """
    if (done := sink.done(plan)) is not None:
        return done
    begun = sink.begin(plan, data)
    with _names_the_interrupted(begun):
        try:
            with clock.stage("train"):
                fitted = fit(begun, clock)
        except (ConfigError, ModelError):
            sink.roll_back()
            raise
        return sink.finish(begun, fitted, clock)


@contextmanager
def _names_the_interrupted(begun: BegunRun) -> Iterator[None]:
    """Raise Ctrl-C as `InterruptedRun` with the run's folder, for a message on how to resume.

    Libraries turn a KeyboardInterrupt that reaches them into errors of their own, such as "the file is damaged".

    Raises:
        InterruptedRun: Ctrl-C, in a training that has a folder.
    """
    with ctrl_c_noted() as interrupt:
        try:
            yield
        except BaseException as problem:
            if begun.folder is None or not (interrupt.requested or isinstance(problem, KeyboardInterrupt)):
                raise
            raise InterruptedRun(begun.folder.path) from problem


def _fit(begun: BegunRun, clock: Clock, *, quiet: bool, say: Say, listeners: Sequence[Listener]) -> Fitted:
    if begun.network is None:
        from onelook.runs.fitting.fit_classical import fit_classical

        return fit_classical(begun, clock, say=say)
    from onelook.runs.fitting.fit_network import fit_network

    return fit_network(begun, clock, quiet=quiet, say=say, listeners=listeners)


class _Memory:
    """A sink that writes nothing."""

    def done(self, plan: Plan) -> None:
        """Return None: nothing was trained before."""

    def begin(self, plan: Plan, data: TrainingData) -> BegunRun:
        """Choose the network."""
        return begin_in_memory(plan, data)

    def roll_back(self) -> None:
        """Do nothing: nothing was written."""


class InMemory(_Memory):
    """A sink that keeps the fitted model in memory."""

    def finish(self, begun: BegunRun, fitted: Fitted, clock: Clock) -> Fitted:
        """Return the model.

        Raises:
            KeyboardInterrupt: it was interrupted, and cannot be resumed.
        """
        if fitted.result.status == "interrupted":
            raise KeyboardInterrupt
        return fitted


class RatesInMemory(_Memory):
    """A sink that keeps a sweep of learning rates in memory."""

    def finish(self, begun: BegunRun, fitted: SweptNetwork, clock: Clock) -> SweptNetwork:
        """Return the sweep."""
        return fitted


@dataclass
class _Folder:
    """A sink that keeps a training in a run folder, so that it can be resumed."""

    data: PreparedData
    out: Path | None = None  # the new folder; by default `runs/<data>-NNN`
    resumed: RunFolder | None = None  # the run to resume; None for a new run
    command: str | None = None  # the command line, kept for the record
    say: Say = silent
    processes: Processes = ALONE  # the processes that train together

    def begin(self, plan: Plan, data: TrainingData) -> BegunRun:
        """Make the folder, or open that of the resumed run."""
        self._before = {} if self.resumed is None else self.resumed.read_run()
        self._begun = begin_run(
            plan,
            self.data,
            out=self.out,
            resumed=self.resumed,
            command=self.command,
            say=self.say,
            processes=self.processes,
        )
        return self._begun

    def roll_back(self) -> None:
        """Restore the content of `run.json`."""
        self._begun.record(**self._before)


class ScoredFolder(_Folder):
    """A sink that writes a whole run: the model, its score and its report."""

    def done(self, plan: Plan) -> Run | None:
        """Return the run if it is complete, and neither epochs nor time are added."""
        if self.resumed is None or (evaluation := _score_if_done(self.resumed, plan)) is None:
            return None
        self.say_complete(self.resumed)
        run = Run(self.resumed, evaluation, "complete")
        self.processes.from_first(run.report)  # a killed process may not have written it
        return run

    def say_complete(self, run: RunFolder) -> None:
        """Print that there is nothing left to do."""
        self.say(f"{run.path} is complete: there is nothing to resume, unless you give more --epochs")

    def finish(self, begun: BegunRun, fitted: Fitted, clock: Clock) -> Run:
        """Save the model, score it and write the report."""
        begun = begun if fitted.plan is None else replace(begun, plan=fitted.plan)
        evaluation = self.processes.from_first(lambda: finish_run(begun, self.data, fitted, clock))
        return Run(begun.own_folder, evaluation, fitted.result.status)


class UnscoredFolder(_Folder):
    """A sink for a training without a score: a trial, which may not use the test set."""

    def done(self, plan: Plan) -> Fitted | None:
        """Return None: a trial is always trained."""
        return None

    def finish(self, begun: BegunRun, fitted: Fitted, clock: Clock) -> Fitted:
        """Return the fitted model; its checkpoint is in the folder."""
        return fitted


def _score_if_done(run: RunFolder, plan: Plan) -> Evaluation | None:
    from onelook.report.results import read_evaluation

    record, settings = run.read_run(), plan.settings
    asked = (settings.epochs, settings.time_limit_seconds)
    done = (record["settings"]["epochs"], record["settings"]["time_limit_seconds"])
    return read_evaluation(run) if record["status"] == "complete" and asked == done else None
