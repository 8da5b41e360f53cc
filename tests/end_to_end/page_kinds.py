"""Every kind of page that onelook writes, made without a training, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image
from tests.contracts.whole_runs import made_up
from tests.end_to_end.test_compare_page import scored
from tests.report.conftest import build_run
from tests.report.test_search_page import RUN, TRIALS

from onelook.commands.inspect import inspect_data
from onelook.commands.report import rebuild_report
from onelook.data.fixes.marks_file import MarksOnDisk
from onelook.inspection.page import write_page
from onelook.inspection.review import Review
from onelook.inspection.review_queue import piles_of_run
from onelook.inspection.training_preview import PageRequest
from onelook.report.build import build_report
from onelook.report.comparison_page import render_comparison
from onelook.report.rate_page import render_rate_page
from onelook.report.results import read_results
from onelook.report.search_page import render_search
from onelook.runs.differing_pictures import differences_of_runs
from onelook.runs.scored_runs import read_run
from onelook.server.page import page_in

LONG = "a class with a name of several words, as people give them"


def every_page(root: Path) -> Iterator[tuple[str, Path]]:
    """Write a page of each kind into a folder, and yield its name and its path."""
    for draw in (made_up.photographs, made_up.few_digits, made_up.many_kinds, made_up.hardly_begun, made_up.folds):
        draw(root)
    for name in ("photographs", "few-digits", "many-kinds", "hardly-begun", "folds"):
        yield name, rebuild_report(root / name)
    yield "everything", _everything(root / "everything")
    yield "a class that is never right", _failing_class(root / "failing")
    yield "comparison", _comparison(root / "compared")
    yield "learning rates", _rates(root / "rates.html")
    yield "search", _search(root / "search.html")
    yield "inspect", _inspect(root / "pictures", root / "look.html")
    yield "review", _review(root)
    yield "serve", _served(root / "serve.html")


def _everything(folder: Path) -> Path:
    """A report of ten classes with something in every section."""
    confusion = 30 * np.eye(10, dtype=int)
    confusion[4, 9], confusion[9, 4], confusion[1, 7] = 30, 7, 3
    return build_report(
        build_run(folder, names=(*map(str, range(9)), LONG), confusion=confusion.tolist(), pictures=True)
    )


def _failing_class(folder: Path) -> Path:
    confusion = [[9, 1, 0], [7, 0, 2], [0, 1, 8]]
    return build_report(build_run(folder, names=("cat", LONG, "dog"), confusion=confusion, pictures=True))


def _comparison(folder: Path) -> Path:
    from onelook.comparison.result import read_comparison

    made_up.comparison(folder.parent)
    found = read_comparison(folder / "comparison.json")
    tables = ([[10, 0, 4], [0, 9, 0], [0, 2, 8]], [[14, 0, 0], [3, 6, 0], [0, 2, 8]], [[9, 0, 5], [0, 0, 9], [0, 2, 8]])
    runs = [read_run(str(scored(folder / f"{at}", one).path)) for at, one in enumerate(tables)]
    path = folder / "comparison.html"
    path.write_text(render_comparison(found, differences_of_runs(runs, 1)), encoding="utf-8")
    return path


def _rates(path: Path) -> Path:
    page = render_rate_page(made_up.SWEEP, (("network", "mlp"), ("batch size", "32")), name="digits", version="1.0")
    path.write_text(page, encoding="utf-8")
    return path


def _search(path: Path) -> Path:
    page = render_search(TRIALS, 3, RUN, name="photos-001", version="1.0")
    path.write_text(page, encoding="utf-8")
    return path


def _inspect(folder: Path, page: Path) -> Path:
    """Two classes with a dark picture, copies under two labels, and one that cannot be read."""
    for kind, shade in (("cat", 90), (LONG, 160)):
        (folder / kind).mkdir(parents=True)
        for at in range(9):
            pixels = np.random.default_rng(at if at < 2 else at + shade).integers(0, 200, (20, 30, 3), dtype=np.uint8)
            Image.fromarray(pixels if at < 8 else np.zeros_like(pixels)).save(folder / kind / f"{at}.png")
    (folder / "cat" / "broken.png").write_bytes(b"not a picture")
    write_page(inspect_data(str(folder)), PageRequest(page, (str(folder),)))
    return page


def _review(root: Path) -> Path:
    results = read_results(build_run(root / "reviewed", names=("cat", LONG, "dog"), pictures=True))
    piles = piles_of_run(results, root / "none.csv")
    marks = MarksOnDisk(root / "marks.csv")
    asked = Review("run", piles, ("cat", LONG, "dog"), marks, "onelook train x", None, results.pictures)
    asked.mark(piles[0].pictures[0].id, "drop", "")
    path = root / "review.html"
    path.write_text(asked.page("token") or "", encoding="utf-8")
    return path


def _served(path: Path) -> Path:
    path.write_text(page_in("en"), encoding="utf-8")
    return path
