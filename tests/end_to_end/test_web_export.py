"""The page of `--to web` in a browser without a network: Python's pixels, and answers to pictures of every kind."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from tests.end_to_end.browser import Browser, chromium
from tests.end_to_end.conftest import Onelook
from tests.export.conftest import made_up

from onelook.classifier import Classifier
from onelook.data.pictures.crop_to_content import crop_to_content
from onelook.data.pictures.decode import decode_picture
from onelook.settings import DecodeSettings, NetworkSettings
from onelook.settings.network import Conv, Dense, Flatten

OFFLINE = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)


@pytest.fixture(scope="module")
def model() -> Classifier:
    network = NetworkSettings(layers=(Conv(filters=4, activation="relu"), Flatten(), Dense(units="classes")))
    return made_up(network, (28, 28, 1), classes=4)


@pytest.fixture(scope="module")
def folder(model: Classifier, run_in: Onelook, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exported folder, after `npm install`, as a user makes it."""
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip("there is no npm")
    desk = tmp_path_factory.mktemp("web")
    model.save(desk / "model")
    done = run_in(desk, "export", "model", "--to", "web", "--out", "page")
    assert done.code == 0, done.err
    assert done.out.endswith("next, in page: npm install && npm start\n")
    words = [npm, "install", "--no-audit", "--no-fund"]
    subprocess.run(words, cwd=desk / "page", check=True, capture_output=True)
    return desk / "page"


@contextmanager
def served(folder: Path) -> Iterator[str]:
    words = [shutil.which("npm") or "npm", "start", "--silent"]
    process = subprocess.Popen(
        words, cwd=folder, env={**os.environ, "PORT": "0"}, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        os.killpg(process.pid, 15)
        process.wait(20)
        process.stdout.close()


@pytest.fixture(scope="module")
def opened(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, str]]:
    with served(folder) as address, chromium(tmp_path_factory.mktemp("profile"), *OFFLINE) as browser:
        yield browser, address


@pytest.fixture
def page(opened: tuple[Browser, str]) -> Iterator[Browser]:
    browser, address = opened
    browser.look()
    browser.visit(address)
    browser.wait_for("'ready' in document.body.dataset")
    yield browser
    assert browser.problems == []
    assert {each.split("/", 3)[2] for each in browser.requests if not each.startswith("blob:")} == {
        address.split("/")[2]
    }


def png(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "PNG")
    return content.getvalue()


def as_file(content: bytes) -> str:
    """An expression for a file with that content."""
    encoded = base64.b64encode(content).decode()
    return f"new File([Uint8Array.from(atob('{encoded}'), (c) => c.charCodeAt(0))], 'own.png', {{ type: 'image/png' }})"


def noise(width: int, height: int, mode: str) -> Image.Image:
    bands = len(Image.new(mode, (1, 1)).getbands())
    draw = np.random.default_rng(width)
    coarse = Image.fromarray(draw.integers(0, 256, (9, 9, bands), np.uint8).squeeze(), mode)
    return coarse.resize((width, height), Image.Resampling.BICUBIC)


@pytest.mark.filterwarnings("ignore:'mode' parameter is deprecated")
def test_pixels_are_those_of_python_but_for_rounding(page: Browser) -> None:
    sizes = ((28, 28), (31, 90), (300, 121), (10, 14), (56, 57), (29, 28))
    for width, height in sizes:
        for resize in ("stretch", "fit", "crop"):
            for mode, channels in (("RGB", 3), ("RGB", 1), ("L", 1)):
                content = png(noise(width, height, mode))
                settings = DecodeSettings(height=28, width=24, channels=channels, resize=resize)
                found = page.ask(
                    f"""import('/picture.js').then(async ({{ decode, resized }}) => {{
                    const picture = await decode({as_file(content)}, {settings.model_dump_json()});
                    return [...resized(picture, 24, 28, '{resize}').data]; }})"""
                )
                differences = np.abs(np.array(found) - decode_picture(content, settings).ravel().astype(int))
                # Pillow 13 resizes some pictures down before across, and rounds in between.
                assert differences.max() <= 3, (width, height, resize, mode)
                assert differences.mean() < 0.4, (width, height, resize, mode)


