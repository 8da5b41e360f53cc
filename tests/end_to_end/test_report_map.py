"""The map in a browser: pointing, drawing around, and the keyboard."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.end_to_end.browser import Browser
from tests.end_to_end.test_report_page import DIGITS, HOSTILE
from tests.report.conftest import build_run

from onelook.report import build_report

pytestmark = pytest.mark.end_to_end


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten pictures of each digit, and two errors: a 9 taken for a 4, and a 1 taken for a 7."""
    confusion = 10 * np.eye(10, dtype=int)
    confusion[9, 4], confusion[1, 7] = 1, 1
    folder = build_run(
        tmp_path_factory.mktemp("digits") / "run", names=DIGITS, confusion=confusion.tolist(), pictures=True
    )
    return build_report(folder)


@pytest.fixture
def page(browser: Browser, digits: Path) -> Iterator[Browser]:
    browser.look()
    browser.open(digits)
    yield browser
    assert browser.problems == []
    assert browser.requests == []


def canvas_box(page: Browser) -> tuple[float, float, float, float]:
    """Scroll to the map, and return its left, top, width and height in the window."""
    page.ask("document.querySelector('#map canvas').scrollIntoView({block: 'center'})")
    page.settle()
    box = page.ask(
        """(({ x, y, width, height }) => [x, y, width, height])(
            document.querySelector('#map canvas').getBoundingClientRect())"""
    )
    x, y, width, height = map(float, box)
    return x, y, width, height


def picked(page: Browser) -> tuple[str, list[str]]:
    """What is said of the pictures inside, and their answers."""
    answers = page.ask(
        "[...document.querySelectorAll('.map-picked li .answer:first-child span')].map((each) => each.textContent)"
    )
    return page.text(".map-picked .filter"), answers


def test_drawing_around_all_lists_errors_first(page: Browser) -> None:
    x, y, width, height = canvas_box(page)
    corners = [
        (x + 2, y + 2),
        (x + width - 2, y + 2),
        (x + width - 2, y + height - 2),
        (x + 2, y + height - 2),
        (x + 2, y + 4),
    ]
    page.drag(*corners, (x + 2, y + 3))
    words, answers = picked(page)
    assert words == "102 pictures inside: 100 right, 2 wrong · clear"
    assert sorted(answers[:2]) == ["said 4", "said 7"]
    assert len(answers) == 24
    page.click(".map-picked button")
    assert len(picked(page)[1]) == 48
    page.click(".map-picked .filter a")
    assert picked(page) == ("", [])


def test_what_lies_inside_can_be_marked(page: Browser) -> None:
    page.ask("document.querySelector('#map canvas').focus()")
    page.press(*["ArrowLeft"] * 60, *["ArrowUp"] * 60, "Enter")
    page.click(".map-picked [data-mark]")
    page.press("7", "x")
    marks = "[...document.querySelectorAll('.map-picked .mark')].map((each) => each.textContent)"
    assert page.ask(marks) == ["→ 7", "drop"]
    page.click(".marks-actions .quiet:last-child")
    page.click(".marks-actions .quiet:last-child")
    assert page.ask(marks) == []


def test_a_box_takes_one_side_of_the_map(page: Browser) -> None:
    # The classes stand side by side, from left to right: the first five are in the left half.
    page.click('label[for="map-box"]')
    x, y, width, height = canvas_box(page)
    page.drag((x + 9, y + 9), (x + width / 4, y + height / 2), (x + width / 2, y + height - 9))
    words, answers = picked(page)
    assert words == "51 pictures inside: 50 right, 1 wrong · clear"
    assert answers[0] == "said 7"


def test_the_keyboard_moves_a_frame_and_lists_what_is_inside(page: Browser) -> None:
    page.ask("document.querySelector('#map canvas').focus()")
    page.press(*["ArrowLeft"] * 60, *["ArrowUp"] * 60, "Enter")
    words, answers = picked(page)
    assert " inside: " in words
    assert {*answers} == {"✓ 0"}  # the first class is at the left
    page.press("Escape")
    assert picked(page) == ("", [])


def test_pointing_shows_the_picture(page: Browser) -> None:
    x, y, width, height = canvas_box(page)
    assert page.ask("document.querySelector('.map-card').hidden") is True
    for share in np.linspace(0.02, 0.98, 60):  # somewhere down the left side is the first 0
        page.point(x + 18, y + height * float(share))
        if page.ask("!document.querySelector('.map-card').hidden"):
            break
    assert page.text(".map-card").startswith("✓ 0 90.0 % test/")
    assert page.ask("document.querySelectorAll('.map-card canvas, .map-card img').length") == 1
    page.point(x + width / 2, y - 40)
    assert page.ask("document.querySelector('.map-card').hidden") is True


def test_a_class_is_marked_and_only_errors_can_be_shown(page: Browser) -> None:
    page.click(".map-classes button:nth-child(5)")
    x, y, width, height = canvas_box(page)
    around = [
        (x + 2, y + 2),
        (x + width - 2, y + 2),
        (x + width - 2, y + height - 2),
        (x + 2, y + height - 2),
        (x + 2, y + 4),
    ]
    page.drag(*around)
    assert picked(page)[0] == "11 pictures inside: 10 right, 1 wrong · clear"  # and what was taken for a 4
    page.click(".map-tools input[type=checkbox]")
    x, y, width, height = canvas_box(page)
    page.drag(*around)
    assert picked(page) == ("1 picture inside: 0 right, 1 wrong · clear", ["said 4"])


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_names_are_shown_and_never_run(browser: Browser, tmp_path: Path, width: int) -> None:
    confusion = 9 * np.eye(len(HOSTILE), dtype=int) + 2 * np.eye(len(HOSTILE), k=1, dtype=int)
    folder = build_run(tmp_path / "run", names=HOSTILE, confusion=confusion.tolist(), pictures=True)
    path = folder.evidence / "map.json"
    index = json.loads(path.read_text(encoding="utf-8"))
    index["ids"][1] = "</template><script>alert(3)</script>"
    path.write_text(json.dumps(index), encoding="utf-8")
    browser.look(width)
    browser.open(build_report(folder))
    assert browser.ask("document.querySelectorAll('.map-classes button').length") == len(HOSTILE)
    assert browser.text(".map-classes button") == HOSTILE[0]
    browser.ask("document.querySelector('#map canvas').focus()")
    browser.press(*["ArrowLeft"] * 40, "Enter")
    assert browser.ask("document.documentElement.scrollWidth") <= width
    assert browser.problems == []
    assert browser.requests == []


def test_many_classes_are_found_by_their_letters(browser: Browser, tmp_path: Path) -> None:
    names = tuple(f"kind {at}" for at in range(60))
    folder = build_run(tmp_path / "run", names=names, confusion=(2 * np.eye(60, dtype=int)).tolist(), pictures=True)
    browser.look()
    browser.open(build_report(folder))
    assert browser.ask("document.querySelectorAll('.map-classes button').length") == 0
    browser.click('.map-tools input[type="search"]')
    browser.write("ind 5")
    assert browser.ask("document.querySelectorAll('.map-classes button').length") == 11  # 5, and 50 to 59
    browser.click(".map-classes button")
    assert browser.ask("document.querySelector('.map-classes button').getAttribute('aria-pressed')") == "true"
    assert browser.problems == []
