"""From picture files to findings: bad pictures among drawn photographs are found, and the others are not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from onelook.checks.evidence import Evidence
from onelook.checks.find_problems import find_problems
from onelook.checks.finding import Finding
from onelook.data.decode_settings import choose_decode_settings
from onelook.data.open import open_dataset
from onelook.data.reading import read_dataset


def findings(data: object) -> dict[str, Finding]:
    dataset = open_dataset(data, for_training=False)
    reading = read_dataset(dataset, choose_decode_settings(dataset))
    return {finding.check: finding for finding in find_problems(Evidence.of_reading(reading))}


def photograph(draw: np.random.Generator, size: tuple[int, int] = (160, 120)) -> Image.Image:
    """Coloured discs and bars on a slope of light."""
    width, height = size
    slope = np.linspace(40, 200, width)[None, :, None] + np.linspace(-30, 30, height)[:, None, None]
    image = Image.fromarray((slope + draw.uniform(-15, 15, (height, width, 3))).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for shape in (pen.ellipse, pen.rectangle) * 6:
        x, y, w, h = draw.uniform(0, [width, height, width / 3, height / 3])
        shape((x, y, x + w + 2, y + h + 2), fill=tuple(draw.integers(0, 256, 3).tolist()))
    return image


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Thirty photographs of two classes, and one of each kind that is bad."""
    monkeypatch.setenv("ONELOOK_CACHE", str(tmp_path / "cache"))
    draw = np.random.Generator(np.random.PCG64(0))
    for name in ("cat", "dog"):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number in range(15):
            photograph(draw).save(tmp_path / "photos" / name / f"{number}.png")
    framed = Image.new("RGB", (160, 120), "white")
    framed.paste(photograph(draw, (24, 18)), (60, 50))
    bad = {
        "black": Image.new("RGB", (160, 120)),
        "dim": photograph(draw).point(lambda value: value // 5),
        "washed-out": photograph(draw).point(lambda value: 200 + value // 5),
        "soft": photograph(draw).filter(ImageFilter.GaussianBlur(3)),
        "framed": framed,
        "grey": photograph(draw).convert("L").convert("RGB"),
        "panorama": photograph(draw, (600, 60)),
        "icon": photograph(draw, (24, 18)),
    }
    for name, image in bad.items():
        image.save(tmp_path / "photos" / "cat" / f"{name}.png")
    return tmp_path / "photos"


def test_each_bad_picture_is_found_by_its_check(folder: Path) -> None:
    found = findings(folder)
    names = {check: {Path(each).stem for each in finding.ids} for check, finding in found.items()}
    assert names == {
        "blank": {"black"},
        "low-information": {"framed"},
        "dark": {"dim"},
        "bright": {"washed-out"},
        "blurred": {"soft", "icon"},  # an icon is blurred once it is as large as the others
        "odd-size": {"icon"},
        "odd-aspect": {"panorama"},
        "odd-colour": {"grey"},
    }


def test_clean_pictures_are_left_in_peace(folder: Path) -> None:
    for name in ("black", "dim", "washed-out", "soft", "framed", "grey", "panorama", "icon"):
        (folder / "cat" / f"{name}.png").unlink()
    assert findings(folder) == {}


def strokes(draw: np.random.Generator, count: int = 40) -> NDArray[np.uint8]:
    """White strokes on black, as digits are: (count, 28, 28)."""
    images = []
    for _ in range(count):
        image = Image.new("L", (112, 112))
        pen = ImageDraw.Draw(image)
        pen.line(draw.uniform(20, 92, (draw.integers(2, 6), 2)).ravel().tolist(), fill=255, width=9)
        images.append(np.asarray(image.resize((28, 28), Image.Resampling.BICUBIC)))
    return np.stack(images)


@pytest.mark.parametrize("kind", ["bytes", "unit floats", "sixteen bits", "inverted", "colour"])
def test_drawings_on_black_or_white_are_no_fault_in_any_dtype(kind: str) -> None:
    images = strokes(np.random.Generator(np.random.PCG64(0)))
    images[7] = 0
    made: dict[str, NDArray[np.generic]] = {
        "bytes": images,
        "unit floats": (images / 255).astype(np.float32),
        "sixteen bits": images.astype(np.uint16) * 257,
        "inverted": 255 - images,
        "colour": np.repeat(images[..., None], 3, axis=3),
    }
    found = findings((made[kind], np.arange(40) % 2))
    assert {check: finding.ids for check, finding in found.items()} == {"blank": ("8",)}
