"""On a Korean page nothing of ours is English: not in its text, its attributes, or what its scripts say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.contracts.whole_runs import made_up

from onelook.commands.report import rebuild_report
from onelook.wording import pages_in

_VOID = {"meta", "link", "img", "br", "input", "hr", "path", "line", "circle", "rect"}
_NOT_READ = {"script", "style", "template"}
_SPOKEN = ("title", "alt", "aria-label", "placeholder", "data-search-label")
# What is the same in every language: code, and the names, ids and values of the data.
_CODE = {"code", "pre", "bdi", "kbd"}
_NAMES = (
    *made_up.PETS,
    r"(?:test|train|val)/[\w.-]*",
    r"[\w-]+\.(?:jpg|csv|json)",
    "photographs",
    "efficientnet-lite0",
    "cuda:0",
    "onelook",
    "pets",
    "uint8",
    "python",
    "torch",
    "published weights",
    "rows of its class",
    r"\w+ et al",
    r"(?:cnn-|runs/)?(?:small|large|worse)",
    r"fold(?:s|-\d)",
    "none",
)
_KOREAN = re.compile("[가-힣]")
_ENGLISH = re.compile(r"[A-Za-z]{3,}")  # alone
_SENTENCE = re.compile(r"[A-Za-z]{2,},? [a-z]{2,} [a-z]{2,}")  # amid Korean, where terms and settings keep their names


class _Page(HTMLParser):
    """Collects the texts that a reader sees or hears."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, bool]] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        is_data = tag in _CODE or values.get("lang") == "en" or values.get("class") in ("id", "value")
        is_left_out = tag in _NOT_READ or is_data or any(each for _, each in self.open)
        if not is_left_out:
            self.texts += [values[name] for name in _SPOKEN if name in values]
        if tag not in _VOID:
            self.open.append((tag, is_left_out))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not any(each for _, each in self.open):
            self.texts.append(data)


def english_in(html: str) -> Iterator[str]:
    page = _Page()
    page.feed(html)
    for text in page.texts:
        rest = re.sub("|".join(_NAMES), "", text)
        if (_SENTENCE if _KOREAN.search(rest) else _ENGLISH).search(rest):
            yield text.strip()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    root: Path = tmp_path_factory.mktemp("korean")
    made_up.photographs(root)
    made_up.folds(root)
    made_up.comparison(root)
    with pages_in("ko"):
        return {
            name: rebuild_report(root / name).read_text(encoding="utf-8")
            for name in ("photographs", "folds", "compared")
        }


def test_the_search_finds_english_and_leaves_names_alone() -> None:
    html = (
        '<p>Look here <code>and not here</code> <bdi>or here</bdi></p><img alt="a picture of cat"><p>‘dog & co’ 3장</p>'
    )
    assert [*english_in(html)] == ["Look here", "a picture of cat"]


def test_a_korean_report_has_no_english_of_ours(pages: dict[str, str]) -> None:
    html = pages["photographs"]
    assert [*english_in(html)] == []
    assert '<html lang="ko">' in html


def test_korean_pages_of_folds_and_of_a_comparison_have_no_english_of_ours(pages: dict[str, str]) -> None:
    assert [*english_in(pages["folds"])] == []
    assert [*english_in(pages["compared"])] == []


def test_names_of_files_and_options_are_code_before_a_korean_particle(pages: dict[str, str]) -> None:
    assert "<code>ledger.csv</code>에" in pages["photographs"]
