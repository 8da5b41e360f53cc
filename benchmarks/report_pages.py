"""How large a report is, how long it takes to write, and how soon a browser has it ready, for made-up predictions.

    python benchmarks/report_pages.py

Three runs with something in every section: 10 classes and 10,000 scored pictures, 100 classes and 10,000, 1,000 classes
and 50,000. About one picture in five is wrong, mostly for a neighbour; pictures are drawn, and nothing is trained. The
time is that of writing the page from a run's files, and from the browser's first request until it has drawn the page,
the scripts have run, and a click on a pair of classes has shown its pictures: in headless Chromium, in windows of 1280
and 390 pixels.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
from tests.end_to_end.browser import Browser, chromium  # noqa: E402 - the tests' own browser
from tests.report.conftest import (  # noqa: E402 - and their own made-up evidence
    HISTORY,
    run_facts,
    write_made_up_evidence,
    write_what_it_learned,
)

from onelook.data.dataset import ImageSet  # noqa: E402
from onelook.evaluation.evaluate import evaluate  # noqa: E402
from onelook.evaluation.feature_map import MAP, MOST_POINTS, FeatureMap, packed  # noqa: E402
from onelook.evaluation.learned.index import LEARNED  # noqa: E402
from onelook.evaluation.pictures.augmentation_preview import write_augmentation_preview  # noqa: E402
from onelook.evaluation.pictures.contents import CONTENTS  # noqa: E402
from onelook.evaluation.pictures.index import (  # noqa: E402
    FURTHER_ERRORS,
    HEAT_MAPS,
    INDEX,
    FurtherErrors,
    HeatMap,
    HeatMaps,
    ReportPictures,
    write_index,
)
from onelook.evaluation.pictures.report_pictures import write_report_pictures  # noqa: E402
from onelook.evaluation.pictures.sheet import make_sheet  # noqa: E402
from onelook.report.build import build_report  # noqa: E402
from onelook.run_folder import RunFolder  # noqa: E402
from record import spread, write_result  # noqa: E402

RUNS = {"10 classes": (10, 10_000, 28), "100 classes": (100, 10_000, 32), "1,000 classes": (1_000, 50_000, 160)}
RIGHT = 0.8
REPETITIONS = 3
MAPS = 2_000  # heat maps, of 14 by 14 cells
SEEN_BY = (1280, 390)


class Drawn:
    """Pictures that are drawn when they are asked for."""

    dtype = np.dtype(np.uint8)

    def __init__(self, count: int, side: int) -> None:
        self.shape = (count, side, side, 3)
        self._coarse = np.random.default_rng(1).integers(0, 256, (64, 8, 8, 3), dtype=np.uint8)

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: Any) -> Any:
        side = self.shape[1]
        drawn = []
        for row in np.atleast_1d(rows):
            smooth = Image.fromarray(self._coarse[row % 64]).resize((side, side), Image.Resampling.BICUBIC)
            noise = np.random.default_rng(int(row)).integers(-12, 13, (side, side, 3))
            drawn.append(np.clip(np.asarray(smooth, np.int16) + noise, 0, 255).astype(np.uint8))
        return np.stack(drawn) if np.ndim(rows) else drawn[0]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, chromium(Path(folder) / "profile") as browser:
        found = {}
        for name, (classes, rows, side) in RUNS.items():
            run = make_run(Path(folder) / name, classes, rows, side)
            found[name] = measure(browser, run)
            print(name, json.dumps(found[name], indent=2))
    print(write_result("report_pages", {"right": RIGHT, "pages": found}))


def make_run(path: Path, classes: int, rows: int, side: int) -> RunFolder:
    """Return a run with made-up answers and something in every section."""
    draw = np.random.default_rng(0)
    names = tuple(f"{kind} number {at}" for at in range(-(-classes // 10)) for kind in KINDS)[:classes]
    labels = np.repeat(np.arange(classes), rows // classes)
    predicted = answers(draw, labels, classes)
    probabilities = draw.random((rows, classes), dtype=np.float32) ** 8 * 0.02
    probabilities[np.arange(rows), predicted] += 1 + 3 * draw.random(rows, dtype=np.float32)
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    ids = tuple(f"test/{names[label]}/{row:06d}.jpg" for row, label in enumerate(labels.tolist()))
    judged = ImageSet(Drawn(rows, side), np.arange(rows), ids, labels)
    run = RunFolder.create(path)
    facts = run_facts(names)
    run.run_json.write_text(json.dumps(facts | {"split": {"fingerprint": "s", "train": 400 * classes, "test": rows}}))
    run.write_history(HISTORY)
    run.evaluation.write_text(json.dumps(evaluate(probabilities, labels, names, "test", temperature=1.1).to_dict()))
    write_report_pictures(run.evidence, probabilities, judged, names, train_samples=judged, seed=0)
    few = judged.take(np.arange(16))
    write_augmentation_preview(run.evidence, few[0], few[1:])
    write_what_it_learned(run.evidence / LEARNED, few, names)
    shown = np.sort(draw.choice(rows, min(MOST_POINTS, rows), replace=False))
    on_map = ImageSet(judged.take(shown), np.arange(len(shown)), tuple(ids[row] for row in shown), labels[shown])
    write_made_up_evidence(run, names, labels[shown], probabilities[shown], on_map)
    write_map(run, names, on_map, probabilities[shown])
    write_heat_maps(run, draw, side)
    return run


KINDS = ("alder", "birch", "cedar", "oak", "elm", "fig", "hazel", "ivy", "juniper", "larch")


def answers(draw: np.random.Generator, labels: Any, classes: int) -> Any:
    """Return the predicted class of each picture: right, or mostly that of a neighbour."""
    near = np.clip(labels + draw.integers(-6, 7, len(labels)), 0, classes - 1)
    wrong = np.where(draw.random(len(labels)) < 0.7, near, draw.integers(0, classes, len(labels)))
    return np.where(draw.random(len(labels)) < RIGHT, labels, wrong)


def write_map(run: RunFolder, names: Any, shown: ImageSet, probabilities: Any) -> None:
    """Write a map in which the points lie anywhere."""
    predicted = probabilities.argmax(axis=1)
    places = np.random.default_rng(2).integers(0, 65_536, 2 * len(shown.ids))
    index = FeatureMap(
        method="t-sne",
        seen="features",
        rows=len(shown.ids),
        laid_out=2_500,
        errors=int((shown.labels != predicted).sum()),
        among_others=3,
        class_names=names,
        ids=shown.ids,
        positions=packed(places),
        labels=packed(shown.labels),
        predicted=packed(predicted),
        sure=packed((10_000 * probabilities.max(axis=1)).astype(int)),
        sheet=make_sheet(shown, np.arange(len(shown.ids)), (0.0, 255.0)),
    )
    write_index(run.evidence / MAP, index, indent=None)


def write_heat_maps(run: RunFolder, draw: np.random.Generator, side: int) -> None:
    """Write maps of the first errors, and contents of the same pictures."""
    worst = ReportPictures.model_validate_json((run.evidence / INDEX).read_bytes()).worst_errors
    further = FurtherErrors.model_validate_json((run.evidence / FURTHER_ERRORS).read_bytes()).errors
    ids = [one.id for one in (*worst, *further)][:MAPS]
    cells = ["".join(f"{digit:x}" for digit in draw.integers(0, 16, 196)) for _ in ids]
    (run.evidence / HEAT_MAPS).mkdir()
    maps = tuple(HeatMap(id=each, cells=one) for each, one in zip(ids, cells, strict=True))
    index = HeatMaps(method="gradients", size=(side, side), grid=(14, 14), wanted=len(further), maps=maps)
    write_index(run.evidence / HEAT_MAPS / INDEX, index)
    contents = {each: f"{at:032x}" for at, each in enumerate(ids)}
    (run.evidence / CONTENTS).write_text(json.dumps({"contents": contents}))


def measure(browser: Browser, run: RunFolder) -> dict[str, Any]:
    """Return the size of a report, the seconds that writing it takes, and those until it can be used."""
    build_report(run)  # templates are compiled once a process
    writing, ready = [], []
    for _ in range(REPETITIONS):
        began = time.perf_counter()
        page = build_report(run)
        writing.append(time.perf_counter() - began)
        for width in SEEN_BY:
            browser.look(width)
            browser.visit("about:blank")
            began = time.perf_counter()
            browser.visit(page.as_uri())
            browser.ask("document.querySelector('[data-pair] a').click()")
            browser.settle()
            ready.append(time.perf_counter() - began)
            assert browser.ask("document.querySelector('#errors .filter').textContent")
    assert (browser.problems, browser.requests) == ([], [])
    return {
        "megabytes": round(page.stat().st_size / 1e6, 2),
        "seconds_to_write": spread(writing),
        "seconds_until_usable": spread(ready),
        "console_errors": 0,
        "requests": 0,
    }


if __name__ == "__main__":
    main()
