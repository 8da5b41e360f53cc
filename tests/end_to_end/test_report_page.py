"""The report in a browser: cells, classes and pairs open their errors, by mouse and keyboard; nothing else happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.end_to_end.browser import Browser
from tests.report.conftest import build_run

from onelook.evaluation.pictures.index import HEAT_MAPS, INDEX, HeatMap, HeatMaps, write_index
from onelook.report import build_report

pytestmark = pytest.mark.end_to_end

DIGITS = tuple(str(digit) for digit in range(10))
HOSTILE = (
    "<script>alert(1)</script>",
    "</template><img src=x onerror=alert(2)>",
    "a \"quoted\" & 'single' name",
    "قطة",
    "cat\u202egpj.exe",
    "\u200b",
    "x" * 300,
)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty errors: 4 taken for 9 thirty times, 9 for 4 seven times, 1 for 7 three times."""
    confusion = 50 * np.eye(10, dtype=int)
    confusion[4, 9], confusion[9, 4], confusion[1, 7] = 30, 7, 3
    folder = tmp_path_factory.mktemp("digits") / "run"
    return build_report(build_run(folder, names=DIGITS, confusion=confusion.tolist(), pictures=True))


@pytest.fixture
def page(browser: Browser, digits: Path) -> Iterator[Browser]:
    browser.look()
    browser.open(digits)
    yield browser
    assert browser.problems == []
    assert browser.requests == []


def shown(page: Browser) -> tuple[str, int]:
    """What the gallery says, and how many pictures it has that were drawn."""
    page.ask(
        """Promise.all([...document.querySelectorAll('#errors img')].map((image) => {
            image.loading = 'eager';
            return image.decode(); }))"""
    )
    return page.text("#errors .filter"), page.ask(
        "[...document.querySelectorAll('#errors .pictures img')].filter((image) => image.naturalWidth).length"
    )


def cell(label: int, predicted: int) -> str:
    """A selector of the matrix's cell, whatever the order of its classes."""
    return f'#confusion td[title^="{label} taken for {predicted}:"]'


def test_a_click_on_a_cell_opens_its_pictures_and_escape_returns(page: Browser) -> None:
    assert shown(page) == ("", 24)
    page.click(cell(9, 4))
    assert shown(page) == ("7 pictures labelled 9 and taken for 4 · show all", 7)
    assert page.ask("location.hash") == "#errors?label=9&predicted=4"
    captions = page.ask("[...document.querySelectorAll('#errors .answer.wrong span')].map((each) => each.textContent)")
    assert captions == ["said 4"] * 7
    alts = page.ask("[...document.querySelectorAll('#errors img')].map((each) => each.alt.split(':')[1])")
    assert alts == [" labelled 9, taken for 4"] * 7
    assert page.ask("document.querySelector('#errors').getBoundingClientRect().top") == pytest.approx(8, abs=10)
    page.press("Escape")
    assert shown(page) == ("", 24)
    assert page.ask("document.activeElement.title").startswith("9 taken for 4:")
    assert page.ask("location.hash") == "#errors"


def test_arrows_and_enter_do_what_a_click_does(page: Browser) -> None:
    page.ask("document.querySelector('#confusion [tabindex=\"0\"][title*=taken]').focus()")
    start = page.ask("document.activeElement.title")
    assert "taken for" in start
    page.press("Enter")
    label, predicted = start.split(":")[0].split(" taken for ")
    assert shown(page)[0].endswith(f"labelled {label} and taken for {predicted} · show all")
    page.press("Escape")
    page.ask("document.querySelector('#confusion tbody td').focus()")
    page.press("ArrowRight", "ArrowLeft")
    page.ask("document.querySelector('#confusion tbody tr:nth-child(5) td:nth-child(4)').click()")
    page.settle()  # the address changes a moment later
    page.press("Escape")
    assert page.ask("document.querySelectorAll('#confusion table [tabindex]').length") == 1
    page.press("ArrowDown", "ArrowRight")
    assert page.ask("[document.activeElement.parentNode.rowIndex, document.activeElement.cellIndex]") == [7, 4]


def test_a_cell_without_errors_says_so_and_the_browser_goes_back(page: Browser) -> None:
    page.ask("document.querySelector('#confusion td.none').click()")
    page.settle()
    words, pictures = shown(page)
    assert words.startswith("No picture is labelled ")
    assert pictures == 0
    page.ask("history.back()")
    page.settle()
    assert shown(page) == ("", 24)


