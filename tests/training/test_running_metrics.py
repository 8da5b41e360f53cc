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


def test_a_class_is_counted_that_no_picture_of_the_first_batch_has():
    metrics = RunningMetrics(torch.device("cpu"), counts_predictions=True)
    metrics.add(torch.tensor(1.0), torch.tensor([[0.0, 0.1, 2.0, 0.0], [1.0, 0.1, 0.2, 0.0]]), torch.tensor([0, 0]))
    assert metrics.predicted.tolist() == [1, 0, 1, 0]


def test_what_processes_have_counted_is_added_up_for_every_figure() -> None:
    others = torch.tensor([4.0, 1.0, 3.0, 1.0, 0.0, 2.0], dtype=torch.float64)  # loss, correct, rows, each class

    class Pair:
        def sum(self, values: torch.Tensor) -> torch.Tensor:
            return values.add_(others)

    metrics = RunningMetrics(torch.device("cpu"), counts_predictions=True)
    metrics.add(torch.tensor(2.0), LOGITS, torch.tensor([1, 1, 2, 1, 0]))
    metrics.sum_over(Pair())  # type: ignore[arg-type]
    assert (metrics.rows, metrics.loss, metrics.accuracy) == (8, 14 / 8, 4 / 8)
    assert metrics.predicted.tolist() == [3, 3, 2]


def test_a_restored_count_continues_where_it_was() -> None:
    metrics = RunningMetrics(torch.device("cpu"))
    metrics.add(torch.tensor(2.0), LOGITS, torch.tensor([1, 1, 2, 1, 0]))
    again = RunningMetrics(torch.device("cpu"))
    again.add(torch.tensor(9.0), LOGITS[:1], torch.tensor([0]))  # is forgotten
    again.restore(metrics.state())
    again.add(torch.tensor(5.0), LOGITS[:1], torch.tensor([1]))
    assert (again.rows, again.loss, again.accuracy) == (6, 15 / 6, 4 / 6)
