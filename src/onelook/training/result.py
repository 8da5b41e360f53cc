"""The result of a training: one record for each epoch, and the weights of the best one."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import isfinite
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from onelook.settings.optimization import Monitor

Weights = dict[str, NDArray[np.float32]]  # a network's floating-point state, by the names of its state dict


@dataclass(frozen=True)
class EpochRecord:
    """The figures of one finished epoch: a line of `history.jsonl`."""

    epoch: int  # from 1
    seconds: float  # training and validation
    learning_rate: float  # the rate of the epoch's last step
    train_loss: float  # mean over the epoch's own batches, augmented, with dropout
    train_accuracy: float  # likewise, in [0, 1]
    val_loss: float
    val_accuracy: float

    def value(self, monitor: Monitor) -> float:
        """Return the figure that is called `monitor`."""
        value: float = getattr(self, monitor)
        return value

    @property
    def is_finite(self) -> bool:
        """Whether both losses are numbers."""
        return isfinite(self.train_loss) and isfinite(self.val_loss)

    def to_dict(self) -> dict[str, float]:
        """Return the figures as plain JSON values, in the order of the fields."""
        return asdict(self)


@dataclass(frozen=True)
class FitResult:
    """The result of `fit`."""

    weights: Weights  # those of the best epoch; where no epoch was finished, those at the interruption
    best_epoch: int  # from 1; 0 if no epoch was finished
    history: list[EpochRecord]  # every finished epoch, including those before a resume
    status: Literal["complete", "interrupted"]
    stopped_early: bool  # a callback ended the run before its last epoch
    resumed_from_epoch: int | None  # the last finished epoch in the checkpoint that the run was resumed from
    notes: tuple[str, ...]  # what happened during the training, each a plain sentence
    epochs: int = 0  # the epochs in all, as a time limit has corrected them; 0 if that does not apply

    @property
    def best(self) -> EpochRecord | None:
        """The record of the best epoch; None if no epoch was finished."""
        return self.history[self.best_epoch - 1] if self.best_epoch else None
