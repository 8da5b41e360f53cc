"""The page of `onelook serve` in a browser: the token, a drawing, pictures to try, Korean, a phone."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from tests.end_to_end.browser import Browser, chromium

from onelook.classifier import Classifier
from onelook.classifier.golden import Golden

pytestmark = pytest.mark.end_to_end

TOKEN = "open, sesame"


@pytest.fixture(scope="module")
def address(brightness_classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a token, whose model keeps four golden pictures on a black ground."""
    pictures = np.zeros((4, 8, 8, 1), np.uint8)
    pictures[2:, 1:7, 1:7] = 255
    golden = Golden(pictures, brightness_classifier.probabilities(pictures))
    model = Classifier(replace(brightness_classifier._parts, golden=golden)).save(tmp_path_factory.mktemp("served"))
    command = [sys.executable, "-m", "onelook", "serve", str(model), "--port", "0"]
    environment = {**os.environ, "ONELOOK_TOKEN": TOKEN}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+:\d+", server.stdout.readline())
        assert found is not None
        yield found[0]
        server.terminate()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("browser")) as browser:
        yield browser


def enter(page: Browser, address: str) -> None:
    """Open the page in a tab that was given no token yet, and give it."""
    page.visit(address)
    page.ask("sessionStorage.clear()")
    page.visit(address)
    page.wait_for("!document.getElementById('asked').hidden && document.activeElement.id === 'token'")
    page.write(TOKEN)
    page.press("Enter")
    page.wait_for("document.getElementById('asked').hidden && !document.getElementById('draw').hidden")


def test_asks_for_the_token_and_again_where_it_is_wrong(page: Browser, address: str) -> None:
    page.look()
    page.visit(address)
    page.wait_for("!document.getElementById('asked').hidden")
    page.write("wrong")
    page.press("Enter")
    page.wait_for("!document.getElementById('asked').hidden && document.activeElement.id === 'token'")
    assert page.text("#model") == ""
    enter(page, address)
    assert page.text("#model") == "This model tells 2 classes apart: dark, light."
    page.visit(address)  # the tab keeps it
    page.wait_for("document.getElementById('model').textContent.trim()")
    assert page.ask("document.getElementById('asked').hidden")


def test_a_drawing_is_answered_and_the_next_stroke_answers_anew(page: Browser, address: str) -> None:
    page.look()
    enter(page, address)
    box = "document.getElementById('pad').getBoundingClientRect()"
    left, top, side = (page.ask(f"{box}.{name}") for name in ("x", "y", "width"))
    page.drag((left + 0.3 * side, top + 0.3 * side), (left + 0.7 * side, top + 0.7 * side))
    page.wait_for("document.querySelector('article h2')")
    assert re.match(r"(dark|light|not sure)", page.text("article h2"))
    assert page.ask("document.querySelectorAll('article .bar').length") == 2
    page.drag((left + 0.3 * side, top + 0.7 * side), (left + 0.7 * side, top + 0.3 * side))
    page.wait_for("document.querySelectorAll('article h2').length === 1")
    width, height = page.ask("(() => { const small = asMnist(); return [small.width, small.height] })()")
    assert (width, height) == (8, 8)
    page.click("#clear")
    assert page.ask("asMnist()") is None


def test_pictures_to_try_are_those_that_the_model_keeps(page: Browser, address: str) -> None:
    page.look()
    enter(page, address)
    assert page.ask("document.querySelectorAll('#examples button').length") == 4
    page.ask("document.querySelectorAll('#examples button')[3].focus()")
    page.press("Enter")
    page.wait_for("document.querySelector('article h2')")
    assert page.text("article h2").startswith("light")
    assert page.text("article .name") == "example 4"


@pytest.mark.parametrize("width", [1280, 390])
def test_is_korean_where_that_is_asked_and_fits(page: Browser, address: str, width: int) -> None:
    page.look(width)
    enter(page, f"{address}/?lang=ko")
    assert "여기에 그리세요" in page.text("#draw")
    assert "시험해 볼 이미지" in page.text("#examples")
    assert page.ask("document.documentElement.lang") == "ko"
    assert page.ask("document.documentElement.scrollWidth") <= width


def test_no_policy_is_broken_and_nothing_is_fetched_from_elsewhere(page: Browser, address: str) -> None:
    page.problems.clear()
    page.requests.clear()
    enter(page, address)
    page.click("#examples button")
    page.wait_for("document.querySelector('article h2')")
    assert {problem for problem in page.problems if "401" not in problem} == set()
    assert all(request.startswith((address, "blob:")) for request in page.requests)