def test_pairs_and_classes_are_links(page: Browser) -> None:
    page.ask("document.querySelector('.pairs a').focus()")
    page.press("Enter")
    assert shown(page) == ("30 pictures labelled 4 and taken for 9 · show all", 30)
    page.press("Escape")
    page.click("[data-pair] .count")
    assert shown(page)[0] == "30 pictures labelled 4 and taken for 9 · show all"
    page.press("Escape")
    assert page.ask("document.activeElement.textContent") == "4 taken for 9"
    page.click('tr[data-class="9"] td.number')
    assert shown(page) == (
        "37 errors with 9: 7 missed, 30 wrongly named · show all",
        37,
    )
    page.click("#errors .filter a")
    assert shown(page) == ("7 pictures labelled 9 and taken for another class · show all", 7)
    page.click("#errors .filter a:last-child")
    assert shown(page) == ("", 24)
    page.click(".more-errors")
    assert shown(page) == ("", 40)


def test_a_link_keeps_what_is_shown(browser: Browser, digits: Path) -> None:
    browser.look()
    browser.open(digits, "#errors?label=1&predicted=7")
    assert shown(browser) == ("3 pictures labelled 1 and taken for 7 · show all", 3)
    browser.ask("location.hash = '#errors?predicted=9'")
    browser.settle()
    assert shown(browser) == ("30 pictures taken for 9 with another label · show all", 30)
    browser.ask("history.back()")
    browser.settle()
    assert shown(browser) == ("3 pictures labelled 1 and taken for 7 · show all", 3)
    browser.open(digits, "#errors?class=77")
    assert shown(browser) == ("There is no class of this name in this report · show all", 0)
    browser.open(digits, "#classes")
    assert shown(browser) == ("", 24)


def test_without_scripts_the_page_reads_as_ever(browser: Browser, digits: Path) -> None:
    browser.look(scripts=False)
    try:
        browser.open(digits)
        browser.look()  # scripts that ask run again; those of the page have missed their moment
        assert shown(browser) == ("", 24)
        assert browser.ask("document.querySelectorAll('#confusion a, #errors button, [role=grid]').length") == 0
    finally:
        browser.look()


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_names_are_shown_and_never_run(browser: Browser, tmp_path: Path, width: int) -> None:
    confusion = 9 * np.eye(len(HOSTILE), dtype=int) + 2 * np.eye(len(HOSTILE), k=1, dtype=int)
    folder = build_run(tmp_path / "run", names=HOSTILE, confusion=confusion.tolist(), pictures=True)
    index = json.loads((folder.evidence / "evidence.json").read_text(encoding="utf-8"))
    index["worst_errors"][0]["id"] = "</script><script>alert(3)</script>"
    (folder.evidence / "evidence.json").write_text(json.dumps(index), encoding="utf-8")
    browser.look(width)
    browser.open(build_report(folder))
    for at in range(len(HOSTILE)):
        browser.click(f'tr[data-class="{at}"] a')
        words, _ = shown(browser)
        visible = {4: "cat[U+202E]gpj.exe", 5: "(blank: U+200B)"}.get(at, HOSTILE[at])
        assert visible in words
        assert browser.ask("document.documentElement.scrollWidth") <= width
    browser.press("Escape")
    assert browser.text("#errors .id") == "</script><script>alert(3)</script>"
    assert browser.problems == []
    assert browser.requests == []


def test_one_class_among_many_is_found_by_its_letters(browser: Browser, tmp_path: Path) -> None:
    names = tuple(f"kind {at}" for at in range(60))
    confusion = 4 * np.eye(60, dtype=int)
    confusion[3, 8], confusion[8, 3], confusion[20, 3] = 9, 2, 1
    browser.look()
    browser.open(build_report(build_run(tmp_path / "run", names=names, confusion=confusion.tolist(), pictures=True)))
    browser.click("[data-find-class] input")
    browser.write("ind 3")
    assert (
        browser.text(".found-classes li") == "kind 3: 4 of 13 right; taken for kind 8 9; said for kind 8 2, kind 20 1"
    )
    assert browser.ask("document.querySelectorAll('.found-classes li').length") == 9  # eight, and how many more
    browser.click(".found-classes a:nth-of-type(2)")
    assert shown(browser) == ("9 pictures labelled kind 3 and taken for kind 8 · show all", 9)
    assert browser.ask("document.querySelectorAll('.group').length") == 1
    assert browser.problems == []


def test_errors_without_a_picture_are_listed_and_the_rest_is_counted(browser: Browser, tmp_path: Path) -> None:
    confusion = 50 * np.eye(10, dtype=int)
    confusion[4, 9] = 40
    folder = build_run(tmp_path / "run", names=DIGITS, confusion=confusion.tolist(), pictures=True)
    path = folder.evidence / "errors.json"
    further = json.loads(path.read_text(encoding="utf-8"))
    further["errors"] = further["errors"][:14]  # of 16
    for error in further["errors"][-3:]:
        error["picture"] = ""
    path.write_text(json.dumps(further), encoding="utf-8")
    browser.look()
    browser.open(build_report(folder), "#errors?label=4&predicted=9")
    assert shown(browser) == ("40 pictures labelled 4 and taken for 9 · show all", 24 + 11)
    assert browser.ask("[...document.querySelectorAll('.after-pictures > .note')].map((each) => each.textContent)") == [
        "3 without a picture, for which this file has no room:",
        "And 2 more, which only predictions.csv lists.",
    ]
    lines = browser.ask("[...document.querySelectorAll('.unpictured li')].map((each) => each.textContent)")
    ids = [error["id"] for error in further["errors"][-3:]]
    assert [line.replace("\u202f", " ") for line in lines] == [f"{each} said 9 90.0 %, label 4 1.1 %" for each in ids]
    assert browser.problems == []


