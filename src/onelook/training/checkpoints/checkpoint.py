"""All that a run needs to go on as if it had never stopped, in one file that is written whole or not at all.

`checkpoint/state.safetensors` holds the tensors; its header holds the rest as JSON. One file, so that one rename
takes the run from one moment to the next: whenever the process is killed, the file on the disk is of one moment.
Between two epochs random numbers need no state: those of an epoch are drawn from the run's seed and the epoch's
number. Within an epoch their states are kept, with the batches that are done and what was counted in them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from onelook.errors import ConfigError, ModelError, OnelookError
from onelook.files import atomic_path
from onelook.settings import TrainSettings
from onelook.settings.queries import settings_that
from onelook.training.result import EpochRecord

_FORMAT_VERSION = 3
_PARTIAL_PLAN = 2  # the version before: its plans lack some settings that decide the weights, such as `tune`
_FILE_NAME = "state.safetensors"
_HEADER = "onelook"


@dataclass(frozen=True)
class RunState:
    """Where a run stands: everything but the tensors."""

    plan: dict[str, Any]  # what must not change on resume, as JSON values
    history: tuple[EpochRecord, ...]
    steps_done: int
    learning_rate: float  # the schedule's height
    callbacks: tuple[dict[str, Any], ...]  # each one's state, in their order
    kept_epoch: int  # the epoch of the kept weights
    stop_reason: str | None  # why a callback has ended the run
    steps_into_epoch: int  # batches done of the epoch in hand; 0 between two epochs
    epoch_seconds: float  # time spent on that epoch so far
    seconds: float  # time spent on the whole run so far
    notes: tuple[str, ...] = ()  # what was told of the epochs so far
    going_wrong: dict[str, Any] = field(default_factory=dict)  # the watch's state, as JSON values
    is_plan_whole: bool = True  # whether the plan had all settings that decided the weights when it was written


@dataclass(frozen=True)
class Checkpoint:
    """A run at one moment, between two batches. All but the first are state dicts or named tensors."""

    run_state: RunState
    network: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    kept: Mapping[str, Tensor]  # the network of the epoch that is kept so far
    average: Mapping[str, Tensor]  # empty where weights are not averaged
    epoch: Mapping[str, Tensor]  # what `EpochPosition` holds; empty between two epochs


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Writes the checkpoint; the one before stays until the new one is whole.

    Raises:
        OnelookError: the disk is full, or the folder cannot be written.
    """
    run_state = asdict(checkpoint.run_state) | {"format_version": _FORMAT_VERSION}
    del run_state["is_plan_whole"]  # the format's version says it
    groups: dict[str, Mapping[str, Tensor]] = {
        "network": checkpoint.network,
        "optimizer": checkpoint.optimizer,
        "average": checkpoint.average,
        "epoch": checkpoint.epoch,
    }
    if not _keeps_the_newest(checkpoint.run_state):
        groups["kept"] = checkpoint.kept
    tensors = {
        f"{group}/{name}": tensor.detach().cpu().contiguous()
        for group, named in groups.items()
        for name, tensor in named.items()
    }
    path = folder / _FILE_NAME
    try:
        with atomic_path(path) as temporary:
            save_file(tensors, temporary, metadata={_HEADER: json.dumps(run_state)})
    except (OSError, SafetensorError) as problem:
        raise OnelookError(
            f"could not write the checkpoint {path}: {problem}. The last one that was written is whole; "
            "make room and go on with --resume."
        ) from problem


def load_checkpoint(folder: Path) -> Checkpoint | None:
    """The checkpoint in `folder`, or None where nothing has been saved yet.

    Raises:
        ModelError: the file is damaged, or from another version of onelook.
    """
    path = folder / _FILE_NAME
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            header = json.loads((file.metadata() or {})[_HEADER])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (it is no mapping)
        version = header.pop("format_version")
        if version not in (_PARTIAL_PLAN, _FORMAT_VERSION):
            raise ModelError(f"{path}: this checkpoint was written by another version of onelook. Start a new run.")
        header["history"] = tuple(EpochRecord(**record) for record in header["history"])
        header["callbacks"] = tuple(header["callbacks"])
        header["notes"] = tuple(header.get("notes", ()))
        header["is_plan_whole"] = version != _PARTIAL_PLAN
        run_state = RunState(**header)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as problem:
        raise ModelError(f"{path}: the checkpoint is damaged ({problem}). Start a new run.") from problem
    network, average = _group(tensors, "network"), _group(tensors, "average")
    return Checkpoint(
        run_state=run_state,
        network=network,
        optimizer=_group(tensors, "optimizer"),
        kept=(average or network) if _keeps_the_newest(run_state) else _group(tensors, "kept"),
        average=average,
        epoch=_group(tensors, "epoch"),
    )


def restore_network(network: nn.Module, state: Mapping[str, Tensor]) -> None:
    """Puts `state` into the network.

    Raises:
        ModelError: it is another network's.
    """
    own = network.state_dict()
    if {name: tensor.shape for name, tensor in own.items()} != {name: t.shape for name, t in state.items()}:
        raise ModelError(
            "the checkpoint belongs to another network: its weights have other names or shapes. "
            "Resume with the model that the run was started with, or start a new run."
        )
    network.load_state_dict(state)


def fixed_settings(settings: TrainSettings, *, train_rows: int, val_rows: int) -> dict[str, Any]:
    """Return what decides the weights, as JSON values: the settings that say so on their fields, and the pictures."""
    planned = settings.model_dump(mode="json", include={*settings_that(lambda facts: facts.is_planned)})
    return planned | {"train_rows": train_rows, "val_rows": val_rows}


def check_same_settings(before: Mapping[str, Any], now: Mapping[str, Any], *, is_whole: bool = True) -> None:
    """Return where a run may go on; only the number of epochs may grow.

    A setting that `before` does not know is newer than the run, which was trained with what is its default now.

    Args:
        before: the plan in the checkpoint.
        now: the plan of the run that goes on.
        is_whole: whether `before` had every setting that decided the weights. Where it did not, one that it lacks is
            not compared: the run that goes on takes it from its `run.json`.

    Raises:
        ConfigError: something else has changed; the message says what, from what to what.
    """
    old, new = _flatten(before), _flatten(now)
    defaults = _flatten(TrainSettings().model_dump(mode="json")) if is_whole else new
    old |= {name: defaults[name] for name in new.keys() - old.keys() if name in defaults}
    changed = [
        f"{name} was {old.get(name)}, now {new.get(name)}"
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    ]
    if old["epochs"] < new["epochs"]:
        changed = [change for change in changed if not change.startswith("epochs ")]
    if changed:
        raise ConfigError(
            f"--resume goes on with the settings that the run was started with, but {'; '.join(changed)}. "
            "Put them back (only --epochs may grow), or start a new run with another --out."
        )


def _keeps_the_newest(run_state: RunState) -> bool:
    """Whether the kept weights are those that the run stands at, and need not be written twice."""
    return run_state.steps_into_epoch == 0 and run_state.kept_epoch == len(run_state.history)


def _group(tensors: Mapping[str, Tensor], group: str) -> dict[str, Tensor]:
    prefix = f"{group}/"
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        if isinstance(value, Mapping):
            flat |= _flatten(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = value
    return flat
