"""The share of time that training spends outside forward pass, backward pass and optimizer step.

    python benchmarks/loop_overhead.py                  # MNIST, two epochs, default settings
    python benchmarks/loop_overhead.py --data digits    # a minute, to see it work; writes nothing

Runs `onelook train` in this process with a stopwatch put around the trainer's own functions from outside. Time counts
for the innermost phase that is running, so that phases add up to the epochs' whole: from the first batch to the
checkpoint that keeps the epoch, validation included. Validation's forward pass is a forward pass; what is around it is
not. The loss belongs to the forward pass.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import pkgutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from record import write_result

EPOCHS = 2
BAR = 0.08
# What is timed: the class or module, its function, and the phase that this is.
WATCHED = (
    ("onelook.training.training_run:TrainingRun", "do_epoch", "the loop itself"),
    ("onelook.training.training_run:TrainingRun", "after_batch", "progress and watching"),
    ("onelook.training.training_run:TrainingRun", "accept", "callbacks, history and logging"),
    ("onelook.training.checkpoints.writer", "save_checkpoint", "checkpoints"),
    ("onelook.training.trainer:Trainer", "validate", "validation, around its forward pass"),
    ("onelook.training.trainer:Trainer", "prepare", "preparation"),
    ("onelook.training.trainer:Trainer", "_mirrored", "augmentation"),
    ("onelook.training.trainer:Trainer", "_augmented", "augmentation"),
    ("onelook.training.running_metrics:RunningMetrics", "add", "metrics"),
    ("torch.autograd", "backward", "backward"),
)
INSIDE = ("forward", "validation forward", "backward", "optimizer")


class Phases:
    """Seconds by phase, each moment counted once: for the phase that began last of those that are running.

    Args:
        clock: gives seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._clock = clock
        self._running: list[str] = []
        self._since = 0.0

    def enter(self, phase: str) -> None:
        self._account()
        self._running.append(phase)

    def leave(self) -> None:
        self._account()
        self._running.pop()

    def wrap(self, owner: Any, name: str, phase: str) -> None:
        """Counts the calls of a function that is an attribute of `owner`."""
        original = getattr(owner, name)

        @functools.wraps(original)
        def timed(*arguments: Any, **options: Any) -> Any:
            self.enter(phase)
            try:
                return original(*arguments, **options)
            finally:
                self.leave()

        setattr(owner, name, timed)

    def share_outside(self, inside: tuple[str, ...] = INSIDE) -> float:
        """Of all the time that was counted, what is in none of the phases `inside`."""
        return 1 - sum(self.seconds[phase] for phase in inside) / sum(self.seconds.values())

    def _account(self) -> None:
        now = self._clock()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", default="mnist", help="another than mnist writes nothing")
    given = parser.parse_args()
    phases = Phases()
    watch_training(phases)
    with tempfile.TemporaryDirectory() as folder:
        run = train(Path(folder), given.data)
    whole = sum(phases.seconds.values())
    figures = {
        "data": given.data,
        "epochs": EPOCHS,
        "model": run["settings"]["model"],
        "batch_size": run["settings"]["batch_size"],
        "choices": run["choices"],
        "threads": run.get("threads"),
        "seconds": round(whole, 2),
        "share_outside": round(phases.share_outside(), 4),
        "bar": BAR,
        "shares": {
            phase: round(seconds / whole, 4)
            for phase, seconds in sorted(phases.seconds.items(), key=lambda item: -item[1])
        },
    }
    print(json.dumps(figures, indent=2))
    if given.data == "mnist":
        write_result("loop_overhead", figures)


def train(folder: Path, data: str) -> dict[str, Any]:
    """Runs the command in this process and gives its run.json."""
    os.environ["ONELOOK_CACHE"] = str(folder / "cache")
    from onelook.cli import main as onelook

    code = onelook(["train", data, "--epochs", str(EPOCHS), "--out", str(folder / "run")])
    if code:
        raise SystemExit(code)
    content: dict[str, Any] = json.loads((folder / "run" / "run.json").read_text())
    return content


def watch_training(phases: Phases) -> None:
    """Puts the stopwatch around what an epoch is made of."""
    from onelook.training.inputs.batches import Batches
    from onelook.training.trainer import Trainer

    for place, name, phase in WATCHED:
        phases.wrap(pkgutil.resolve_name(place), name, phase)
    _wrap_iteration(phases, Batches)
    _wrap_network(phases, Trainer)


def _wrap_iteration(phases: Phases, batches: Any) -> None:
    """Counts the gathering of each batch."""
    original = batches._walk

    @functools.wraps(original)
    def walk(*arguments: Any, **options: Any) -> Any:
        gathered = original(*arguments, **options)
        while True:
            phases.enter("gathering batches")
            try:
                batch = next(gathered, None)
            finally:
                phases.leave()
            if batch is None:
                return
            yield batch

    batches._walk = walk


def _wrap_network(phases: Phases, trainer: Any) -> None:
    """Counts what each trainer calls that is its own: network, loss, optimizer, weight average."""
    original = trainer.__init__

    @functools.wraps(original)
    def build(self: Any, *arguments: Any, **options: Any) -> None:
        original(self, *arguments, **options)
        for network in {self.network, self.kept_network}:
            network.register_forward_pre_hook(
                lambda module, _: phases.enter("forward" if module.training else "validation forward")
            )
            network.register_forward_hook(lambda *_: phases.leave(), always_call=True)
        phases.wrap(self, "_train_loss", "forward")
        phases.wrap(self, "_val_loss", "validation forward")
        phases.wrap(self.optimizer, "step", "optimizer")
        phases.wrap(self.optimizer, "zero_grad", "optimizer")
        if self.average is not None:
            phases.wrap(self.average, "update", "weight average")

    trainer.__init__ = build


if __name__ == "__main__":
    main()
