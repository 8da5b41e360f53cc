"""What the checks of the pictures flag: on data sets as they are, and on photographs among which bad ones are planted.

Planted are 50 pictures made from photographs that are in the data no other time, each kind for the check that has to
find it, among 300 photographs. Everything is seeded. Times are those of measuring every picture, in seconds of
processor time and by the clock, and of a second look, which finds the measures in the cache.

    python benchmarks/quality_checks.py
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from operator import methodcaller
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from onelook.checks import CHECKS
from onelook.checks.evidence import Evidence
from onelook.data.decode_settings import choose_decode_settings
from onelook.data.open import open_dataset
from onelook.data.reading import read_dataset
from record import write_result

CHECKED = ("blank", "low-information", "dark", "bright", "blurred", "odd-size", "odd-aspect", "odd-colour")
AMONG = 300
SEED = 1
Change = Callable[[Image.Image], Image.Image]


def main() -> None:
    data = Path(os.environ["ONELOOK_DATA"])
    with tempfile.TemporaryDirectory() as work:
        os.environ["ONELOOK_CACHE"] = f"{work}/cache"
        photos = data / "dogs_vs_cats" / "train.zip"
        figures = {
            "unit": "pictures flagged, of each part",
            "as_they_are": {
                name: look(path)
                for name, path in {
                    "dogs_vs_cats": photos,
                    "cifar10": "cifar10",
                    "mnist": "mnist",
                    "fashion_mnist": "fashion_mnist",
                }.items()
            },
            "planted": planted(photos, Path(work) / "planted"),
        }
    print(json.dumps(figures, indent=2))
    print(write_result("quality_checks", figures))


def look(path: Any) -> dict[str, Any]:
    """Counts by check and part, and how long measuring took, the first time and from the cache."""
    dataset = open_dataset(path, for_training=False)
    reading = read_dataset(dataset, choose_decode_settings(dataset))
    seconds = []
    for _ in range(2):
        clock, processor = time.perf_counter(), time.process_time()
        evidence = Evidence.of_reading(reading)
        findings = [finding for check in CHECKED for finding in CHECKS.load(check)(evidence)]
        seconds.append((time.perf_counter() - clock, time.process_time() - processor))
    flagged: dict[str, dict[str, int]] = {}
    for finding in findings:
        flagged.setdefault(finding.check, {})[finding.split] = finding.count
    return {
        "pictures": {name: len(part.ids) for name, part in reading.parts.items()},
        "flagged": flagged,
        "first_seconds": round(seconds[0][0], 2),
        "first_processor_seconds": round(seconds[0][1], 2),
        "second_seconds": round(seconds[1][0], 2),
    }


def planted(photos: Path, folder: Path) -> dict[str, Any]:
    """How many planted pictures of each kind their check finds, and what it says of the others."""
    expected = plant(photos, folder)
    dataset = open_dataset(folder, for_training=False)
    evidence = Evidence.of_reading(read_dataset(dataset, choose_decode_settings(dataset)))
    found = {
        check: {Path(each).stem for finding in CHECKS.load(check)(evidence) for each in finding.ids}
        for check in CHECKED
    }
    kinds: dict[str, dict[str, Any]] = {}
    for name, check in expected.items():
        kind = kinds.setdefault(name.partition("_")[0], {"check": check, "planted": 0, "found": 0})
        kind["planted"] += 1
        kind["found"] += name in found[check]
    others = {check: sorted(names - expected.keys()) for check, names in found.items()}
    return {
        "among": AMONG,
        "planted": len(expected),
        "found": sum(kind["found"] for kind in kinds.values()),
        "kinds": kinds,
        "others_flagged": {check: names for check, names in others.items() if names},
    }


def plant(photos: Path, folder: Path) -> dict[str, str]:
    """Writes the photographs and the bad pictures in class folders; gives the check for each bad one's name."""
    with zipfile.ZipFile(photos) as file:
        names = sorted(name for name in file.namelist() if name.endswith(".jpg"))
        content = {name: file.read(name) for name in names}
    order = np.random.Generator(np.random.PCG64(SEED)).permutation(len(names))
    for name in ("cat", "dog"):
        (folder / name).mkdir(parents=True)
    for position in order[:AMONG]:
        name = Path(names[position]).name
        (folder / name.partition(".")[0] / name).write_bytes(content[names[position]])
    rest = iter(names[position] for position in order[AMONG:])
    expected = {}
    for kind, check, count, change in kinds_of_bad():
        for number in range(count):
            source = next(rest)
            bad = change(Image.open(io.BytesIO(content[source])).convert("RGB"))
            name = f"{kind}_{number}"
            bad.save(folder / Path(source).name.partition(".")[0] / f"{name}.jpg", quality=92)
            expected[name] = check
    return expected


def kinds_of_bad() -> Iterator[tuple[str, str, int, Change]]:
    """Name, the check that has to find it, how many, and how it is made of a photograph."""
    for colour in ("black", "white", "gray", "crimson"):
        yield colour, "blank", 1, partial(plain, colour)
    for radius in (2, 3, 4, 6):  # of pictures whose longest side is 320
        yield f"blur-{radius}", "blurred", 5, methodcaller("filter", ImageFilter.GaussianBlur(radius))
    for share in (0.15, 0.3):
        yield f"dark-{share}", "dark", 3, partial(darkened, share)
    yield "faint", "bright", 3, lambda image: image.point(lambda value: 200 + value // 5)
    yield "overexposed", "bright", 2, lambda image: image.point(lambda value: min(255, 165 + value))
    yield "grey", "odd-colour", 3, lambda image: image.convert("L").convert("RGB")
    yield "grey-file", "odd-colour", 2, lambda image: image.convert("L")
    yield "wide", "odd-aspect", 2, lambda image: image.resize((1500, 150))
    yield "tall", "odd-aspect", 1, lambda image: image.resize((60, 600))
    yield "8x8", "odd-size", 3, lambda image: image.resize((8, 8))
    yield "40x40", "odd-size", 2, lambda image: image.resize((40, 40))
    yield "framed", "low-information", 1, framed
    yield "placeholder", "low-information", 1, placeholder


def plain(colour: str, image: Image.Image) -> Image.Image:
    """One colour instead of the picture."""
    return Image.new("RGB", image.size, colour)


def darkened(share: float, image: Image.Image) -> Image.Image:
    """Every value at this share of what it was."""
    return ImageEnhance.Brightness(image).enhance(share)


def framed(image: Image.Image) -> Image.Image:
    """A small picture in a large white frame."""
    frame = Image.new("RGB", (400, 300), "white")
    frame.paste(image.resize((60, 50)), (170, 120))
    return frame


def placeholder(image: Image.Image) -> Image.Image:
    """What a website shows where a picture is gone."""
    card = Image.new("RGB", image.size, "white")
    ImageDraw.Draw(card).text((image.width // 3, image.height // 2), "image not available", fill="black")
    return card


if __name__ == "__main__":
    main()
