"""Training with a network that torch has compiled into a few kernels, each of which does the work of many layers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from onelook.errors import ConfigError

# The packages of the exceptions that torch raises where it cannot compile. Their names change between versions.
_COMPILER = ("torch._dynamo", "torch._inductor")


class CompiledNetwork:
    """A network in training, compiled by `torch.compile` for one batch size (Ansel et al. 2024, "PyTorch 2").

    Weights and moving statistics are those of the network itself. Compiling takes half a minute to some minutes at the
    first batch, and again whenever the set of trained layers changes (`tune = "gradual"`). A batch of another size,
    the last one of an epoch, goes through the network uncompiled: compiling for that size would serve one batch.

    Args:
        network: a module from (batch, channels, height, width) to logits.
        batch_size: pictures in a full batch.
    """

    def __init__(self, network: nn.Module, batch_size: int) -> None:
        self._network = network
        self._batch_size = batch_size
        with plain_compiler_errors():
            self._compiled = torch.compile(network, dynamic=False)

    def __call__(self, images: Tensor) -> Tensor:
        """Return the logits of a batch of prepared pictures. Only rounding differs from the uncompiled network.

        Raises:
            ConfigError: torch cannot compile here.
        """
        logits: Tensor
        if len(images) == self._batch_size:
            with plain_compiler_errors():
                logits = self._compiled(images)
        else:
            logits = self._network(images)
        return logits


@contextmanager
def plain_compiler_errors() -> Iterator[None]:
    """Within the block a missing or failing compiler raises an error with a plain message.

    Backward passes belong into such a block too, because they are compiled when they first run.

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
