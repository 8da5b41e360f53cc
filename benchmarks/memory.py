"""The most memory that training from the 42,000-row `train.csv` takes, one epoch: ours, and Keras as the tutorial goes.

    python benchmarks/memory.py

Ours is the whole command, `onelook train train.csv --epochs 1`, by default settings and by the recipe, with an empty
cache. Keras' is a process that reads the file with pandas, makes float pictures, splits off a tenth, and trains one
epoch with `ImageDataGenerator`, as the tutorial's notebook does. Peaks are what the system says of each process
(`ru_maxrss`: pages of files that it looked at are in it).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from make_digit_recognizer import write_files
from record import spread, write_result
from whole_command import COMMAND

RECIPE = "digit-recognizer"
BAR_MIB = 1536


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--worker", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.worker:
        train_in_keras(given.worker)
        return
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        write_files(place)
        train = [str(COMMAND), "train", "train.csv", "--epochs", "1", "--quiet", "--out"]
        commands = {
            "onelook": lambda number: [*train, f"default-{number}"],
            "onelook_recipe": lambda number: [*train, f"recipe-{number}", "--recipe", RECIPE],
            "keras_tensorflow": lambda number: [sys.executable, str(Path(__file__).resolve()), "--worker", "train.csv"],
        }
        rounds = []
        for number in range(given.repetitions):
            rounds.append({side: peak(words(number), place) for side, words in commands.items()})
            print(rounds[-1], flush=True)
    figures: dict[str, Any] = {
        "unit": "MiB at the peak",
        **{side: spread([one[side] for one in rounds]) for side in commands},
        "bar": BAR_MIB,
    }
    print(json.dumps(figures, indent=2))
    write_result("memory", figures)


def peak(words: Sequence[str], folder: Path) -> float:
    """MiB that the command took at most, with a cache of its own."""
    cache = folder / f"cache-{time.monotonic_ns()}"
    process = subprocess.Popen(
        words, cwd=folder, env={**os.environ, "ONELOOK_CACHE": str(cache)}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return round(used.ru_maxrss / 1024, 1)  # kilobytes on Linux


def train_in_keras(table: Path) -> None:
    """The tutorial's notebook, as far as one epoch."""
    import pandas
    from sklearn.model_selection import train_test_split

    from keras_peer import build_callbacks, fit_data, import_keras
    from keras_whole_run import build_model, tutorial_settings

    import_keras()
    settings = tutorial_settings(RECIPE)
    train = pandas.read_csv(table)
    labels = train["label"]
    pixels = train.drop(labels=["label"], axis=1)
    del train
    pictures = (pixels / 255.0).values.reshape(-1, 28, 28, 1)
    pictures, val, labels, val_labels = train_test_split(pictures, labels, test_size=0.1, random_state=2)
    build_model(settings).fit(
        **fit_data(settings, pictures, labels),
        validation_data=(val, val_labels),
        epochs=1,
        verbose=0,
        callbacks=build_callbacks(settings),
    )


if __name__ == "__main__":
    main()
