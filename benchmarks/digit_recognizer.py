"""Kaggle's Digit Recognizer, from `train.csv` to a submission, scored on the hidden labels.

    python benchmarks/digit_recognizer.py
    python benchmarks/digit_recognizer.py --recipe digit-recognizer [--run FOLDER]

Runs the installed command as a user would: `onelook train train.csv` with default settings or the recipe, then
`onelook predict RUN test.csv --like sample_submission.csv`. Times are of whole commands, the first with an empty
cache. `--run` takes a run that was trained on the same `train.csv` before.
"""

from __future__ import annotations

import argparse
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
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", help="instead of the default settings")
    parser.add_argument("--run", type=Path, help="a finished run to score instead of training one")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_files(folder)
        run_folder, seconds = arguments.run, {}
        if run_folder is None:
            run_folder = folder / "run"
            recipe = ["--recipe", arguments.recipe] if arguments.recipe else []
            seconds["train"] = _seconds(folder, "train", "train.csv", "--out", "run", *recipe)
        like = ("--like", "sample_submission.csv")
        seconds["predict"] = _seconds(
            folder, "predict", str(run_folder.resolve()), "test.csv", "--out", "my.csv", *like
        )
        run = json.loads((run_folder / "run.json").read_text())
        figures = {
            "accuracy_on_28000_hidden": score(folder, folder / "my.csv"),
            "validation_accuracy": run["metrics"]["accuracy"],
            "seconds": seconds,
            "epochs": run["settings"]["epochs"],
            "best_epoch": run["best_epoch"],
            "threads": run.get("threads"),
            "choices": run["choices"],
        }
    print(json.dumps(figures, indent=2))
    write_result("digit_recognizer" + ("_recipe" if arguments.recipe else ""), figures)


def _seconds(folder: Path, *words: str) -> float:
    start = time.perf_counter()
    environment = {**os.environ, "ONELOOK_CACHE": str(folder / "cache")}
    subprocess.run([COMMAND, *words], cwd=folder, check=True, stdout=subprocess.DEVNULL, env=environment)
    return round(time.perf_counter() - start, 1)


if __name__ == "__main__":
    main()
