"""The third stage of a run: preparation measured, network built and trained, model put together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from math import ceil
from typing import TYPE_CHECKING

from onelook.settings import FittedPreprocess, TrainSettings
from onelook.wording import entry
from onelook.workflow.batch_size import settle_batch_size
from onelook.workflow.ready import Ready, make_ready
from onelook.workflow.start import BegunRun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from onelook.classical.fit import ClassicalFit
    from onelook.run_folder import RunFolder
    from onelook.training.listeners import Listener, TrainingPlan
    from onelook.training.logs.log import RunLog
    from onelook.training.result import EpochRecord, FitResult
    from onelook.workflow.clock import Clock

# What saving the model, drawing the evidence and writing the report take on two cores, with some to spare.
_FINISHING_SECONDS = 6.0
_LEAST_SECONDS = 0.1  # of training, where opening has used the time up: one batch, so that there is a model
_FINISHING_SHARE = 0.02  # of the limit, where that is more


@dataclass(frozen=True)
class Fitted:
    """What training leaves in memory."""

    result: FitResult
    preprocess: FittedPreprocess
    weights: dict[str, NDArray[np.float32]]  # the network's, and the preparation's where it has some
    logs: Sequence[RunLog] = ()  # that are to hear how the model did
    classical: ClassicalFit | None = None  # the model, where it is no network


def fit_model(
    begun: BegunRun, clock: Clock, *, quiet: bool, say: Callable[[str], None], listeners: Sequence[Listener] = ()
) -> Fitted:
    """Trains the run's network, of which `listeners` hear, or fits its classical model."""
    if begun.network is not None:
        return fit_network(begun, clock, quiet=quiet, say=say, listeners=listeners)
    from onelook.workflow.fitting_classical import fit_classical

    return fit_classical(begun, clock, say=say)


def fit_network(
    begun: BegunRun, clock: Clock, *, quiet: bool, say: Callable[[str], None], listeners: Sequence[Listener] = ()
) -> Fitted:
    """Trains the network on the training side alone; the validation side decides which epoch is kept."""
    from onelook.training.process import on_threads

    # A step of a head is a matrix of some thousand numbers: threads wait for each other longer than they compute.
    with on_threads(1 if begun.opened.settings.tune == "head" else None):
        return _fit_network(begun, clock, quiet=quiet, say=say, listeners=listeners)


def _fit_network(
    begun: BegunRun, clock: Clock, *, quiet: bool, say: Callable[[str], None], listeners: Sequence[Listener]
) -> Fitted:
    import torch

    from onelook.training.loop import fit
    from onelook.training.process import choose_precision
    from onelook.training.progress import choose_progress, picture_bar

    with picture_bar("features", quiet=quiet or not begun.processes.is_first) as on_progress:
        ready = make_ready(begun.opened, begun.own_network, on_progress)
    if ready.words:
        say("\n".join(entry("features", ready.words)))
    begun = settle_batch_size(begun, ready, say)
    settings, network, work = begun.opened.settings, ready.network, ready.work
    processes = begun.processes
    begun.record(
        device=str(work.device),
        threads=torch.get_num_threads(),
        processes=processes.count,
        precision=str(choose_precision(settings.precision, work.device)).removeprefix("torch."),
    )
    if settings.compile:
        say("\n".join(entry("note", "the first step is compiled, which takes from half a minute to some minutes")))
    budget = None
    if settings.time_limit_seconds is not None:
        stored = processes.from_first(lambda: _stored_time_plan(begun))
        plan = stored or _fit_into_time(begun, ready, clock, say)
        settings, budget = settings.model_copy(update={"epochs": plan.epochs}), plan.budget_seconds
        begun.record(settings=settings.model_dump(mode="json"), time_plan=asdict(plan))
    logs = _open_logs(begun.folder, settings, say) if processes.is_first else []
    result = fit(
        network,
        **vars(work),
        settings=settings,
        checkpoint_folder=begun.folder.checkpoint,
        resume=begun.resume,
        budget_seconds=budget,
        listeners=(_history_file(begun.folder), choose_progress(quiet=quiet), *logs, *listeners)
        if processes.is_first
        else (),
        class_names=begun.opened.dataset.class_names,
        processes=processes,
    )
    weights = ready.whole_weights(result.weights)
    return Fitted(result, ready.preprocess, {**weights, **ready.extra_weights}, logs)


