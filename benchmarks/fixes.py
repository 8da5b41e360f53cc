"""What marking on the page is worth: wrong labels planted among photographs, suspects marked, and trained again.

    python benchmarks/fixes.py

1. Dogs vs. Cats: 600 photographs are kept aside as a clean test set, drawn class by class with a fixed seed. Of the
   2,400 others, 3 % get the other label. The files are numbered: no name tells the truth.
2. `onelook train --folds 5` judges the labels, and `onelook review` shows the suspects. A headless Chromium marks the
   first 60: it presses the key of the true class where the label is wrong, else Enter, as a person who never errs.
3. The test accuracy of `onelook train` with the planted labels, with the fixes that `review` wrote, and with all labels
   as published; the median of three seeds, which change the head and the validation pictures. And the accuracy on the
   validation pictures of each run, whose labels are as wrong as those that it learns from.

The test set's labels are used for nothing else.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from record import spread, write_result

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.end_to_end.browser import Browser, chromium  # noqa: E402 - the tests' own browser

SEED, SHARE, TEST_EACH, MARKED, SEEDS = 0, 0.03, 300, 60, (0, 1, 2)
CLASSES = ("cats", "dogs")
PHOTOGRAPHS = Path(os.environ.get("ONELOOK_DATA", "shared/data")) / "dogs_vs_cats" / "train.zip"
COMMAND = [sys.executable, "-m", "onelook"]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ONELOOK_CACHE"] = f"{folder}/cache"
        work = Path(folder)
        truth, planted = _make_data(work)
        figures: dict[str, Any] = {"pictures": len(truth), "planted": len(planted)}
        _train(work, "planted", "judged", "--folds", "5")
        figures |= _mark(work, truth, planted)
        runs = {"planted": ("planted",), "fixed": ("planted", "--fixes", "judged/fixes.csv"), "published": ("clean",)}
        for name, (data, *words) in runs.items():
            outs = [f"{name}-{seed}" for seed in SEEDS]
            test = [
                _train(work, data, out, "--test", "test", "--seed", str(seed), *words)["accuracy"]
                for out, seed in zip(outs, SEEDS, strict=True)
            ]
            validation = [_validation_accuracy(work / out) for out in outs]
            figures |= {f"test_accuracy_{name}": spread(test), f"validation_accuracy_{name}": spread(validation)}
            print(name, test, validation, flush=True)
    print(json.dumps(figures, indent=2))
    write_result("fixes", figures)


def _make_data(work: Path) -> tuple[Mapping[str, str], set[str]]:
    """Write `test/`, `clean/` and `planted/`; return the true class of each file to train on, and the planted ones."""
    generator = np.random.default_rng(SEED)
    truth: dict[str, str] = {}
    number = 0
    with zipfile.ZipFile(PHOTOGRAPHS) as packed:
        names = sorted(name for name in packed.namelist() if name.endswith(".jpg"))
        for kind in CLASSES:
            own = [name for name in names if Path(name).name.startswith(kind[:3])]
            for place, name in enumerate(generator.permutation(own).tolist()):
                number += 1
                file = f"{number:05d}.jpg"
                if place >= TEST_EACH:
                    truth[file] = kind
                target = work / ("clean" if place >= TEST_EACH else "test") / kind / file
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(packed.read(name))
    planted = set(generator.choice(sorted(truth), round(SHARE * len(truth)), replace=False).tolist())
    for file, kind in truth.items():
        shown = CLASSES[1 - CLASSES.index(kind)] if file in planted else kind
        target = work / "planted" / shown / file
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(work / "clean" / kind / file, target)
    return truth, planted


def _train(work: Path, data: str, out: str, *words: str) -> dict[str, Any]:
    done = subprocess.run(
        [*COMMAND, "train", data, "--out", out, *words, "--json"], cwd=work, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _validation_accuracy(run: Path) -> float:
    """Return the share of the validation pictures' labels, wrong ones among them, that the run's model agrees with."""
    best = json.loads((run / "run.json").read_text())["best_epoch"]
    epochs = [json.loads(line) for line in (run / "history.jsonl").read_text().splitlines()]
    return float(next(epoch["val_accuracy"] for epoch in epochs if epoch["epoch"] == best))


def _mark(work: Path, truth: Mapping[str, str], planted: set[str]) -> dict[str, int]:
    """Mark the first suspects on the page, and return how many there were and what was found among them."""
    process = subprocess.Popen([*COMMAND, "review", "judged"], cwd=work, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        while not (found := re.search(r"http://\S+", line := process.stdout.readline())):
            if not line:
                raise SystemExit("review ended before it served")
        with chromium(work) as browser:
            browser.look()
            browser.visit(found[0])
            suspects = browser.ask("document.querySelectorAll('#pile-1 [data-mark]').length")
            marked = [_mark_one(browser, truth, at) for at in range(MARKED)]
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate()
    return {
        "suspects": suspects,
        "marked": len(marked),
        "relabelled": sum(was_wrong for _, was_wrong in marked),
        "planted_among_marked": len(planted & {file for file, _ in marked}),
    }


def _mark_one(browser: Browser, truth: Mapping[str, str], at: int) -> tuple[str, bool]:
    """Mark the picture that has the focus; return its file, and whether its label was wrong."""
    identifier, label, *_ = browser.ask("JSON.parse(document.activeElement.dataset.mark)")
    file = Path(identifier).name
    browser.press("Enter" if truth[file] == label else str(CLASSES.index(truth[file]) + 1))
    status = "document.querySelector('.marks-status').textContent"
    browser.wait_for(f"{status}.startsWith('{at + 1} picture') && {status}.includes('Saved in')")
    return file, truth[file] != label


if __name__ == "__main__":
    main()
