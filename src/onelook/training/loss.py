"""The loss of training: cross-entropy, with label smoothing and class weights as in Keras."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from onelook.data.labels import Labels
from onelook.settings import LossSettings


@dataclass(frozen=True)
class CrossEntropy:
    """The mean cross-entropy of a batch.

    Attributes:
        label_smoothing: share of each target spread over all classes (Szegedy et al. 2015, arXiv:1512.00567).
        class_weights: (classes,), the weight of a picture of each class, or None. The weighted losses are divided by
            the number of pictures, as Keras does, and not by the sum of their weights, as torch would.
    """

    label_smoothing: float = 0.0
    class_weights: Tensor | None = None

    def __call__(self, logits: Tensor, targets: Tensor) -> Tensor:
        """Return the loss, a float32 scalar.

        Args:
            logits: (batch, classes), float32.
            targets: (batch,), int64 positions of the classes.
        """
        if self.class_weights is None:
            return F.cross_entropy(logits, targets, label_smoothing=self.label_smoothing)
        losses = F.cross_entropy(logits, targets, label_smoothing=self.label_smoothing, reduction="none")
        return (losses * self.class_weights[targets]).mean()


def build_losses(
    settings: LossSettings, train_labels: Labels, device: torch.device
) -> tuple[CrossEntropy, CrossEntropy]:
    """Return the loss for training, and the loss for validation, which has no class weights, as in Keras."""
    weights = None
    if settings.class_weights == "balanced":
        weights = torch.from_numpy(balanced_weights(train_labels)).to(device)
    return CrossEntropy(settings.label_smoothing, weights), CrossEntropy(settings.label_smoothing)


def balanced_weights(labels: Labels) -> NDArray[np.float32]:
    """Return the weight of a picture of each class with which all classes count the same: scikit-learn's "balanced".

    The weight is rows / (classes present * rows of the class), and 0 for a class without rows.

    Example:
        >>> balanced_weights(np.array([0, 0, 0, 2]))
        array([0.6666667, 0.       , 2.       ], dtype=float32)
    """
    counts = np.bincount(labels)
    present = counts > 0
    weights = np.zeros(len(counts), dtype=np.float32)
    weights[present] = len(labels) / (present.sum() * counts[present])
    return weights
