"""Every kind of page lies still while it opens and is read, and all of it is printed, without what is clicked."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.end_to_end.browser import Browser
from tests.end_to_end.page_kinds import every_page
from tests.end_to_end.test_every_page import CUT, OVERLAPS

pytestmark = pytest.mark.end_to_end

PAPER = 718  # CSS pixels of the width of A4 between its margins
_MOST = 0.01  # a tenth of what is called good (https://web.dev/articles/cls)

# The sum of all shifts so far, and the parts that moved most.
SHIFTS = """new Promise((done) => {
  let sum = 0;
  const moved = [];
  new PerformanceObserver((list) => {
    for (const each of list.getEntries()) {
      sum += each.value;
      moved.push(...each.sources.map((one) => `${one.node?.nodeName}.${one.node?.className}`));
    }
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => setTimeout(() => done([sum, moved.slice(0, 5)]), 50));
})"""

# As a reader does, a window at a time.
READ_TO_THE_END = """(async () => {
  for (let at = 0; at < document.documentElement.scrollHeight; at += innerHeight) {
    scrollTo(0, at);
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  }
})()"""

# What is on paper: buttons and fields that are there, and folded parts that are not.
NOT_FOR_PAPER = """[...document.querySelectorAll("button, input, select, video")]
    .filter((each) => each.checkVisibility() && !each.closest(".sortable"))
    .map((each) => each.outerHTML.slice(0, 80))"""
FOLDED = """[...document.querySelectorAll("details")].filter((each) => {
  const inside = [...each.children].filter((one) => one.tagName !== "SUMMARY" && one.textContent.trim());
  return inside.length && !inside.some((one) => one.getBoundingClientRect().height);
}).map((each) => each.textContent.trim().slice(0, 40))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return dict(every_page(tmp_path_factory.mktemp("pages")))


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_opens_and_is_read(browser: Browser, pages: dict[str, Path], width: int) -> None:
    found = {}
    browser.look(width)
    for name, page in pages.items():
        browser.open(page)
        browser.ask(READ_TO_THE_END)
        sum_of_shifts, moved = browser.ask(SHIFTS)
        if sum_of_shifts > _MOST:
            found[name] = (sum_of_shifts, moved)
    assert found == {}


def test_the_check_of_shifts_sees_what_moves(browser: Browser, pages: dict[str, Path]) -> None:
    browser.look()
    browser.open(pages["comparison"])
    browser.ask(READ_TO_THE_END)
    browser.ask("scrollTo(0, 0)")
    assert browser.ask(SHIFTS)[0] <= _MOST
    browser.ask("document.querySelector('main').style.paddingTop = '20rem'")
    browser.settle()
    assert browser.ask(SHIFTS)[0] > _MOST


def test_all_of_a_page_is_printed(browser: Browser, pages: dict[str, Path]) -> None:
    problems = []
    browser.look(PAPER, printed=True)
    for name, page in pages.items():
        browser.open(page)
        browser.settle()
        found = [browser.ask(one) for one in (CUT, OVERLAPS, NOT_FOR_PAPER, FOLDED)]
        if found != [[0, []], [[], []], [], []]:
            problems.append((name, *found))
    browser.look()
    assert problems == [], "\n".join(map(str, problems))
