"""The second stage of a run: choose its network and write its folder, with everything that is known before training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelook.data.duplicates.exact import in_hexadecimal
from onelook.data.ids import take_ids
from onelook.data.labels import class_counts
from onelook.data.ledger import write_csv
from onelook.errors import ConfigError
from onelook.planning.classical_request import is_classical
from onelook.planning.plan import Plan
from onelook.planning.pretrained_request import pretrained_record
from onelook.planning.request import Say
from onelook.run_folder import RunFolder, next_run_folder
from onelook.runs.prepare import PreparedData
from onelook.runs.resumed import RUNS, keep_fixes
from onelook.runs.stages import TrainingData
from onelook.runtime import versions
from onelook.settings import NetworkSettings, TrainSettings
from onelook.training.parallel import ALONE, Processes
from onelook.wording import entry

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet
    from onelook.models.summary import NetworkSummary


@dataclass(frozen=True)
class BegunRun:
    """A training with its network and its folder (or none, in memory), ready for the first step."""

    plan: Plan
    data: TrainingData
    network: NetworkSettings | None  # None if the model is a classical one
    folder: RunFolder | None = None  # None: in memory, nothing is written
    resume: bool = False
    processes: Processes = ALONE  # the processes that train it together
    has_said_choices: bool = True  # False while the time limit may still replace the network

    @property
    def settings(self) -> TrainSettings:
        """The settings of the plan."""
        return self.plan.settings

    @property
    def own_network(self) -> NetworkSettings:
        """The network of a run whose model is a network.

        Raises:
            ConfigError: the model is a classical one.
        """
        if self.network is None:
            raise ConfigError(f"{self.settings.model} is not a network. Expected a network.")
        return self.network

    @property
    def own_folder(self) -> RunFolder:
        """The folder of a training that has one.

        Raises:
            ConfigError: the training is in memory.
        """
        if self.folder is None:
            raise ConfigError("this training is in memory and has no folder. Expected one that has.")
        return self.folder

    def record(self, **fields: Any) -> None:
        """Set fields of `run.json`. Only the first process writes it."""
        if self.folder is not None and self.processes.is_first:
            self.folder.update_run(**fields)

    def with_settings(self, **changes: Any) -> BegunRun:
        """Return the run with some settings replaced, and record them in `run.json`."""
        plan = self.plan.with_settings(**changes)
        self.record(settings=plan.settings.model_dump(mode="json"))
        return replace(self, plan=plan)

    def with_plan(self, plan: Plan, reason: str) -> BegunRun:
        """Return the run with another plan, whose network replaces the present one; record it."""
        plan = replace(plan, choices=(reason, *plan.choices))
        network, summary = settle_network(plan, self.data)
        self.record(
            settings=plan.settings.model_dump(mode="json"),
            choices=list(plan.choices),
            model=_model_record(plan, summary),
        )
        return replace(self, plan=plan, network=network)

    def say_choices(self, say: Say) -> BegunRun:
        """Return the run after printing the choices of its plan, once."""
        if not self.has_said_choices:
            for position, reason in enumerate(self.plan.choices):
                say("\n".join(entry("picked" if position == 0 else "", reason)))
        return replace(self, has_said_choices=True)

    def choose(self, reason: str, say: Say, **changes: Any) -> BegunRun:
        """Return the run with one more choice and the settings that it changes; print and record both."""
        if self.has_said_choices:
            say("\n".join(entry("", reason)))
        plan = replace(self.plan.with_settings(**changes), choices=(*self.plan.choices, reason))
        self.record(settings=plan.settings.model_dump(mode="json"), choices=list(plan.choices))
        return replace(self, plan=plan)


def begin_run(
    plan: Plan,
    data: PreparedData,
    *,
    out: Path | str | None,
    resumed: RunFolder | None,
    command: str | None,
    say: Say,
    processes: Processes = ALONE,
) -> BegunRun:
    """Choose the network, make the folder and write `run.json`, `split.csv` and `ledger.csv`.

    If several processes train, the first one writes and sends the path to the others.

    Raises:
        ConfigError: the network does not fit the pictures, or the folder exists.
    """
    pictures = data.training_data
    network, summary = settle_network(plan, pictures)
    if resumed is not None:
        begun = BegunRun(plan, pictures, network, resumed, True, processes, has_said_choices=False).say_choices(say)
        begun.record(status="running", settings=plan.settings.model_dump(mode="json"))
        say(f"resumes in {resumed.path}")
        return begun
    folder = processes.from_first(
        lambda: _new_folder(data, out, _record(plan, data, summary, command), plan.settings.fixes)
    )
    begun = BegunRun(plan, pictures, network, folder, processes=processes, has_said_choices=False)
    # The machine may be too slow for the network: the settings of one that is not trained would mislead.
    return begun if plan.smaller is not None else begun.say_choices(say)


def begin_in_memory(plan: Plan, data: TrainingData) -> BegunRun:
    """Choose the network of a training that writes nothing to disk.

    Raises:
        ConfigError: the network does not fit the pictures.
    """
    return BegunRun(plan, data, settle_network(plan, data)[0])


def settle_network(plan: Plan, data: TrainingData) -> tuple[NetworkSettings | None, NetworkSummary | None]:
    """Return the plan's network: the one that training continues from, or the one that the settings name.

    Both are None if the model is a classical one.

    Raises:
        ConfigError: it does not fit the pictures.
    """
    from onelook.models import ModelInput
    from onelook.models.find_network import network_of_settings
    from onelook.models.summary import summarize
    from onelook.settings.network import with_dropout

    if is_classical(plan.settings.model):
        return None, None
    channels, height, width = data.planes
    if plan.start is not None:
        # Dropout has no weights, so a new rate may be set.
        network, dropout = plan.start.card.need_network("--from"), plan.settings.dropout
        network = network if dropout is None else with_dropout(network, dropout)
    elif plan.network is not None:
        network = plan.network
    else:
        facts = ModelInput(height, width, channels, data.num_classes, rows=len(data.train))
        network = network_of_settings(plan.settings, facts)
    return network, summarize(network, (channels, height, width), data.num_classes)


def starting_record(plan: Plan, data: PreparedData) -> dict[str, object] | None:
    """Return what `run.json` and the model record about the model that training continued from."""
    start, learnt = plan.start, data.learnt
    if start is None or learnt is None:
        return None
    training = start.card.training
    return {
        "model": str(start.path),
        "checksum": start.card.checksum,
        "data": training.get("data"),
        "data_fingerprint": training.get("data_fingerprint"),
        "split_fingerprint": training.get("split_fingerprint"),
        **learnt.to_dict(),
        "forced": learnt.is_clean is False,
    }


def _new_folder(data: PreparedData, out: Path | str | None, record: Mapping[str, Any], fixes: str | None) -> RunFolder:
    folder = RunFolder.create(Path(out)) if out is not None else next_run_folder(RUNS, data.dataset.name)
    try:
        data.split.write(folder.split_csv)
        _write_hashes(data, folder)
        data.prepared.ledger.write(folder.ledger_csv)
        keep_fixes(fixes, folder)
        folder.update_run(**record)  # last: once it is written, the run can be resumed
    except KeyboardInterrupt:
        folder.clear_unbegun()  # so that the same command can be typed again
        raise
    return folder


def _write_hashes(data: PreparedData, folder: RunFolder) -> None:
    """Write the hash of each used picture, in the order of `split.csv`."""
    hashes = data.prepared.reading.hashes
    lines = (
        line
        for each in data.split.parts
        for rows in each.rows_in_blocks()
        for line in zip(take_ids(each.part.ids, rows), in_hexadecimal(hashes[each.part.name][rows]), strict=True)
    )
    write_csv(folder.picture_hashes, ("id", "hash"), lines)


def _record(plan: Plan, data: PreparedData, summary: NetworkSummary | None, command: str | None) -> dict[str, object]:
    """Return the fields of `run.json` that are known before the first step."""
    dataset, split, settings = data.dataset, data.split, plan.settings
    sides = {"train": split.train, "val": split.val, "test": split.test}
    hashed_as = data.prepared.reading.hashed_as
    return {
        "status": "running",
        "name": dataset.name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "settings": settings.model_dump(mode="json"),
        "versions": versions(),
        "seed": settings.seed,
        "data": {
            "name": dataset.name,
            "layout": dataset.layout,
            "why": dataset.why,
            "fingerprint": dataset.fingerprint,
            "class_names": list(dataset.class_names),
            "class_counts": {
                name: _class_counts(side, dataset.class_names) for name, side in sides.items() if side is not None
            },
            "image_size": [plan.decode.height, plan.decode.width],
            "channels": plan.decode.channels,
            "ground": plan.decode.ground,
            "deep_range": plan.decode.deep_range,
            "dtype": str(split.train.images.dtype),
            "value_range": list(data.value_range),
            "notes": list(dataset.notes),
            "ledger": dict(data.prepared.ledger.counts()),
            "hashed_as": None if hashed_as is None else hashed_as.model_dump(mode="json"),
        },
        "split": {
            "fingerprint": split.fingerprint,
            **{name: 0 if side is None else len(side) for name, side in sides.items()},
        },
        **({"from": starting} if (starting := starting_record(plan, data)) else {}),
        "choices": list(plan.choices),
        "findings": [finding.to_dict() for finding in data.findings],
        "model": _model_record(plan, summary),
    }


def _model_record(plan: Plan, summary: NetworkSummary | None) -> Mapping[str, object]:
    """Return what `run.json` records about the model before its first step."""
    return {
        "name": plan.settings.model,
        "parameters": None if summary is None else summary.total,
        "multiply_adds": None if summary is None else summary.multiply_adds,
        "views": plan.settings.views.count,
        "pretrained": pretrained_record(plan.settings),
    }


def _class_counts(side: ImageSet, class_names: tuple[str, ...]) -> Mapping[str, int]:
    return dict(zip(class_names, class_counts(side.labels, len(class_names)).tolist(), strict=True))
