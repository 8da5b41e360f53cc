"""The page of `onelook serve` in a browser: every way to give a picture, heat maps, the keyboard, Korean, a phone."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from tests.end_to_end.browser import Browser, chromium
from tests.end_to_end.test_every_page import CONTRAST

from onelook.classifier import Classifier
from onelook.classifier.golden import Golden
from onelook.signature.signature import fit_signature

pytestmark = pytest.mark.end_to_end

TOKEN = "open, sesame"
CAMERA = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
# A name of the server that is neither this machine's nor reached by https, as for a phone in the same house.
ELSEWHERE = "onelook.example"


@pytest.fixture(scope="module")
def address(brightness_classifier: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with a token, whose model keeps four golden pictures on a black ground."""
    pictures = np.zeros((4, 8, 8, 1), np.uint8)
    pictures[2:, 1:7, 1:7] = 255
    golden = Golden(pictures, brightness_classifier.probabilities(pictures))
    dark = np.random.default_rng(0).integers(0, 30, (2, 80, 8, 8, 1), np.uint8)
    signature = fit_signature(*(brightness_classifier.describe([half])[0] for half in dark))
    knowing = Classifier(replace(brightness_classifier._parts, golden=golden)).with_signature(signature)
    model = knowing.save(tmp_path_factory.mktemp("served"))
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
    with chromium(
        tmp_path_factory.mktemp("browser"), *CAMERA, f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
    ) as browser:
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
    assert page.ask("document.querySelectorAll('article .chance').length") == 2
    page.drag((left + 0.3 * side, top + 0.7 * side), (left + 0.7 * side, top + 0.3 * side))
    page.wait_for("document.querySelectorAll('article h2').length === 1")
    width, height = page.ask("(() => { const small = smallDrawing(); return [small.width, small.height] })()")
    assert (width, height) == (8, 8)
    page.click("#clear")
    assert page.ask("smallDrawing()") is None


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


def as_file(content: bytes, name: str) -> str:
    """An expression for a file."""
    encoded = base64.b64encode(content).decode()
    return f"new File([Uint8Array.from(atob('{encoded}'), (c) => c.charCodeAt(0))], {json.dumps(name)})"


