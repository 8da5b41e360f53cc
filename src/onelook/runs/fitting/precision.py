"""`precision=auto` on a CPU: train in bfloat16 where the processor's instructions make that clearly faster."""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from onelook import runtime
from onelook.errors import OnelookError
from onelook.files import json_text, write_text
from onelook.models.shapes import plan_network
from onelook.planning.precision_choice import chosen_in_words, is_chosen, may_gain
from onelook.planning.request import Say
from onelook.planning.time_budget import left_of
from onelook.runs.begin import BegunRun
from onelook.runs.stages import ReadyNetwork

if TYPE_CHECKING:
    from onelook.training.measurements.time_precisions import StepTimes

_VERSION = 1  # of the kept measurements; raise it when a change of the network's code changes their ratio


def settle_precision(
    begun: BegunRun, ready: ReadyNetwork, say: Say, *, spent_seconds: float = 0.0
) -> tuple[BegunRun, ReadyNetwork]:
    """Return the run with its final precision, and the network with the times that decided; print and record both.

    A resumed run keeps its precision. So that the same seed gives the same weights, a network whose layers promise
    little is not measured at all, and a measurement is kept in the cache: a machine decides once for a network.

    Args:
        begun: the run.
        ready: its network before the first step.
        say: prints a text for the user.
        spent_seconds: the part of a time limit that is spent.
    """
    instructions = runtime.bfloat16_instructions()
    if instructions is None or not _is_open(begun, ready):
        return begun, ready
    settings = begun.settings
    plan = plan_network(begun.own_network, begun.data.planes, begun.data.num_classes)
    pictures, left = len(ready.inputs.train) * settings.epochs, left_of(settings.time_limit_seconds, spent_seconds)
    if not may_gain(plan, settings=settings, pictures=pictures, left_seconds=left):
        return begun, ready
    times = _times(begun, ready, instructions)
    chosen = {"precision": "bfloat16"} if is_chosen(times.gain) else {}
    reason = chosen_in_words(
        times.float32_seconds, times.bfloat16_seconds, instructions, is_recipe=settings.recipe is not None
    )
    smaller = begun.plan.smaller  # another network, which may gain less
    begun = begun.choose(reason, say, **chosen)
    return replace(begun, plan=replace(begun.plan, smaller=smaller)), replace(ready, step_times=asdict(times))


def _is_open(begun: BegunRun, ready: ReadyNetwork) -> bool:
    """Return whether the precision of the run is still to be decided, on a CPU."""
    settings = begun.settings
    is_plain = settings.precision == "auto" and not settings.compile and settings.tune != "head"
    if not is_plain or ready.inputs.device.type != "cpu" or begun.processes.count > 1:
        return False
    if not begun.resume:
        return True
    run = begun.own_folder
    return "precision" not in run.read_run() and not any(run.checkpoint.glob("*"))


def _times(begun: BegunRun, ready: ReadyNetwork, instructions: str) -> StepTimes:
    """Return the time of a step in each precision: from the cache, or measured and written there."""
    from onelook.training.measurements.time_precisions import StepTimes, time_precisions

    kept = runtime.cache_folder() / "precision" / f"{_key(begun, instructions)}.json"
    try:
        return StepTimes(**json.loads(kept.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        times = time_precisions(ready.network, ready.inputs, begun.settings)
    with suppress(OSError, OnelookError):  # a full or read-only disk; `run.json` keeps the decision
        write_text(kept, json_text(asdict(times)))
    return times


def _key(begun: BegunRun, instructions: str) -> str:
    """Return what the times depend on, as the name of a file: the machine, the network, and the size of a batch."""
    import torch

    parts = (
        _VERSION,
        runtime.processor_name(),
        instructions,
        torch.get_num_threads(),
        runtime.versions()["torch"],
        begun.own_network.model_dump_json(),
        begun.data.planes,
        begun.settings.batch_size,
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]