def drawn_on_a_page(number: int) -> Image.Image:
    """A digit in ink on paper, of any size, grey or in colour: with a shadow over it, noise, specks, or none of it."""
    draw = np.random.default_rng(number)
    height, width = draw.integers(12, 300, 2).tolist()
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    paper = (
        225 - draw.uniform(0, 60) * (x * draw.uniform(-1, 1) + y * y) + draw.normal(0, draw.choice([0, 1, 6]), y.shape)
    )
    ink = Image.new("L", (width, height))
    left, top = draw.integers(0, width // 2), draw.integers(0, height // 2)
    size = min(width, height) * draw.uniform(0.2, 0.5)
    ImageDraw.Draw(ink).text((left, top), str(number % 10), 255, ImageFont.load_default(size))
    share = np.asarray(ink, float) / 255 * draw.uniform(0.3, 1)
    if number % 3 == 0:
        share[draw.integers(0, height, 9), draw.integers(0, width, 9)] = 1
    values = (paper * (1 - share) + draw.integers(0, 60) * share).clip(0, 255)
    if number % 5 == 1:
        values = 255 - values
    if number % 2:
        return Image.fromarray(values.astype(np.uint8))
    colours = values[..., None] * draw.uniform(0.6, 1, 3)
    return Image.fromarray(colours.astype(np.uint8))


def test_content_is_cut_out_as_by_python(page: Browser) -> None:
    pictures = [drawn_on_a_page(number) for number in range(48)]
    even, noisy = np.full((40, 30), 200, np.uint8), np.random.default_rng(0).integers(0, 256, (90, 80), np.uint8)
    for image in (*pictures, Image.fromarray(even), Image.fromarray(noisy)):
        how = f'{{ channels: {len(image.getbands())}, ground: "white" }}'
        found = page.ask(
            f"""Promise.all([import('/picture.js'), import('/content.js')]).then(async ([picture, content]) => {{
            const whole = await picture.decode({as_file(png(image))}, {how});
            const {{ width, height, data }} = content.croppedToContent(whole, 28, 28);
            return [height, width, ...data]; }})"""
        )
        expected = crop_to_content(image, 28, 28)
        assert found[:2] == [expected.height, expected.width]
        differences = np.abs(np.array(found[2:]) - np.asarray(expected, int).ravel())
        assert differences.max() <= 3, image
        assert differences.mean() < 0.1, image


@pytest.mark.filterwarnings("ignore:'mode' parameter is deprecated")
@pytest.mark.parametrize("ground", ["white", "black", "grey"])
def test_transparent_parts_get_the_model_s_ground(page: Browser, ground: str) -> None:
    content = png(noise(28, 24, "RGBA"))
    settings = DecodeSettings(height=24, width=28, channels=3, ground=ground)
    found = page.ask(
        f"import('/picture.js').then(async ({{ decode }}) => [...(await decode({as_file(content)}, "
        f"{settings.model_dump_json()})).data])"
    )
    expected = decode_picture(content, settings).ravel().astype(int)
    # A canvas keeps colours multiplied by their opacity, so that faint ones lose digits.
    assert np.abs(np.array(found) - expected).mean() < 1
    assert np.abs(np.array(found) - expected).max() <= 3


def answers(page: Browser) -> dict[str, float]:
    """The classes and percentages that are shown."""
    rows = page.ask(
        "[...document.querySelectorAll('.bars li')].map((row) => [...row.children].map((e) => e.textContent))"
    )
    return {name: float(share.replace("> ", "")) for name, _, share in rows}


def give(page: Browser, how: str, content: bytes) -> None:
    page.ask(f"window.own = new DataTransfer(); own.items.add({as_file(content)}); 0")
    page.ask(
        {
            "choose": "pick.files = own.files; pick.dispatchEvent(new Event('change'));",
            "drop": "dispatchEvent(new DragEvent('drop', { dataTransfer: own, cancelable: true }));",
            "paste": "dispatchEvent(new ClipboardEvent('paste', { clipboardData: own }));",
        }[how]
    )
    page.wait_for("document.querySelector('.bars li')")


@pytest.mark.parametrize("how", ["choose", "drop", "paste"])
def test_a_file_is_answered_as_by_python(page: Browser, model: Classifier, how: str) -> None:
    content = png(noise(60, 50, "L"))
    give(page, how, content)
    (prediction,) = model.predict([content])
    assert page.text(".said") == prediction.class_name
    for name, share in answers(page).items():
        assert share == pytest.approx(100 * prediction.probabilities[name], abs=0.6)


def test_a_file_that_is_no_picture_is_named_and_the_next_one_answered(page: Browser) -> None:
    page.ask("document.querySelector('[data-way=choose]').click()")
    page.ask(f"window.own = new DataTransfer(); own.items.add({as_file(b'no picture')}); 0")
    page.ask("dispatchEvent(new DragEvent('drop', { dataTransfer: own, cancelable: true }));")
    page.wait_for("document.querySelector('.bad')")
    assert page.text(".bad").startswith("This file cannot be read as a picture")
    give(page, "drop", png(noise(30, 30, "L")))
    assert page.ask("document.querySelector('.bad') === null")


def test_a_drawing_is_centred_and_scaled_as_mnist_was(page: Browser) -> None:
    x, y, side = page.ask("(() => { const box = pad.getBoundingClientRect(); return [box.x, box.y, box.width]; })()")
    # A bar in a corner, twice as long as wide.
    page.drag(*((x + 0.1 * side, y + share * side) for share in (0.1, 0.2, 0.3, 0.3)))
    page.wait_for("document.querySelector('#seen')")
    pixels = np.array(
        page.ask(
            "[...document.querySelector('#seen').getContext('2d').getImageData(0, 0, 28, 28).data]"
            ".filter((_, at) => at % 4 === 0)"
        )
    ).reshape(28, 28)
    ground = json.loads(page.ask("fetch('model.json').then((found) => found.text())"))["draw"]["ground"]
    ink = np.abs(pixels - ground)
    rows, columns = np.flatnonzero(ink.sum(axis=1) > 200), np.flatnonzero(ink.sum(axis=0) > 200)
    assert (rows[0], rows[-1]) == (4, 23)  # a box of 20 pixels
    assert 4 <= len(columns) <= 9
    centre = [(ink.sum(axis=1 - axis) @ (np.arange(28) + 0.5)) / ink.sum() for axis in (0, 1)]
    assert centre == pytest.approx([14, 14], abs=0.6)
    page.click("#clear")
    assert page.text("#answer") == "Draw something: the answer follows the pen."


def test_the_camera_is_answered_and_closed(page: Browser) -> None:
    page.click("[data-way=camera]")
    page.wait_for("video.videoWidth > 0")
    page.click("#shoot")
    page.wait_for("document.querySelector('.bars li')")
    page.click("[data-way=choose]")
    assert page.ask("video.srcObject") is None


def test_a_phone_shows_all_of_it_without_scrolling_sideways(page: Browser, tmp_path: Path) -> None:
    page.look(360, 740)
    give(page, "drop", png(noise(40, 30, "L")))
    assert page.ask("document.documentElement.scrollWidth") <= 360
