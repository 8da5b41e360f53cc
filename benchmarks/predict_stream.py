"""`onelook predict` on a folder of many JPEG files: default threads against one, and the most memory, by their number.

    python benchmarks/predict_stream.py                       # 10,000 and 100,000 files of 128 px: 0.6 GB of disk
    python benchmarks/predict_stream.py --few 500 --many 5000 # a rehearsal, which writes no result
    python benchmarks/predict_stream.py --folder /tmp/made    # keep the files there for the next time

The whole command is measured, from its start to the CSV file on the disk, with an empty cache. One thread means one
core: the process may run on one alone, so that it decodes and predicts in one thread each, one at a time. The seconds
of processor time stand beside those of the clock: on a busy machine the ratio of the clock is worth nothing. The
network is `cnn` for pictures of 64 px, trained for one epoch here.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from record import write_result

BAR_RATIO, BAR_MIB = 1.7, 200
SIDE = 128
COMMAND = (sys.executable, "-m", "onelook")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the files are made, or lie already")
    given = parser.parse_args()
    with _place(given.folder) as place:
        model = train(place)
        few, many = (make_files(place / f"files-{count}", count) for count in (given.few, given.many))
        runs = {
            "one_thread": predict(model, many, place, cores=1),
            "default": predict(model, many, place),
            "default_few": predict(model, few, place),
        }
    speed, memory = (
        runs["one_thread"]["seconds"] / runs["default"]["seconds"],
        {name: run["peak_mib"] for name, run in runs.items()},
    )
    figures: dict[str, Any] = {
        "files": {"few": given.few, "many": given.many, "side": SIDE},
        "cores": len(os.sched_getaffinity(0)),
        "runs": runs,
        "times_one_thread": round(speed, 2),
        "more_mib_than_few": round(memory["default"] - memory["default_few"], 1),
        "bars": {"times_one_thread": BAR_RATIO, "more_mib_than_few": BAR_MIB},
    }
    print(json.dumps(figures, indent=2))
    if (given.few, given.many) == (10_000, 100_000):
        write_result("predict_stream", figures)


@contextmanager
def _place(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def train(place: Path) -> Path:
    """A small network for two kinds of pictures, trained for an epoch."""
    model = place / "run" / "model"
    if not model.is_dir():
        for kind in range(2):
            make_files(place / "train" / str(kind), 500, seed=kind)
        words = ["train", str(place / "train"), "--model", "cnn", "--image-size", "64", "--epochs", "1"]
        subprocess.run([*COMMAND, *words, "--quiet", "--out", str(place / "run")], check=True)
    return model


def make_files(folder: Path, count: int, seed: int = 9) -> Path:
    """JPEG files of soft colours, as photographs are: 3 to 5 kB each."""
    folder.mkdir(parents=True, exist_ok=True)
    chance = np.random.default_rng(seed)
    for number in range(count):
        path = folder / f"{number:06d}.jpg"
        if path.is_file():
            continue
        coarse = Image.fromarray(chance.integers(0, 256, (16, 16, 3), np.uint8))
        file = BytesIO()
        coarse.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(file, "JPEG", quality=85)
        path.write_bytes(file.getvalue())
    return folder


def predict(model: Path, folder: Path, place: Path, cores: int | None = None) -> dict[str, float]:
    """Seconds by the clock and of the processor, and the MiB at the peak."""
    out = place / "labels.csv"
    all_cores = os.sched_getaffinity(0)
    with tempfile.TemporaryDirectory(dir=place) as cache:
        environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
        began = time.perf_counter()
        os.sched_setaffinity(0, all_cores if cores is None else sorted(all_cores)[:cores])  # the child inherits it
        process = subprocess.Popen(
            [*COMMAND, "predict", str(model), str(folder), "--out", str(out), "--quiet"],
            env={**environment, "ONELOOK_CACHE": cache},
            stdout=subprocess.DEVNULL,
        )
        os.sched_setaffinity(0, all_cores)
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"predict ended with {process.returncode}")
    found = {
        "pictures": out.read_text(encoding="utf-8").count("\n") - 1,
        "seconds": round(seconds, 2),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 2),
        "peak_mib": round(used.ru_maxrss / 1024, 1),
    }
    print(f"{folder.name}, {cores or 'all'} cores: {found}", flush=True)
    return found


if __name__ == "__main__":
    main()
