"""Names that are code, of classes, of files and in a fixes file, are shown on every page, and not run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.end_to_end.browser import Browser
from tests.end_to_end.test_every_page import OPENED

from onelook.cli import main
from onelook.data.fixes.apply import NEW_CLASS as NEW
from onelook.data.fixes.marks_file import MarksOnDisk
from onelook.inspection.review import Review
from onelook.inspection.review_queue import piles_of_run
from onelook.report.results import read_results
from onelook.run_folder import RunFolder
from onelook.wording import LANGUAGES, pages_in

pytestmark = pytest.mark.end_to_end

CLASSES = ("<img src=x onerror=alert(1)>", "a \"quoted\" & '{{ 7 * 7 }}'", "plain")
FILE = "<script>alert(2)<.png"
NEW_CLASS = "</template><svg onload=alert(3)>"  # only the fixes file has it
# A page of review asks its server for the marks, which a file has not. The browser says so at once or a little later.
NO_SERVER = ("ERR_FILE_NOT_FOUND", "/marks' from origin", "net::ERR_FAILED")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures in folders with such names, and fixes that drop one of them and give others a new class."""
    root = tmp_path_factory.mktemp("hostile")
    draw = np.random.default_rng(0)
    for number, name in enumerate(CLASSES):
        folder = root / "data" / name
        folder.mkdir(parents=True)
        for at in range(14):
            file = FILE if at == 0 else f"{at}.png"
            pixels = draw.integers(70 * number, 70 * number + 90, (8, 8), dtype=np.uint8)
            Image.fromarray(pixels).save(folder / file)
    (root / "data" / CLASSES[0] / f"broken {FILE}").write_bytes(b"no picture")
    with (root / "fixes.csv").open("w", newline="", encoding="utf-8") as file:
        write = csv.writer(file)
        write.writerow(("id", "action", "class_name"))
        write.writerow((f"{CLASSES[0]}/{FILE}", "drop", ""))
        write.writerows((f"{CLASSES[1]}/{at}.png", "relabel", NEW + NEW_CLASS) for at in range(1, 7))
    words = ["train", str(root / "data"), "--model", "knn", "--fixes", str(root / "fixes.csv"), "--quiet"]
    assert main([*words, "--out", str(root / "run")]) == 0
    return root


def pages(root: Path, lang: str) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    """The kind of each page, the page, and the names that it shows."""
    run, fixes = str(root / "run"), str(root / "fixes.csv")
    assert main(["report", run, "--lang", lang, "--out", str(root / "report.html")]) == 0
    yield "report", root / "report.html", (*CLASSES, NEW_CLASS, FILE)
    words = ["inspect", str(root / "data"), "--fixes", fixes, "--lang", lang]
    assert main([*words, "--html", str(root / "look.html")]) == 0
    yield "inspect", root / "look.html", (*CLASSES, NEW_CLASS, FILE)
    assert main(["compare", run, run, "--lang", lang, "--html", str(root / "compare.html")]) in (0, 2)
    results = read_results(RunFolder(root / "run"))
    with pages_in(lang):
        names = results.run.data.class_names
        piles = piles_of_run(results, root / "run" / "none.csv")
        if piles:
            asked = Review(
                "run", piles, names, MarksOnDisk(root / "marks.csv"), "onelook train x", None, results.pictures
            )
            (root / "review.html").write_text(asked.page("token") or "", encoding="utf-8")
            yield "review", root / "review.html", ()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_names_are_shown_and_never_run(browser: Browser, root: Path, lang: str) -> None:
    browser.look()
    kinds = []
    for kind, page, names in pages(root, lang):
        browser.problems.clear()
        browser.open(page)
        browser.ask(OPENED)
        browser.settle()
        assert browser.ask("document.documentElement.lang") == lang
        seen = browser.ask("document.body.innerText + [...document.querySelectorAll('[alt]')].map((one) => one.alt)")
        plain = "".join(seen.split())
        for name in names:
            assert "".join(name.split()) in plain, (kind, name)
        assert "49" not in browser.text("h1")
        assert (
            browser.ask("document.querySelectorAll('[onerror], [onload], img[src=x], main script:not([type])').length")
            == 0
        )
        problems = [
            each for each in browser.problems if kind != "review" or not any(sign in each for sign in NO_SERVER)
        ]
        assert problems == [], kind
        assert browser.requests == []
        kinds.append(kind)
    assert kinds[:2] == ["report", "inspect"]
