"""The fourth stage of a run with a classical model: fit it once, where a network trains for epochs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from onelook.errors import ConfigError
from onelook.planning.request import Say
from onelook.planning.time_budget import TimeBudget
from onelook.runs.begin import BegunRun
from onelook.runs.ending.plan import ending_of
from onelook.runs.stages import STATISTICS_BATCH, Clock, Fitted
from onelook.wording import agree, counted, duration, percent

if TYPE_CHECKING:
    from onelook.classical.fit import ClassicalFit, Fitter
    from onelook.training.result import FitResult

_Found = TypeVar("_Found")

# Models whose time grows faster than the number of pictures, or is always long: it is estimated and printed first.
_SLOW = frozenset({"svc", "knn", "hist-gradient-boosting", "logistic"})
_WORTH_PRINTING_SECONDS = 30.0
_TOO_LONG_SECONDS = 600.0  # above this, the command suggests fewer pictures
_OFFERED_SECONDS = 180.0
_FEWEST_ROWS = 100  # if no time is left: so few are fitted in a moment, and there is a model


def fit_classical(begun: BegunRun, clock: Clock, *, say: Say) -> Fitted:
    """Fit the model on the training side only; the validation side calibrates its probabilities.

    Ctrl-C stops it at once: nothing of an unfinished fit can be kept, and `--resume` fits again.

    Raises:
        ConfigError: scikit-learn refuses the data with these parameters; or several processes were started.
        KeyboardInterrupt: the run is recorded as interrupted.
    """
    settings = begun.settings
    if begun.processes.count > 1:
        raise ConfigError(
            f"{settings.model} in {begun.processes.count} processes of torchrun: it is fitted by one "
            "process. Start it without torchrun."
        )
    begun.record(device="cpu")
    fitter = _make_fitter(begun)
    try:
        rows = until_interrupted(lambda: _settle_rows(begun, fitter, clock, say))
        say(f"fitting    {settings.model} on {counted(rows, 'picture')}, {counted(fitter.feature_count, 'value')} each")
        found = until_interrupted(lambda: fitter.fit(rows, begun.data.num_classes))
    except KeyboardInterrupt:
        begun.record(status="interrupted")
        if begun.folder is not None:
            say(f"interrupted: nothing is fitted yet. Begin it again with --out {begun.folder.path} --resume")
        raise
    say(
        f"fitted     in {duration(found.seconds)}: {found.fitted.learnt}; accuracy {percent(found.val.accuracy, 2)} on "
        f"the validation pictures, {percent(found.train.accuracy, 2)} on its own"
    )
    for note in found.notes:
        say(f"  {note}")
    result = _as_one_epoch(found)
    _record(begun, found, result)
    return Fitted(result, found)


def until_interrupted(work: Callable[[], _Found]) -> _Found:
    """Return what `work` returns. Ctrl-C stops the waiting at once; scikit-learn itself would first finish its fit.

    Compiled code notices Ctrl-C only when it is done, which may take an hour. So the fit runs in a thread, which is
    abandoned and ends with the process.
    """
    if threading.current_thread() is not threading.main_thread():
        return work()  # where Python delivers no Ctrl-C
    found: list[_Found] = []
    problems: list[BaseException] = []

    def run() -> None:
        try:
            found.append(work())
        except BaseException as problem:
            problems.append(problem)

    worker = threading.Thread(target=run, daemon=True, name="onelook-fit")
    worker.start()
    while worker.is_alive():
        worker.join(0.1)
    if problems:
        raise problems[0]
    return found[0]


def _make_fitter(begun: BegunRun) -> Fitter:
    """Return the model with its pictures, whose preparation is measured on the training side only."""
    from onelook.classical.fit import Fitter
    from onelook.transforms.preprocess.fit import fit_preprocess

    settings, data = begun.settings, begun.data
    preprocess, _ = fit_preprocess(settings.preprocess, data.train.batches(STATISTICS_BATCH), data.value_range)
    return Fitter(
        settings.model,
        settings.classical,
        settings.features,
        preprocess,
        train=data.train,
        val=data.val,
        seed=settings.seed,
    )


def _settle_rows(begun: BegunRun, fitter: Fitter, clock: Clock, say: Say) -> int:
    """Return how many pictures to fit on; print the number and the reason if these are not all."""
    rows, settings, data = fitter.rows, begun.settings, begun.data
    limit, total = settings.time_limit_seconds, len(data.train)
    if settings.classical.rows is not None and rows < total:
        begun.choose(f"{rows:,} of {counted(total, 'training picture')}, drawn class by class, as you asked", say)
    if limit is None and (settings.model not in _SLOW or begun.folder is None):
        return rows
    from onelook.classical.forecast import forecast

    ending = ending_of(begun).cost
    predictions = fitter.count_predictions(ending.predictions)
    cost = forecast(lambda some: fitter.measure(some, predictions), rows)
    if cost is None:
        return rows
    seconds = cost.seconds_for(rows)
    if limit is not None:
        listed = 0 if settings.omit_picture_list else total + len(data.val)
        budget = TimeBudget(limit, has_report=begun.folder is not None, listed_pictures=listed)
        spent = clock.so_far()["total"] + ending.seconds * clock.load
        fitting = max(_FEWEST_ROWS, cost.rows_within(budget.left_for_training(spent, load=clock.load)))
        if fitting < rows:
            reason = f"{fitting:,} of {counted(total, 'training picture')}, drawn class by class"
            begun.choose(f"{reason}: what fits into {duration(limit)}; all would take about {_forecast(seconds)}", say)
            return fitting
    if seconds >= _WORTH_PRINTING_SECONDS:
        every = agree(rows, "the picture", f"all {rows:,} pictures")
        say(f"           {every} will take about {_forecast(seconds)}, estimated from fits on up to {cost.measured:,}")
    if seconds >= _TOO_LONG_SECONDS and limit is None:
        fewer = round_down(cost.rows_within(_OFFERED_SECONDS))
        say(
            f"           with --set classical.rows={fewer} it would take about {_forecast(cost.seconds_for(fewer))}; "
            "with --time-limit as many are taken as fit. Ctrl-C ends this"
        )
    return rows


def round_down(rows: int) -> int:
    """Return the next lower 100, 200, 500, 1,000, 2,000 …

    Example:
        >>> round_down(12_345), round_down(999), round_down(60)
        (10000, 500, 100)
    """
    steps = [first * power for power in (100, 1_000, 10_000, 100_000) for first in (1, 2, 5)]
    return max((step for step in steps if step <= rows), default=steps[0])


def _as_one_epoch(found: ClassicalFit) -> FitResult:
    """Return the fit as a history of one epoch. Its learning rate is NaN, because there is none."""
    from onelook.training.result import EpochRecord, FitResult

    record = EpochRecord(
        epoch=1,
        seconds=round(found.seconds, 3),
        learning_rate=float("nan"),
        train_loss=found.train.loss,
        train_accuracy=found.train.accuracy,
        val_loss=found.val.loss,
        val_accuracy=found.val.accuracy,
    )
    return FitResult(
        weights={},
        best_epoch=1,
        history=[record],
        status="complete",
        stopped_early=False,
        resumed_from_epoch=None,
        notes=found.notes,
    )


def _record(begun: BegunRun, found: ClassicalFit, result: FitResult) -> None:
    """Write the run's history, and record the fitted model in `run.json`."""
    if begun.folder is None:
        return
    begun.folder.write_history(record.to_dict() for record in result.history)
    fitted = found.fitted
    model = {
        **begun.folder.read_run()["model"],
        "parameters": fitted.size,
        "learnt": fitted.learnt,
        "fitted_rows": fitted.rows,
        "features": fitted.features.model_dump(mode="json"),
    }
    begun.record(model=model)


def _forecast(seconds: float) -> str:
    """Return an estimated length of time: whole seconds up to a minute and a half, then whole minutes.

    Example:
        >>> _forecast(42.3), _forecast(613), _forecast(9000)
        ('42 s', '10 min', '2 h 30 min')
    """
    return duration(round(seconds) if seconds < 90 else 60 * round(seconds / 60))
