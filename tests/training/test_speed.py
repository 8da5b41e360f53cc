"""The measured speed of matrix products."""

import torch

from onelook.training.speed import measure_matmul_speed


def test_the_speed_is_that_of_a_computer() -> None:
    assert 1e8 < measure_matmul_speed(torch.device("cpu")) < 1e14
