"""Several processes that train one network: each trains on its part of every batch, and all hold the same weights.

The batch size of the settings is that of all processes together. Every batch, including a shorter last one, is cut
into parts that differ by one row at most. Losses are divided by the rows of the whole batch and gradients are added
up, so that the result equals that of one process but for rounding, with the same number of steps and the same rates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from onelook.errors import OnelookError
from onelook.runtime import Launch

if TYPE_CHECKING:  # a run in one process, and one that is refused, need no torch for this
    from torch import Tensor, nn

_Made = TypeVar("_Made")

# Some waits are long: one process decodes the pictures or writes the report while the others wait. A process that has
# died is noticed by its connection or by torchrun, not by this limit.
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True)
class Processes:
    """The processes that train together, as one of them sees them. A process that trains alone is the only one.

    Every process must make the same calls in the same order. Tensors on a GPU are exchanged by NCCL; tensors in memory
    and all other objects by Gloo.

    Raises (every method):
        OnelookError: another process has ended.
    """

    rank: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        """Whether this is the process that writes, prints and decides."""
        return self.rank == 0

    def part(self, rows: int) -> slice:
        """Return which of `rows` rows belong to this process.

        Example:
            >>> [Processes(rank, 3).part(10) for rank in range(3)]
            [slice(0, 4, None), slice(4, 7, None), slice(7, 10, None)]
        """
        return slice(-(-self.rank * rows // self.count), -(-(self.rank + 1) * rows // self.count))

    def sum(self, values: Tensor) -> Tensor:
        """Add the values up over all processes, in place, and return them: bit for bit the same in each process."""
        if self.count > 1:
            import torch.distributed as dist

            with self._clear_errors():
                dist.all_reduce(values)
        return values

    def take_from_first(self, tensors: Iterable[Tensor]) -> None:
        """Overwrite the tensors with those of the first process."""
        if self.count == 1:
            return
        import torch
        import torch.distributed as dist

        with self._clear_errors(), torch.no_grad():
            for tensor in tensors:
                dense = tensor.contiguous()  # the tensor itself, or a copy, for example of channels_last
                dist.broadcast(dense, 0)
                tensor.copy_(dense)

    def from_first(self, make: Callable[[], _Made]) -> _Made:
        """Return to all processes what `make` returns in the first one. No other process calls it."""
        if self.count == 1:
            return make()
        import torch
        import torch.distributed as dist

        made: list[_Made | None] = [make() if self.is_first else None]
        with self._clear_errors():
            dist.broadcast_object_list(made, 0, device=torch.device("cpu"))
        return made[0]  # type: ignore[return-value]  # what `make` gives, None included

    def agree(self, *, interrupted: bool, now: float) -> tuple[bool, float]:
        """Return whether any process was interrupted, and the time of the first process: the same in all processes."""
        if self.count == 1:
            return interrupted, now
        import torch

        interruptions, time = self.sum(torch.tensor([interrupted, now * self.is_first], dtype=torch.float64)).tolist()
        return interruptions > 0, time

    @contextmanager
    def first_alone(self) -> Iterator[None]:
        """Run the block in the first process, then in all others at once. All leave it together."""
        if self.count == 1:
            yield
            return
        if not self.is_first:
            self._wait_for_all()
        yield
        if self.is_first:
            self._wait_for_all()
        self._wait_for_all()

    def _wait_for_all(self) -> None:
        import torch

        self.sum(torch.zeros(1))

    @contextmanager
    def _clear_errors(self) -> Iterator[None]:
        try:
            yield
        except RuntimeError as problem:
            raise OnelookError(
                f"another of the {self.count} processes has ended, so this one has to stop; the message of that one "
                "says why. Epochs that were done are safe: the same command with --resume continues after them."
            ) from problem


ALONE = Processes()


@contextmanager
def join_processes(launched: Launch) -> Iterator[Processes]:
    """Connect the processes that were started together while the block runs.

    Raises:
        OnelookError: the processes cannot connect to each other.
    """
    if launched.count == 1:
        yield ALONE
        return
    import torch
    import torch.distributed as dist

    try:
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() and dist.is_nccl_available() else "gloo"
        dist.init_process_group(backend, timeout=_LONGEST_WAIT)
    except (RuntimeError, ValueError) as problem:
        raise OnelookError(
            f"process {launched.rank} of {launched.count} does not find the others: {problem}. "
            "Start them with: torchrun --nproc-per-node N -m onelook train …"
        ) from problem
    try:
        yield Processes(launched.rank, launched.count)
    finally:
        dist.destroy_process_group()


@dataclass
class SharedRows:
    """The batch of which this process has a part, for the layers that need sums over whole batches."""

    processes: Processes
    first: int = 0  # the position of this process' first row
    whole: int = 0  # rows in the whole batch

    def sum(self, values: Tensor) -> Tensor:
        """Return the values added up over all processes."""
        return self.processes.sum(values)


def sum_gradients(parameters: Iterable[nn.Parameter], sums: Tensor, processes: Processes) -> Tensor:
    """Add the gradients up over all processes, in place, and `sums` with them, in one exchange.

    Args:
        parameters: the weights, with the gradients of a loss that was divided by the rows of the whole batch.
        sums: (n,), the sums of this process.
        processes: the processes that take part.

    Returns:
        The sums over all processes, (n,).
    """
    import torch

    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    together = processes.sum(torch.cat([*(gradient.flatten() for gradient in gradients), sums.to(torch.float32)]))
    begin = 0
    for gradient in gradients:
        gradient.copy_(together[begin : begin + gradient.numel()].view_as(gradient))
        begin += gradient.numel()
    return together[begin:]
