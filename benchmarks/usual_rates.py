"""Test accuracy of our own small networks by optimizer and learning rate: what "its usual rate" stands on.

Two small data sets, one network each, one seed; the schedule rises and falls as by default. The rates that a run takes,
where only the optimizer is named, stand in `onelook.planning.optimizer_choice`.

    python benchmarks/usual_rates.py
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from record import write_entry

_RATES = (
    ("adamw", (2e-3, 4e-3), {"weight_decay": 0.02}),
    ("adam", (1e-3, 2e-3, 4e-3), {}),
    ("sgd", (0.02, 0.05, 0.1), {"momentum": 0.9, "weight_decay": 5e-4}),
    ("rmsprop", (1e-3, 3e-3), {}),
    ("adagrad", (0.01, 0.03), {}),
    ("muon", (0.01, 0.03, 0.1), {"momentum": 0.6}),
)
_DATA: Mapping[str, Mapping[str, Any]] = {
    "digits": {"model": "cnn"},
    "fashion_mnist": {"model": "cnn-small", "limit": 4_000, "epochs": 8},
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    for name, rates, further in _RATES:
        found = {f"{rate:g}": _accuracies({"name": name, "learning_rate": rate, **further}) for rate in rates}
        print(name, json.dumps(found), flush=True)
        write_entry("usual_rates", "optimizers", name, {"settings": further, "accuracy_percent": found})


def _accuracies(optimizer: dict[str, Any]) -> dict[str, float]:
    import onelook

    schedule = {"name": "one_cycle", "warmup_fraction": 0.25}
    found = {}
    for data, settings in _DATA.items():
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "run"
            run = onelook.train(data, out=out, quiet=True, optimizer=optimizer, schedule=schedule, **settings)
        found[data] = round(100 * run.evaluation.accuracy, 2)
    return found


if __name__ == "__main__":
    main()
