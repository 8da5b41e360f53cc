"""Wrong labels planted in a training set and looked for: how many are found where one would look.

A share of the labels is changed at random, to any other class, with a fixed seed. Then `inspect --labels` judges
them, from an empty cache, and every picture is ranked. Counted is how many of the changed labels stand within the
first such share of the ranking, and how good the list of suspects is. The data's own wrong labels count as right
here, so that the figures are a little too low.

    python benchmarks/label_errors.py                        # MNIST, 3 %
    python benchmarks/label_errors.py fashion_mnist
    python benchmarks/label_errors.py cifar10 --share 0.05
    python benchmarks/label_errors.py mnist --share 0 --sheet sheet.png     # the data's own suspects, to look at
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from record import write_entry

SEED = 0
_TILE, _COLUMNS, _SHOWN = 96, 10, 50


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", nargs="?", default="mnist")
    parser.add_argument("--share", type=float, default=0.03)
    parser.add_argument("--sheet", type=Path)
    words = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        os.environ["ONELOOK_CACHE"] = cache
        figures = _judge(words.name, words.share, words.sheet)
    print(json.dumps(figures, indent=2))
    if words.share > 0:
        write_entry("label_errors", "data", words.name, figures)


def _judge(name: str, share: float, sheet: Path | None) -> dict[str, Any]:
    from onelook import open_dataset
    from onelook.commands.inspect import inspect_data, judge_labels
    from onelook.data.decode_settings import choose_decode_settings
    from onelook.settings.opening import OpeningOptions

    opened = open_dataset(name)
    part = opened.parts["train"]
    images = np.asarray(part.pictures.decode(choose_decode_settings(opened)).images)
    given, changed = _with_errors(part.labels, len(opened.class_names), share)
    found = inspect_data((images, given), opening=OpeningOptions(class_names=opened.class_names))
    wall, cpu = time.perf_counter(), time.process_time()
    check = judge_labels(found).label_check
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    again = time.perf_counter()
    judge_labels(found)
    again = time.perf_counter() - again
    ranking = check.rankings["all"]
    if sheet is not None:
        _draw(images, given, opened.class_names, ranking, sheet)
    figures = {
        "pictures": len(given),
        "changed": int(changed.sum()),
        "folds": check.folds,
        "epochs": check.epochs,
        "agreement": round(check.accuracy, 4),
        "kappa": round(check.kappa, 4),
        "reliable": check.is_reliable,
        "threads": int(os.environ.get("OMP_NUM_THREADS", os.cpu_count() or 1)),
        "seconds": round(wall, 1),
        "cpu_seconds": round(cpu, 1),
        "seconds_again": round(again, 2),
        "suspects": int(ranking.is_candidate.sum()),
    }
    if changed.any():
        first = ranking.order[: int(changed.sum())]
        figures |= {
            "found_within_that_share": round(float(changed[first].sum() / changed.sum()), 4),
            "suspects_that_are_changed": round(float(changed[ranking.is_candidate].mean()), 4),
            "changed_that_are_suspects": round(float(ranking.is_candidate[changed].mean()), 4),
        }
    return figures


def _with_errors(labels: np.ndarray, classes: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    """The labels with a share of them changed, and which were."""
    generator = np.random.default_rng(SEED)
    changed = np.zeros(len(labels), bool)
    changed[generator.choice(len(labels), round(share * len(labels)), replace=False)] = True
    given = labels.copy()
    given[changed] = (labels[changed] + generator.integers(1, classes, changed.sum())) % classes
    return given, changed


def _draw(images: np.ndarray, given: np.ndarray, names: tuple[str, ...], ranking: Any, path: Path) -> None:
    """The first pictures of the ranking, each under its label and what it looks like."""
    rows = -(-_SHOWN // _COLUMNS)
    page = Image.new("RGB", (_COLUMNS * (_TILE + 8), rows * (_TILE + 34)), "white")
    pen = ImageDraw.Draw(page)
    for position, row in enumerate(ranking.order[:_SHOWN].tolist()):
        x, y = (position % _COLUMNS) * (_TILE + 8), (position // _COLUMNS) * (_TILE + 34)
        pixels = images[row]
        tile = Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels).convert("RGB")
        page.paste(tile.resize((_TILE, _TILE), Image.Resampling.NEAREST), (x, y))
        pen.text((x, y + _TILE + 2), f"given {names[given[row]]}", fill="black")
        pen.text((x, y + _TILE + 15), f"like {names[ranking.suggested[row]]}", fill="black")
    page.save(path)


if __name__ == "__main__":
    main()
