"""Cross-entropy against Keras' and scikit-learn's own numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight

from onelook.settings import LossSettings
from onelook.training.loss import CrossEntropy, balanced_weights, build_losses

RANDOM = np.random.default_rng(0)
LOGITS = RANDOM.normal(0, 2, (9, 4)).astype(np.float32)
TARGETS = RANDOM.integers(0, 4, 9)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.5])
def test_label_smoothing_is_keras(smoothing: float, keras: Any) -> None:
    peer = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    expected = peer(np.eye(4, dtype=np.float32)[TARGETS], LOGITS).item()
    ours = CrossEntropy(smoothing)(torch.from_numpy(LOGITS), torch.from_numpy(TARGETS))
    assert ours.item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_class_weights_weigh_as_in_keras(smoothing: float, keras: Any) -> None:
    weights = np.array([0.5, 2.0, 1.0, 4.0], dtype=np.float32)
    peer = keras.losses.CategoricalCrossentropy(from_logits=True, label_smoothing=smoothing)
    one_hot = np.eye(4, dtype=np.float32)[TARGETS]
    expected = peer(one_hot, LOGITS, sample_weight=weights[TARGETS]).item()  # what fit(class_weight=...) does
    ours = CrossEntropy(smoothing, torch.from_numpy(weights))(torch.from_numpy(LOGITS), torch.from_numpy(TARGETS))
    assert ours.item() == pytest.approx(expected, rel=1e-5)


def test_balanced_weights_are_scikit_learns() -> None:
    labels = np.array([0] * 7 + [1] * 2 + [3] * 5)
    expected = compute_class_weight("balanced", classes=np.unique(labels), y=labels)
    np.testing.assert_allclose(balanced_weights(labels)[[0, 1, 3]], expected, rtol=1e-6)
    assert balanced_weights(labels)[2] == 0


def test_validation_is_never_weighted() -> None:
    train, val = build_losses(LossSettings(class_weights="balanced"), np.array([0, 0, 1]), torch.device("cpu"))
    assert train.class_weights is not None
    assert train.class_weights.tolist() == pytest.approx([0.75, 1.5])
    assert val.class_weights is None
