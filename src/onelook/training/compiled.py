"""Steps whose network torch has compiled: a few kernels that do the work of many layers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from onelook.errors import ConfigError

# What torch raises where it cannot compile lies in these packages, under names that change between its versions.
_COMPILER = ("torch._dynamo", "torch._inductor")


class CompiledNetwork:
    """A network in training, for batches of one size as `torch.compile` makes it (Ansel et al. 2024, "PyTorch 2").

    Weights and moving statistics are the network's own. Compiling takes half a minute to some minutes at the first
    batch, and again where what is trained changes (`tune = "gradual"`). A batch of another size, the last of an epoch,
    goes through the network as it is: it would be compiled for nothing else.

    Args:
        network: from (batch, channels, height, width) to logits.
        batch_size: pictures in a batch.
    """

    def __init__(self, network: nn.Module, batch_size: int) -> None:
        self._network = network
        self._batch_size = batch_size
        with compiler_told_plainly():
            self._compiled = torch.compile(network, dynamic=False)

    def __call__(self, images: Tensor) -> Tensor:
        """Logits of a batch of prepared pictures, as the network gives them but for rounding.

        Raises:
            ConfigError: torch cannot compile here.
        """
        logits: Tensor
        if len(images) == self._batch_size:
            with compiler_told_plainly():
                logits = self._compiled(images)
        else:
            logits = self._network(images)
        return logits


@contextmanager
def compiler_told_plainly() -> Iterator[None]:
    """Within the block a compiler that is missing, or fails, is said in a sentence. Backward passes are compiled late.

    Raises:
        ConfigError: torch cannot compile here.
    """
    try:
        yield
    except RuntimeError as problem:
        is_of_compiler = type(problem).__module__.startswith(_COMPILER) or "torch.compile" in str(problem)
        if not is_of_compiler:
            raise
        reason = next((line.strip() for line in str(problem).splitlines() if line.strip()), type(problem).__name__)
        raise ConfigError(
            f"compile: torch could not compile the network's steps here: {reason.rstrip('.')}. Expected Triton for a "
            "GPU, a C++ compiler (g++, clang) for a CPU. Install it, or train without --set compile=true."
        ) from problem
