"""The test accuracy that default settings reach within a time, and whether the time is kept.

    python benchmarks/accuracy_in_time.py mnist --time-limit 3m
    python benchmarks/accuracy_in_time.py fashion_mnist --time-limit 10m --seeds 0 1 2

Runs `onelook train NAME --time-limit L --seed S` as a user would, once a seed, each with an empty cache. Seconds are
of the whole command. The machine should have nothing else to do. Other data sets and limits in
`results/accuracy_in_time.json` stay; the file is written after every seed. `--add` keeps what other seeds gave
before, for runs that are too long to be had in one go.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from record import read_entries, write_entry
from whole_command import Trained, limit_seconds, train

# The test accuracy that is wanted: (data set, time limit) -> share, of the median.
BARS = {
    ("mnist", "3m"): 0.996,
    ("fashion_mnist", "10m"): 0.930,
    ("cifar10", "15m"): 0.87,
    ("cifar10", "60m"): 0.92,
}
OVERRUN_BAR = 1.1  # seconds of the whole command, as a share of the limit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", choices=("mnist", "fashion_mnist", "cifar10"))
    parser.add_argument("--time-limit", required=True, help="such as 90s, 3m, 1h")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--add", action="store_true", help="keeps what other seeds gave before")
    parser.add_argument("--dry", action="store_true", help="writes no result")
    given = parser.parse_args()
    name = f"{given.data} {given.time_limit}"
    before = read_entries("accuracy_in_time", "entries").get(name, {"tries": []})["tries"] if given.add else []
    tries: list[dict[str, Any]] = [each for each in before if each["seed"] not in given.seeds]
    for seed in given.seeds:
        with tempfile.TemporaryDirectory() as folder:
            options = ("--time-limit", given.time_limit, "--seed", str(seed))
            tries.append(one_try(seed, given.time_limit, train(Path(folder), given.data, *options)))
        print(_line(given.data, tries[-1]), flush=True)
        found = summary(given.data, given.time_limit, tries)
        if not given.dry:
            write_entry("accuracy_in_time", "entries", name, found)
    print(f"median {found['accuracy']['median']:.4f}, longest {found['longest_share_of_limit']:.3f} of the limit")


def one_try(seed: int, limit: str, trained: Trained) -> dict[str, Any]:
    """What one seed gave."""
    return {
        "seed": seed,
        "accuracy": trained.test_accuracy,
        "accuracy_interval": trained.evaluation["accuracy_interval"],
        "test_rows": trained.evaluation["rows"],
        "seconds": round(trained.seconds, 1),
        "share_of_limit": round(trained.seconds / limit_seconds(limit), 4),
        "epochs": trained.epochs,
        "epochs_planned": trained.run["settings"]["epochs"],
        "best_epoch": trained.run["best_epoch"],
        "timings": trained.run["timings"],
        "threads": trained.run.get("threads"),
        "choices": trained.run["choices"],
    }


def summary(data: str, limit: str, tries: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The tries and what is held against the bars."""
    accuracies = [each["accuracy"] for each in tries]
    median = round(statistics.median(accuracies), 6)
    return {
        "data": data,
        "time_limit": limit,
        "accuracy": {"median": median, "lowest": min(accuracies), "highest": max(accuracies)},
        "accuracy_bar": BARS.get((data, limit)),
        "longest_share_of_limit": max(each["share_of_limit"] for each in tries),
        "share_of_limit_bar": OVERRUN_BAR,
        "tries": list(tries),
    }


def _line(data: str, found: dict[str, Any]) -> str:
    return (
        f"{data} seed {found['seed']}: {found['accuracy']:.4f} after {found['seconds']:.0f} s "
        f"({found['share_of_limit']:.3f} of the limit), {found['epochs']} epochs"
    )


if __name__ == "__main__":
    main()
