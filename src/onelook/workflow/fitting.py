"""The third stage of a run: preparation measured, network built and trained, model put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from onelook.runtime import choose_device, seed_everything
from onelook.settings import FittedPreprocess
from onelook.workflow.start import BegunRun, value_range

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from onelook.run_folder import RunFolder
    from onelook.training.listeners import Listener, TrainingPlan
    from onelook.training.result import EpochRecord, FitResult

_STATISTICS_BATCH = 1024  # pictures read at a time while the training set's mean and deviation are measured


@dataclass(frozen=True)
class Fitted:
    """What training leaves in memory."""

    result: FitResult
    preprocess: FittedPreprocess
    weights: dict[str, NDArray[np.float32]]  # the network's, and the preparation's where it has some


def fit_network(begun: BegunRun, *, quiet: bool, say: Callable[[str], None]) -> Fitted:
    """Trains the network on the training side alone; the validation side decides which epoch is kept."""
    from onelook.models.layers import build_network
    from onelook.training.loop import fit
    from onelook.training.progress import choose_progress
    from onelook.transforms.augment import Augment
    from onelook.transforms.preprocess import Preprocess
    from onelook.transforms.statistics import fit_preprocess

    settings, decode = begun.opened.settings, begun.opened.decode
    split = begun.opened.prepared.split
    values = value_range(begun.opened)
    preprocess, extra_weights = fit_preprocess(settings.preprocess, split.train.batches(_STATISTICS_BATCH), values)
    seed_everything(settings.seed)
    classes = len(begun.opened.dataset.class_names)
    network = build_network(begun.network, (decode.channels, decode.height, decode.width), classes)
    device = choose_device(settings.device)
    begun.folder.update_run(device=str(device))
    result = fit(
        network,
        train=split.train,
        val=split.val,
        preprocess=Preprocess(preprocess, extra_weights),
        augment=Augment(settings.augment, values) if settings.augment.is_active else None,
        settings=settings,
        device=device,
        checkpoint_folder=begun.folder.checkpoint,
        resume=begun.resume,
        listeners=(_history_file(begun.folder), choose_progress(quiet=quiet)),
    )
    return Fitted(result, preprocess, {**result.weights, **extra_weights})


def _history_file(folder: RunFolder) -> Listener:
    """Keeps `history.jsonl` in step with the training."""
    from onelook.training.listeners import Listener

    class HistoryFile(Listener):
        def on_start(self, plan: TrainingPlan) -> None:
            folder.write_history(record.to_dict() for record in plan.history)

        def on_epoch(self, record: EpochRecord, is_best: bool) -> None:
            folder.append_history(record.to_dict())

    return HistoryFile()
