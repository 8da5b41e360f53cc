"""The fourth stage of a run with a network: train it, within the time limit if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict
from typing import TYPE_CHECKING

from onelook.planning.request import Say
from onelook.planning.time_budget import TimeBudget, TimePlan, recorded_time_plan
from onelook.runs.batch_size import settle_batch_size
from onelook.runs.begin import BegunRun
from onelook.runs.build_network import build_ready_network
from onelook.runs.stages import Clock, Fitted, ReadyNetwork, SweptNetwork, TrainedNetwork
from onelook.settings import TrainSettings
from onelook.wording import counted, duration, entry

if TYPE_CHECKING:
    from onelook.run_folder import RunFolder
    from onelook.training.listeners import Listener, TrainingStart
    from onelook.training.logs.log import RunLog
    from onelook.training.result import EpochRecord


def fit_network(begun: BegunRun, clock: Clock, *, quiet: bool, say: Say, listeners: Sequence[Listener] = ()) -> Fitted:
    """Train the network on the training side only; the validation side decides which epoch is kept."""
    from onelook.training.torch_settings import on_threads

    with on_threads(_threads_for(begun)):
        return _fit_network(begun, clock, quiet=quiet, say=say, listeners=listeners)


def _fit_network(begun: BegunRun, clock: Clock, *, quiet: bool, say: Say, listeners: Sequence[Listener]) -> Fitted:
    import torch

    from onelook.training.loop import fit
    from onelook.training.torch_settings import choose_precision

    begun, ready = _make_ready(begun, quiet=quiet, say=say)
    device, processes = ready.inputs.device, begun.processes
    begun.record(
        device=str(device),
        threads=torch.get_num_threads(),
        processes=processes.count,
        precision=str(choose_precision(begun.settings.precision, device)).removeprefix("torch."),
    )
    if begun.settings.compile:
        say("\n".join(entry("note", "the first step is compiled, which takes from half a minute to some minutes")))
    begun, time_plan = _settle_epochs(begun, ready, clock, say)
    logs = _open_logs(begun.folder, begun.settings, say) if processes.is_first else []
    result = fit(
        ready.network,
        ready.inputs,
        begun.settings,
        checkpoint_folder=None if begun.folder is None else begun.folder.checkpoint,
        resume=begun.resume,
        share_used=None if time_plan is None else time_plan.share_used,
        listeners=(*_own_listeners(begun.folder, quiet=quiet), *logs, *listeners) if processes.is_first else (),
        class_names=begun.data.class_names,
        processes=processes,
    )
    weights = {**ready.whole_weights(result.weights), **ready.extra_weights}
    return Fitted(result, TrainedNetwork(begun.own_network, ready.preprocess, weights), logs)


def sweep_network(begun: BegunRun, clock: Clock, *, quiet: bool, say: Say) -> SweptNetwork:
    """Train a copy of the network at rising learning rates, with what a training of it would begin with.

    Raises:
        ConfigError: the loss falls at no learning rate, or the model is a classical one.
    """
    from onelook.training.measurements.find_learning_rate import sweep_rates
    from onelook.training.torch_settings import on_threads

    with on_threads(_threads_for(begun)):
        begun, ready = _make_ready(begun, quiet=quiet, say=say)
        return SweptNetwork(begun.settings, sweep_rates(ready.network, ready.inputs, begun.settings))


def _threads_for(begun: BegunRun) -> int | None:
    """Return the threads to train with; None does not change them."""
    # A step of a head multiplies matrices of some thousand numbers: threads would wait longer than they compute.
    return 1 if begun.settings.tune == "head" else None


def _make_ready(begun: BegunRun, *, quiet: bool, say: Say) -> tuple[BegunRun, ReadyNetwork]:
    """Return the network before its first step, and the run with its final batch size."""
    from onelook.training.progress import picture_bar

    with picture_bar("features", quiet=quiet or not begun.processes.is_first) as on_progress:
        ready = build_ready_network(begun, on_progress)
    if ready.words:
        say("\n".join(entry("features", ready.words)))
    return settle_batch_size(begun, ready, say), ready


def _settle_epochs(begun: BegunRun, ready: ReadyNetwork, clock: Clock, say: Say) -> tuple[BegunRun, TimePlan | None]:
    """Return the run with the epochs that fit into its time limit, and the plan of its time; None without a limit."""
    limit = begun.settings.time_limit_seconds
    if limit is None:
        return begun, None
    recorded = begun.processes.from_first(lambda: _recorded_plan(begun))
    if recorded is not None:
        plan = recorded.with_limit(limit)
        begun = begun.with_settings(epochs=plan.epochs)
    else:
        begun, plan = _fit_into_time(begun, ready, clock, say)
    begun.record(time_plan=asdict(plan))
    return begun, plan


def _recorded_plan(begun: BegunRun) -> TimePlan | None:
    """Return the time plan that a resumed run began with; None if it had none yet."""
    return recorded_time_plan(begun.own_folder.read_run()) if begun.resume else None


def _fit_into_time(begun: BegunRun, ready: ReadyNetwork, clock: Clock, say: Say) -> tuple[BegunRun, TimePlan]:
    """Plan as many epochs as fit into the remaining time; the pace is measured on a copy of the network."""
    from onelook.training.measurements.speed import measure_pace
    from onelook.training.torch_settings import tuned_for_training
    from onelook.training.trainer import Trainer

    settings, inputs, data = begun.settings, ready.inputs, begun.data
    budget = TimeBudget(settings.time_limit_seconds, has_report=begun.folder is not None)
    with tuned_for_training(inputs.device):
        trainer = Trainer(deepcopy(ready.network), inputs, settings, begun.processes)
        pace = measure_pace(trainer)
    scoring = 0.0
    if begun.folder is not None:
        # Scoring predicts all views of each picture.
        scored = data.val if data.test is None else data.test
        one_view = pace.validation_seconds / len(inputs.val) + ready.scoring_seconds
        scoring = one_view * settings.views.count * len(scored)
    left = budget.left_for_epochs(clock.so_far()["total"], pace, scoring_seconds=scoring)
    # A head is trained in seconds; more epochs only make it remember its pictures.
    plan = budget.plan_epochs(left, pace, most_epochs=settings.epochs if settings.tune == "head" else None)
    if (warning := budget.warning(left, pace)) is not None:
        say("\n".join(entry("note", warning)))
    plan = begun.processes.from_first(lambda: plan)  # the first process' clock counts
    each, limit = duration(pace.epoch_seconds), duration(plan.limit_seconds)
    reason = f"{counted(plan.epochs, 'epoch')} of about {each}: what fits into {limit}"
    return begun.choose(reason, say, epochs=plan.epochs), plan


def _open_logs(folder: RunFolder | None, settings: TrainSettings, say: Say) -> list[RunLog]:
    """Open the logs of other tools that the settings name."""
    from onelook.training.logs import LOGS
    from onelook.training.logs.log import ForgivingLog

    return [] if folder is None else [ForgivingLog(name, LOGS.load(name)(folder), say) for name in settings.log]


def _own_listeners(folder: RunFolder | None, *, quiet: bool) -> tuple[Listener, ...]:
    """Return the listeners that show the progress and write `history.jsonl`."""
    from onelook.training.progress import choose_progress

    if folder is None:
        return ()
    return (_history_file(folder), choose_progress(quiet=quiet))


def _history_file(folder: RunFolder) -> Listener:
    from onelook.training.listeners import Listener

    class HistoryFile(Listener):
        def on_start(self, start: TrainingStart) -> None:
            folder.write_history(record.to_dict() for record in start.history)

        def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
            folder.append_history(record.to_dict())

    return HistoryFile()
