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


def test_in_bfloat16_each_side_is_compared_with_the_same_round() -> None:
    from throughput import figures, lines

    def a_round(**speeds: float) -> dict[str, dict[str, float]]:
        peak = {"matrix_product_gflops": 400.0, "share_of_peak": 0.75}
        return {side: {"pictures_a_second": speed, **peak} for side, speed in speeds.items()}

    in_float32 = {"onelook": 200, "keras": 100, "pytorch": 200}
    steps = [a_round(**in_float32, onelook_bfloat16=400, keras_bfloat16=80, pytorch_bfloat16=320)]
    epochs = [a_round(onelook=150, keras=100, onelook_bfloat16=300, keras_bfloat16=120)]
    assert "bfloat16" not in figures("digit-recognizer", [a_round(**in_float32)], [a_round(onelook=150, keras=100)])
    found = figures("digit-recognizer", steps, epochs)["bfloat16"]
    ratios = ("times_float32", "ratio", "ratio_to_mixed_bfloat16", "ratio_to_autocast", "share_of_peak")
    assert [found[name]["median"] for name in ratios] == [2.0, 4.0, 5.0, 1.25, 0.75]
    assert [found["by_epoch"][name]["median"] for name in ratios[:3]] == [2.0, 3.0, 2.5]
    assert any(
        "keras mixed_bfloat16     120/s: 2.50 times" in line
        for line in lines("r", figures("digit-recognizer", steps, epochs))
    )


def test_the_plain_loop_computes_in_bfloat16_where_it_is_asked_to() -> None:
    import numpy as np
    import torch

    from pytorch_peer import train_epochs

    seen: list[torch.dtype] = []
    module = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(4, 2))
    module[1].register_forward_hook(lambda *call: seen.append(call[2].dtype))
    images, labels = np.zeros((4, 2, 2, 1), np.uint8), np.array([0, 1, 0, 1])
    optimizer = torch.optim.SGD(module.parameters(), 0.1)
    for bfloat16 in (False, True):
        next(train_epochs(module, optimizer, images, labels, batch=4, bfloat16=bfloat16))
    assert seen == [torch.float32, torch.bfloat16]
