"""A search for settings: its study in SQLite, which trial comes next, what each came to, and which one is kept."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.errors import ConfigError
from onelook.planning.request import Request
from onelook.run_folder import RunFolder
from onelook.runs.prepare import prepare_training
from onelook.runs.run import Run, ScoredFolder, run_plan
from onelook.runs.stages import Clock
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides
from onelook.tuning.dimensions import Dimension
from onelook.tuning.search_result import State, TrialRow
from onelook.tuning.trial import Job, Outcome, train_trial
from onelook.wording import counted, duration, percent

if TYPE_CHECKING:
    import optuna

DATABASE, BEST, TRIALS = "trials.db", "best", "trials"
_STUDY = "onelook"
_FREE_TRIALS = 5  # that nothing is pruned before: what is usual is not known yet
_FREE_EPOCHS = 1  # of each trial; from the second on it may be pruned
_HOPELESS = 3  # trials that failed, where no other was tried


@dataclass(frozen=True)
class Asked:
    """A trial that has a point and is to be trained."""

    trial: optuna.Trial
    job: Job


@dataclass(frozen=True)
class Search:
    """One search: its study, and what each trial is trained with."""

    data: Any
    folder: Path
    study: optuna.Study
    space: tuple[Dimension, ...]
    planned: TrainSettings
    asked: Overrides
    trials: int  # that there are to be
    say: Callable[[str], None]

    def go_on(self, deadline: float | None) -> str:
        """Tries points until there are enough, or the time is up; gives `complete` or `interrupted`.

        The first trial is always trained to its end, so that there is something to keep.
        """
        self.take_back_stale()
        while self.wants_more(0, deadline):
            if not self._try(deadline):
                return "interrupted"
            self.refuse_hopeless()
        return "complete"

    def _try(self, deadline: float | None) -> bool:
        """One trial in this process; False where Ctrl-C ended it."""
        asked = self.ask()
        self.say(f"\ntrial {asked.job.number}: {asked.job.in_words()}")

        def judge(epoch: int, accuracy: float) -> bool:
            return self.is_behind(asked, epoch, accuracy, deadline)

        try:
            outcome = train_trial(self.data, asked.job, judge)
        except KeyboardInterrupt:
            self.take_back(asked)
            raise
        if outcome.state == "interrupted":
            self.take_back(asked)
            return False
        self.say(f"  {self.settle(asked, outcome)}")
        return True

    def ask(self) -> Asked:
        """The next trial, its point drawn."""
        trial = self.study.ask()
        point = {one.name: _suggest(trial, one) for one in self.space}
        job = Job(trial.number + 1, point, self.planned, self.asked, self._trial_folder(trial.number))
        return Asked(trial, job)

    def wants_more(self, running: int, deadline: float | None) -> bool:
        """Whether another trial is to begin beside those that run."""
        if self.tried() + running >= self.trials:
            return False
        if self.is_over(deadline):
            if not running:
                self.say(f"the time is up after {self.tried()} of {counted(self.trials, 'trial')}")
            return False
        return True

    def is_over(self, deadline: float | None) -> bool:
        """Whether the time is up; never before a trial is complete, so that there is something to keep."""
        return deadline is not None and time.perf_counter() > deadline and self.best is not None

    def is_behind(self, asked: Asked, epoch: int, accuracy: float, deadline: float | None) -> bool:
        """Writes down what an epoch came to; whether the trial is to be given up."""
        asked.trial.report(accuracy, step=epoch)
        return asked.trial.should_prune() or self.is_over(deadline)

    def settle(self, asked: Asked, outcome: Outcome) -> str:
        """Writes down what came of a trial, keeps its run if it is the best, and says it in words."""
        from optuna.trial import TrialState

        before = self.best_accuracy
        if outcome.state == "pruned":
            self.study.tell(asked.trial, state=TrialState.PRUNED)
            words = f"given up after epoch {len(outcome.accuracies)}: {percent(outcome.accuracies[-1], 2)} validated"
        elif outcome.state == "failed":
            asked.trial.set_user_attr("note", outcome.note)
            self.study.tell(asked.trial, state=TrialState.FAIL)
            words = f"failed: {outcome.note}"
        else:
            self.study.tell(asked.trial, outcome.best)
            words = f"{percent(outcome.best, 2)} of the validation pictures right, {duration(outcome.seconds)}" + (
                ", the best so far" if before is None or outcome.best > before else ""
            )
        self._remove_all_but_the_best()
        return words

    def take_back(self, asked: Asked) -> None:
        """A trial that was ended from outside is begun anew when the search goes on."""
        from optuna.trial import TrialState

        self.study.tell(asked.trial, state=TrialState.FAIL)
        self.study.enqueue_trial(dict(asked.job.point))
        shutil.rmtree(asked.job.folder, ignore_errors=True)

    def take_back_stale(self) -> None:
        """The same for trials that a kill left running."""
        from optuna.trial import TrialState

        for stale in self.study.get_trials(states=(TrialState.RUNNING,)):
            self.study.tell(stale.number, state=TrialState.FAIL)
            self.study.enqueue_trial(stale.params)
            shutil.rmtree(self._trial_folder(stale.number), ignore_errors=True)

    def refuse_hopeless(self) -> None:
        """Ends a search of which nothing can be trained.

        Raises:
            ConfigError: the first trials failed, all of them.
        """
        rows = [*self.rows()]
        if len(rows) >= _HOPELESS and all(row.state == "failed" for row in rows):
            raise ConfigError(f"the first {len(rows)} trials failed, the last one so: {rows[-1].note}")

    def finish(self, best: int) -> Run:
        """The best trial as an ordinary run: scored on the test set, with a report."""
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
        """The number, from 1, of the complete trial that validates best; of equals, the first one."""
        complete = [row for row in self.rows() if row.state == "complete"]
        return max(complete, key=lambda row: (row.val_accuracy or 0.0, -row.number)).number if complete else None

    @property
    def best_accuracy(self) -> float | None:
        """Its validation accuracy."""
        return max((row.val_accuracy or 0.0 for row in self.rows() if row.state == "complete"), default=None)

    def rows(self) -> Iterator[TrialRow]:
        """The trials so far; one that was taken back to be tried again is left out."""
        states: dict[str, State] = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}
        for trial in self.study.get_trials(deepcopy=False):
            note = trial.user_attrs.get("note", "")
            if trial.state.name not in states or (trial.state.name == "FAIL" and not note):
                continue
            values = [*trial.intermediate_values.values(), *([trial.value] if trial.value is not None else [])]
            yield TrialRow(
                number=trial.number + 1,
                state=states[trial.state.name],
                val_accuracy=max(values, default=None),
                epochs=len(trial.intermediate_values),
                seconds=0.0 if trial.duration is None else trial.duration.total_seconds(),
                settings=dict(trial.params),
                note=note,
            )

    def tried(self) -> int:
        """How many trials have come to something."""
        return len([*self.rows()])

    def _remove_all_but_the_best(self) -> None:
        """Of the trials that are settled; others may be running."""
        best = self.best
        for row in self.rows():
            if row.number != best:
                shutil.rmtree(self._trial_folder(row.number - 1), ignore_errors=True)

    def _trial_folder(self, number: int) -> Path:
        return self.folder / TRIALS / f"trial-{number + 1:03d}"


@contextmanager
def open_study(folder: Path, seed: int) -> Iterator[optuna.Study]:
    """The study in the folder's database, begun where there is none."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = optuna.storages.RDBStorage(f"sqlite:///{(folder / DATABASE).resolve()}")
    try:
        study = optuna.create_study(
            storage=storage,
            study_name=_STUDY,
            direction="maximize",
            load_if_exists=True,
            pruner=optuna.pruners.MedianPruner(n_startup_trials=_FREE_TRIALS, n_warmup_steps=_FREE_EPOCHS + 1),
        )
        # A search that goes on must not draw its first points again.
        study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials))
        yield study
    finally:
        storage.remove_session()
        storage.engine.dispose()


def _suggest(trial: optuna.Trial, one: Dimension) -> Any:
    if one.choices:
        return trial.suggest_categorical(one.name, one.choices)
    if one.is_whole:
        return trial.suggest_int(one.name, int(one.low), int(one.high), log=one.log)
    return trial.suggest_float(one.name, one.low, one.high, log=one.log)