@dataclass(frozen=True)
class TimePlan:
    """How a time limit is spent: kept in `run.json`, so that a resumed run follows the plan that it began with."""

    epochs: int  # the last one may be cut short
    budget_seconds: float  # for training and validation, after opening and before scoring and the report
    limit_seconds: float  # what was asked for


def _fit_into_time(begun: BegunRun, ready: Ready, clock: Clock, say: Callable[[str], None]) -> TimePlan:
    """As many epochs as fit into the time that is left, by the pace that a copy of the network is trained at."""
    from onelook.training.pace import measure_pace
    from onelook.training.process import tuned_for_training
    from onelook.training.trainer import Trainer

    settings, work = begun.opened.settings, ready.work
    limit = settings.time_limit_seconds or 0.0
    with tuned_for_training(work.device):
        trainer = Trainer(deepcopy(ready.network), **vars(work), settings=settings, processes=begun.processes)
        pace = measure_pace(trainer)
    test = begun.opened.prepared.split.test
    views = settings.views.count  # of each picture, once the model is scored as it predicts
    of_one = pace.validation_seconds / len(work.val) + ready.judging_seconds
    scoring = of_one * views * len(work.val if test is None else test)
    finishing = max(_FINISHING_SECONDS, _FINISHING_SHARE * limit)
    # The last epoch may be cut short by the clock, and is validated after that.
    left = limit - clock.so_far()["total"] - finishing - scoring - pace.validation_seconds
    epochs = pace.epochs_within(left)
    if settings.tune == "head":  # which is trained in seconds, and after that only learns its pictures by heart
        epochs = min(epochs, settings.epochs)
    if left < pace.epoch_seconds:
        say("\n".join(entry("note", _too_short(limit, left, pace.epoch_seconds))))
    reason = f"{epochs} epochs of about {pace.epoch_seconds:.1f} s: what fits into {limit:.0f} s"
    say(f"           {reason}")
    begun.record(choices=[*begun.opened.choices, reason])
    plan = TimePlan(epochs=epochs, budget_seconds=max(left, _LEAST_SECONDS), limit_seconds=limit)
    return begun.processes.from_first(lambda: plan)  # by its clock


def _too_short(limit: float, left: float, epoch_seconds: float) -> str:
    """What a limit says that an epoch does not fit into.

    Example:
        >>> _too_short(limit=20, left=-2.5, epoch_seconds=30).partition(": ")[2]
        'it is cut short. --time-limit 53s is enough for one'
    """
    return (
        f"{limit:.0f} s leave {max(left, 0):.0f} s for training, and an epoch takes about {epoch_seconds:.0f} s: it is "
        f"cut short. --time-limit {ceil(limit - left + epoch_seconds)}s is enough for one"
    )


def _stored_time_plan(begun: BegunRun) -> TimePlan | None:
    """The plan of the run that goes on, with what its limit was raised by; None where none was made yet."""
    stored = begun.folder.read_run().get("time_plan") if begun.resume else None
    if stored is None:
        return None
    plan = TimePlan(**stored)
    limit = begun.opened.settings.time_limit_seconds or plan.limit_seconds
    if limit == plan.limit_seconds:
        return plan
    budget = plan.budget_seconds + limit - plan.limit_seconds
    epochs = max(plan.epochs, round(plan.epochs * budget / max(plan.budget_seconds, 1.0)))
    return TimePlan(epochs=epochs, budget_seconds=budget, limit_seconds=limit)


def _open_logs(folder: RunFolder, settings: TrainSettings, say: Callable[[str], None]) -> list[RunLog]:
    """The logs of other tools that are wanted."""
    from onelook.training.logs import LOGS
    from onelook.training.logs.log import ForgivingLog

    return [ForgivingLog(name, LOGS.load(name)(folder), say) for name in settings.log]


def _history_file(folder: RunFolder) -> Listener:
    """Keeps `history.jsonl` in step with the training."""
    from onelook.training.listeners import Listener

    class HistoryFile(Listener):
        def on_start(self, plan: TrainingPlan) -> None:
            folder.write_history(record.to_dict() for record in plan.history)

        def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
            folder.append_history(record.to_dict())

    return HistoryFile()
