"""The fourth stage of a run with a network: train it, within the time limit if there is one."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from onelook.planning.network_choice import fewest_epochs, seconds_of_epoch
from onelook.planning.pretrained_request import is_pretrained
from onelook.planning.request import Say
from onelook.planning.time_budget import TimeBudget
from onelook.planning.time_course import TimeCourse, recorded_time_plan
from onelook.runs.begin import BegunRun, settle_network
from onelook.runs.ending.plan import ending_of
from onelook.runs.fitting.batch_size import settle_batch_size
from onelook.runs.fitting.build_network import build_ready_network
from onelook.runs.fitting.precision import settle_precision
from onelook.runs.stages import Clock, Fitted, ReadyNetwork, SweptNetwork, TrainedNetwork
from onelook.settings import TrainSettings
from onelook.wording import counted, duration, entry

# Multiply-adds of the forward pass of a step. The 8×8 digits have 20 million. Beside 13 busy processes on two cores 30
# epochs of them took 33 s with one thread (8 s of CPU time), and 4 epochs took 103 s with two threads (23 s).
_SMALL_STEP = 32e6

# The share of the usual time for measuring a pace, where the time is nearly up already.
_SHARE_IF_LATE = 0.1

if TYPE_CHECKING:
    from onelook.planning.plan import Plan
    from onelook.run_folder import RunFolder
    from onelook.training.listeners import Listener, TrainingStart
    from onelook.training.logs.log import RunLog
    from onelook.training.measurements.pace import Pace
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

    begun, ready = _make_ready(_without_hopeless(begun, clock), clock, quiet=quiet, say=say)
    begun, ready, course = _settle_time(begun, ready, clock, quiet=quiet, say=say)
    begun = begun.say_choices(say)
    device, processes = ready.inputs.device, begun.processes
    begun.record(
        device=str(device),
        threads=torch.get_num_threads(),
        processes=processes.count,
        precision=str(choose_precision(begun.settings.precision, device)).removeprefix("torch."),
        **({"step_times": dict(ready.step_times)} if ready.step_times else {}),
    )
    if begun.settings.compile:
        say("\n".join(entry("note", "the first step is compiled, which takes from half a minute to some minutes")))
    logs = _open_logs(begun.folder, begun.settings, say) if processes.is_first else []
    result = fit(
        ready.network,
        ready.inputs,
        begun.settings,
        checkpoint_folder=None if begun.folder is None else begun.folder.checkpoint,
        resume=begun.resume,
        course=course,
        listeners=(*_own_listeners(begun.folder, quiet=quiet), *logs, *listeners) if processes.is_first else (),
        class_names=begun.data.class_names,
        processes=processes,
    )
    if course is not None and result.epochs != begun.settings.epochs:
        begun = begun.with_settings(epochs=result.epochs)
    weights = {**ready.whole_weights(result.weights), **ready.extra_weights}
    frozen = (ready.inputs.train, ready.inputs.val) if begun.settings.tune == "head" else None
    return Fitted(result, TrainedNetwork(begun.own_network, ready.preprocess, weights), begun.plan, logs, frozen)


def sweep_network(begun: BegunRun, clock: Clock, *, quiet: bool, say: Say) -> SweptNetwork:
    """Train a copy of the network at rising learning rates, with what a training of it would begin with.

    Raises:
        ConfigError: the loss falls at no learning rate, or the model is a classical one.
    """
    from onelook.training.measurements.find_learning_rate import sweep_rates
    from onelook.training.torch_settings import on_threads

    with on_threads(_threads_for(begun)):
        begun, ready = _make_ready(begun, clock, quiet=quiet, say=say)
        return SweptNetwork(begun.settings, sweep_rates(ready.network, ready.inputs, begun.settings))


def _threads_for(begun: BegunRun) -> int | None:
    """Return the threads to train with; None does not change them."""
    # A step of a head multiplies matrices of some thousand numbers: threads would wait longer than they compute.
    return 1 if begun.settings.tune == "head" or _has_small_steps(begun) else None


def _has_small_steps(begun: BegunRun) -> bool:
    """Return whether a step is so little work that threads gain nothing, and wait for each other on a busy machine."""
    _, summary = settle_network(begun.plan, begun.data)
    work = 0 if summary is None else summary.multiply_adds * begun.settings.batch_size
    return work < _SMALL_STEP and begun.settings.device != "cuda"


def _make_ready(begun: BegunRun, clock: Clock, *, quiet: bool, say: Say) -> tuple[BegunRun, ReadyNetwork]:
    """Return the network before its first step, and the run with its final batch size and precision."""
    from onelook.training.progress.choose import picture_bar

    with picture_bar("features", quiet=quiet or not begun.processes.is_first) as on_progress:
        ready = build_ready_network(begun, on_progress, feature_seconds=_feature_seconds(begun, clock))
    if ready.words:
        say("\n".join(entry("features", ready.words)))
    if ready.left_out and not begun.resume:
        total, limit = len(begun.data.train), duration(begun.settings.time_limit_seconds or 0.0)
        begun = begun.choose(
            f"{total - ready.left_out:,} of {counted(total, 'training picture')}, drawn at random: the features that "
            f"{limit} leave time for",
            say,
        )
    begun = settle_batch_size(begun, ready, say)
    return settle_precision(begun, ready, say, spent_seconds=clock.so_far()["total"])


def _budget_of(begun: BegunRun) -> TimeBudget:
    return TimeBudget(
        begun.settings.time_limit_seconds,
        has_report=begun.folder is not None,
        is_large=is_pretrained({"model": begun.settings.model, "weights": begun.settings.weights}),
        listed_pictures=0 if begun.settings.omit_picture_list else len(begun.data.train) + len(begun.data.val),
    )


def _feature_seconds(begun: BegunRun, clock: Clock) -> float | None:
    """Return the time for the features of the training pictures; None without a limit."""
    from onelook.training.measurements.speed import measure_slowness

    settings, data = begun.settings, begun.data
    if settings.time_limit_seconds is None or settings.tune != "head":
        return None
    # Without a test set the validation pictures are scored, and they are counted already.
    counted_before = len(data.val) if begun.folder is not None and data.test is None else 0
    predicted = ending_of(begun).cost.predictions - counted_before
    budget = _budget_of(begun)
    return budget.left_for_features(
        clock.so_far()["total"],
        slowness=measure_slowness(),
        load=clock.load,
        rows=len(data.train),
        later_rows=len(data.val) + predicted * settings.views.count,
    )


def _without_hopeless(begun: BegunRun, clock: Clock) -> BegunRun:
    """Return the run with the first network of which an epoch may fit, by its work and the machine's speed now.

    Only then is it worth the time to measure the network's own pace.
    """
    from onelook.runtime import choose_device
    from onelook.training.measurements.speed import measure_matmul_speed

    limit = begun.settings.time_limit_seconds
    if limit is None or begun.resume or begun.plan.smaller is None:
        return begun
    budget = _budget_of(begun)
    if begun.processes.from_first(lambda: _is_late(begun, clock)):
        return _smallest(begun, clock)
    left = budget.left_for_training(clock.so_far()["total"], load=clock.load)
    speed = begun.processes.count * measure_matmul_speed(choose_device(begun.settings.device))
    left, speed = begun.processes.from_first(lambda: (left, speed))
    while begun.plan.smaller is not None:
        seconds = seconds_of_epoch(_work(begun.plan, begun), rows=len(begun.data.train), speed=speed)
        if not budget.is_hopeless(left, seconds):
            break
        begun = _step_down(begun, begun.plan.smaller, seconds, left)
    return begun


def _is_late(begun: BegunRun, clock: Clock) -> bool:
    return _budget_of(begun).is_late(clock.so_far()["total"], clock.load)


def _smallest(begun: BegunRun, clock: Clock) -> BegunRun:
    """Return the run with the smallest network, for which no time is left to measure anything."""
    plan = begun.plan
    while plan.smaller is not None:
        plan = plan.smaller
    limit, spent = duration(begun.settings.time_limit_seconds or 0.0), duration(clock.so_far()["total"])
    reason = (
        f"network {plan.settings.model} instead of {begun.settings.model}: it is the smallest, and {spent} of {limit} "
        "had passed when the pictures were read"
    )
    return begun.with_plan(plan, reason)


def _work(plan: Plan, begun: BegunRun) -> int:
    """Return the multiply-adds of a picture's forward pass through the plan's network."""
    _, summary = settle_network(plan, begun.data)
    return 0 if summary is None else summary.multiply_adds


def _settle_time(
    begun: BegunRun, ready: ReadyNetwork, clock: Clock, *, quiet: bool, say: Say
) -> tuple[BegunRun, ReadyNetwork, TimeCourse | None]:
    """Return the run with the network and the epochs that fit into its time limit, and the course through it.

    The course is None without a limit. A resumed run keeps the network, the threads and the plan that it began with.
    """
    limit, most_seconds = begun.settings.time_limit_seconds, begun.plan.most_seconds
    if most_seconds is not None:
        _use_threads(_fastest_threads(begun, ready))
        of_trial = TimeBudget(most_seconds).plan_of_trial(begun.settings.epochs, clock.so_far()["total"])
        begun.record(time_plan=asdict(of_trial))
        return begun, ready, TimeCourse(of_trial)
    recorded = begun.processes.from_first(lambda: _recorded_course(begun))
    if recorded is not None:
        course, threads = recorded
        _use_threads(threads)
        begun.record(time_plan=asdict(course.plan))
        return begun.with_settings(epochs=course.plan.epochs), ready, course
    if limit is None:
        return begun, ready, None
    is_late = begun.processes.from_first(lambda: _is_late(begun, clock))
    threads = 1 if is_late and begun.processes.count == 1 else _fastest_threads(begun, ready)
    _use_threads(threads)
    pace = _measure(begun, ready, clock, share=_SHARE_IF_LATE if is_late else 1.0)
    while begun.plan.smaller is not None and _is_too_slow(begun, ready, pace, clock):
        begun = _step_down_far_enough(begun, ready, pace, clock)
        begun, ready = _make_ready(begun, clock, quiet=quiet, say=say)
        pace = _measure(begun, ready, clock)
    begun, course = _fit_into_time(begun.say_choices(say), ready, pace, clock, say)
    return begun, ready, course


def _recorded_course(begun: BegunRun) -> tuple[TimeCourse, int | None] | None:
    """Return the course that a resumed run began with, and its threads; None if it had none yet."""
    if not begun.resume:
        return None
    run = begun.own_folder.read_run()
    plan, pace = recorded_time_plan(run), run.get("pace", {})
    if plan is None:
        return None
    threads = pace.get("threads")
    measured = {name: value for name, value in pace.items() if name != "threads"}
    return TimeCourse(plan.with_limit(begun.settings.time_limit_seconds), **measured), threads


def _fastest_threads(begun: BegunRun, ready: ReadyNetwork) -> int | None:
    """Return the number of threads to train with on a machine that may be busy; None keeps the present number."""
    from onelook.training.measurements.speed import choose_threads

    is_on_cpu = ready.inputs.device.type == "cpu"
    return choose_threads() if is_on_cpu and begun.processes.count == 1 and begun.settings.tune != "head" else None


def _use_threads(count: int | None) -> None:
    """Train on this number of threads until `on_threads` restores it."""
    import torch

    if count is not None:
        torch.set_num_threads(count)


def _measure(begun: BegunRun, ready: ReadyNetwork, clock: Clock, share: float = 1.0) -> Pace:
    """Measure the time of an epoch on a copy of the network."""
    from onelook.training.measurements.speed import measure_pace
    from onelook.training.torch_settings import tuned_for_training
    from onelook.training.trainer import Trainer

    with tuned_for_training(ready.inputs.device):
        trainer = Trainer(deepcopy(ready.network), ready.inputs, begun.settings, begun.processes)
        measured = measure_pace(trainer, share=share * _budget_of(begun).measuring_share)
    pace = replace(measured, load=clock.load)
    return begun.processes.from_first(lambda: pace)  # the first process' clock counts


def _is_too_slow(begun: BegunRun, ready: ReadyNetwork, pace: Pace, clock: Clock) -> bool:
    budget, spent, scoring = _budget(begun, ready, pace, clock)
    left = budget.left_for_epochs(spent, pace, scoring_seconds=scoring)
    is_slow = budget.is_too_little(left, pace, fewest_epochs(begun.settings.model))
    return begun.processes.from_first(lambda: is_slow)


def _step_down_far_enough(begun: BegunRun, ready: ReadyNetwork, pace: Pace, clock: Clock) -> BegunRun:
    """Replace a network whose pace was measured by the next smaller one that is worth the time to measure it.

    By the pace per multiply-add, of the larger network, a smaller one may be hopeless as well.
    """
    budget, spent, scoring = _budget(begun, ready, pace, clock)
    left = begun.processes.from_first(lambda: budget.left_for_epochs(spent, pace, scoring_seconds=scoring))
    seconds_of_one = pace.epoch_seconds / max(_work(begun.plan, begun), 1)
    smaller = begun.plan.smaller
    while smaller is not None and smaller.smaller is not None:
        if not budget.is_hopeless(left, seconds_of_one * _work(smaller, begun)):
            break
        smaller = smaller.smaller
    return begun if smaller is None else _step_down(begun, smaller, pace.epoch_seconds, left)


def _step_down(begun: BegunRun, smaller: Plan, epoch_seconds: float, left_seconds: float) -> BegunRun:
    """Replace the network by a smaller one, before its first step."""
    before, limit = begun.settings, duration(begun.settings.time_limit_seconds or 0.0)
    reason = (
        f"network {smaller.settings.model} instead of {before.model}, of which an epoch takes about "
        f"{duration(epoch_seconds)} on this machine now: {limit} leave {duration(max(left_seconds, 0))} for training"
    )
    return begun.with_plan(smaller, reason)


def _budget(begun: BegunRun, ready: ReadyNetwork, pace: Pace, clock: Clock) -> tuple[TimeBudget, float, float]:
    """Return the budget, the seconds that are spent, and those that scoring will take."""
    budget = _budget_of(begun)
    scoring = 0.0
    if begun.folder is not None:
        cost = ending_of(begun).cost
        one_view = pace.validation_seconds / len(ready.inputs.val) + ready.scoring_seconds
        scoring = one_view * begun.settings.views.count * cost.predictions + cost.seconds * clock.load
    return budget, clock.so_far()["total"], scoring


def _fit_into_time(
    begun: BegunRun, ready: ReadyNetwork, pace: Pace, clock: Clock, say: Say
) -> tuple[BegunRun, TimeCourse]:
    """Plan as many epochs as fit into the remaining time, and record the plan with the measured pace."""
    import torch

    settings = begun.settings
    budget, spent, scoring = _budget(begun, ready, pace, clock)
    # A head is trained in seconds; more epochs only make it remember its pictures.
    most = settings.epochs if settings.tune == "head" else None
    course = TimeCourse.begin(budget, spent, pace, scoring_seconds=scoring, most_epochs=most)
    course = begun.processes.from_first(lambda: course)
    left = budget.left_for_epochs(spent, pace, scoring_seconds=scoring)
    plan = course.plan
    begun.record(time_plan=asdict(plan), pace={**course.measured, "threads": torch.get_num_threads()})
    each, limit = duration(pace.epoch_seconds), duration(plan.limit_seconds)
    cut = ", the last one cut short" if course.cuts_last_epoch else ""
    why = f"as planned, within {limit}" if plan.epochs == most else f"what fits into {limit}"
    begun = begun.choose(f"{counted(plan.epochs, 'epoch')} of about {each}{cut}: {why}", say, epochs=plan.epochs)
    if (warning := budget.warning(left, pace)) is not None:
        say("\n".join(entry("note", warning)))
    return begun, course


def _open_logs(folder: RunFolder | None, settings: TrainSettings, say: Say) -> list[RunLog]:
    """Open the logs of other tools that the settings name."""
    from onelook.training.logs import LOGS
    from onelook.training.logs.log import ForgivingLog

    return [] if folder is None else [ForgivingLog(name, LOGS.load(name)(folder), say) for name in settings.log]


def _own_listeners(folder: RunFolder | None, *, quiet: bool) -> tuple[Listener, ...]:
    """Return the listeners that show the progress and write `history.jsonl`."""
    from onelook.training.progress.choose import choose_progress

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
