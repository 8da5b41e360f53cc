"""Loss, accuracy and predicted classes over exactly the rows that were counted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from onelook.training.parallel import Processes


class RunningMetrics:
    """The sums of losses and correct predictions, on the device.

    Adding does not wait for the device; reading a mean does.

    Example:
        >>> metrics = RunningMetrics(torch.device("cpu"))
        >>> metrics.add(torch.tensor(1.0), torch.eye(3), torch.tensor([0, 1, 0]))
        >>> metrics.add(torch.tensor(5.0), torch.eye(3)[:1], torch.tensor([0]))
        >>> metrics.rows, metrics.loss, metrics.accuracy
        (4, 2.0, 0.75)

    Args:
        device: the device of the sums.
        counts_predictions: whether to count how often each class is predicted.
    """

    def __init__(self, device: torch.device, *, counts_predictions: bool = False) -> None:
        self.rows = 0
        self._counts_predictions = counts_predictions
        self._predicted = torch.zeros(0, dtype=torch.int64, device=device)  # (classes,) after the first batch
        self._loss_sum = torch.zeros((), dtype=torch.float64, device=device)
        self._correct = torch.zeros((), dtype=torch.int64, device=device)

    def add(self, loss: Tensor, logits: Tensor, targets: Tensor) -> None:
        """Count one batch.

        Args:
            loss: the mean loss of the batch, a scalar.
            logits: (batch, classes).
            targets: (batch,), int64.
        """
        rows = len(targets)
        self.rows += rows
        if rows:  # the mean of no rows is not a number
            self._loss_sum.add_(loss.detach(), alpha=rows)
        predictions = logits.detach().argmax(dim=1)
        self._correct.add_((predictions == targets).sum())
        if self._counts_predictions:
            if not len(self._predicted):
                self._predicted = self._predicted.new_zeros(logits.shape[1])
            # `bincount` would wait for the device, because the length of its result depends on the values.
            self._predicted.index_add_(0, predictions, torch.ones_like(predictions))

    def sums(self) -> Tensor:
        """Return (2,): the sum of the losses and the number of correct predictions, for `add_counted`."""
        return torch.stack([self._loss_sum, self._correct.to(torch.float64)])

    def add_counted(self, sums: Tensor, rows: int) -> None:
        """Count `rows` rows that several processes have counted together; `sums` are over all of them."""
        self.rows += rows
        self._loss_sum.add_(sums[0])
        self._correct.add_(sums[1].round().to(torch.int64))

    def sum_over(self, processes: Processes) -> None:
        """Replace the sums by those over all processes, each of which has counted rows of its own."""
        rows = torch.tensor([self.rows], device=self._loss_sum.device)
        # In float64: whole numbers are exact up to 2^53.
        sums = processes.sum(torch.cat([self.sums(), rows, self._predicted]))
        self._loss_sum.copy_(sums[0])
        self._correct.copy_(sums[1])
        self.rows = int(sums[2])
        self._predicted.copy_(sums[3:])

    def state(self) -> dict[str, Tensor]:
        """Return all that `restore` needs."""
        return {"loss_sum": self._loss_sum.clone(), "correct": self._correct.clone(), "rows": torch.tensor(self.rows)}

    def restore(self, state: Mapping[str, Tensor]) -> None:
        """Set the sums to those in `state`."""
        self._loss_sum.copy_(state["loss_sum"])
        self._correct.copy_(state["correct"])
        self.rows = int(state["rows"])

    @property
    def loss(self) -> float:
        """The mean loss over the rows so far."""
        return self._loss_sum.item() / self.rows

    @property
    def accuracy(self) -> float:
        """The share of correct predictions among the rows so far."""
        return self._correct.item() / self.rows

    @property
    def predicted(self) -> NDArray[np.int64]:
        """(classes,), how many rows so far were predicted as each class; empty if it is not counted."""
        return self._predicted.cpu().numpy()

    def is_finite(self) -> bool:
        """Return whether every loss so far was a finite number."""
        return bool(torch.isfinite(self._loss_sum).item())
