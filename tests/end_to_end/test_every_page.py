"""Every kind of page: what is on it has the contrast of WCAG AA in both themes; no text is cut, overlaps or scrolls."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.end_to_end.browser import Browser
from tests.end_to_end.page_kinds import every_page

pytestmark = pytest.mark.end_to_end

CONTRAST, CUT, OVERLAPS = (
    Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8") for name in ("contrast", "cut", "overlaps")
)

# What is folded, what a switch shows, and the bar in which a picture is marked.
OPENED = """(() => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  document.querySelector(".heat-maps button, .toggle input:last-of-type")?.click();
  document.querySelector("[data-mark]")?.focus();
  document.querySelector(".marks-actions button.quiet")?.click();
})()"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return dict(every_page(tmp_path_factory.mktemp("pages")))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_and_drawings_can_be_read(browser: Browser, pages: dict[str, Path], dark: bool) -> None:
    problems = []
    for name, page in pages.items():
        browser.look(dark=dark)
        browser.open(page)
        for state in ("as it opens", "opened"):
            if state == "opened":
                browser.ask(OPENED)
                browser.press("x")  # a picture that is dropped
            count, found = browser.ask(CONTRAST)
            assert count > 5, name
            problems += [f"{name}, {state}: {each}" for each in found]
    assert problems == []


def test_the_check_of_contrast_sees_what_is_pale(browser: Browser, pages: dict[str, Path]) -> None:
    browser.look()
    browser.open(pages["comparison"])
    browser.ask(
        """document.querySelector("h2").style.color = "#999";
        document.querySelector("h2").style.opacity = 0.8;
        document.querySelector(".lead").innerHTML = "<span style='background: rgb(0 0 0 / 0.5)'>pale</span>";
        document.querySelector(".compared .dot").style.fill = "#bbb";"""
    )
    _, found = browser.ask(CONTRAST)
    assert len(found) == 3
    assert [each.split(" (")[1][:9] for each in found] == ["large has", "pale)", "drawn: do"]


# The matrices of up to twelve classes, and those of groups of classes, that scroll because they have no room.
SCROLLED = """[...document.querySelectorAll(":is(.ample, .roomy, .group) .scroll")]
    .map((each) => each.scrollWidth - each.clientWidth).filter((beyond) => beyond > 1)"""


@pytest.mark.parametrize("width", [390, 768, 1160, 1280])
def test_nothing_is_cut_or_scrolls_sideways(browser: Browser, pages: dict[str, Path], width: int) -> None:
    problems = []
    browser.look(width)
    for name, page in pages.items():
        browser.open(page)
        browser.ask(OPENED)
        browser.settle()
        found, lying = browser.ask(CUT), browser.ask(OVERLAPS)
        scrolled = browser.ask(SCROLLED) if width >= 768 else []
        if found != [0, []] or lying != [[], []] or scrolled:
            problems.append((name, *found, *lying, scrolled))
    assert problems == []


def test_the_check_of_texts_sees_what_overlaps_and_what_is_cut(browser: Browser, pages: dict[str, Path]) -> None:
    browser.look()
    browser.open(pages["comparison"])
    browser.ask(
        """document.querySelector("h2").style.marginBottom = "-2rem";
        document.querySelector(".lead").style.cssText = "width: 3rem; overflow: hidden; white-space: nowrap";"""
    )
    (overlapping, cut) = browser.ask(OVERLAPS)
    heading = browser.text("h2")[:20]
    assert any(heading in each for each in overlapping)
    assert any(each.startswith("P.lead: ") for each in cut)
