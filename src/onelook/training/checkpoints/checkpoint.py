"""The checkpoint of a run: one file with all that a resumed run needs to equal an uninterrupted one.

`checkpoint/state.safetensors` holds the tensors, and its header holds the rest as JSON. It is one file so that one
rename replaces the whole checkpoint: whenever the process is killed, the file on the disk belongs to one moment.
Between two epochs random numbers need no state: an epoch draws its own from the run's seed and the epoch's number.
Within an epoch the checkpoint keeps the states of the random numbers, how many batches are done, and their metrics.
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

from onelook.errors import ModelError, OnelookError
from onelook.files import atomic_path
from onelook.training.callbacks import CallbackState
from onelook.training.checkpoints.fixed_settings import FixedSettings
from onelook.training.diagnose import DiagnosisState
from onelook.training.result import EpochRecord

_FORMAT_VERSION = 4
_WITHOUT_COURSE = 3  # the version of a run without a time limit
_PARTIAL_SETTINGS = 2  # the version before: its settings lack some that decide the weights, such as `tune`
_FILE_NAME = "state.safetensors"
_HEADER = "onelook"

# The names in the file of `RunState.fixed_settings`, `RunState.diagnosis` and the two fields of the latter.
_FIXED_SETTINGS, _DIAGNOSIS, _REPORTED, _ONE_CLASS = "plan", "going_wrong", "told", "one_class_epochs"


@dataclass(frozen=True)
class RunState:
    """The state of a run at one moment, without its tensors."""

    fixed_settings: FixedSettings  # what must not change on resume
    history: tuple[EpochRecord, ...]
    steps_done: int
    learning_rate: float  # the height of the schedule
    callbacks: tuple[CallbackState, ...]  # in the order of the callbacks
    kept_epoch: int  # the epoch of the kept weights
    stop_reason: str | None  # why a callback has ended the run
    steps_into_epoch: int  # batches done of the present epoch; 0 between two epochs
    epoch_seconds: float  # time spent on that epoch so far
    seconds: float  # time spent on the whole run so far
    notes: tuple[str, ...] = ()  # the notes on the epochs so far
    diagnosis: DiagnosisState = field(default_factory=DiagnosisState)
    course: Mapping[str, Any] | None = None  # the course through the time limit, if there is one
    is_whole: bool = True  # whether `fixed_settings` has all settings that decided the weights when it was written


@dataclass(frozen=True)
class Checkpoint:
    """A run at one moment, between two batches. All but the first are state dicts or named tensors."""

    run_state: RunState
    network: Mapping[str, Tensor]
    optimizer: Mapping[str, Tensor]
    kept: Mapping[str, Tensor]  # the network of the best epoch so far
    average: Mapping[str, Tensor]  # empty if weights are not averaged
    epoch: Mapping[str, Tensor]  # the tensors of `EpochPosition`; empty between two epochs


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Write the checkpoint. The one before stays until the new one is complete.

    Raises:
        OnelookError: the disk is full, or the folder cannot be written.
    """
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
            save_file(tensors, temporary, metadata={_HEADER: json.dumps(_to_header(checkpoint.run_state))})
    except (OSError, SafetensorError) as problem:
        raise OnelookError(
            f"could not write the checkpoint {path}: {problem}. The last one that was written is whole; "
            "free some space and resume with --resume."
        ) from problem


def load_checkpoint(folder: Path) -> Checkpoint | None:
    """Return the checkpoint in `folder`, or None if nothing has been saved yet.

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
        if version not in (_PARTIAL_SETTINGS, _WITHOUT_COURSE, _FORMAT_VERSION):
            raise ModelError(f"{path}: this checkpoint was written by another version of onelook. Start a new run.")
        run_state = _from_header(header, is_whole=version != _PARTIAL_SETTINGS)
    except (OSError, SafetensorError, AttributeError, KeyError, TypeError, ValueError) as problem:
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
    """Load `state` into the network.

    Raises:
        ModelError: the state belongs to another network.
    """
    own = network.state_dict()
    if {name: tensor.shape for name, tensor in own.items()} != {name: t.shape for name, t in state.items()}:
        raise ModelError(
            "the checkpoint belongs to another network: its weights have other names or shapes. "
            "Resume with the model that the run was started with, or start a new run."
        )
    network.load_state_dict(state)


def _to_header(run_state: RunState) -> Mapping[str, object]:
    """Return the run's state as JSON values, under the names of the file format."""
    header = asdict(run_state)
    header["format_version"] = _WITHOUT_COURSE if header["course"] is None else _FORMAT_VERSION
    if header["course"] is None:
        del header["course"]
    del header["is_whole"]  # the format's version says it
    header[_FIXED_SETTINGS] = header.pop("fixed_settings")
    diagnosis = header.pop("diagnosis")
    header[_DIAGNOSIS] = {_REPORTED: diagnosis["reported"], _ONE_CLASS: diagnosis["one_class_epochs"]}
    return header


def _from_header(header: dict[str, Any], *, is_whole: bool) -> RunState:
    """Return the run's state. A wrong or missing name raises KeyError or TypeError."""
    diagnosis = header.pop(_DIAGNOSIS, {})
    return RunState(
        fixed_settings=header.pop(_FIXED_SETTINGS),
        history=tuple(EpochRecord(**record) for record in header.pop("history")),
        callbacks=tuple(CallbackState(**state) for state in header.pop("callbacks")),
        notes=tuple(header.pop("notes", ())),
        diagnosis=DiagnosisState(tuple(diagnosis.get(_REPORTED, ())), diagnosis.get(_ONE_CLASS, 0)),
        is_whole=is_whole,
        **header,
    )


def _keeps_the_newest(run_state: RunState) -> bool:
    """Return whether the kept weights are the present ones, which need not be written twice."""
    return run_state.steps_into_epoch == 0 and run_state.kept_epoch == len(run_state.history)


def _group(tensors: Mapping[str, Tensor], group: str) -> dict[str, Tensor]:
    prefix = f"{group}/"
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}
