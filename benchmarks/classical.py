"""The recipe `sklearn-trio` on Fashion-MNIST's four CSV files: a clean split, and the tutorial's leaked one.

    python benchmarks/classical.py [--svc-rows 10000]

Clean: the test file's rows are in no other file. Leaked: they stand in the training file too, as in the tutorial whose
decision tree reports a test accuracy of 1.000. The SVM is fitted on a part of the rows, drawn class by class; the trees
on all.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import onelook
from onelook.runs.run import Run
from record import write_result

MODELS = ("random-forest", "decision-tree", "svc")
MAKE = Path(__file__).with_name("make_four_csv.py")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--svc-rows", type=int, default=10_000)
    rows = parser.parse_args().svc_rows
    figures: dict[str, Any] = {"data": "fashion_mnist as four CSV files", "svc_rows": rows}
    with tempfile.TemporaryDirectory() as name:
        for kind, options in (("clean", []), ("leaked", ["--leak"])):
            data = Path(name) / kind
            subprocess.run([sys.executable, str(MAKE), str(data), *options], check=True)
            for model in MODELS if kind == "clean" else ("decision-tree", "random-forest"):
                sets = [f"classical.rows={rows}"] if model == "svc" else []
                run = onelook.train(data, model=model, val=0.1, sets=sets, out=Path(name) / f"{kind}-{model}")
                assert isinstance(run, Run)
                figures.setdefault(kind, {})[model] = figures_of(run)
                print(json.dumps({kind: {model: figures[kind][model]}}, indent=2), flush=True)
                write_result("classical", figures)


def figures_of(run: Run) -> dict[str, Any]:
    """The score with its interval, what was fitted and how long it took."""
    facts, evaluation = run.folder.read_run(), run.evaluation
    (line,) = run.folder.read_history()
    return {
        "test_accuracy": evaluation.accuracy,
        "interval": list(evaluation.accuracy_interval),
        "test_rows": evaluation.rows,
        "without_leaks": None if evaluation.without_leaks is None else evaluation.without_leaks.accuracy,
        "val_accuracy": line["val_accuracy"],
        "loss": evaluation.loss,
        "fitted_rows": facts["model"]["fitted_rows"],
        "fit_seconds": line["seconds"],
        "total_seconds": facts["timings"]["total"],
        "learnt": facts["model"]["learnt"],
        "size_bytes": facts["model"]["size_bytes"],
        "warnings": list(evaluation.warnings),
    }


if __name__ == "__main__":
    main()
