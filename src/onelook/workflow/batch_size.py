"""`--batch-size auto`: what a GPU trains fastest with; on a CPU what was planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from onelook.workflow.ready import Ready
from onelook.workflow.start import BegunRun

_FEWEST_STEPS_AN_EPOCH = 30  # as many as a planned batch size leaves


def settle_batch_size(begun: BegunRun, ready: Ready, say: Callable[[str], None]) -> BegunRun:
    """The run with the batch size that it is trained with, which is said and recorded.

    A run that goes on keeps its own; several processes take what the first one finds.

    Raises:
        ConfigError: not even one picture at a time fits into the GPU.
    """
    settings = begun.opened.settings
    if not settings.auto_batch_size or begun.resume:
        return begun
    batch_size, reason = begun.processes.from_first(lambda: _look(begun, ready))
    say(f"           {reason}")
    settings = settings.model_copy(update={"batch_size": batch_size})
    opened = replace(begun.opened, settings=settings, choices=(*begun.opened.choices, reason))
    begun.record(settings=settings.model_dump(mode="json"), choices=list(opened.choices))
    return replace(begun, opened=opened)


def _look(begun: BegunRun, ready: Ready) -> tuple[int, str]:
    """The batch size, and why that one."""
    planned, work = begun.opened.settings.batch_size, ready.work
    if work.device.type != "cuda":
        return planned, (
            f"batches of {planned}, as planned: auto looks for what a GPU can hold; on a CPU larger batches are no "
            "faster, and fewer steps learn less"
        )
    from onelook.training.find_batch_size import measure_batch_sizes, search_batch_size

    try_size = measure_batch_sizes(ready.network, **vars(work), settings=begun.opened.settings)
    largest = max(planned, len(work.train) // _FEWEST_STEPS_AN_EPOCH)
    found = search_batch_size(try_size, first=planned, largest=largest)
    return found.batch_size, f"batches of {found.batch_size}: {found.reason}"
