"""How well a run forecasts what twice as many training pictures give: against trainings on twice as many.

    python benchmarks/learning_curve.py [DATA ...]

Of MNIST, Fashion-MNIST and photographs (Dogs vs. Cats, a head on a pretrained network), nested subsets are
drawn, each twice as large as the one before. A run is trained on each, with validation pictures that are the same for
all and 5,000 test pictures (photographs: 1,000). The gain that the smaller run's evidence forecasts is compared with
the gain that the larger run has, and the exponent of the quick model with that of the run.
"""

from __future__ import annotations

import argparse
import gzip
import json
import math
import os
import statistics
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from onelook import train
from record import write_result

DATA = Path(os.environ["ONELOOK_DATA"])
SIZES = (500, 1_000, 2_000, 4_000, 8_000)
PHOTOGRAPHS = (200, 400, 800, 1_600)
SEEDS = (1, 2)
VALIDATION, TEST = 1_000, 5_000
VALIDATION_PHOTOGRAPHS, TEST_PHOTOGRAPHS = 300, 1_000
SIDE = 96
READ = 20_000  # of the training pictures of a data set
EPOCHS = 12
NAMES = ("mnist", "fashion_mnist", "photographs")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="*", metavar="DATA", help=f"one of {', '.join(NAMES)}; by default all")
    parser.add_argument("--kept", type=Path, help="a folder that keeps the figures of each training, to continue from")
    given = parser.parse_args()
    doublings: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        kept = given.kept or Path(folder)
        for name in given.data or NAMES:
            for seed in SEEDS if name != "photographs" else SEEDS[:1]:
                doublings += _measure(name, seed, kept)
    summary = _summary(doublings)
    print(json.dumps(summary, indent=2))
    print(write_result("learning_curve", {"doublings": doublings, **summary}))


def _measure(name: str, seed: int, kept: Path) -> list[dict[str, Any]]:
    """Return each doubling of a data set: its forecast, and what it gave."""
    is_photographs = name == "photographs"
    pictures, labels = _photographs() if is_photographs else _small_pictures(name)
    sizes = PHOTOGRAPHS if is_photographs else SIZES
    val, test = (VALIDATION_PHOTOGRAPHS, TEST_PHOTOGRAPHS) if is_photographs else (VALIDATION, TEST)
    order = np.random.default_rng(seed).permutation(len(labels))
    held = {"val": order[:val], "test": order[val : val + test]}
    rest = order[val + test :]
    chosen = {"model": "efficientnet-lite0", "tune": "head"} if is_photographs else {"model": "cnn-small"}
    runs = []
    for size in sizes:
        path = kept / f"{name}-{seed}-{size}.json"
        if not path.is_file():
            parts = {part: (pictures[rows], labels[rows]) for part, rows in {"train": rest[:size], **held}.items()}
            path.write_text(json.dumps(_train(parts, seed, chosen)), encoding="utf-8")
        runs.append(json.loads(path.read_text(encoding="utf-8")))
        print(f"{name}, seed {seed}, {size} pictures: error {runs[-1]['error']:.4f}", flush=True)
    return [
        _doubling(name, seed, size, small, large) for size, small, large in zip(sizes, runs, runs[1:], strict=False)
    ]


def _train(parts: dict[str, tuple[np.ndarray, np.ndarray]], seed: int, chosen: dict[str, Any]) -> dict[str, Any]:
    """Train once, and return its error, its gain from twice as many pictures, and its curve."""
    with tempfile.TemporaryDirectory() as folder:
        run = train(parts, out=Path(folder) / "run", seed=seed, epochs=EPOCHS, quiet=True, **chosen)
        evidence = run.path / "evidence"
        gains = json.loads((evidence / "gains.json").read_text())["gains"]
        curve = evidence / "learning-curve.json"
        return {
            "error": round(1 - run.evaluation.accuracy, 6),
            "gain": next((each for each in gains if each["kind"] == "pictures"), None),
            "curve": json.loads(curve.read_text()) if curve.is_file() else None,
        }


def _doubling(name: str, seed: int, size: int, small: dict[str, Any], large: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"data": name, "seed": seed, "pictures": size}
    found |= {"error": round(small["error"], 4), "error with twice as many": round(large["error"], 4)}
    found["gain"] = round(small["error"] - large["error"], 4)
    found["exponent"] = round(math.log2(small["error"] / large["error"]), 3) if large["error"] else None
    gain, curve = small["gain"], small["curve"]
    if curve is None or gain is None or gain["gain"] is None:
        return found | {"forecast": None}
    found |= {"forecast": round(gain["gain"], 4), "lowest": round(gain["low"], 4), "highest": round(gain["high"], 4)}
    found |= {"exponent of the quick model": curve["exponent"], "its deviation": curve["deviation"]}
    return found | {"inside": gain["low"] <= found["gain"] <= gain["high"]}


def _summary(doublings: list[dict[str, Any]]) -> dict[str, Any]:
    told = [each for each in doublings if each["forecast"] is not None and each["exponent"] is not None]
    off = [each["exponent"] - each["exponent of the quick model"] for each in told]
    return {
        "forecasts": len(told),
        "not told": len(doublings) - len(told),
        "gains inside the interval": sum(each["inside"] for each in told),
        "median error of the forecast, in points": round(
            100 * statistics.median(abs(each["forecast"] - each["gain"]) for each in told), 2
        ),
        "exponent of the run less that of the quick model": {
            "mean": round(statistics.mean(off), 3),
            "root of the mean square": round(math.sqrt(statistics.mean(each**2 for each in off)), 3),
        },
    }


def _small_pictures(name: str) -> tuple[np.ndarray, np.ndarray]:
    return _idx(name, "images-idx3-ubyte", READ), _idx(name, "labels-idx1-ubyte", READ).astype(np.int64)


def _idx(name: str, kind: str, rows: int) -> np.ndarray:
    """Return the first rows of a file of MNIST or Fashion-MNIST."""
    content = gzip.decompress((DATA / name / f"train-{kind}.gz").read_bytes())
    dimensions = content[3]
    shape = [int.from_bytes(content[4 + 4 * at : 8 + 4 * at], "big") for at in range(dimensions)]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)[:rows]


def _photographs() -> tuple[np.ndarray, np.ndarray]:
    """Return the photographs as squares, and whether each shows a dog."""
    with zipfile.ZipFile(DATA / "dogs_vs_cats" / "train.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        pictures = []
        for name in names:
            with archive.open(name) as file:
                pictures.append(np.asarray(Image.open(file).convert("RGB").resize((SIDE, SIDE))))
    return np.stack(pictures), np.array([int("dog" in Path(name).name) for name in names])


if __name__ == "__main__":
    main()
