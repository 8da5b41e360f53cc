"""The second stage of a run: its folder, with all that is known before the first step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from onelook.classical import CLASSICAL
from onelook.data.dataset import Dataset
from onelook.data.location import short_name
from onelook.errors import ConfigError
from onelook.run_folder import RunFolder, latest_run_folder, next_run_folder
from onelook.runtime import versions
from onelook.settings import NetworkSettings
from onelook.training.parallel import ALONE, Processes
from onelook.workflow.opening import OpenedData
from onelook.workflow.pretrained_request import pretrained_record

if TYPE_CHECKING:
    from onelook.data.dataset import ImageSet
    from onelook.models.summary import NetworkSummary
    from onelook.workflow.starting_point import StartingPoint

RUNS = Path("runs")


@dataclass(frozen=True)
class BegunRun:
    """A run that has a folder and a network, ready for its first step."""

    folder: RunFolder
    opened: OpenedData
    network: NetworkSettings | None  # None where the model is a classical one
    summary: NetworkSummary | None
    resume: bool
    processes: Processes = ALONE  # that train it together

    @property
    def own_network(self) -> NetworkSettings:
        """The network, where it is known that there is one.

        Raises:
            ConfigError: the model is a classical one.
        """
        if self.network is None:
            raise ConfigError(f"{self.opened.settings.model} is no network. Expected one that is.")
        return self.network

    def record(self, **fields: Any) -> None:
        """Sets fields of `run.json`, which the first process alone writes."""
        if self.processes.is_first:
            self.folder.update_run(**fields)


def begin_run(
    opened: OpenedData,
    *,
    out: Path | str | None,
    resumed: RunFolder | None,
    command: str | None,
    say: Callable[[str], None],
    processes: Processes = ALONE,
) -> BegunRun:
    """Settles the network, makes the folder and writes `run.json`, `split.csv` and `ledger.csv`.

    Of several processes the first one makes and writes, and the others are told where.

    Raises:
        ConfigError: the network does not fit the pictures, or the folder exists.
    """
    from onelook.wording import entry

    network, summary = (None, None) if opened.settings.model in CLASSICAL else settle_network(opened)
    for position, reason in enumerate(opened.choices):
        say("\n".join(entry("picked" if position == 0 else "", reason)))
    if resumed is not None:
        begun = BegunRun(resumed, opened, network, summary, resume=True, processes=processes)
        begun.record(status="running", settings=opened.settings.model_dump(mode="json"))
        say(f"goes on in {resumed.path}")
        return begun
    folder = processes.from_first(lambda: _new_folder(opened, out, _record(opened, summary, command)))
    return BegunRun(folder, opened, network, summary, resume=False, processes=processes)


def _new_folder(opened: OpenedData, out: Path | str | None, record: Mapping[str, Any]) -> RunFolder:
    folder = RunFolder.create(Path(out)) if out is not None else next_run_folder(RUNS, opened.dataset.name)
    opened.prepared.split.write(folder.split_csv)
    opened.prepared.ledger.write(folder.ledger_csv)
    folder.update_run(**record)  # last: with it the folder is a run that can be gone on with
    return folder


def find_run_to_resume(data: Any, out: Path | str | None) -> RunFolder | None:
    """The folder `out`, whatever it holds, or the newest run or cross-validation that is named after the data.

    None where there is none yet: the run was killed, perhaps, before it was written down, and begins.
    """
    found = RunFolder(Path(out)) if out is not None else latest_run_folder(RUNS, name_of_data(data))
    return None if found is None or found.clear_unbegun() else found


def name_of_data(data: Any) -> str:
    """What a run of the data is named after, before it is opened."""
    if isinstance(data, str | Path):
        return short_name(Path(data).expanduser())
    return data.name if isinstance(data, Dataset) else "arrays"


def settle_network(opened: OpenedData) -> tuple[NetworkSettings, NetworkSummary]:
    """The network that the settings name, or the one that training goes on with.

    Raises:
        ConfigError: it does not fit the pictures.
    """
    return _network(opened) if opened.start is None else _network_of(opened.start, opened)


def _network(opened: OpenedData) -> tuple[NetworkSettings, NetworkSummary]:
    from onelook.models.model_input import ModelInput
    from onelook.models.read import network_of_settings
    from onelook.models.summary import summarize

    decode = opened.decode
    classes = len(opened.dataset.class_names)
    facts = ModelInput(
        height=decode.height,
        width=decode.width,
        channels=decode.channels,
        num_classes=classes,
        rows=len(opened.prepared.split.train),
    )
    network = network_of_settings(opened.settings, facts)
    return network, summarize(network, facts.shape, classes)


def _network_of(start: StartingPoint, opened: OpenedData) -> tuple[NetworkSettings, NetworkSummary]:
    """The network that goes on being trained; dropout has no weights, and may be set anew."""
    from onelook.models.summary import summarize
    from onelook.settings.network import with_dropout

    network, decode, dropout = start.card.need_network("--from"), opened.decode, opened.settings.dropout
    if dropout is not None:
        network = with_dropout(network, dropout)
    return network, summarize(network, (decode.channels, decode.height, decode.width), len(start.card.class_names))


def starting_record(opened: OpenedData) -> dict[str, Any] | None:
    """What `run.json` and the model say of the model that training went on from."""
    start, learnt = opened.start, opened.learnt
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


def _record(opened: OpenedData, summary: NetworkSummary | None, command: str | None) -> dict[str, Any]:
    """`run.json` as far as it is known before the first step."""
    dataset, decode, split = opened.dataset, opened.decode, opened.prepared.split
    sides = {"train": split.train, "val": split.val, "test": split.test}
    return {
        "status": "running",
        "name": dataset.name,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "settings": opened.settings.model_dump(mode="json"),
        "versions": versions(),
        "seed": opened.settings.seed,
        "data": {
            "name": dataset.name,
            "layout": dataset.layout,
            "why": dataset.why,
            "fingerprint": dataset.fingerprint,
            "class_names": list(dataset.class_names),
            "class_counts": {
                name: _class_counts(side, dataset.class_names) for name, side in sides.items() if side is not None
            },
            "image_size": [decode.height, decode.width],
            "channels": decode.channels,
            "dtype": str(split.train.images.dtype),
            "value_range": list(value_range(opened)),
            "notes": list(dataset.notes),
            "ledger": dict(opened.prepared.ledger.counts()),
        },
        "split": {
            "fingerprint": split.fingerprint,
            **{name: 0 if side is None else len(side) for name, side in sides.items()},
        },
        **({"from": starting} if (starting := starting_record(opened)) else {}),
        "choices": list(opened.choices),
        "findings": [finding.to_dict() for finding in opened.findings],
        "model": {
            "name": opened.settings.model,
            "parameters": None if summary is None else summary.total,
            "multiply_adds": None if summary is None else summary.multiply_adds,
            "views": opened.settings.views.count,
            "pretrained": pretrained_record(opened.settings),
        },
    }


def value_range(opened: OpenedData) -> tuple[float, float]:
    """Lowest and highest value that the training pictures can have."""
    return opened.dataset.pool.pictures.facts().value_range


def _class_counts(side: ImageSet, class_names: tuple[str, ...]) -> Mapping[str, int]:
    labels = np.empty(0, np.int64) if side.labels is None else side.labels
    counts = np.bincount(labels, minlength=len(class_names)).tolist()
    return dict(zip(class_names, counts, strict=True))
