"""Collects what finished runs reached into `results/recipes.json`: score, epochs, time, the command that made it.

    onelook train mnist --recipe mnist-tutorial --out runs/mnist-tutorial
    python benchmarks/record_runs.py runs/mnist-tutorial [RUN ...]

Runs that were recorded before and are not named stay.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from record import RESULTS, write_result


def main() -> None:
    if len(sys.argv) < 2:
        raise SystemExit(__doc__)
    existing = RESULTS / "recipes.json"
    runs = json.loads(existing.read_text())["runs"] if existing.is_file() else {}
    for folder in map(Path, sys.argv[1:]):
        runs[folder.name] = figures(folder)
        print(f"{folder.name:20} {runs[folder.name]['accuracy']:.4f} on {runs[folder.name]['set']}")
    sys.argv[1:] = ["RUN ..."]  # the folders of this machine mean nothing elsewhere
    write_result("recipes", {"runs": dict(sorted(runs.items()))})


def figures(folder: Path) -> dict[str, Any]:
    """What one run reached."""
    run = json.loads((folder / "run.json").read_text())
    if run["status"] != "complete":
        raise SystemExit(f"{folder}: its status is {run['status']}; only complete runs are recorded")
    evaluation = json.loads((folder / "evaluation.json").read_text())
    history = [json.loads(line) for line in (folder / "history.jsonl").read_text().splitlines()]
    settings = run["settings"]
    return {
        "data": run["data"]["name"],
        "recipe": settings["recipe"],
        "model": settings["model"],
        "rows": run["split"],
        "set": evaluation["set"],
        **{name: evaluation[name] for name in ("accuracy", "accuracy_interval", "loss", "macro_f1")},
        "epochs": len(history),
        "best_epoch": run["best_epoch"],
        "first_train_loss": history[0]["train_loss"],
        "last_train_loss": history[-1]["train_loss"],
        "batch_size": settings["batch_size"],
        "seed": settings["seed"],
        "threads": run.get("threads"),
        "timings": run["timings"],
        "versions": run["versions"],
    }


if __name__ == "__main__":
    main()