def png(pixels: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def hand_over(page: Browser, how: str, *files: str) -> None:
    """Give the page files, each an expression, as a reader does."""
    page.ask(f"window.given = new DataTransfer(); for (const file of [{', '.join(files)}]) given.items.add(file); 0")
    page.ask(
        {
            "drop": "dispatchEvent(new DragEvent('drop', { dataTransfer: given, cancelable: true }))",
            "paste": "dispatchEvent(new ClipboardEvent('paste', { clipboardData: given }))",
            "choose": "pick.files = given.files; pick.dispatchEvent(new Event('change'))",
        }[how]
    )


HALF = np.where(np.arange(8) < 4, 250, 10).astype(np.uint8)[None].repeat(8, axis=0)  # light on the left


@pytest.mark.parametrize("how", ["drop", "paste", "choose"])
def test_each_file_has_a_card_with_its_answer_or_with_what_is_wrong_with_it(
    page: Browser, address: str, how: str
) -> None:
    page.look()
    enter(page, address)
    files = [as_file(png(np.full((20, 30), 255, np.uint8)), "day.png"), as_file(b"words", "notes.txt")]
    hand_over(page, how, *files, as_file(png(np.zeros((9, 9), np.uint8)), "night.png"))
    page.wait_for(
        "document.querySelectorAll('article .name').length === 3 && document.querySelectorAll('h2').length === 2"
    )
    names = page.ask("[...document.querySelectorAll('article .name')].map((each) => each.textContent)")
    assert names == ["night.png", "notes.txt", "day.png"]
    assert page.text("article:last-child h2").startswith("light")
    assert page.text("article:last-child .unlike").startswith("Unlike what the model learnt from: lighter")
    assert page.text("article .bad") == "'notes.txt': not a picture: the file holds text that starts 'words'"
    assert page.ask("document.querySelectorAll('article img:not([hidden])').length") == 2  # words have no picture


def test_says_in_korean_what_is_wrong_with_a_picture_and_how_it_is_unlike(page: Browser, address: str) -> None:
    page.look()
    enter(page, f"{address}/?lang=ko")
    hand_over(page, "drop", as_file(b"words", "notes.txt"), as_file(png(np.full((20, 30), 255, np.uint8)), "day.png"))
    page.wait_for("document.querySelector('article .unlike')")
    unlike, bad = page.text("article .unlike"), page.text("article .bad")
    assert unlike.startswith("모델이 학습한 것과 다릅니다") or "더 밝음" in unlike
    assert "이 답을 믿지 마세요." in unlike
    assert "이미지가 아님" in bad
    for text in (unlike, bad):
        assert not re.search(r"[A-Za-z]{3,} [a-z]{3,} [a-z]{3,}", text)
    assert page.ask("document.querySelectorAll('article [lang=en]').length") == 0


def test_the_key_h_shows_and_hides_where_the_model_looked(page: Browser, address: str) -> None:
    page.look()
    enter(page, address)
    assert page.ask("document.getElementById('looks').hidden")  # before there is an answer
    page.press("h")
    hand_over(page, "drop", as_file(png(HALF), "half.png"))
    page.wait_for("document.querySelector('article h2')")
    original = page.ask("document.querySelector('article img').src")
    page.press("h")
    page.wait_for("document.querySelector('article img').src.startsWith('data:')")
    assert page.text("article h2").startswith("light")
    assert page.ask("document.querySelector('article img').alt") in (
        "Heat map: most in the left",
        "Heat map: most in the upper left",
        "Heat map: most in the lower left",
    )
    assert page.text("#heat-note").startswith("Red is where the picture spoke most")
    red = """(async () => {
      const image = document.querySelector("article img"), canvas = document.createElement("canvas");
      await image.decode();
      Object.assign(canvas, { width: image.naturalWidth, height: image.naturalHeight });
      const pen = canvas.getContext("2d");
      pen.drawImage(image, 0, 0);
      const at = (share) => [...pen.getImageData(share * canvas.width, canvas.height / 2, 1, 1).data];
      return [at(0.2), at(0.9)].map(([r, , b]) => r - b);
    })()"""
    left, right = page.ask(red)
    assert left > 60 > right
    page.press("h")
    assert page.ask("document.querySelector('article img').src") == original
    assert page.ask("document.querySelector('article img').alt") == "half.png"
    page.click("#heat")
    hand_over(page, "drop", as_file(png(HALF[:, ::-1]), "other.png"))  # of later pictures it is shown at once
    page.wait_for("document.querySelectorAll('article img[src^=data]').length === 2")


def test_a_picture_of_the_camera_is_answered_and_the_camera_closed(page: Browser, address: str) -> None:
    page.look()
    enter(page, address)
    page.ask("document.getElementById('open').focus()")
    page.press("Enter")
    page.wait_for("video.videoWidth > 0 && document.activeElement.id === 'shoot'")
    page.press("Enter")
    page.wait_for("document.querySelector('article h2')")
    assert page.text("article .name") == "picture of the camera"
    assert page.ask("document.querySelector('article img').naturalWidth") > 300
    page.ask("window.track = video.srcObject.getTracks()[0]; 0")
    page.press("Escape")
    assert page.ask("[track.readyState, video.srcObject, document.getElementById('camera').hidden]") == [
        "ended",
        None,
        True,
    ]
    assert page.ask("document.activeElement.id") == "open"


def test_the_camera_stops_when_the_page_is_hidden(page: Browser, address: str) -> None:
    page.look()
    enter(page, address)
    page.click("#open")
    page.wait_for("video.videoWidth > 0")
    page.ask("window.track = video.srcObject.getTracks()[0]; 0")
    page.ask("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.ask("document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); delete document.hidden")
    assert page.ask("[track.readyState, document.getElementById('camera').hidden]") == ["ended", True]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("NotAllowedError", "The browser may not use the camera: allow it beside the address of this page"),
        ("NotFoundError", "This device has no camera."),
        ("NotReadableError", "Another program may be using it."),
        ("AbortError", "The camera cannot be opened (broken)."),
    ],
)
def test_says_why_there_is_no_camera(page: Browser, address: str, name: str, said: str) -> None:
    page.look()
    enter(page, address)
    page.ask(f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('broken', '{name}') }}; 0")
    page.click("#open")
    page.wait_for("document.getElementById('camera-note').textContent")
    assert said in page.text("#camera-note")
    assert page.ask("document.getElementById('camera').hidden")


