"""Compiled steps learn what the others do, to rounding, and go on to the bit."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.training.conftest import Fit, jitter, small_network
from tests.training.test_resume import At, Killed, assert_same_run, die
from torch import Tensor, nn

from onelook.errors import ConfigError
from onelook.models.layers.build import build_network
from onelook.settings import OptimizerSettings
from onelook.settings.network import BatchNorm, Conv, Dense, Dropout, Flatten, NetworkSettings
from onelook.training.compiled import CompiledNetwork, plain_compiler_errors
from onelook.training.parallel import Processes

COMPILER = os.environ.get("CXX", "g++")
needs_compiler = pytest.mark.skipif(shutil.which(COMPILER) is None, reason=f"torch compiles for CPUs with {COMPILER}")

# torch's compiler, when it is first imported, warns of torch's own older one.
pytestmark = pytest.mark.filterwarnings("ignore:.torch.jit.script_method. is deprecated:DeprecationWarning")

WITH_DROPOUT = NetworkSettings(
    layers=(
        Conv(filters=4, kernel=3, activation="relu"),
        BatchNorm(),
        Flatten(),
        Dropout(rate=0.3),
        Dense(units=3),
    )
)


@pytest.fixture(autouse=True)
def compile_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting the compiler's own processes takes longer than these networks do."""
    monkeypatch.setenv("TORCHINDUCTOR_COMPILE_THREADS", "1")


def network_with_dropout() -> nn.Module:
    torch.manual_seed(0)
    return build_network(WITH_DROPOUT, (1, 8, 8), 3)


@needs_compiler
def test_compiled_steps_learn_what_the_others_do(fit_small: Fit) -> None:
    sgd = OptimizerSettings(name="sgd", learning_rate=0.1)  # other rules blow rounding up where gradients vanish
    plain, compiled = (fit_small(small_network(dropout=0), optimizer=sgd, compile=value) for value in (False, True))

    assert plain.history[-1].train_loss < 0.9 * plain.history[0].train_loss
    for name, weights in plain.weights.items():
        np.testing.assert_allclose(compiled.weights[name], weights, rtol=1e-4, atol=1e-5, err_msg=name)
    assert compiled.history[-1].train_loss == pytest.approx(plain.history[-1].train_loss, rel=1e-4)
    assert compiled.history[-1].val_loss == pytest.approx(plain.history[-1].val_loss, rel=1e-4)


@needs_compiler
def test_a_compiled_run_that_was_killed_ends_with_the_same_weights(fit_small: Fit, tmp_path: Path) -> None:
    work: dict[str, Any] = {"epochs": 3, "compile": True, "augment": jitter, "checkpoint_folder": tmp_path}
    whole = fit_small(network_with_dropout(), **(work | {"checkpoint_folder": None}))
    with pytest.raises(Killed):
        fit_small(network_with_dropout(), **work, listeners=[At(2, 2, die)])

    assert_same_run(fit_small(network_with_dropout(), **work, resume=True), whole)


@needs_compiler
def test_compiled_dropout_drops_its_share() -> None:
    torch.manual_seed(0)
    dropout = build_network(NetworkSettings(layers=(Flatten(), Dropout(rate=0.3))), (1, 100, 100), 10_000).train()

    kept = CompiledNetwork(dropout, 2)(torch.ones(2, 1, 100, 100))

    assert kept.unique().tolist() == [0.0, pytest.approx(1 / 0.7)]
    assert (kept == 0).float().mean().item() == pytest.approx(0.3, abs=0.02)


def test_a_network_with_dropout_is_compiled_whole() -> None:
    whole = torch.compile(network_with_dropout().train(), fullgraph=True, backend="eager")

    assert whole(torch.ones(2, 1, 8, 8)).shape == (2, 3)


def test_a_backward_pass_that_cannot_be_compiled_is_said_in_a_sentence(
    fit_small: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = type("InductorError", (RuntimeError,), {"__module__": "torch._inductor.exc"})

    def fail(_: Tensor) -> Tensor:
        raise problem("no kernel for this")

    def fails_late(network: nn.Module, **_: Any) -> Callable[[Tensor], Tensor]:
        def call(images: Tensor) -> Tensor:
            logits: Tensor = network(images)
            logits.register_hook(fail)
            return logits

        return call

    monkeypatch.setattr(torch, "compile", fails_late)

    with pytest.raises(ConfigError, match="no kernel for this. Expected Triton"):
        fit_small(compile=True)


def test_only_whole_batches_are_compiled(fit_small: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def record(network: nn.Module, **_: Any) -> Callable[[Tensor], Tensor]:
        def call(images: Tensor) -> Tensor:
            seen.append(len(images))
            logits: Tensor = network(images)
            return logits

        return call

    monkeypatch.setattr(torch, "compile", record)

    fit_small(epochs=2, compile=True)  # 50 pictures in batches of 16

    assert seen == [16, 16, 16] * 2


def test_a_run_is_not_gone_on_with_otherwise_compiled(fit_small: Fit, tmp_path: Path) -> None:
    fit_small(epochs=1, checkpoint_folder=tmp_path)

    with pytest.raises(ConfigError, match="compile was False, now True"):
        fit_small(epochs=2, compile=True, checkpoint_folder=tmp_path, resume=True)


@pytest.mark.parametrize(
    "problem",
    [
        type("InductorError", (RuntimeError,), {"__module__": "torch._inductor.exc"})("no C++ compiler\n\nlong story"),
        RuntimeError("torch.compile is not supported on Python 9"),
    ],
)
def test_a_compiler_that_fails_is_said_in_a_sentence(problem: RuntimeError) -> None:
    said = r"could not compile .*: (no C\+\+|torch\.compile is).*--set compile"
    with pytest.raises(ConfigError, match=said) as caught, plain_compiler_errors():
        raise problem

    assert "long story" not in str(caught.value)


@pytest.mark.parametrize(
    "problem", [RuntimeError("shapes do not fit"), torch.OutOfMemoryError("CUDA out of memory. Tried 2 GiB")]
)
def test_other_problems_are_not_taken_for_the_compilers(problem: RuntimeError) -> None:
    with pytest.raises(type(problem)) as caught, plain_compiler_errors():
        raise problem

    assert caught.value is problem


def test_several_processes_do_not_compile(fit_small: Fit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Processes, "take_from_first", lambda *_: None)

    with pytest.raises(ConfigError, match="compile in 2 processes of torchrun"):
        fit_small(compile=True, processes=Processes(rank=0, count=2))
