"""What the process is set to while a network is trained."""

from __future__ import annotations

import sys

import pytest
import torch

from onelook.settings.train import Precision
from onelook.training.torch_settings import (
    choose_precision,
    fast_on_gpu,
    keep_freed_memory,
    on_threads,
    tuned_for_training,
)

CPU = torch.device("cpu")


def test_vanishing_numbers_are_zero_in_training_and_themselves_afterwards() -> None:
    tiny = torch.tensor(1e-38)
    with tuned_for_training(CPU):
        assert (tiny * 0.1).item() == 0
    assert (tiny * 0.1).item() > 0


def test_torchs_random_numbers_come_back_even_after_an_error() -> None:
    torch.manual_seed(0)
    expected = torch.rand(2)
    torch.manual_seed(0)
    with pytest.raises(RuntimeError), tuned_for_training(CPU):
        torch.rand(5).view(7)  # refused
    assert torch.equal(torch.rand(2), expected)


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc has mallopt")
def test_asks_the_c_library_to_keep_freed_memory() -> None:
    assert keep_freed_memory() in (True, False)  # False on musl


@pytest.mark.parametrize(("name", "expected"), [("auto", "float32"), ("float32", "float32"), ("bfloat16", "bfloat16")])
def test_a_cpu_computes_in_float32_unless_told_otherwise(name: Precision, expected: str) -> None:
    assert choose_precision(name, CPU) == getattr(torch, expected)


@pytest.mark.parametrize(("capability", "expected"), [((7, 5), "float32"), ((8, 0), "bfloat16"), ((9, 0), "bfloat16")])
def test_a_gpu_made_for_bfloat16_computes_in_it(
    capability: tuple[int, int], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda _: capability)
    assert choose_precision("auto", torch.device("cuda")) == getattr(torch, expected)


def test_what_is_set_for_a_gpu_is_set_back() -> None:
    def now() -> tuple[str, bool]:
        return torch.get_float32_matmul_precision(), torch.backends.cudnn.benchmark

    before = now()
    with fast_on_gpu():
        assert now() == ("high", True)
    assert now() == before


def test_threads_are_as_many_as_before_after_the_block() -> None:
    before = torch.get_num_threads()
    with on_threads(1):
        assert torch.get_num_threads() == 1
    assert torch.get_num_threads() == before
    with on_threads(None):
        assert torch.get_num_threads() == before
