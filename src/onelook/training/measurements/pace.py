"""The time of an epoch on this machine, and how many epochs fit into a time. Importing this does not import torch."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil

# A last epoch is not worth its validation if it is shorter than this, and takes less than this share of the time.
_SHARE_OF_EPOCH = 0.2
_SHARE_OF_TIME = 0.06

# On a machine that is busier than this, work that is to come is counted as if it were not: most load passes.
MOST_SLOWNESS = 3.0

# A training on a machine without other work uses at least this share of its cores.
_IDLE_SHARE = 0.8


@dataclass(frozen=True)
class Pace:
    """The time of an epoch, in seconds.

    Attributes:
        training_seconds: the time of its steps.
        validation_seconds: the time of its validation.
        cpu_share: the share of the cores that the training got, of those that it could use; 1 on a GPU.
        load: how many times as long as on an idle machine the command's work took until then, at least 1.
    """

    training_seconds: float
    validation_seconds: float
    cpu_share: float = field(default=1.0, compare=False)
    load: float = field(default=1.0, compare=False)

    @property
    def epoch_seconds(self) -> float:
        """The time of training and validation in one epoch."""
        return self.training_seconds + self.validation_seconds

    @property
    def slowness(self) -> float:
        """How many times as long other work takes here as on an idle machine, from 1 to 3.

        Example:
            >>> Pace(9, 1, cpu_share=0.95).slowness, Pace(9, 1, cpu_share=0.4).slowness
            (1.0, 2.0)
        """
        return min(MOST_SLOWNESS, max(1.0, _IDLE_SHARE / max(self.cpu_share, 0.01)))

    def epochs_within(self, seconds: float) -> int:
        """Return how many epochs fit, at least 1. An epoch of which a fair share fits counts; the clock cuts it short.

        Example:
            >>> pace = Pace(training_seconds=9, validation_seconds=1)
            >>> pace.epochs_within(31), pace.epochs_within(35), pace.epochs_within(11)
            (3, 4, 2)
        """
        epochs = max(0.0, seconds / self.epoch_seconds)
        return max(1, ceil(epochs) if is_worth_an_epoch(epochs) else int(epochs))


def is_worth_an_epoch(epochs: float) -> bool:
    """Return whether the last part of so many epochs is worth the validation of an epoch of its own.

    Example:
        >>> is_worth_an_epoch(3.1), is_worth_an_epoch(3.5), is_worth_an_epoch(1.1)
        (False, True, True)
    """
    return epochs % 1 >= min(_SHARE_OF_EPOCH, _SHARE_OF_TIME * epochs)
