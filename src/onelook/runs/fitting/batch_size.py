"""`--batch-size auto`: find the fastest batch size for the GPU. A CPU keeps the planned one."""

from __future__ import annotations

from onelook.planning.request import Say
from onelook.runs.begin import BegunRun
from onelook.runs.stages import ReadyNetwork

_FEWEST_STEPS_AN_EPOCH = 30  # as many as a planned batch size leaves


def settle_batch_size(begun: BegunRun, ready: ReadyNetwork, say: Say) -> BegunRun:
    """Return the run with its final batch size; print and record it.

    A resumed run keeps its own; of several processes, the first finds the size and the others use it.

    Raises:
        ConfigError: not even one picture fits into the GPU's memory.
    """
    if not begun.settings.auto_batch_size or begun.resume:
        return begun
    batch_size, reason = begun.processes.from_first(lambda: _look(begun, ready))
    return begun.choose(reason, say, batch_size=batch_size)


def _look(begun: BegunRun, ready: ReadyNetwork) -> tuple[int, str]:
    """Return the batch size and the reason for it."""
    planned, inputs = begun.settings.batch_size, ready.inputs
    if inputs.device.type != "cuda":
        return planned, (
            f"batches of {planned}, as planned: auto looks for what a GPU can hold; on a CPU larger batches are no "
            "faster, and fewer steps learn less"
        )
    from onelook.training.measurements.find_batch_size import measure_batch_sizes, search_batch_size

    try_size = measure_batch_sizes(ready.network, inputs, begun.settings)
    largest = max(planned, len(inputs.train) // _FEWEST_STEPS_AN_EPOCH)
    found = search_batch_size(try_size, first=planned, largest=largest)
    return found.batch_size, f"batches of {found.batch_size}: {found.reason}"
