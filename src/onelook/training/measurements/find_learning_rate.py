"""Find a learning rate that suits a network and its data, by a short sweep over all rates that are used.

Smith 2017, "Cyclical Learning Rates for Training Neural Networks" (arXiv:1506.01186): the rate rises with each step.
The network can learn at the rates where the loss falls; the rates where the loss leaps up are too high.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from math import floor, isfinite, log10

import numpy as np
from numpy.typing import NDArray
from torch import nn

from onelook.errors import ConfigError
from onelook.runtime import command_name
from onelook.settings import TrainSettings
from onelook.training.inputs.training_inputs import TrainingInputs
from onelook.training.listeners import BatchStatus
from onelook.training.torch_settings import tuned_for_training
from onelook.training.trainer import Trainer
from onelook.wording import counted

LOWEST_RATE, HIGHEST_RATE = 1e-7, 10.0
STEPS = 160  # 20 for each factor of ten

_DIVERGED = 4.0  # the sweep ends where the loss is this many times its lowest
_BELOW_THE_LOWEST = 10.0
_WHY = (
    "A tenth of the rate of the lowest loss is suggested, but no less than the rate at which the loss falls fastest: "
    "the lowest loss itself is at the edge of what the network bears."
)
_WHY_THE_LOWEST = (
    "The rate of the lowest loss is suggested: the length of this optimizer's steps hangs on the rate alone, not on "
    "the gradient, and training bears what the sweep bore."
)
# The loss of one batch depends on the chance of its pictures. This width of the mean, in powers of ten, reduces that.
_SMOOTHING = 0.2
_FEWEST_STEPS = 10
_KNOWN_BY_HEART = 0.02
_FALLS = 0.03  # the share by which the loss has to fall below its start before a rate is suggested


@dataclass(frozen=True)
class RateSweep:
    """The losses of a sweep, and the learning rate that follows from them.

    Attributes:
        rates: the rate of each step, rising.
        losses: the loss of each step's batch, in nats.
        smooth_losses: means of the losses over neighbouring steps.
        suggestion: a tenth of the rate of the lowest loss, but no less than the rate where the loss falls fastest; for
            steps of one length (Muon) the rate of the lowest loss; to two digits.
        steepest: the rate where the loss falls fastest.
        lowest: the rate of the lowest loss.
        why: the rule behind the suggestion, in a sentence for the user.
    """

    rates: tuple[float, ...]
    losses: tuple[float, ...]
    smooth_losses: tuple[float, ...]
    suggestion: float
    steepest: float
    lowest: float
    why: str

    def to_dict(self) -> dict[str, float | list[float]]:
        """Return plain JSON values: the suggestion first, the sweep last."""
        return {
            "suggestion": self.suggestion,
            "steepest": self.steepest,
            "lowest": self.lowest,
            "rates": list(self.rates),
            "losses": list(self.losses),
            "smooth_losses": list(self.smooth_losses),
        }


def sweep_rates(
    network: nn.Module,
    inputs: TrainingInputs,
    settings: TrainSettings,
    *,
    steps: int = STEPS,
) -> RateSweep:
    """Train a copy of the network for some steps, each at a higher rate than the one before, and suggest a rate.

    The rate rises from 1e-7 to 10 by the same factor a step; the sweep ends before that where the loss is 4 times
    its lowest or not a number. Optimizer, augmentation, dropout and batch size are those of the settings; the schedule
    is not used. Where an epoch has fewer batches, another epoch follows. The network itself is not changed.

    Args:
        network, inputs, settings: as `Trainer` takes them.
        steps: the number of steps in the whole sweep.

    Raises:
        ConfigError: the loss never falls, or there are too few steps to tell.
        DataError: no pictures, or no labels.
    """
    growth = (HIGHEST_RATE / LOWEST_RATE) ** (1 / (steps - 1))
    rates: list[float] = []
    losses: list[float] = []
    before = 0.0  # sum of the epoch's losses, up to the last step
    with tuned_for_training(inputs.device):
        uncompiled = settings.model_copy(update={"compile": False})  # so few steps do not repay compiling
        trainer = Trainer(deepcopy(network), inputs, uncompiled)
        rows_before = 0

        def keep_training(status: BatchStatus) -> bool:
            nonlocal before, rows_before
            loss_sum, rows = status.metrics.loss * status.metrics.rows, status.metrics.rows
            loss = (loss_sum - before) / (rows - rows_before)
            before, rows_before = loss_sum, rows
            rates.append(status.learning_rate)
            losses.append(loss)
            return len(losses) < steps and not has_diverged(losses)

        epoch = 0
        while len(losses) < steps and not has_diverged(losses):
            epoch, before, rows_before = epoch + 1, 0.0, 0
            trainer.train_epoch(epoch, lambda steps_done: LOWEST_RATE * growth**steps_done, keep_training)
    return suggest_rate(rates, losses, steps_of_one_length=settings.optimizer.name == "muon")


def has_diverged(losses: Sequence[float]) -> bool:
    """Return whether the loss is not a number, or was 4 times the lowest so far in the last two steps."""
    if not losses or not isfinite(losses[-1]):
        return bool(losses)
    # Means over five: among many batches the loss of a single one may be near 0 by chance.
    lowest = min(_means(losses, 5))
    return len(losses) >= _FEWEST_STEPS and min(losses[-2:]) > _DIVERGED * lowest


def suggest_rate(rates: Sequence[float], losses: Sequence[float], *, steps_of_one_length: bool = False) -> RateSweep:
    """Return the rate that the losses at rising rates suggest.

    Args:
        rates: the rate of each step, each the same factor above the one before.
        losses: the loss of each step; a last one that is not a number is left out.
        steps_of_one_length: whether the rate alone decides how far a step goes.

    Raises:
        ConfigError: the loss never falls, or there are too few steps to tell.
    """
    finite = [(rate, loss) for rate, loss in zip(rates, losses, strict=True) if isfinite(loss)]
    if len(finite) < _FEWEST_STEPS:
        raise ConfigError(
            f"--find-lr: the loss was not a number after {counted(len(finite), 'step')}, at a learning rate of "
            f"{rates[len(finite) - 1] if finite else rates[0]:.1g} already. Look whether the prepared pictures are "
            "small numbers around 0."
        )
    places = np.log10([rate for rate, _ in finite])
    smooth = _smoothed(places, np.array([loss for _, loss in finite]))
    start = float(np.median(smooth[: max(3, len(smooth) // 8)]))
    # A network that learns its pictures by heart has no clear lowest loss: all losses below 2 % of the first are equal.
    at_lowest = int(np.maximum(smooth, _KNOWN_BY_HEART * start).argmin())
    if smooth[at_lowest] > (1 - _FALLS) * start:
        raise ConfigError(
            f"--find-lr: the loss falls at no learning rate: from {start:.4f} to {smooth[at_lowest]:.4f} at best. "
            f"Look whether the labels belong to their pictures (`{command_name()} inspect`), or try another --model."
        )
    slopes = np.gradient(smooth, places)
    at_steepest = int(slopes[: at_lowest + 1].argmin())
    lowest, steepest = rates[at_lowest], rates[at_steepest]
    cautious = max(lowest / _BELOW_THE_LOWEST, min(steepest, lowest / 2))
    return RateSweep(
        rates=tuple(rate for rate, _ in finite),
        losses=tuple(loss for _, loss in finite),
        smooth_losses=tuple(smooth.tolist()),
        suggestion=two_digits(lowest if steps_of_one_length else cautious),
        steepest=two_digits(steepest),
        lowest=two_digits(lowest),
        why=_WHY_THE_LOWEST if steps_of_one_length else _WHY,
    )


def two_digits(rate: float) -> float:
    """Return the rate rounded to two digits, as one would type it.

    Example:
        >>> two_digits(0.0037241)
        0.0037
    """
    return round(rate, 1 - floor(log10(rate)))


def _smoothed(places: NDArray[np.float64], losses: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return means over neighbours on both sides, weighted by a normal curve over the powers of ten."""
    weights = np.exp(-0.5 * ((places[:, np.newaxis] - places) / _SMOOTHING) ** 2)
    # Losses far above the start are capped: otherwise a leap at the end would raise the means at the minimum before it.
    capped = np.minimum(losses, 2 * np.median(losses[: max(3, len(losses) // 8)]))
    smooth: NDArray[np.float64] = weights @ capped / weights.sum(axis=1)
    return smooth


def _means(losses: Sequence[float], width: int) -> list[float]:
    """Return means over `width` neighbours, or one mean over all losses if there are fewer."""
    if len(losses) <= width:
        return [sum(losses) / len(losses)]
    return [sum(losses[start : start + width]) / width for start in range(len(losses) - width + 1)]
