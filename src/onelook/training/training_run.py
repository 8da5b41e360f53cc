"""One run of a training: its history, callbacks, best weights, notes and checkpoints, and how it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from time import perf_counter

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from onelook.errors import ConfigError, OnelookError
from onelook.models.layers.dropout import DropoutLayer
from onelook.settings import TrainSettings
from onelook.training.callbacks import RunControl, build_callbacks, divergence_advice
from onelook.training.checkpoints.checkpoint import (
    Checkpoint,
    RunState,
    load_checkpoint,
    restore_network,
)
from onelook.training.checkpoints.fixed_settings import check_same_settings, fixed_settings
from onelook.training.checkpoints.writer import CheckpointWriter
from onelook.training.diagnose import TrainingDiagnosis, TrainingFacts
from onelook.training.interrupt import Interrupt
from onelook.training.listeners import BatchStatus, Listener, TrainingStart
from onelook.training.result import EpochRecord, FitResult, Weights
from onelook.training.schedule import Schedule
from onelook.training.timetable import Course, Timetable
from onelook.training.trainer import EpochPosition, Trainer
from onelook.wording import counted, percent


class TrainingRun:
    """A run from its start or resume to its end: history, callbacks, best weights, checkpoints, and how it ends."""

    def __init__(
        self,
        trainer: Trainer,
        settings: TrainSettings,
        *,
        checkpoint_folder: Path | None,
        course: Course | None,
        listener: Listener,
        interrupt: Interrupt,
        class_names: Sequence[str],
    ) -> None:
        self.trainer = trainer
        self.settings = settings
        self.checkpoint_folder = checkpoint_folder
        self.listener = listener
        self.interrupt = interrupt
        self.processes = trainer.processes
        self.checkpoint_writer = CheckpointWriter(checkpoint_folder if self.processes.is_first else None)
        self.is_interrupted, self.now = False, 0.0  # both at the last check
        self.check_interrupt_and_clock()
        self.control = RunControl(settings.optimizer.learning_rate)
        self.learning_rate = settings.optimizer.learning_rate  # of the last step
        self.callbacks, self.keeper = build_callbacks(
            settings.keep_best, settings.reduce_on_plateau, settings.early_stopping
        )
        self.diagnosis = TrainingDiagnosis(_facts(trainer, settings, class_names))
        self.history: list[EpochRecord] = []
        self.kept: Mapping[str, Tensor] = {}  # the state dict of the best epoch
        self.kept_epoch = 0
        self.notes: list[str] = []
        self.has_diverged = False
        self.ends_cut = False  # the time limit has cut the last epoch short
        self.shown_epochs = settings.epochs  # the number of epochs that the listeners know
        self.resumed_from_epoch: int | None = None
        steps_per_epoch = len(trainer.train)
        self.schedule = Schedule(settings.schedule, settings.epochs * steps_per_epoch, steps_per_epoch)
        self.timetable = Timetable(settings.epochs, steps_per_epoch, course, clock=lambda: self.now)
        self.cut_short: EpochPosition | None = None  # where an epoch that was interrupted continues
        self.epoch_seconds = 0.0  # time spent on that epoch before a resume
        self.epoch_began = perf_counter()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to train: by the epochs, the time, a callback or a divergence."""
        is_at_the_end = len(self.history) >= self.timetable.epochs or (self.history and self.is_time_up)
        return bool(is_at_the_end) or self.ends_cut or self.control.stop_reason is not None or self.has_diverged

    @property
    def is_time_up(self) -> bool:
        """Whether the time limit allows no further step."""
        return self.timetable.is_time_up(self.trainer.optimizer.steps_done)

    @property
    def is_over(self) -> bool:
        """Whether the run ends here, complete or interrupted."""
        return self.is_complete or self.is_interrupted

    def check_interrupt_and_clock(self) -> None:
        """Read Ctrl-C and the clock, with one result for all processes, so that all decide the same from it."""
        self.is_interrupted, self.now = self.processes.agree(interrupted=self.interrupt.requested, now=perf_counter())

    def restore(self, folder: Path) -> None:
        """Restore the run from the checkpoint in `folder`; without one, leave the run at its start."""
        checkpoint = load_checkpoint(folder)
        if checkpoint is None:
            return
        run_state = checkpoint.run_state
        check_same_settings(
            run_state.fixed_settings,
            self.fixed_settings(),
            is_whole=run_state.is_whole,
            epochs_done=len(run_state.history),
        )
        restore_network(self.trainer.network, checkpoint.network)
        self.trainer.optimizer.load(checkpoint.optimizer, run_state.steps_done)
        for callback, state in zip(self.callbacks, run_state.callbacks, strict=True):
            callback.state = state
        self.control = RunControl(run_state.learning_rate, run_state.stop_reason)
        self.diagnosis.state = run_state.diagnosis
        self.history, self.notes = list(run_state.history), list(run_state.notes)
        self.kept, self.kept_epoch = checkpoint.kept, run_state.kept_epoch
        self.resumed_from_epoch = len(self.history)
        if self.trainer.average is not None:
            restore_network(self.trainer.average.network, checkpoint.average)
        if run_state.steps_into_epoch:
            self.cut_short = EpochPosition(run_state.steps_into_epoch, checkpoint.epoch)
            self.epoch_seconds = run_state.epoch_seconds
        self.timetable.resume(run_state.course, run_state.steps_done, run_state.seconds)

    def start(self) -> None:
        """Report the start to the listeners.

        Raises:
            OnelookError: this process has read another checkpoint than the first process.
        """
        steps_done = self.trainer.optimizer.steps_done
        if self.processes.from_first(lambda: steps_done) != steps_done:
            raise OnelookError(
                f"{self.checkpoint_folder}: process {self.processes.rank} finds another checkpoint there than the "
                "first process. Expected one disk for all: name a run folder with --out that all machines share."
            )
        train, val = self.trainer.train, self.trainer.val
        self.shown_epochs = self.timetable.epochs
        self.listener.on_start(TrainingStart(self.shown_epochs, len(train), train.rows, val.rows, tuple(self.history)))

    def do_epoch(self) -> None:
        """Train and validate for one epoch. Whatever ends the run is stored where `is_over` reads it."""
        epoch, self.epoch_began = len(self.history) + 1, perf_counter()
        trained = self.trainer.train_epoch(epoch, self.rate, self.after_batch, self.cut_short)
        self.cut_short = None
        if not trained.is_finite():
            self.give_up(epoch)
            return
        if trained.rows < self.trainer.train.rows and not self.is_time_up:
            self.cut_short = self.trainer.position()  # interrupted
            return
        validated = self.trainer.validate()
        self.check_interrupt_and_clock()
        if not validated.is_finite():
            self.give_up(epoch)
            return
        if trained.rows < self.trainer.train.rows:
            self.ends_cut = True
            done = percent(trained.rows / self.trainer.train.rows, 0)
            self.note(f"the time is up: epoch {epoch} ends after {done} of its pictures, at its lowest rate.")
        self.accept(
            EpochRecord(
                epoch=epoch,
                seconds=self.epoch_seconds + perf_counter() - self.epoch_began,
                learning_rate=self.learning_rate,
                train_loss=trained.loss,
                train_accuracy=trained.accuracy,
                val_loss=validated.loss,
                val_accuracy=validated.accuracy,
            ),
            validated.predicted,
        )

    def rate(self, steps_done: int) -> float:
        """Return the learning rate of the next step."""
        return self.control.learning_rate * self.schedule.factor(self.timetable.place(steps_done))

    def after_batch(self, status: BatchStatus) -> bool:
        """Report the batch, save a checkpoint if one is due, and return whether training continues."""
        self.learning_rate = status.learning_rate
        self.listener.on_batch(status)
        for note in self.diagnosis.after_batch(status):
            self.note(note)
        self.check_interrupt_and_clock()
        self.correct_course()
        if self.is_interrupted or self.is_time_up:
            return False
        if self.checkpoint_writer.is_due:
            self.save(self.trainer.position())
        return True

    def correct_course(self) -> None:
        """Correct the number of epochs by the pace, if a time limit asks for it."""
        if not self.ends_cut:
            self.timetable.look(self.trainer.optimizer.steps_done, len(self.history))

    def show_epochs(self, *, is_said: bool) -> None:
        """Report the number of epochs if a sentence gives it, or if the run ends at another than the last one shown.

        Each correction is small, and there can be one in every epoch.
        """
        done = len(self.history)
        epochs = done if self.ends_cut else self.timetable.epochs
        if epochs != self.shown_epochs and (is_said or done >= min(epochs, self.shown_epochs)):
            self.shown_epochs = epochs
            self.listener.on_epochs(epochs)

    def save(self, position: EpochPosition | None = None) -> None:
        """Save a checkpoint. `position` is the position within the present epoch; None between two epochs."""
        self.checkpoint_writer.write(lambda: self.checkpoint(position))

    def accept(self, record: EpochRecord, predicted: NDArray[np.int64]) -> None:
        """Add a finished epoch to the history, save a checkpoint, then report the epoch.

        Args:
            record: the record of the epoch.
            predicted: (classes,), how many validation pictures were predicted as each class.
        """
        self.history.append(record)
        for callback in self.callbacks:
            callback.after_epoch(record, self.control)
        # Until early stopping begins to monitor, the latest epoch is kept.
        is_best = self.keeper.best_epoch in (record.epoch, None)
        if is_best:
            state = self.trainer.kept_network.state_dict()
            self.kept = {name: tensor.clone() for name, tensor in state.items()}
            self.kept_epoch = record.epoch
        self.epoch_seconds = 0.0
        self.correct_course()
        done = len(self.history)
        of_time = self.timetable.take_note(is_last=self.ends_cut or done >= self.timetable.epochs, done=done)
        notes = [
            *of_time,
            *self.diagnosis.after_epoch(self.history, predicted),
            *self.control.take_notes(),
        ]
        self.notes += notes
        self.save()
        self.show_epochs(is_said=bool(of_time))
        self.listener.on_epoch(record, is_best)
        for note in notes:
            self.listener.on_note(note)

    def give_up(self, epoch: int) -> None:
        """End the run in an epoch whose loss is not a number, and keep the best finite epoch.

        Raises:
            ConfigError: there is no finite epoch.
        """
        advice = self.processes.from_first(
            lambda: divergence_advice(epoch, self.learning_rate, self.trainer.range_of_prepared())
        )
        if not self.history:
            raise ConfigError(advice)
        self.has_diverged = True
        self.note(f"{advice} Epoch {self.kept_epoch} is kept.")

    def finish(self) -> FitResult:
        """Report the end and return the result of the run, which is over."""
        if not self.is_complete:
            self.account_for_interruption()
        elif self.is_time_up and len(self.history) < self.timetable.epochs:
            self.save()  # the time was up after the last checkpoint: a resume must not train on
        result = FitResult(
            weights=_as_arrays(self.kept),
            best_epoch=self.kept_epoch,
            history=self.history,
            status="complete" if self.is_complete else "interrupted",
            stopped_early=self.control.stop_reason is not None or self.has_diverged,
            resumed_from_epoch=self.resumed_from_epoch,
            notes=tuple(self.notes),
            epochs=self.timetable.epochs,
        )
        self.listener.on_end(result)
        return result

    def account_for_interruption(self) -> None:
        """Save a checkpoint and report what is safe. Before the first epoch is done, the present weights are kept."""
        if self.cut_short is not None:
            self.save(self.cut_short)
        if self.history:
            done = len(self.history)
            kept = f"The model is that of epoch {self.kept_epoch}, the best of {counted(done, 'epoch')}."
        else:
            self.note("interrupted: validating what was learnt so far; Ctrl-C again ends at once.")
            validated = self.trainer.validate()
            self.kept = self.trainer.kept_network.state_dict()
            kept = (
                "No epoch was finished: the model has the weights of this moment, "
                f"val loss {validated.loss:.4f}, accuracy {percent(validated.accuracy, 2)}."
            )
        batches = len(self.trainer.train)
        place = "" if self.cut_short is None else f", after {self.cut_short.steps:,} of {counted(batches, 'batch')}"
        self.note(f"interrupted in epoch {len(self.history) + 1}{place}. {kept}")

    def note(self, note: str) -> None:
        """Keep a sentence for the result, and report it."""
        self.notes.append(note)
        self.listener.on_note(note)

    def checkpoint(self, position: EpochPosition | None) -> Checkpoint:
        """Return all that `restore` needs."""
        average = self.trainer.average
        run_state = RunState(
            fixed_settings=self.fixed_settings(),
            history=tuple(self.history),
            steps_done=self.trainer.optimizer.steps_done,
            learning_rate=self.control.learning_rate,
            callbacks=tuple(callback.state for callback in self.callbacks),
            kept_epoch=self.kept_epoch,
            stop_reason=self.control.stop_reason,
            steps_into_epoch=0 if position is None else position.steps,
            epoch_seconds=0.0 if position is None else self.epoch_seconds + perf_counter() - self.epoch_began,
            seconds=self.timetable.seconds,
            notes=tuple(self.notes),
            diagnosis=self.diagnosis.state,
            course=None if self.timetable.course is None else self.timetable.course.to_state(),
        )
        return Checkpoint(
            run_state=run_state,
            network=self.trainer.network.state_dict(),
            optimizer=self.trainer.optimizer.tensors(),
            kept=self.kept,
            average={} if average is None else average.state(),
            epoch={} if position is None else position.tensors,
        )

    def fixed_settings(self) -> dict[str, object]:
        """Return what decides the weights, and so must not change when the run is resumed. (`epochs` may grow.)"""
        return fixed_settings(self.settings, train_rows=self.trainer.train.rows, val_rows=self.trainer.val.rows)


def _facts(trainer: Trainer, settings: TrainSettings, class_names: Sequence[str]) -> TrainingFacts:
    """Return the facts about a run that are known before it begins."""
    train, val = trainer.train.labels, trainer.val.labels
    classes = max(len(class_names), int(train.max()) + 1, int(val.max()) + 1)
    rates = [module.rate for module in trainer.network.modules() if isinstance(module, DropoutLayer)]
    return TrainingFacts(
        settings=settings,
        train_counts=np.bincount(train, minlength=classes),
        val_counts=np.bincount(val, minlength=classes),
        steps_per_epoch=len(trainer.train),
        dropout=max(rates, default=None),
        class_names=class_names,
    )


def _as_arrays(state: Mapping[str, Tensor]) -> Weights:
    """Return the floating-point state as arrays, without torch's counters of batches."""
    return {
        name: tensor.detach().to("cpu", torch.float32).contiguous().numpy().copy()
        for name, tensor in state.items()
        if tensor.is_floating_point()
    }
