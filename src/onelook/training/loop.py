"""The training loop: epoch after epoch, the best one kept, everything safe on the disk before anyone is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

import torch
from torch import Tensor, nn

from onelook.data.dataset import ImageSet
from onelook.errors import ConfigError
from onelook.settings import TrainSettings
from onelook.training.callbacks import (
    BestEpoch,
    Callback,
    EarlyStopping,
    ReduceLROnPlateau,
    RunControl,
    divergence_advice,
)
from onelook.training.checkpoint import (
    Checkpoint,
    Standing,
    check_same_plan,
    load_checkpoint,
    restore_network,
    save_checkpoint,
)
from onelook.training.interrupt import Interrupt, ctrl_c_between_batches
from onelook.training.listeners import BatchStatus, Listener, Listeners, TrainingPlan
from onelook.training.process import tuned_for_training
from onelook.training.result import EpochRecord, FitResult, Weights
from onelook.training.trainer import Augmentation, Trainer

_PLANNED = {
    *("epochs", "batch_size", "seed", "keep_best", "augment"),
    *("optimizer", "schedule", "loss", "early_stopping", "reduce_on_plateau"),
}


def fit(
    network: nn.Module,
    *,
    train: ImageSet,
    val: ImageSet,
    preprocess: nn.Module,
    augment: Augmentation | None,
    settings: TrainSettings,
    device: torch.device,
    checkpoint_folder: Path | None = None,
    resume: bool = False,
    listeners: Sequence[Listener] = (),
) -> FitResult:
    """Trains `network` in place and gives back the weights of its best epoch.

    The same seed, data, settings and machine give the same weights, bit for bit, on a CPU; so does a run that was
    interrupted or killed and then resumed. Ctrl-C ends it after the batch in hand; a second one ends it at once.

    Args:
        network, train, val, preprocess, augment, device: as `Trainer` takes them.
        settings: what of it says how to train.
        checkpoint_folder: where the run is kept safe after each epoch; None keeps nothing.
        resume: go on from the checkpoint in that folder; where there is none yet, begin.
        listeners: told what happens.

    Returns:
        The kept weights and the history. Early stopping that restores the best epoch decides which one is kept,
        where it is on; otherwise `settings.keep_best` does.

    Raises:
        ConfigError: the first epoch diverged (a loss is not a number), or a resumed run's settings have changed.
        DataError: no pictures, or no labels.
        ModelError: the checkpoint is damaged or another network's.
        OnelookError: the checkpoint cannot be written.
    """
    with tuned_for_training(device), ctrl_c_between_batches() as interrupt:
        trainer = Trainer(
            network,
            train=train,
            val=val,
            preprocess=preprocess,
            augment=augment,
            settings=settings,
            device=device,
        )
        run = _Run(trainer, settings, checkpoint_folder, Listeners(listeners), interrupt)
        try:
            if resume and checkpoint_folder is not None:
                run.restore(checkpoint_folder)
            run.start()
            while not run.is_over:
                run.do_epoch()
            return run.finish()
        finally:
            run.listener.close()


class _Run:
    """The books of a run: its history, its callbacks, what it keeps, and how it ends."""

    def __init__(
        self,
        trainer: Trainer,
        settings: TrainSettings,
        checkpoint_folder: Path | None,
        listener: Listener,
        interrupt: Interrupt,
    ) -> None:
        self.trainer = trainer
        self.settings = settings
        self.checkpoint_folder = checkpoint_folder
        self.listener = listener
        self.interrupt = interrupt
        self.control = RunControl(settings.optimizer.learning_rate)
        self.learning_rate = settings.optimizer.learning_rate  # of the last step
        self.callbacks, self.keeper = _build_callbacks(settings)
        self.history: list[EpochRecord] = []
        self.kept: Mapping[str, Tensor] = {}  # the state dict of the kept epoch
        self.kept_epoch = 0
        self.notes: list[str] = []
        self.has_diverged = False
        self.resumed_from_epoch: int | None = None

    @property
    def is_complete(self) -> bool:
        is_at_the_end = len(self.history) >= self.settings.epochs
        return is_at_the_end or self.control.stop_reason is not None or self.has_diverged

    @property
    def is_over(self) -> bool:
        return self.is_complete or self.interrupt.requested

    def restore(self, folder: Path) -> None:
        """Takes the run to where the checkpoint in `folder` left it; nowhere, where there is none."""
        checkpoint = load_checkpoint(folder)
        if checkpoint is None:
            return
        standing = checkpoint.standing
        check_same_plan(standing.plan, self.plan())
        restore_network(self.trainer.network, checkpoint.network)
        self.trainer.optimizer.load(checkpoint.optimizer, standing.steps_done)
        for callback, state in zip(self.callbacks, standing.callbacks, strict=True):
            callback.restore(state)
        self.control = RunControl(standing.learning_rate, standing.stop_reason)
        self.history = list(standing.history)
        self.kept, self.kept_epoch = checkpoint.kept, standing.kept_epoch
        self.resumed_from_epoch = len(self.history)

    def start(self) -> None:
        """Tells what is about to happen."""
        train, val = self.trainer.train, self.trainer.val
        self.listener.on_start(
            TrainingPlan(self.settings.epochs, len(train), train.rows, val.rows, tuple(self.history))
        )

    def do_epoch(self) -> None:
        """Trains and validates once. What ends the run leaves its mark for `is_over`."""
        epoch, began = len(self.history) + 1, perf_counter()
        trained = self.trainer.train_epoch(epoch, self.control.learning_rate, self.after_batch)
        if not trained.is_finite():
            self.give_up(epoch)
            return
        if trained.rows < self.trainer.train.rows:
            return  # interrupted
        validated = self.trainer.validate()
        if not validated.is_finite():
            self.give_up(epoch)
            return
        self.accept(
            EpochRecord(
                epoch=epoch,
                seconds=perf_counter() - began,
                learning_rate=self.learning_rate,
                train_loss=trained.loss,
                train_accuracy=trained.accuracy,
                val_loss=validated.loss,
                val_accuracy=validated.accuracy,
            )
        )

    def after_batch(self, status: BatchStatus) -> bool:
        """Tells of the batch; whether the next one may come."""
        self.learning_rate = status.learning_rate
        self.listener.on_batch(status)
        return not self.interrupt.requested

    def accept(self, record: EpochRecord) -> None:
        """Takes a finished epoch into the books and onto the disk, then tells of it."""
        self.history.append(record)
        for callback in self.callbacks:
            callback.after_epoch(record, self.control)
        # Until early stopping begins to watch, the latest epoch is the one to keep.
        is_best = self.keeper.best_epoch in (record.epoch, None)
        if is_best:
            state = self.trainer.network.state_dict()
            self.kept = {name: tensor.clone() for name, tensor in state.items()}
            self.kept_epoch = record.epoch
        if self.checkpoint_folder is not None:
            save_checkpoint(self.checkpoint_folder, self.checkpoint())
        self.listener.on_epoch(record, is_best)
        for note in self.control.take_notes():
            self.note(note)

    def give_up(self, epoch: int) -> None:
        """Ends the run in an epoch whose loss is not a number, with the best finite epoch where there is one."""
        advice = divergence_advice(epoch, self.learning_rate, self.trainer.range_of_prepared())
        if not self.history:
            raise ConfigError(advice)
        self.has_diverged = True
        self.note(f"{advice} Epoch {self.kept_epoch} is kept.")

    def finish(self) -> FitResult:
        """The result of the run, which is over."""
        if not self.is_complete:
            self.account_for_interruption()
        result = FitResult(
            weights=_as_arrays(self.kept),
            best_epoch=self.kept_epoch,
            history=self.history,
            status="complete" if self.is_complete else "interrupted",
            stopped_early=self.control.stop_reason is not None or self.has_diverged,
            resumed_from_epoch=self.resumed_from_epoch,
            notes=tuple(self.notes),
        )
        self.listener.on_end(result)
        return result

    def account_for_interruption(self) -> None:
        """Says what is safe. Before the first epoch is done, the weights of the moment are what there is to keep."""
        if self.history:
            done = len(self.history)
            safe = f"{'Epoch 1 is' if done == 1 else f'Epochs 1 to {done} are'} safe, epoch {self.kept_epoch} is kept."
        else:
            self.note("interrupted: validating what was learnt so far; Ctrl-C again ends at once.")
            validated = self.trainer.validate()
            self.kept = self.trainer.network.state_dict()
            safe = (
                "No epoch was finished: the weights of this moment are kept, "
                f"val loss {validated.loss:.4f}, accuracy {100 * validated.accuracy:.2f} %."
            )
        go_on = " The same command with --resume goes on." if self.checkpoint_folder else ""
        self.note(f"interrupted in epoch {len(self.history) + 1}. {safe}{go_on}")

    def note(self, note: str) -> None:
        """Writes a sentence down for the result, and says it."""
        self.notes.append(note)
        self.listener.on_note(note)

    def checkpoint(self) -> Checkpoint:
        """All that `restore` needs."""
        standing = Standing(
            plan=self.plan(),
            history=tuple(self.history),
            steps_done=self.trainer.optimizer.steps_done,
            learning_rate=self.control.learning_rate,
            callbacks=tuple(callback.state() for callback in self.callbacks),
            kept_epoch=self.kept_epoch,
            stop_reason=self.control.stop_reason,
        )
        return Checkpoint(standing, self.trainer.network.state_dict(), self.trainer.optimizer.tensors(), self.kept)

    def plan(self) -> dict[str, Any]:
        """What decides the weights, and so must not change when the run is resumed. (`epochs` may grow.)"""
        settings = self.settings.model_dump(mode="json", include=_PLANNED)
        return settings | {"train_rows": self.trainer.train.rows, "val_rows": self.trainer.val.rows}


def _build_callbacks(settings: TrainSettings) -> tuple[list[Callback], BestEpoch | EarlyStopping]:
    """The callbacks of a run, and the one among them that decides which epoch is kept."""
    keeper: BestEpoch | EarlyStopping = BestEpoch(settings.keep_best)
    callbacks: list[Callback] = [keeper]
    if settings.reduce_on_plateau:
        callbacks.append(ReduceLROnPlateau(settings.reduce_on_plateau))
    if settings.early_stopping:
        stopper = EarlyStopping(settings.early_stopping)
        callbacks.append(stopper)
        keeper = stopper if settings.early_stopping.restore_best else keeper
    return callbacks, keeper


def _as_arrays(state: Mapping[str, Tensor]) -> Weights:
    """The floating-point state, without torch's counters of batches."""
    return {
        name: tensor.detach().to("cpu", torch.float32).contiguous().numpy().copy()
        for name, tensor in state.items()
        if tensor.is_floating_point()
    }
