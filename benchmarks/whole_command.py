"""The installed `onelook` command as a user runs it: with an empty cache, timed from its start to its end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).parent / "onelook"


@dataclass(frozen=True)
class Trained:
    """A finished `onelook train`."""

    seconds: float  # by the clock, the start of Python included
    run: dict[str, Any]  # its run.json
    evaluation: dict[str, Any]  # its evaluation.json
    epochs: int  # that were done

    @property
    def test_accuracy(self) -> float:
        if self.evaluation["set"] != "test":
            raise SystemExit(f"scored on {self.evaluation['set']} pictures: expected test pictures")
        return float(self.evaluation["accuracy"])


def train(folder: Path, data: str, *options: str) -> Trained:
    """Runs `onelook train DATA --out FOLDER/run …` in `folder`, with a cache of its own there that must not exist."""
    (folder / "cache").mkdir(parents=True)
    seconds = run(folder, "train", data, "--out", "run", *options)
    history = (folder / "run" / "history.jsonl").read_text().splitlines()
    return Trained(
        seconds=seconds,
        run=json.loads((folder / "run" / "run.json").read_text()),
        evaluation=json.loads((folder / "run" / "evaluation.json").read_text()),
        epochs=len(history),
    )


def run(folder: Path, *words: str) -> float:
    """Runs `onelook WORDS` in `folder`, its cache there, and gives the seconds that it took.

    What the command writes is shown where it fails.
    """
    environment = {**os.environ, "ONELOOK_CACHE": str(folder / "cache")}
    start = time.perf_counter()
    done = subprocess.run(
        [COMMAND, *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"onelook {' '.join(words)} ended with {done.returncode}:\n{done.stdout}")
    return seconds


def limit_seconds(limit: str) -> float:
    """The seconds of a `--time-limit`: "90s", "3m", "1h"."""
    return float(limit[:-1]) * {"s": 1, "m": 60, "h": 3600}[limit[-1]]
