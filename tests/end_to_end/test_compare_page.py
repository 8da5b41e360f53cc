"""The page of a comparison in a browser: figures of the table open the pictures on which the runs differ."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.comparison.test_advice import run
from tests.end_to_end.browser import Browser
from tests.report.conftest import build_run

from onelook.comparison.differences import Differences
from onelook.comparison.result import Comparison
from onelook.report.comparison_page import render_comparison
from onelook.run_folder import RunFolder
from onelook.runs.differing_pictures import differences_of_runs
from onelook.runs.scored_runs import read_run

pytestmark = pytest.mark.end_to_end

NAMES = ("cat", "<script>alert(1)</script>", "x" * 200)
LABELS = ("<b>large", "small & quick")


def scored(folder: Path, confusion: list[list[int]]) -> RunFolder:
    """A run with predictions: of each class first those that are right."""
    made = build_run(folder, names=NAMES, confusion=confusion, pictures=True)
    rows = [
        (label, at) for label, counts in enumerate(confusion) for at, count in enumerate(counts) for _ in range(count)
    ]
    ids = [f"test/{row + 1}" for row in range(len(rows))]
    given = [f"{each},test,{NAMES[label]}" for each, (label, _) in zip(ids, rows, strict=True)]
    said = [f"{each},{NAMES[at]},0.9" for each, (_, at) in zip(ids, rows, strict=True)]
    made.split_csv.write_text("\n".join(["id,split,class", *given, ""]), encoding="utf-8")
    made.predictions.write_text("\n".join(["id,label,confidence", *said, ""]), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Differences:
    """Only the second has the last 40 cats right, of which the first takes all for the last class."""
    folder = tmp_path_factory.mktemp("runs")
    first = scored(folder / "a", [[10, 0, 40], [0, 9, 0], [0, 2, 8]])
    second = scored(folder / "b", [[50, 0, 0], [3, 6, 0], [0, 2, 8]])
    differing = differences_of_runs([read_run(str(each.path)) for each in (first, second)], 1)
    assert differing is not None
    return differing


@pytest.fixture
def page(browser: Browser, found: Differences, tmp_path: Path) -> Iterator[Browser]:
    runs = (run(LABELS[0], 0.7, 4.0, 0.001), run(LABELS[1], 0.9, 4.0))
    comparison = Comparison("photos", "2026-01-02T03:04:05+00:00", "a machine", runs, 1, "Take it.", ())
    path = tmp_path / "compare.html"
    path.write_text(render_comparison(comparison, found), encoding="utf-8")
    browser.look()
    browser.open(path)
    yield browser
    assert browser.problems == []
    assert browser.requests == []


def shown(page: Browser) -> tuple[str, int]:
    page.ask(
        """Promise.all([...document.querySelectorAll('#differences img')].map((image) => {
            image.loading = 'eager';
            return image.decode(); }))"""
    )
    return page.text("#differences .filter"), page.ask(
        "[...document.querySelectorAll('#differences .pictures img')].filter((image) => image.naturalWidth).length"
    )


def test_a_figure_opens_its_pictures_and_escape_returns(page: Browser, found: Differences) -> None:
    assert len(found.pictures) == 40 + 3
    assert shown(page) == ("", 24)
    table = page.ask(
        "[...document.querySelectorAll('#differences tbody tr')].map((row) => row.innerText.split(/\\s+/))"
    )
    assert table == [["cat", "40", "0"], [NAMES[1], "0", "3"]]
    page.click("#differences td:nth-child(2)")
    assert shown(page) == (f"40 pictures labelled cat that {LABELS[1]} has right and {LABELS[0]} wrong · show all", 40)
    captions = page.ask(
        """[...new Set([...document.querySelectorAll('#differences figcaption')].map(
            (each) => [...each.querySelectorAll('.answer')].map((line) => line.innerText.split(/\\s+/).join(' '))
                .join(' | ')))]"""
    )
    assert captions == [f"label cat | ✗ {LABELS[0]}: {NAMES[2]} 90.0 % | cat 5.0 % | ✓ {LABELS[1]} 90.0 %"]
    page.press("Escape")
    assert shown(page) == ("", 24)
    page.click(".more-errors")
    assert shown(page) == ("", 43)


def test_rows_and_columns_filter_and_the_keyboard_does_too(page: Browser) -> None:
    page.click("#differences tbody tr:nth-child(2) th")
    assert shown(page) == (f"3 pictures labelled {NAMES[1]} on which runs differ · show all", 3)
    page.press("Escape", "ArrowRight", "ArrowUp", "ArrowUp", "ArrowRight", "Enter")
    assert shown(page) == (f"3 pictures that {LABELS[0]} has right and {LABELS[1]} wrong · show all", 3)
    page.ask("history.back()")
    page.settle()
    assert shown(page) == ("", 24)


def test_a_telephone_shows_all_of_it_without_scrolling_sideways(page: Browser) -> None:
    for width in (390, 1280):
        page.look(width)
        page.settle()
        assert page.ask("document.documentElement.scrollWidth") <= width
