"""The Optuna study of a search: opened in SQLite, its points drawn, its trials read."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from onelook.errors import missing_extra
from onelook.tuning.dimensions import Dimension, Value
from onelook.tuning.search_result import State, TrialRow

if TYPE_CHECKING:
    import optuna

DATABASE = "trials.db"
_STUDY = "onelook"
_FREE_TRIALS = 5  # trials before any is pruned: without them the median is not known
_FREE_EPOCHS = 1  # epochs of each trial before it may be pruned


def require_optuna() -> None:
    """Check that Optuna is installed.

    Raises:
        ConfigError: it is not; the message names the extra to install.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import optuna  # noqa: F401
    except ImportError as error:
        raise missing_extra("optuna", "tune", "onelook tune") from error


@contextmanager
def open_study(folder: Path, seed: int) -> Iterator[optuna.Study]:
    """Open the study in the folder's database, or create it."""
    with warnings.catch_warnings():  # its progress bar, which is not used, misses a package in notebooks
        warnings.simplefilter("ignore")
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
        # With the same seed a resumed search would draw its first points again.
        study.sampler = optuna.samplers.TPESampler(seed=seed + len(study.trials))
        yield study
    finally:
        storage.remove_session()
        storage.engine.dispose()


def draw(trial: optuna.Trial, one: Dimension) -> Value:
    """Draw a trial's value in a dimension."""
    if one.choices:
        choice: Value = trial.suggest_categorical(one.name, one.choices)
        return choice
    if one.is_whole:
        return trial.suggest_int(one.name, int(one.low), int(one.high), log=one.log)
    return trial.suggest_float(one.name, one.low, one.high, log=one.log)


def trial_rows(study: optuna.Study) -> Iterator[TrialRow]:
    """Yield the trials so far, without those that will be tried again."""
    states: dict[str, State] = {"COMPLETE": "complete", "PRUNED": "pruned", "FAIL": "failed"}
    for trial in study.get_trials(deepcopy=False):
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
