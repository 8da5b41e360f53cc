"""Diagnose a training while it runs: a loss that does not fall, one class for every picture, over-fitting.

Each kind of trouble is reported once in a run, with what to try. A loss that is not a number is not handled here:
it ends the run, and the loop reports it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import log

import numpy as np
from numpy.typing import NDArray

from onelook.settings import OptimizerSettings, TrainSettings
from onelook.training.listeners import BatchStatus
from onelook.training.result import EpochRecord
from onelook.wording import counted, listed, percent

Counts = NDArray[np.int64]

# A loss is called not falling if it has fallen by less than this share and is still near the loss of a guess.
_FALL_AT_LEAST = 0.02
_NEAR_GUESSING = 0.8  # share of the loss of a guess. Networks that learn are below it after some hundred steps.
_FEWEST_EPOCHS, _FEWEST_STEPS = 3, 100
_WARM = 0.5  # share of the highest rate: a loss is judged only after the rate has reached it

# Within a long epoch the loss is read once in this number of steps. Each reading waits for the device, a few times a
# minute.
STEPS_BETWEEN_LOOKS = 200
_FEWEST_LOOKS = 6

_ONE_CLASS = 0.98  # share of the validation pictures that get the same class
_ABOVE_ITS_SHARE = 0.05  # by how much that exceeds the class's true share
_FEWEST_VALIDATED = 20

# Over-fitting: the validation loss is this many times its lowest, which was at least this number of epochs ago;
# training and validation accuracy differ by at least the gap; and validation accuracy has not improved since.
_RISEN, _EPOCHS_SINCE_BEST, _GAP = 1.05, 3, 0.05

# Rates that often work, by the rule (Adam's family from Kingma & Ba 2014; the others by habit).
_USUAL_RATES = {"sgd": 0.05, "adagrad": 0.01, "rmsprop": 1e-3, "adam": 1e-3, "adamw": 1e-3, "muon": 0.02}


@dataclass(frozen=True)
class TrainingFacts:
    """The facts about a run that a diagnosis needs."""

    settings: TrainSettings
    train_counts: Counts  # (classes,), training pictures of each class
    val_counts: Counts  # (classes,), validation pictures of each class
    steps_per_epoch: int
    dropout: float | None = None  # the highest rate of the network's dropout layers; None if it has none
    class_names: Sequence[str] = ()  # empty if they are not known

    @property
    def guessing_loss(self) -> float:
        """The lowest training loss without looking at the pictures, in nats: the entropy of the class shares."""
        shares = self.train_counts[self.train_counts > 0] / self.train_counts.sum()
        return log(len(shares)) if self.is_balanced else float(-(shares * np.log(shares)).sum())

    @property
    def is_balanced(self) -> bool:
        """Whether training counts all classes alike, however many pictures each has."""
        return self.settings.sampling == "balanced" or self.settings.loss.class_weights == "balanced"


@dataclass(frozen=True)
class DiagnosisState:
    """All that a diagnosis remembers from epoch to epoch."""

    reported: tuple[str, ...] = ()  # the kinds of trouble that were reported
    one_class_epochs: int = 0  # epochs in a row in which nearly every picture got the same class


class TrainingDiagnosis:
    """The diagnosis of one run: it looks for trouble between steps and after epochs, and describes it in sentences.

    Args:
        facts: the facts about the run.

    Attributes:
        state: what the checkpoint keeps of it.
    """

    def __init__(self, facts: TrainingFacts) -> None:
        self._facts = facts
        self.state = DiagnosisState()
        self._before = (0, 0.0)  # rows and sum of losses at the last reading
        self._window_losses: list[float] = []  # mean losses between readings of this epoch, since the rate is warm

    def after_batch(self, status: BatchStatus) -> list[str]:
        """Return the notes on a step of a long epoch. The loss is read every `STEPS_BETWEEN_LOOKS` steps."""
        if status.step % STEPS_BETWEEN_LOOKS or "falling" in self.state.reported:
            return []
        rows = status.metrics.rows
        loss_sum = status.metrics.loss * rows
        if status.step == STEPS_BETWEEN_LOOKS:
            self._before, self._window_losses = (0, 0.0), []
        rows_before, sum_before = self._before
        self._before = (rows, loss_sum)
        highest = self._facts.settings.optimizer.learning_rate
        if status.learning_rate >= _WARM * highest or self._window_losses:
            self._window_losses.append((loss_sum - sum_before) / max(1, rows - rows_before))
        looks = len(self._window_losses)
        if looks < _FEWEST_LOOKS or not self._is_stuck(self._window_losses[0], self._window_losses[-3:]):
            return []
        first, last = self._window_losses[0], self._window_losses[-1]
        return self._report(
            "falling", self._not_falling(f"{first:.4f} at first, {last:.4f} after {counted(status.step, 'step')}")
        )

    def after_epoch(self, history: Sequence[EpochRecord], predicted: Counts) -> list[str]:
        """Return the notes on an epoch.

        Args:
            history: every finished epoch; the last one is new.
            predicted: (classes,), how many validation pictures were predicted as each class.
        """
        found = [*self._find_one_class(history[-1].epoch, predicted), *self._find_stuck_loss(history)]
        return [*found, *self._find_over_fitting(history)]

    def _report(self, kind: str, sentence: str) -> list[str]:
        """Return the sentence, or nothing if this kind of trouble was reported before."""
        if kind in self.state.reported:
            return []
        self.state = replace(self.state, reported=tuple(sorted((*self.state.reported, kind))))
        return [sentence]

    def _is_stuck(self, first: float, later: Sequence[float]) -> bool:
        """Return whether a loss has hardly fallen and is near that of a guess."""
        return min(later) > (1 - _FALL_AT_LEAST) * first and min(later) > _NEAR_GUESSING * self._facts.guessing_loss

    def _find_stuck_loss(self, history: Sequence[EpochRecord]) -> list[str]:
        highest = self._facts.settings.optimizer.learning_rate
        warm = [record.epoch for record in history if record.learning_rate >= _WARM * highest]
        epochs = len(history)
        is_early = epochs < _FEWEST_EPOCHS or epochs * self._facts.steps_per_epoch < _FEWEST_STEPS
        if is_early or not warm or epochs - warm[0] < 2:
            return []
        first, last = history[0], history[-1]
        if not self._is_stuck(first.train_loss, [record.train_loss for record in history[1:][-3:]]):
            return []
        course = f"{first.train_loss:.4f} in epoch 1, {last.train_loss:.4f} in epoch {last.epoch}"
        return self._report("falling", self._not_falling(course))

    def _not_falling(self, course: str) -> str:
        return (
            f"the training loss is not falling: {course}, and a network that sees nothing has "
            f"{self._facts.guessing_loss:.4f}. Try {_another_rate(self._facts.settings.optimizer)}, or let --find-lr "
            "suggest one; and look whether the labels belong to their pictures (onelook inspect)."
        )

    def _find_one_class(self, epoch: int, predicted: Counts) -> list[str]:
        facts, rows = self._facts, int(predicted.sum())
        top = int(predicted.argmax())
        true_count = facts.val_counts[top] if top < len(facts.val_counts) else 0
        share, true_share = predicted[top] / max(1, rows), true_count / max(1, facts.val_counts.sum())
        is_one = rows >= _FEWEST_VALIDATED and share >= _ONE_CLASS and share - true_share >= _ABOVE_ITS_SHARE
        self.state = replace(self.state, one_class_epochs=self.state.one_class_epochs + 1 if is_one else 0)
        # It can happen once while moving statistics settle, and for long where nearly all pictures are of one class.
        if self.state.one_class_epochs < 2 or epoch * facts.steps_per_epoch < _FEWEST_STEPS:
            return []
        name = f"'{facts.class_names[top]}'" if facts.class_names else f"class {top}"
        is_common = true_share > 1.5 / np.count_nonzero(facts.val_counts)
        remedy = (
            "to let rare classes count more with --set loss.class_weights=balanced"
            if is_common and not facts.is_balanced
            else _another_rate(facts.settings.optimizer, lower=True)
        )
        return self._report(
            "one class",
            f"nearly every picture is taken for {name}: {percent(share, 0)} of the validation pictures in epoch "
            f"{epoch}, of which {percent(true_share, 0)} are. Try {remedy}.",
        )

    def _find_over_fitting(self, history: Sequence[EpochRecord]) -> list[str]:
        best, last = min(history, key=lambda record: record.val_loss), history[-1]
        is_worse = last.epoch - best.epoch >= _EPOCHS_SINCE_BEST and last.val_loss > _RISEN * best.val_loss
        has_won = last.val_accuracy > best.val_accuracy or last.train_loss >= best.train_loss
        gap = last.train_accuracy - last.val_accuracy
        if not is_worse or has_won or gap < _GAP or gap <= best.train_accuracy - best.val_accuracy:
            return []
        return self._report(
            "over-fitting",
            f"over-fitting: since epoch {best.epoch} the validation loss has risen from {best.val_loss:.4f} to "
            f"{last.val_loss:.4f}, while training accuracy went up to {percent(last.train_accuracy)} "
            f"(validation: {percent(last.val_accuracy)}). Try {self._against_over_fitting()}.",
        )

    def _against_over_fitting(self) -> str:
        facts = self._facts
        remedies = ["more pictures"]
        if not facts.settings.augment.is_active:
            remedies.append("random changes of the pictures (--set rotation_range=10 --set zoom_range=0.1)")
        elif not facts.settings.mix.is_active:
            remedies.append("mixing the pictures (--set mix.mixup=0.2)")
        if facts.dropout is not None and facts.dropout < 0.5:
            remedies.append("more dropout (--set dropout=0.5)")
        if facts.settings.early_stopping is None:
            remedies.append("fewer epochs (--set early_stopping.patience=3)")
        return listed(remedies, last="or")


def _another_rate(optimizer: OptimizerSettings, *, lower: bool = False) -> str:
    """Return advice on another rate: a tenth of the present one, or ten times it where it is far below the usual one.

    The usual rate of the optimizer is advised instead where it is further away than the factor of ten.

    Example:
        >>> _another_rate(OptimizerSettings(name="sgd", learning_rate=1e-5))
        'a higher learning rate, such as --set optimizer.learning_rate=0.05 (it is 1e-05)'
    """
    rate, usual = optimizer.learning_rate, _USUAL_RATES[optimizer.name]
    is_low = not lower and rate < usual / 3
    word, other = ("higher", max(rate * 10, usual)) if is_low else ("lower", min(rate / 10, usual))
    return f"a {word} learning rate, such as --set optimizer.learning_rate={other:.3g} (it is {rate:.3g})"