def test_the_figures_of_what_to_do_next_are_those_of_the_file(browser: Browser, tmp_path: Path) -> None:
    folder = build_run(tmp_path / "run", names=("a", "b", "c"), pictures=True)
    gains = json.loads((folder.evidence / "gains.json").read_text(encoding="utf-8"))["gains"]
    browser.look()
    browser.open(build_report(folder))
    figures = browser.ask(
        "[...document.querySelectorAll('.points')].map((each) => each.innerText.split(/\\s+/).join(' '))"
    )
    assert [gain["kind"] for gain in gains] == ["confusion", "pictures", "epochs"]
    assert figures == [
        f"at most +{100 * gains[0]['gain']:.1f} {100 * gains[0]['low']:.1f} to {100 * gains[0]['high']:.1f} points",
        f"about +{100 * gains[1]['gain']:.1f} {100 * gains[1]['low']:.1f} to {100 * gains[1]['high']:.1f} points",
        f"? not known: {gains[2]['why']}",
    ]
    curve = json.loads((folder.evidence / "learning-curve.json").read_text(encoding="utf-8"))
    browser.click("#gains-curve summary")
    rows = browser.ask(
        """[...document.querySelectorAll('#gains-curve tbody tr')].map(
            (row) => [...row.cells].map((cell) => cell.innerText))"""
    )
    assert [[rows_, error.replace("\u202f", " ")] for rows_, error in rows] == [
        [f"{point['rows']:,}", f"{100 * point['error']:.1f} %"] for point in curve["points"]
    ]


HEAT = """[...document.querySelectorAll('#errors .pictures li')].map((each) => {
    const map = each.querySelector('.heat');
    const box = map?.getBoundingClientRect();
    const picture = each.querySelector('img').getBoundingClientRect();
    return map && box.width ? [map.getAttribute('aria-label'), box.x - picture.x, box.y - picture.y] : null; })"""


def test_h_shows_and_hides_where_the_model_looked(browser: Browser, tmp_path: Path) -> None:
    confusion = 50 * np.eye(10, dtype=int)
    confusion[4, 9] = 40
    folder = build_run(tmp_path / "run", names=DIGITS, confusion=confusion.tolist(), pictures=True)
    further = json.loads((folder.evidence / "errors.json").read_text(encoding="utf-8"))["errors"]
    worst = json.loads((folder.evidence / "evidence.json").read_text(encoding="utf-8"))["worst_errors"]
    cells = {worst[0]["id"]: "0000000000f0", worst[2]["id"]: "80000000f000", further[1]["id"]: "00000000000f"}
    maps = tuple(HeatMap(id=each, cells=digits) for each, digits in cells.items())
    (folder.evidence / HEAT_MAPS).mkdir()
    index = HeatMaps(method="gradients", size=(12, 10), grid=(4, 3), wanted=40, maps=maps)
    write_index(folder.evidence / HEAT_MAPS / INDEX, index)
    browser.look()
    browser.open(build_report(folder))
    assert browser.ask(HEAT) == [None] * 24
    browser.press("h")
    bottom, right = ["Heat map: most in the bottom", 0, 0], ["Heat map: most in the right", 0, 0]
    assert browser.ask(HEAT) == [bottom, None, right, *[None] * 21]
    assert browser.text("#errors .heat-maps button") == "Show where the model looked h"
    assert browser.ask("document.querySelector('#errors .heat-maps button').ariaPressed") == "true"
    strengths = browser.ask(
        """(() => { const map = document.querySelector('.heat');
        const { data, width, height } = map.getContext('2d').getImageData(0, 0, map.width, map.height);
        return [[0.5, 0.1], [0.5, 0.9], [0.25, 0.9]].map(([x, y]) =>
            data[4 * (Math.floor(y * height) * width + Math.floor(x * width)) + 3]); })()"""
    )
    assert strengths[0] == 0
    assert strengths[1] > 150 > strengths[2]
    browser.click(".more-errors")
    assert browser.ask(HEAT)[24:] == [None, ["Heat map: most in the lower right", 0, 0], *[None] * 14]
    browser.click("#errors .heat-maps button")
    assert browser.ask(HEAT) == [None] * 40
    assert browser.problems == []
