"""What the sides of the throughput benchmark do: the same network, and ratios of neighbours."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize("recipe", ["digit-recognizer", "fashion-cnn-bn", "dogs-vs-cats"])
def test_the_plain_network_has_the_shapes_of_ours(recipe: str) -> None:
    from onelook.models.summary import summarize
    from pytorch_peer import build_pytorch
    from throughput import CASES

    case = CASES[recipe]
    plain = build_pytorch(case.network, case.channels_first, case.classes)
    ours = summarize(case.network, case.channels_first, case.classes)
    assert sum(parameter.numel() for parameter in plain.parameters()) == ours.trainable
    assert plain.training


def test_operations_of_a_step_are_six_a_multiply_add() -> None:
    from throughput import CASES
    from training_sides import operations_a_picture

    # 28·28·32·25·(1 + 32) + 14·14·64·9·(32 + 64) + 3136·256 + 256·10 by hand
    by_hand = 784 * 32 * 25 * 33 + 196 * 64 * 9 * 96 + 3136 * 256 + 2560
    assert operations_a_picture(CASES["digit-recognizer"]) == 6 * by_hand


def test_each_ratio_is_of_one_round() -> None:
    from throughput import figures

    def a_round(ours: float, keras: float, pytorch: float) -> dict[str, dict[str, float]]:
        speeds = {"onelook": ours, "keras": keras, "pytorch": pytorch}
        return {side: {"pictures_a_second": speed} for side, speed in speeds.items()}

    steps = [a_round(200, 100, 200), a_round(100, 25, 80), a_round(90, 30, 100)]
    found = figures("fashion-cnn-bn", steps, steps)
    assert found["ratio"] == {"median": 3.0, "lowest": 2.0, "highest": 4.0, "repetitions": 3}
    assert found["ratio_to_pytorch"]["median"] == 1.0
    assert (found["bar"], found["by_epoch"]["bar"], found["pytorch_bar"]) == (2.0, 1.8, 0.97)
    assert "share_of_peak" not in found
