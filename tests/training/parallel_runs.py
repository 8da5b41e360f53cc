"""Small trainings that several processes share: `python -m tests.training.parallel_runs FOLDER NAME …`, one of each.

What a process ends with lies in FOLDER/<name>-<rank>: the weights, and the history.
"""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tests.training.conftest import ScaleToUnit, draw_images

from onelook.files import json_text
from onelook.models.layers.build import build_network
from onelook.runtime import launch
from onelook.settings import AugmentSettings, MixSettings, NetworkSettings, OptimizerSettings, TrainSettings
from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, Flatten, GlobalPool, Pool
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.listeners import BatchStatus, Listener
from onelook.training.loop import fit
from onelook.training.parallel import ALONE, Processes, join_processes
from onelook.training.result import FitResult
from onelook.transforms.augment.augment import Augment

NETWORK = NetworkSettings(
    layers=(
        Conv(filters=4, padding="same", bias=False),  # a bias under batch-norm has no gradient but rounding
        BatchNorm(momentum=0.9),
        Pool(type="max_pool"),
        Dropout(rate=0.25),
        Conv(filters=6, activation="relu"),
        Flatten(),
        Dense(units=8, activation="relu"),
        BatchNorm(),
        Dropout(rate=0.3),
        Dense(units="classes"),
    )
)
POOLED = NetworkSettings(
    layers=(
        Conv(filters=4, bias=False),
        BatchNorm(),
        GlobalPool(type="global_average_pool"),
        Dense(units="classes"),
    )
)
AUGMENT = AugmentSettings(
    rotation_range=20, width_shift_range=(1, 2), zoom_range=0.2, horizontal_flip=True, brightness_range=(0.6, 1.2)
)
POLICY = AugmentSettings(alternating_flip=True, crop_padding=1, policy_operations=1, cutout=0.3)

# A run's name: pictures to train on (in batches of 16), its network, and its settings.
RUNS: dict[str, tuple[int, NetworkSettings, dict[str, Any]]] = {
    "everything": (
        53,  # the last batch has 5 pictures: 3 and 2 for two processes
        NETWORK,
        {"augment": AUGMENT, "weight_average": 0.9, "epochs": 3, "optimizer": OptimizerSettings(clip_norm=1.0)},
    ),
    "one-left-over": (33, POOLED, {"augment": POLICY}),  # the last batch has 1 picture: the second process has none
    "mixed": (40, POOLED, {"mix": MixSettings(mixup=0.4, cutmix=1.0), "augment": POLICY, "sampling": "balanced"}),
    "bfloat16": (40, NETWORK, {"precision": "bfloat16", "augment": AUGMENT}),
    "diverging": (40, POOLED, {"optimizer": OptimizerSettings(name="sgd", learning_rate=1e30), "epochs": 1}),
}
VAL_ROWS = 21


def run(name: str, processes: Processes = ALONE, listeners: tuple[Listener, ...] = (), **arguments: Any) -> FitResult:
    """The training of that name."""
    rows, network_settings, changes = RUNS[name]
    settings = TrainSettings(**{"batch_size": 16, "epochs": 2, "seed": 5, **changes})
    torch.manual_seed(5 + processes.rank)  # the others' first weights are the first process', whatever they draw
    return fit(
        build_network(network_settings, (1, 8, 8), 3),
        TrainingInputs(
            train=draw_images(rows, seed=1),
            val=draw_images(VAL_ROWS, seed=2),
            preprocess=ScaleToUnit(),
            augment=Augment(settings.augment, (0, 255)) if settings.augment.is_active else None,
            device=torch.device("cpu"),
        ),
        settings,
        processes=processes,
        listeners=listeners,
        **arguments,
    )


def write(result: FitResult, path: Path) -> None:
    """Keeps what the run ended with."""
    path.mkdir()
    np.savez(path / "weights.npz", **result.weights)
    history = [asdict(record) for record in result.history]
    (path / "run.json").write_text(json_text({"history": history, "status": result.status, "notes": result.notes}))


class Ends(Listener):
    """Ends the whole process, without a word, after one batch."""

    def on_batch(self, status: BatchStatus) -> None:
        if (status.epoch, status.step) == (2, 1):
            sys.stdout.flush()
            raise SystemExit(7)


def main() -> None:
    """Runs what the command line names; `everything:ends` ends the second process on the way."""
    folder = Path(sys.argv[1])
    with join_processes(launch()) as processes:
        for words in sys.argv[2:]:
            name, _, how = words.partition(":")
            listeners = (Ends(),) if how == "ends" and processes.rank == 1 else ()
            write(run(name, processes, listeners), folder / f"{name}-{processes.rank}")


if __name__ == "__main__":
    main()