@pytest.mark.parametrize("touch", [True, False], ids=["phone", "computer"])
def test_without_https_a_phone_offers_its_own_camera(page: Browser, address: str, touch: bool) -> None:
    page.look(390, 844, touch=touch)
    enter(page, address.replace("127.0.0.1", ELSEWHERE))
    assert page.ask("isSecureContext") is False
    assert page.ask("['open', 'photo'].map((id) => document.getElementById(id).hidden)") == [True, not touch]
    assert page.ask("[take.accept, take.getAttribute('capture')]") == ["image/*", "environment"]
    page.ask(f"window.given = new DataTransfer(); given.items.add({as_file(png(HALF), 'photo.png')}); 0")
    page.ask("take.files = given.files; take.dispatchEvent(new Event('change'))")
    page.wait_for("document.querySelector('article h2')")
    assert page.text("article .name") == "photo.png"
    assert page.ask("document.documentElement.scrollWidth") <= 390


def test_draws_and_asks_with_the_keys_alone(page: Browser, address: str) -> None:
    page.look()
    enter(page, address)
    page.ask("document.activeElement.blur()")
    reached = []
    for _ in range(6):
        page.press("Tab")
        reached.append(page.ask("document.activeElement.id"))
    assert reached[:4] == ["pick", "pad", "clear", "open"]
    page.ask("pad.focus()")
    page.press("Enter")  # nothing is drawn yet
    assert page.ask("document.querySelector('article') === null")
    page.press(*["ArrowUp"] * 6, " ", *["ArrowDown"] * 12, " ", *["ArrowLeft"] * 3)
    assert page.ask("document.getElementById('nib').classList.contains('down')") is False
    inked = page.ask(
        "[...pen.getImageData(0, 0, 448, 448).data].filter((value, at) => at % 4 === 0 && value > 200).length"
    )
    assert inked > 32 * 150  # one line, as wide as the pen; the last steps drew nothing
    assert page.ask("pen.getImageData(448 / 2 - 48, 448 / 2 + 90, 1, 1).data[0]") == 0
    page.press("Enter")
    page.wait_for("document.querySelector('article h2')")
    assert page.text("article .name") == "drawing"
    page.press("Delete")
    assert page.ask("smallDrawing()") is None


def test_a_phone_shows_all_of_it_without_scrolling_sideways(page: Browser, address: str) -> None:
    page.look(390, 844)
    enter(page, f"{address}/?lang=ko")
    hand_over(page, "drop", as_file(b"words", f"{'long-name-' * 9}.txt"), as_file(png(HALF), "half.png"))
    page.wait_for("document.querySelector('article h2')")
    page.click("#heat")
    page.click("#open")
    page.wait_for("video.videoWidth > 0")
    assert page.ask("document.documentElement.scrollWidth") <= 390
    page.click("#close")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_what_a_card_says_can_be_read(page: Browser, address: str, dark: bool) -> None:
    page.look(dark=dark)
    enter(page, address)
    hand_over(page, "drop", as_file(b"words", "notes.txt"), as_file(png(HALF), "half.png"))
    page.wait_for("document.querySelector('article .unlike')")
    page.press("h")
    page.wait_for("document.querySelector('#heat-note').textContent")
    count, found = page.ask(CONTRAST)
    assert count > 20
    assert found == []


def test_says_that_the_server_is_gone(page: Browser, address: str) -> None:
    page.look()
    enter(page, address)
    page.ask("window.fetch = async () => { throw new TypeError('Failed to fetch') }; 0")
    hand_over(page, "drop", as_file(png(HALF), "half.png"))
    page.wait_for("document.querySelector('article .bad')")
    assert page.text("article .bad") == "The server does not answer."
