"""How far a model's confidence lies from its accuracy, before and after temperature scaling, and in every engine.

    python benchmarks/calibration.py                # all three data sets
    python benchmarks/calibration.py photographs    # one, the others' figures are kept

`onelook train` with a time limit on MNIST, Fashion-MNIST and photographs of dogs and cats, of which 600 are kept aside
as a test set, drawn class by class with a fixed seed. The temperature is fitted on validation pictures; the calibration
error is that of `evaluation.json`, on test pictures that decided nothing: in 15 bins, with its 95 % interval. Then
1,000 test pictures are predicted by each engine that can run the model, and the probabilities are compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

import onelook
from onelook.classifier.engines import available_engines
from record import write_entry

SEED, TEST_EACH, COMPARED = 0, 300, 1_000
LIMITS = {"mnist": "2m", "fashion_mnist": "2m", "photographs": "5m"}
DATA = Path(os.environ.get("ONELOOK_DATA", "shared/data"))


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or LIMITS:
            data = str(keep_a_test_set(Path(folder) / name)) if name == "photographs" else name
            run = Path(folder) / "runs" / name
            words = ["train", data, "--time-limit", LIMITS[name], "--out", str(run), "--quiet"]
            subprocess.run([sys.executable, "-m", "onelook", *words], check=True)
            figures = {"time_limit": LIMITS[name], **figures_of(run, data)}
            print(name, json.dumps(figures, indent=2), flush=True)
            print(write_entry("calibration", "data", name, figures, seed=SEED))


def keep_a_test_set(folder: Path) -> Path:
    """Unpack the photographs into train/<class>/ and test/<class>/."""
    draw = np.random.default_rng(SEED)
    with zipfile.ZipFile(DATA / "dogs_vs_cats" / "train.zip") as archive:
        for kind in ("cat", "dog"):
            names = sorted(name for name in archive.namelist() if f"/{kind}." in name)
            test = {names[at] for at in draw.choice(len(names), TEST_EACH, replace=False).tolist()}
            for name in names:
                path = folder / ("test" if name in test else "train") / kind / name.rpartition("/")[2]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(archive.read(name))
    return folder


def figures_of(run: Path, data: str) -> dict[str, Any]:
    """Return the calibration of a run's model, and how far its engines lie apart."""
    scores = json.loads((run / "evaluation.json").read_text(encoding="utf-8"))
    part = onelook.open_dataset(data).parts["test"]
    rows = np.sort(np.random.default_rng(SEED).choice(len(part), min(COMPARED, len(part)), replace=False))
    pictures = [part.pictures.original(int(row)) for row in rows]
    answers = {}
    for engine in available_engines():
        model = onelook.load(run, engine=engine)
        answers[engine] = np.array([list(one.probabilities.values()) for one in model.predict(pictures)])
    first, *others = answers.values()
    return {
        "set": scores["set"],
        "rows": scores["rows"],
        "accuracy": scores["accuracy"],
        "temperature": scores["temperature"],
        "error_before": scores["calibration_error_before"],
        "error": scores["calibration_error"],
        "error_interval": scores["calibration"]["error_interval"],
        "engines": list(answers),
        "compared": len(pictures),
        "largest_difference": float(max(np.abs(first - other).max() for other in others)) if others else None,
    }


if __name__ == "__main__":
    main()
