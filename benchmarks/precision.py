"""Is a training in bfloat16 as accurate as one in float32? The same seeds in both precisions, by default settings.

    python benchmarks/precision.py                                   # MNIST and Fashion-MNIST, five seeds, four epochs
    python benchmarks/precision.py --data mnist --seeds 2 --epochs 1 # a quick look, which writes no result

Whole trainings in this process, each scored on the test pictures. The precisions take turns, seed by seed, so that the
times can be compared too. bfloat16 costs nothing if the mean difference of the paired accuracies is not below zero by
more than twice its standard error.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from math import sqrt
from pathlib import Path
from typing import Any

from record import spread, write_entry

PRECISIONS = ("float32", "bfloat16")
DATA = ("mnist", "fashion_mnist")
SEEDS, EPOCHS = 5, 4

Tries = dict[str, list[dict[str, float]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=(*DATA, "cifar10", "digits"), help="this one alone")
    parser.add_argument("--recipe", help="train this recipe instead of the default settings")
    parser.add_argument("--model", help="train this network instead of the default one")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="fewer write no result")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    given = parser.parse_args()
    options = {name: value for name in ("recipe", "model") if (value := getattr(given, name))}
    for data in [given.data] if given.data else DATA:
        found = compare(data, range(given.seeds), {"epochs": given.epochs, **options})
        print("\n".join(lines(data, found)), flush=True)
        if given.seeds >= SEEDS:
            write_entry("precision", "entries", " ".join([data, *options.values()]), {**options, **found})


def compare(data: str, seeds: Sequence[int], options: dict[str, Any]) -> dict[str, Any]:
    """Train with each seed in both precisions, and return what is written of it."""
    tries: Tries = {precision: [] for precision in PRECISIONS}
    for seed in seeds:
        for precision in PRECISIONS:
            tries[precision].append(train_once(data, seed, precision, options))
            print(f"{data} seed {seed} {precision}: {tries[precision][-1]}", flush=True)
    return {"epochs": options["epochs"], **figures(tries)}


def train_once(data: str, seed: int, precision: str, options: dict[str, Any]) -> dict[str, float]:
    """Return the accuracy on the test pictures, and the seconds of an epoch."""
    import onelook

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "run"
        run = onelook.train(data, out=place, seed=seed, precision=precision, device="cpu", quiet=True, **options)
        return {
            "accuracy": run.evaluation.accuracy,
            "epoch_seconds": statistics.median(record["seconds"] for record in run.history),
            "seconds": round(time.perf_counter() - began, 1),
        }


def figures(tries: Tries) -> dict[str, Any]:
    """Both precisions side by side, and their paired difference."""
    accuracies = [[one["accuracy"] for one in tries[precision]] for precision in PRECISIONS]
    differences = [coarse - fine for fine, coarse in zip(*accuracies, strict=True)]
    seconds = [[one["epoch_seconds"] for one in tries[precision]] for precision in PRECISIONS]
    error = statistics.stdev(differences) / sqrt(len(differences)) if len(differences) > 1 else None
    mean = statistics.mean(differences)
    return {
        **{precision: spread(values) for precision, values in zip(PRECISIONS, accuracies, strict=True)},
        "difference": {"mean": round(mean, 6), "standard_error": None if error is None else round(error, 6)},
        "is_as_accurate": None if error is None else mean >= -2 * error,
        "times_as_fast": spread([slow / fast for slow, fast in zip(*seconds, strict=True)]),
        "tries": tries,
    }


def lines(data: str, found: dict[str, Any]) -> list[str]:
    """The figures for a person."""
    mean, error = found["difference"]["mean"], found["difference"]["standard_error"]
    of = "" if error is None else f" ± {100 * error:.3f}"
    return [
        *(f"{data:14} {precision:9} {100 * found[precision]['median']:.2f} %" for precision in PRECISIONS),
        f"{data:14} difference {100 * mean:+.3f}{of} points, {found['times_as_fast']['median']:.2f} times as fast",
    ]


if __name__ == "__main__":
    main()
