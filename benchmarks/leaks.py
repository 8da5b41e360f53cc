"""The tutorials' two leaks on Fashion-MNIST, and what onelook says of each.

    python benchmarks/leaks.py [--epochs 20]

1. The first 2,000 of the 4,443 test rows stand in the training rows too: the score with them and without.
2. A model is trained on with a fresh validation share of 30 %, of which it had been trained on most (`--from`, `--val`,
   `--force`): its validation accuracy beside its test accuracy. Without --force this is refused.

The network is the recipe `fashion-mlp`, which remembers its training rows better than a convolutional one does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import onelook
from onelook.settings import DecodeSettings
from record import write_result

COMMAND = Path(sys.executable).parent / "onelook"
LEAKED = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=20)
    epochs = parser.parse_args().epochs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        figures = {"epochs": epochs, "test_rows_in_training": _first_leak(folder, epochs)}
        figures["another_split_after_training"] = _second_leak(folder, epochs)
    print(json.dumps(figures, indent=2))
    write_result("leaks", figures)


def _first_leak(folder: Path, epochs: int) -> dict[str, Any]:
    parts = onelook.open_dataset("fashion_mnist").parts
    decode = DecodeSettings(height=28, width=28, channels=1)
    images = {name: part.pictures.decode(decode).images for name, part in parts.items()}
    labels = {name: np.asarray(part.labels) for name, part in parts.items()}
    run = onelook.train(
        {
            "train": (
                np.concatenate([images["train"], images["test"][:LEAKED]]),
                np.concatenate([labels["train"], labels["test"][:LEAKED]]),
            ),
            "test": (images["test"], labels["test"]),
        },
        recipe="fashion-mlp",
        epochs=epochs,
        out=folder / "leaky",
        quiet=True,
    )
    found = run.evaluation.to_dict()
    left = found["without_leaks"]
    seen = found["rows"] - left["rows"]
    right = found["accuracy"] * found["rows"] - left["accuracy"] * left["rows"]
    return {
        "planted": LEAKED,
        "leaked": found["leaked"],
        "accuracy": found["accuracy"],
        "accuracy_on_leaked": right / seen,
        "accuracy_without": left["accuracy"],
        "interval_without": left["accuracy_interval"],
    }


def _second_leak(folder: Path, epochs: int) -> dict[str, Any]:
    words = [str(COMMAND), "train", "fashion_mnist", "--epochs", str(epochs), "--quiet"]
    first, second = folder / "first", folder / "second"
    subprocess.run([*words, "--recipe", "fashion-mlp", "--out", str(first)], check=True)
    again = [*words, "--from", str(first), "--val", "0.3", "--seed", "1", "--out", str(second)]
    refused = subprocess.run(again, capture_output=True, text=True, check=False)
    subprocess.run([*again, "--force"], check=True)
    run = json.loads((second / "run.json").read_text())
    history = [json.loads(line) for line in (second / "history.jsonl").read_text().splitlines()]
    return {
        "refused_with": refused.returncode,
        "refusal": refused.stderr.strip().replace(str(folder), "."),
        "validation_rows": run["split"]["val"],
        "of_these_trained_on_before": run["from"]["learnt"]["val"],
        "validation_accuracy": history[run["best_epoch"] - 1]["val_accuracy"],
        "test_accuracy": run["metrics"]["accuracy"],
    }


if __name__ == "__main__":
    main()
