"""A search for settings: its next trial, the results, and the best trial, which is kept."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.errors import ConfigError
from onelook.planning.request import Request
from onelook.planning.time_budget import until
from onelook.run_folder import RunFolder
from onelook.runs.prepare import prepare_training
from onelook.runs.run import Run, ScoredFolder, run_plan
from onelook.runs.stages import Clock
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides
from onelook.tuning.dimensions import Dimension
from onelook.tuning.search_result import TrialRow, best_of
from onelook.tuning.study import draw, trial_rows
from onelook.tuning.trial import Job, Outcome, train_trial
from onelook.wording import counted, duration, percent

if TYPE_CHECKING:
    import optuna

BEST, TRIALS = "best", "trials"
_HOPELESS = 3  # if all of the first trials fail, the search stops after this many


@dataclass(frozen=True)
class PendingTrial:
    """A trial that has a point and has no result yet."""

    trial: optuna.Trial
    job: Job


@dataclass(frozen=True)
class Search:
    """One search: its study, and what all its trials have in common."""

    data: Any
    folder: Path
    study: optuna.Study
    space: tuple[Dimension, ...]
    planned: TrainSettings
    asked: Overrides
    trials: int  # the number of trials wanted
    say: Callable[[str], None]

    def run(self, deadline: float | None) -> str:
        """Run trials until there are enough or the time is up; return `complete` or `interrupted`.

        The first trial is trained at least for a moment, so that there is a model to keep.
        """
        self.retry_stale()
        while self.wants_more(0, deadline):
            if not self._try(deadline):
                return "interrupted"
            self.stop_if_hopeless()
        return "complete"

    def _try(self, deadline: float | None) -> bool:
        """Train one trial in this process; return False if Ctrl-C stopped it."""
        pending = self.ask(deadline)
        self.say(f"\ntrial {pending.job.number}: {pending.job.in_words()}")

        def judge(epoch: int, accuracy: float) -> bool:
            return self.is_behind(pending, epoch, accuracy, deadline)

        try:
            outcome = train_trial(self.data, pending.job, judge)
        except KeyboardInterrupt:
            self.retry(pending)
            raise
        if outcome.state == "interrupted":
            self.retry(pending)
            return False
        self.say(f"  {self.settle(pending, outcome)}")
        return True

    def ask(self, deadline: float | None = None) -> PendingTrial:
        """Return the next trial, with its point drawn. It ends by the deadline, but gets a second at least."""
        trial = self.study.ask()
        point = {one.name: draw(trial, one) for one in self.space}
        folder, seconds = self._trial_folder(trial.number), until(deadline, time.perf_counter())
        job = Job(trial.number + 1, point, self.planned, self.asked, folder, seconds)
        return PendingTrial(trial, job)

    def wants_more(self, running: int, deadline: float | None) -> bool:
        """Return whether another trial should start.

        Args:
            running: the number of trials that are running.
            deadline: when the time is up, in `time.perf_counter` seconds; None: no limit.
        """
        if self.tried() + running >= self.trials:
            return False
        if self.is_over(deadline):
            if not running:
                self.say(f"the time is up after {self.tried()} of {counted(self.trials, 'trial')}")
            return False
        return True

    def is_over(self, deadline: float | None) -> bool:
        """Return whether the time is up: never before a trial is complete, so that there is a model to keep."""
        return deadline is not None and time.perf_counter() > deadline and self.best is not None

    def is_behind(self, pending: PendingTrial, epoch: int, accuracy: float, deadline: float | None) -> bool:
        """Record an epoch's validation accuracy, and return whether to stop the trial."""
        pending.trial.report(accuracy, step=epoch)
        return pending.trial.should_prune() or self.is_over(deadline)

    def settle(self, pending: PendingTrial, outcome: Outcome) -> str:
        """Record the result of a trial, keep its run if it is the best, and return a line of text about it."""
        from optuna.trial import TrialState

        before = self.best_accuracy
        if outcome.state == "pruned":
            self.study.tell(pending.trial, state=TrialState.PRUNED)
            last = percent(outcome.accuracies[-1], 2)
            words = f"stopped after epoch {len(outcome.accuracies)}: validation accuracy {last}"
        elif outcome.state == "failed":
            pending.trial.set_user_attr("note", outcome.note)
            self.study.tell(pending.trial, state=TrialState.FAIL)
            words = f"failed: {outcome.note}"
        else:
            self.study.tell(pending.trial, outcome.best)
            words = f"validation accuracy {percent(outcome.best, 2)}, {duration(outcome.seconds)}" + (
                ", the best so far" if before is None or outcome.best > before else ""
            )
        self._remove_all_but_the_best()
        return words

    def retry(self, pending: PendingTrial) -> None:
        """Enqueue the point of a trial that was interrupted, so that a resumed search starts it again."""
        from optuna.trial import TrialState

        self.study.tell(pending.trial, state=TrialState.FAIL)
        self.study.enqueue_trial(dict(pending.job.point))
        shutil.rmtree(pending.job.folder, ignore_errors=True)

    def retry_stale(self) -> None:
        """Do the same for trials that were still running when the process was killed."""
        from optuna.trial import TrialState

        for stale in self.study.get_trials(states=(TrialState.RUNNING,)):
            self.study.tell(stale.number, state=TrialState.FAIL)
            self.study.enqueue_trial(stale.params)
            shutil.rmtree(self._trial_folder(stale.number), ignore_errors=True)

    def stop_if_hopeless(self) -> None:
        """Stop a search whose trials all fail.

        Raises:
            ConfigError: the first trials failed, all of them.
        """
        rows = [*self.rows()]
        if len(rows) >= _HOPELESS and all(row.state == "failed" for row in rows):
            raise ConfigError(f"the first {len(rows)} trials failed, the last one so: {rows[-1].note}")

    def finish(self, best: int) -> Run:
        """Turn the best trial into an ordinary run: score it on the test set and write its report."""
        kept = RunFolder(self.folder / BEST)
        if kept.run_json.is_file() and kept.read_run().get("trial") == best and kept.evaluation.is_file():
            from onelook.evaluation.result import Evaluation

            evaluation = Evaluation.from_dict(json.loads(kept.evaluation.read_text(encoding="utf-8")))
            return Run(kept, evaluation, "complete")
        folder = RunFolder(self._trial_folder(best - 1))
        clock = Clock()
        with clock.stage("open"):
            plan, prepared = prepare_training(Request(self.data, {}, resumed=folder))
        run = run_plan(plan, prepared.training_data, ScoredFolder(prepared, resumed=folder), clock)
        folder.update_run(trial=best)
        shutil.rmtree(kept.path, ignore_errors=True)
        folder.path.rename(kept.path)
        shutil.rmtree(self.folder / TRIALS, ignore_errors=True)
        return Run(kept, run.evaluation, run.status)

    @property
    def best(self) -> int | None:
        """The number, from 1, of the complete trial with the best validation accuracy. Ties keep the first."""
        return best_of(self.rows())

    @property
    def best_accuracy(self) -> float | None:
        """The best trial's validation accuracy."""
        return max((row.val_accuracy or 0.0 for row in self.rows() if row.state == "complete"), default=None)

    def rows(self) -> Iterator[TrialRow]:
        """Yield the trials so far, without those that will be tried again."""
        return trial_rows(self.study)

    def tried(self) -> int:
        """Return the number of trials that have a result."""
        return len([*self.rows()])

    def _remove_all_but_the_best(self) -> None:
        """Remove the runs of all trials with a result, except the best. Other trials may be running."""
        best = self.best
        for row in self.rows():
            if row.number != best:
                shutil.rmtree(self._trial_folder(row.number - 1), ignore_errors=True)

    def _trial_folder(self, number: int) -> Path:
        return self.folder / TRIALS / f"trial-{number + 1:03d}"
