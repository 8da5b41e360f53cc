"""`onelook tune`: a search for the settings that validate best; the best trial becomes an ordinary run."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.errors import ConfigError, ModelError, OnelookError, in_words, missing_extra
from onelook.files import json_text, write_text
from onelook.recipes import load_recipe
from onelook.run_folder import RunFolder, next_run_folder
from onelook.runtime import launch, require_torch
from onelook.settings import TrainSettings
from onelook.settings.merge import Overrides, read_toml
from onelook.settings.space import Dimension, parse_space
from onelook.workflow.clock import Clock
from onelook.workflow.fitting import fit_model
from onelook.workflow.one_run import Run, train_opened
from onelook.workflow.opening import open_for_training
from onelook.workflow.request import check_names, gather_overrides
from onelook.workflow.search_space import default_space, overrides_of, planned_point
from onelook.workflow.start import RUNS, begin_run, find_run_to_resume, name_of_data
from onelook.workflow.tuned import State, TrialRow, Tuned

if TYPE_CHECKING:
    import optuna

    from onelook.data.dataset import OnProgress

Say = Callable[[str], None]

FILE, DATABASE, TABLE, BEST = "tune.json", "trials.db", "trials.csv", "best"
_STUDY = "onelook"
_FREE_TRIALS = 5  # that nothing is pruned before: what is usual is not known yet
_FREE_EPOCHS = 1  # of each trial; from the second on it may be pruned


def tune(
    data: Any,
    *,
    trials: int = 30,
    out: Path | str | None = None,
    resume: bool = False,
    config: Path | str | None = None,
    sets: Sequence[str] = (),
    command: str | None = None,
    quiet: bool = False,
    say: Say = print,
    on_progress: OnProgress | None = None,
    **settings: Any,
) -> Tuned:
    """Tries settings, each on the training and validation pictures alone, and keeps the best as a run.

    Points are drawn by Optuna's tree-structured Parzen estimator (Bergstra et al. 2011, NeurIPS), the first of them
    the settings that `train` would pick; a trial whose validation accuracy after an epoch is below the median of the
    trials before it is given up. The test set is looked at once, by the best trial, at the end.

    Args:
        data: as `train` takes it.
        trials: how many there are to be, those before a resume counted.
        out: the folder of the search; by default `runs/<data>-NNN`.
        resume: go on with the search in `out`, or else with the newest one of this data.
        config: a TOML file of settings, perhaps with a `[space]` table.
        sets, command, quiet, say, on_progress: as `train` takes them.
        **settings: fields of `TrainSettings`, the same for all trials; `time_limit` covers the whole search.

    Raises:
        ConfigError: the request is wrong, or every trial failed.
        DataError: the data is wrong or missing.
    """
    require_torch("tuning")
    _require_optuna()
    tell = _silent if quiet else say
    started = time.perf_counter()
    if launch().count > 1:
        raise ConfigError("onelook tune under torchrun: trials are trained by one process. Start it without torchrun.")
    asked, space = _gather(settings, sets, None if config is None else Path(config))
    limit = asked.pop("time_limit_seconds", None)
    begun = find_run_to_resume(data, out) if resume else None
    if begun is not None:
        asked, space = _gone_on_with(begun.path, asked, space)
    elif out is not None:
        RunFolder(Path(out)).refuse_existing()
    opened = open_for_training(data, asked, None, tell, on_progress)
    planned = opened.settings
    dimensions = parse_space(space, "the space") if space else default_space(planned, asked)
    if begun is not None:
        folder = begun.path
    else:
        folder = (RunFolder.create(Path(out)) if out is not None else next_run_folder(RUNS, name_of_data(data))).path
        write_text(folder / FILE, json_text({"asked": asked, "space": space, "command": command}) + "\n")
    tell("searching  " + "\n           ".join(one.in_words() for one in dimensions))
    with _study(folder, planned.seed) as study:
        if not study.trials:
            study.enqueue_trial(planned_point(dimensions, planned))
        search = _Search(data, folder, study, dimensions, planned, asked, trials, quiet, tell)
        deadline = None if limit is None else started + float(limit)
        status = search.go_on(deadline)
        best = search.best
        rows = tuple(search.rows())
        run = search.finish(best) if status == "complete" and best is not None else None
    found = Tuned(
        folder, "complete" if run is not None and run.status == "complete" else "interrupted", rows, best, run
    )
    write_text(folder / TABLE, found.csv())
    return found


@dataclass(frozen=True)
class _Search:
    """One search: its study, and what each trial is trained with."""

    data: Any
    folder: Path
    study: optuna.Study
    space: tuple[Dimension, ...]
    planned: TrainSettings
    asked: Overrides
    trials: int
    quiet: bool
    say: Say

    def go_on(self, deadline: float | None) -> str:
        """Tries points until there are enough, or the time is up; gives `complete` or `interrupted`.

        The first trial is always trained to its end, so that there is something to keep.
        """
        from optuna.trial import TrialState

        for stale in self.study.get_trials(states=(TrialState.RUNNING,)):  # a kill left them; they are tried again
            self.study.tell(stale.number, state=TrialState.FAIL)
            self.study.enqueue_trial(stale.params)
            shutil.rmtree(self._trial_folder(stale.number), ignore_errors=True)
        while self._tried() < self.trials:
            if deadline is not None and self.best is not None and time.perf_counter() > deadline:
                self.say(f"the time is up after {self._tried()} of {self.trials} trials")
                break
            if not self._try(deadline):
                return "interrupted"
            failed = [row for row in self.rows() if row.state == "failed"]
            if len(failed) >= 3 and len(failed) == len([*self.rows()]):
                raise ConfigError(f"the first {len(failed)} trials failed, the last one so: {failed[-1].note}")
        return "complete"

    def _try(self, deadline: float | None) -> bool:
        """One trial; False where Ctrl-C ended it."""
        import optuna
        from optuna.trial import TrialState

        trial = self.study.ask()
        point = {one.name: _suggest(trial, one) for one in self.space}
        self.say(f"\ntrial {trial.number + 1}: {_in_words(point)}")
        folder, began = self._trial_folder(trial.number), time.perf_counter()
        watcher = _watcher(trial, deadline if self.best is not None else None)
        try:
            asked = overrides_of(point, self.planned, self.asked)
            opened = open_for_training(self.data, asked, None, _silent)
            begun = begin_run(opened, out=folder, resumed=None, command=None, say=_silent)
            fitted = fit_model(begun, Clock(), quiet=True, say=_silent, listeners=(watcher,))
        except optuna.TrialPruned:
            self.study.tell(trial, state=TrialState.PRUNED)
            self.say(
                f"  given up after epoch {len(watcher.accuracies)}: {100 * watcher.accuracies[-1]:.2f} % validated"
            )
        except OnelookError as problem:
            trial.set_user_attr("note", str(problem))
            self.study.tell(trial, state=TrialState.FAIL)
            self.say(f"  failed: {problem}")
        except KeyboardInterrupt:
            self._take_back(trial, point)
            raise
        else:
            if fitted.result.status == "interrupted":
                self._take_back(trial, point)
                return False
            accuracy = max((record.val_accuracy for record in fitted.result.history), default=0.0)
            before = self.best_accuracy
            self.study.tell(trial, accuracy)
            is_best = before is None or accuracy > before
            self.say(
                f"  {100 * accuracy:.2f} % of the validation pictures right, {time.perf_counter() - began:.1f} s"
                f"{', the best so far' if is_best else ''}"
            )
        self._remove_all_but_the_best()
        return True

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
            opened = open_for_training(self.data, {}, folder, _silent)
        run = train_opened(opened, clock, out=None, resumed=folder, command=None, quiet=True, say=_silent)
        folder.update_run(trial=best)
        shutil.rmtree(kept.path, ignore_errors=True)
        folder.path.rename(kept.path)
        shutil.rmtree(self.folder / "trials", ignore_errors=True)
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

    def _tried(self) -> int:
        return len([*self.rows()])

    def _take_back(self, trial: optuna.Trial, point: Mapping[str, Any]) -> None:
        """A trial that Ctrl-C ended is begun anew when the search goes on."""
        from optuna.trial import TrialState

        self.study.tell(trial, state=TrialState.FAIL)
        self.study.enqueue_trial(dict(point))
        shutil.rmtree(self._trial_folder(trial.number), ignore_errors=True)

    def _remove_all_but_the_best(self) -> None:
        best = self.best
        for folder in (self.folder / "trials").glob("trial-*"):
            if best is None or folder != self._trial_folder(best - 1):
                shutil.rmtree(folder, ignore_errors=True)

    def _trial_folder(self, number: int) -> Path:
        return self.folder / "trials" / f"trial-{number + 1:03d}"


def _gather(settings: Mapping[str, Any], sets: Sequence[str], config: Path | None) -> tuple[Overrides, dict[str, Any]]:
    """What is asked for all trials, and the `[space]` of the file or else of the recipe, empty where there is none."""
    asked = gather_overrides(settings, sets, config)
    for other in ("models", "folds"):
        if asked.get(other) is not None:
            raise ConfigError(
                f"onelook tune and --{other}: it searches the settings of one model on one split. Leave --{other} out; "
                'several networks go into the space: model = ["cnn", "resnet"].'
            )
    check_names(asked)
    space = read_toml(config).get("space") if config is not None else None
    if space is None and asked.get("recipe") is not None:
        space = load_recipe(asked["recipe"]).space
    if space is not None and not isinstance(space, Mapping):
        raise ConfigError(f"{config}: space = {space!r}. Expected a table: [space], then dropout = [0, 0.5].")
    if space:
        parse_space(space, str(config))
    return asked, dict(space or {})


def _gone_on_with(folder: Path, asked: Overrides, space: Mapping[str, Any]) -> tuple[Overrides, dict[str, Any]]:
    """What the search in the folder was begun with; another device may be asked for.

    Raises:
        ConfigError: there is no search, or something else is asked for.
        ModelError: its file is damaged.
    """
    path = folder / FILE
    if not path.is_file():
        raise ConfigError(f"{folder}: there is no search to go on with. Expected a folder that onelook tune made.")
    try:
        stored = json.loads(path.read_bytes())
        begun, its_space = dict(stored["asked"]), dict(stored["space"])
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise ModelError(f"{path}: not readable ({in_words(problem)}). Begin anew with another --out.") from problem
    wanted = json.loads(json_text({name: value for name, value in asked.items() if name != "device"}))
    changed = [name for name, value in wanted.items() if str(begun.get(name)) != str(value)]
    if changed or (space and json.loads(json_text(space)) != its_space):
        raise ConfigError(
            f"{folder}: its search goes on with what it began with ({', '.join(changed) or 'the space'} is another "
            "now). Leave these out, or begin anew with another --out."
        )
    return begun | {name: asked[name] for name in ("device",) if name in asked}, its_space


@contextmanager
def _study(folder: Path, seed: int) -> Iterator[optuna.Study]:
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


def _watcher(trial: optuna.Trial, deadline: float | None) -> Any:
    """A listener that reports each epoch's validation accuracy, and ends a trial that is not worth its time."""
    import optuna

    from onelook.training.listeners import Listener, TrainingPlan
    from onelook.training.result import EpochRecord

    class Watcher(Listener):
        def __init__(self) -> None:
            self.accuracies: list[float] = []
            self.epochs = 0

        def on_start(self, plan: TrainingPlan) -> None:
            self.epochs = plan.epochs

        def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
            self.accuracies.append(record.val_accuracy)
            trial.report(record.val_accuracy, step=record.epoch)
            if record.epoch == self.epochs:
                return  # there is nothing left to save
            if trial.should_prune() or (deadline is not None and time.perf_counter() > deadline):
                raise optuna.TrialPruned

    return Watcher()


def _in_words(point: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name.rpartition('.')[2]} {value:.3g}" if isinstance(value, float) else f"{name.rpartition('.')[2]} {value}"
        for name, value in point.items()
    )


def _require_optuna() -> None:
    try:
        import optuna  # noqa: F401
    except ImportError as error:
        raise missing_extra("optuna", "tune", "onelook tune") from error


def _silent(_: str) -> None:
    """Says nothing."""
