"""What was seen, counted over batches of different lengths."""

from __future__ import annotations

import torch

from onelook.training.running_metrics import RunningMetrics

LOGITS = torch.tensor([[0.0, 2.0, 1.0], [5.0, 2.0, 1.0], [0.0, 0.1, 0.0], [0.0, 0.3, 0.2], [3.0, 0.3, 0.2]])


def test_predicted_classes_are_counted_where_that_is_asked_for():
    metrics = RunningMetrics(torch.device("cpu"), counts_predictions=True)
    assert metrics.predicted.tolist() == []
    metrics.add(torch.tensor(1.0), LOGITS[:3], torch.tensor([1, 1, 2]))
    metrics.add(torch.tensor(1.0), LOGITS[3:], torch.tensor([1, 0]))
    assert metrics.predicted.tolist() == [2, 3, 0]
    assert metrics.accuracy == 3 / 5
    plain = RunningMetrics(torch.device("cpu"))
    plain.add(torch.tensor(1.0), LOGITS, torch.tensor([1, 1, 2, 1, 0]))
    assert plain.predicted.tolist() == []
