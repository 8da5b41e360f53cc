"""Two precisions with the same seeds: the paired difference, and when it is noise."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("in_bfloat16", "mean", "is_as_accurate"),
    [
        ((0.90, 0.92, 0.94), 0.0, True),
        ((0.89, 0.91, 0.93), -0.01, False),  # every seed lost as much
        ((0.87, 0.92, 0.95), -0.02 / 3, True),  # as much by chance
        ((0.91, 0.93, 0.95), 0.01, True),
    ],
)
def test_a_loss_counts_if_it_is_more_than_the_seeds_differ(
    in_bfloat16: tuple[float, ...], mean: float, is_as_accurate: bool
) -> None:
    from precision import figures, lines

    def tries(accuracies: tuple[float, ...], seconds: float) -> list[dict[str, float]]:
        return [{"accuracy": accuracy, "epoch_seconds": seconds} for accuracy in accuracies]

    found = figures({"float32": tries((0.90, 0.92, 0.94), 3.0), "bfloat16": tries(in_bfloat16, 2.0)})
    assert found["difference"]["mean"] == pytest.approx(mean, abs=1e-6)
    assert found["is_as_accurate"] is is_as_accurate
    assert found["times_as_fast"]["median"] == 1.5
    assert lines("mnist", found)[0].split() == ["mnist", "float32", "92.00", "%"]


def test_one_seed_tells_no_noise() -> None:
    from precision import figures

    one = [{"accuracy": 0.9, "epoch_seconds": 1.0}]
    assert figures({"float32": one, "bfloat16": one})["is_as_accurate"] is None
