"""Every kind of page in Korean, in a browser: once its scripts have run, nothing of ours is English, or cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.end_to_end.browser import Browser
from tests.end_to_end.page_kinds import LONG, every_page
from tests.end_to_end.test_every_page import CUT, OPENED, OVERLAPS

from onelook.server.page import page_in
from onelook.wording import pages_in

pytestmark = pytest.mark.end_to_end

# What a reader sees or hears, without code, and without names, ids and values of the data.
READ = """(() => {
  const data = "code, pre, bdi, kbd, script, style, template, [lang=en], .id, .value, .masthead, .plain";
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(data)) found.push(walker.currentNode.data.trim());
  }
  for (const name of ["aria-label", "placeholder", "alt", "title"]) {
    for (const each of document.querySelectorAll(`[${name}]`)) {
      if (!each.closest(data)) found.push(each.getAttribute(name).trim());
    }
  }
  return [...new Set(found)].filter((text) => /[A-Za-z]{3}/.test(text));
})()"""
_KOREAN = re.compile("[가-힣]")
_ENGLISH = re.compile(r"(?!\w+ et al\b)\b[A-Za-z]{2,},? [a-z]{2,},? [a-z]{2,}")  # papers keep their authors

_OF_THE_DATA = re.compile(rf"{LONG[:17]}[a-z ,]*|rows of its class")  # the long class' name, also where it is cut


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    with pages_in("ko"):
        found = dict(every_page(tmp_path_factory.mktemp("pages")))
    found["serve"].write_text(page_in("ko"), encoding="utf-8")
    return found


def test_no_sentence_of_ours_is_english(browser: Browser, pages: dict[str, Path]) -> None:
    browser.look()
    found = []
    for name, page in pages.items():
        browser.open(page)
        assert browser.ask("document.documentElement.lang") == "ko", name
        browser.ask(OPENED)
        browser.press("x")
        texts: list[str] = browser.ask(READ)
        found += [f"{name}: {text}" for text in texts if _ENGLISH.search(_OF_THE_DATA.sub("", text))]
        assert _KOREAN.search(browser.text("main")), name
    assert found == []


def test_the_check_sees_what_is_english(browser: Browser, pages: dict[str, Path]) -> None:
    browser.open(pages["comparison"])
    browser.ask("document.querySelector('h2').textContent = 'Only these are right'")
    assert [text for text in browser.ask(READ) if _ENGLISH.search(text)] == ["Only these are right"]


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_is_cut_in_korean(browser: Browser, pages: dict[str, Path], width: int) -> None:
    problems = []
    browser.look(width)
    for name, page in pages.items():
        browser.open(page)
        browser.ask(OPENED)
        browser.settle()
        if (found := [*browser.ask(CUT), *browser.ask(OVERLAPS)]) != [0, [], [], []]:
            problems.append((name, *found))
    assert problems == []
