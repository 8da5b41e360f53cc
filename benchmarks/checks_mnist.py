"""All checks on MNIST's 60,000 training pictures, and near copies in other data: seconds and peak memory.

    python benchmarks/checks_mnist.py

Each measurement is a process of its own. `first` has an empty cache: opening, decoding, every check; `second` finds
what was measured. For 100,000 pictures of 32×32 (CIFAR-10's, and 40,000 of these mirrored) and for the 3,000
photographs at 128 pixels the search for near copies is measured alone: seconds, and how far the peak of memory is
above the pictures themselves.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from record import write_result


def main() -> None:
    if len(sys.argv) == 3 and sys.argv[1] == "--worker":
        print(json.dumps(WORKERS[sys.argv[2]]()))
        return
    data = Path(os.environ["ONELOOK_DATA"])
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work) / "mnist"
        folder.mkdir()
        for file in (data / "mnist").glob("train-*"):  # the training pictures alone
            (folder / file.name).symlink_to(file)
        environment = {**os.environ, "ONELOOK_CACHE": f"{work}/cache", "CHECKED": str(folder)}
        figures = {
            "unit": "seconds, and MiB at the peak",
            "checks": {"first": _run("checks", environment), "second": _run("checks", environment)},
            "near_copies": {name: _run(name, environment) for name in ("mnist", "hundred_thousand", "photographs")},
        }
    print(json.dumps(figures, indent=2))
    print(write_result("checks_mnist", figures))


def _run(worker: str, environment: dict[str, str]) -> dict[str, Any]:
    command = [sys.executable, __file__, "--worker", worker]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    content: dict[str, Any] = json.loads(done.stdout)
    return content


def _checks() -> dict[str, Any]:
    from onelook.commands.inspect import inspect_data

    clock, processor = time.perf_counter(), time.process_time()
    found = inspect_data(os.environ["CHECKED"])
    return {
        "pictures": found.dataset.rows,
        "clock": round(time.perf_counter() - clock, 1),
        "processor": round(time.process_time() - processor, 1),
        "peak": _peak(),
    }


def _near_copies(pictures: Callable[[], np.ndarray]) -> dict[str, Any]:
    from onelook.data.duplicates.exact import group_copies
    from onelook.data.duplicates.near.find import find_near_pairs

    images = pictures()
    before = _peak()
    groups = group_copies([images])
    clock, processor = time.perf_counter(), time.process_time()
    pairs, _ = find_near_pairs([images], groups)
    return {
        "pictures": len(images),
        "pairs": len(pairs),
        "clock": round(time.perf_counter() - clock, 1),
        "processor": round(time.process_time() - processor, 1),
        "peak_above_the_pictures": _peak() - before,
    }


def _mnist() -> np.ndarray:
    return _decoded(os.environ["CHECKED"])[0]


def _hundred_thousand() -> np.ndarray:
    train, test = _decoded("cifar10")
    return np.concatenate([train, test, train[:40_000, :, ::-1]])


def _photographs() -> np.ndarray:
    return _decoded(str(Path(os.environ["ONELOOK_DATA"]) / "dogs_vs_cats" / "train.zip"))[0]


def _decoded(data: str) -> list[np.ndarray]:
    from onelook.data.decode_settings import choose_decode_settings
    from onelook.data.open import open_dataset

    dataset = open_dataset(data, for_training=False)
    decode = choose_decode_settings(dataset)
    return [np.array(part.pictures.decode(decode).images) for part in dataset.parts.values()]


def _peak() -> int:
    """MiB that this process had in memory at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


WORKERS: dict[str, Callable[[], dict[str, Any]]] = {
    "checks": _checks,
    "mnist": lambda: _near_copies(_mnist),
    "hundred_thousand": lambda: _near_copies(_hundred_thousand),
    "photographs": lambda: _near_copies(_photographs),
}

if __name__ == "__main__":
    main()
