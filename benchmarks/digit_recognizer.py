"""Kaggle's Digit Recognizer with default settings, from `train.csv` to a submission, scored on the hidden labels.

    python benchmarks/digit_recognizer.py

Runs the installed command as a user would: `onelook train train.csv`, then `onelook predict RUN test.csv --like
sample_submission.csv`. Times are of whole commands, the first with an empty cache.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from make_digit_recognizer import score, write_files
from record import write_result

COMMAND = Path(sys.executable).parent / "onelook"


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder)
        train = _seconds(folder, "train", "train.csv", "--out", "run")
        predict = _seconds(folder, "predict", "run", "test.csv", "--out", "my.csv", "--like", "sample_submission.csv")
        run = json.loads((folder / "run" / "run.json").read_text())
        figures = {
            "accuracy_on_28000_hidden": score(folder, folder / "my.csv"),
            "validation_accuracy": run["metrics"]["accuracy"],
            "seconds": {"train": train, "predict": predict},
            "epochs": run["settings"]["epochs"],
            "threads": run["threads"],
            "choices": run["choices"],
        }
    print(json.dumps(figures, indent=2))
    write_result("digit_recognizer", figures)


def _seconds(folder: Path, *words: str) -> float:
    start = time.perf_counter()
    environment = {**os.environ, "ONELOOK_CACHE": str(folder / "cache")}
    subprocess.run([COMMAND, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environment)
    return round(time.perf_counter() - start, 1)


if __name__ == "__main__":
    main()
