"""How many pictures of other kinds a model recognises as unlike its training pictures, and how many of its own.

    python benchmarks/unlike.py [MNIST_RUN PHOTOGRAPHS_RUN]

1. Two models: MNIST, trained for 3 epochs, and Dogs vs. Cats with a pretrained network, whose test pictures (300) are
   kept away from training. Runs that exist already may be named instead.
2. 1,000 pictures of each other kind, drawn with a fixed seed: noise, data sets, inverted and photographed-like digits,
   screenshots (drawn: windows with text), and drawn letters. Counted: those that are unlike. And the model's own test
   pictures that are.
3. 20 photographed-like digits, dark in the middle of a light, shaded page of 400 × 300: which flags are offered, and
   how many are read rightly without and with them.
4. The size of the signature, and the processor seconds of a prediction with and without it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from onelook import load, train
from onelook.classifier import Classifier
from onelook.commands.decoding_flags import DecodingFlags
from onelook.commands.predict import predict
from onelook.data.pictures.decode import decode_picture
from record import write_result

SEED = 1
COUNT = 1_000
PAGES = 20
TEST_PHOTOGRAPHS = 300
ROUNDS = 100
DATA = Path(os.environ["ONELOOK_DATA"])
WORDS = (
    "the",
    "file",
    "edit",
    "view",
    "window",
    "help",
    "settings",
    "message",
    "open",
    "save",
    "of",
    "and",
    "total",
    "a",
)

Bytes = NDArray[np.uint8]
Source = Image.Image | bytes


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("runs", nargs="*", type=Path)
    given = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        photographs = _photographs(work)
        mnist_run, photo_run = given or (_train_mnist(work), _train_photographs(work, photographs["train"]))
        chance = np.random.default_rng(SEED)
        mnist, photos = load(mnist_run), load(photo_run)
        digits, labels = _idx("mnist/t10k-images-idx3-ubyte.gz"), _idx("mnist/t10k-labels-idx1-ubyte.gz")
        figures = {
            "seed": SEED,
            "pictures of each kind": COUNT,
            "mnist": {
                "unlike": _unlike(mnist, _kinds_for_mnist(chance, digits)),
                "own test pictures unlike": _share(mnist, [Image.fromarray(digit) for digit in digits]),
                "signature bytes": _signature_bytes(mnist_run),
                "cost": _cost(mnist_run, digits[:256, ..., np.newaxis]),
            },
            "photographs": {
                "unlike": _unlike(photos, _kinds_for_photographs(chance, digits)),
                "own test pictures unlike": _share(photos, [path.read_bytes() for path in photographs["test"]]),
                "signature bytes": _signature_bytes(photo_run),
                "cost": _cost(photo_run, _first(photos, photographs["test"])),
            },
            "photographed-like digits": _read_pages(mnist_run, digits, labels, work),
        }
    print(json.dumps(figures, indent=2))
    print(write_result("unlike", figures))


def _train_mnist(work: Path) -> Path:
    train("mnist", epochs=3, out=work / "mnist")
    return work / "mnist"


def _photographs(work: Path) -> dict[str, list[Path]]:
    """Unpack the photographs, a tenth of them as test pictures."""
    with zipfile.ZipFile(DATA / "dogs_vs_cats" / "train.zip") as archive:
        archive.extractall(work / "all")
    paths = sorted((work / "all").rglob("*.jpg"))
    chosen = set(np.random.default_rng(SEED).permutation(len(paths))[:TEST_PHOTOGRAPHS].tolist())
    for at, path in enumerate(paths):
        part = work / "photographs" / ("test" if at in chosen else "train")
        part.mkdir(parents=True, exist_ok=True)
        shutil.move(path, part / path.name)
    return {part: sorted((work / "photographs" / part).iterdir()) for part in ("train", "test")}


def _train_photographs(work: Path, pictures: Sequence[Path]) -> Path:
    train(pictures[0].parent, out=work / "photographs-run")
    return work / "photographs-run"


def _kinds_for_mnist(chance: np.random.Generator, digits: Bytes) -> Iterator[tuple[str, Iterable[Source]]]:
    chosen = digits[chance.choice(len(digits), COUNT, replace=False)]
    yield "uniform noise", (Image.fromarray(chance.integers(0, 256, (28, 28), np.uint8)) for _ in range(COUNT))
    yield "normal noise", (_normal_noise(chance, (28, 28)) for _ in range(COUNT))
    yield "Fashion-MNIST", _fashion(chance)
    yield "CIFAR-10", _cifar(chance)
    yield "inverted digits", (Image.fromarray(255 - digit) for digit in chosen)
    yield "photographed-like digits", (page(digit, chance) for digit in chosen)
    yield "screenshots", (screenshot(chance) for _ in range(COUNT))
    yield "drawn letters, light on black", (letter(chance) for _ in range(COUNT))


def _kinds_for_photographs(chance: np.random.Generator, digits: Bytes) -> Iterator[tuple[str, Iterable[Source]]]:
    chosen = digits[chance.choice(len(digits), COUNT, replace=False)]
    noise = (Image.fromarray(chance.integers(0, 256, (224, 224, 3), np.uint8)) for _ in range(COUNT))
    yield "screenshots", (screenshot(chance) for _ in range(COUNT))
    yield "uniform noise", noise
    yield "Fashion-MNIST", _fashion(chance)
    yield "MNIST", (Image.fromarray(digit) for digit in chosen)
    yield "photographed-like digits", (page(digit, chance) for digit in chosen)
    yield "CIFAR-10, of 32 × 32 pixels", _cifar(chance)


def _unlike(model: Classifier, kinds: Iterator[tuple[str, Iterable[Source]]]) -> dict[str, float]:
    return {kind: _share(model, pictures) for kind, pictures in kinds}


def _share(model: Classifier, pictures: Iterable[Source]) -> float:
    """Return the share of the pictures that are unlike the training pictures."""
    found, rows = 0, 0
    remaining = iter(pictures)
    while batch := [_decoded(model, picture) for picture in islice(remaining, 128)]:
        _, unlikeness = model.judge(np.stack(batch))
        assert unlikeness is not None, "the model has no signature"
        found += int(unlikeness.is_unlike.sum())
        rows += len(batch)
    return round(found / rows, 4)


def _decoded(model: Classifier, picture: Source) -> Bytes:
    return decode_picture(picture, model.decode)


def _first(model: Classifier, paths: Sequence[Path]) -> Bytes:
    return np.stack([_decoded(model, path.read_bytes()) for path in paths[:16]])


def _signature_bytes(run: Path) -> int:
    return (run / "model" / "signature.safetensors").stat().st_size


def _cost(run: Path, images: Bytes) -> dict[str, float]:
    """Return the microseconds for a picture on one core, with and without the signature: the least of many rounds."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})  # threads that wait for each other count as processor time
    model = load(run)
    plain = model.with_signature(None)
    ways: dict[str, Callable[[], Any]] = {
        "without": lambda: plain.judge(images),
        "with": lambda: model.judge(images),
    }
    least = dict.fromkeys(ways, float("inf"))
    for _ in range(ROUNDS):
        for name, way in ways.items():
            began = time.process_time()
            way()
            least[name] = min(least[name], (time.process_time() - began) / len(images) * 1e6)
    os.sched_setaffinity(0, cores)
    return {name: round(value, 1) for name, value in least.items()} | {
        "more": round(least["with"] / least["without"] - 1, 4)
    }


def _read_pages(run: Path, digits: Bytes, labels: Bytes, work: Path) -> dict[str, Any]:
    """Return how many pages are read rightly without flags, which are offered, and how many with them."""
    chance = np.random.default_rng(SEED)
    folder = work / "pages"
    folder.mkdir()
    chosen = chance.choice(len(digits), PAGES, replace=False)
    for number, row in enumerate(chosen, 1):
        page(digits[row], chance).save(folder / f"{number}.png")
    plain = predict(run, folder)
    assert plain.unlike is not None
    flags = plain.unlike.remedy.flags
    helped = predict(run, folder, decoding=DecodingFlags("--invert" in flags, "--crop-to-content" in flags))
    return {
        "pictures": PAGES,
        "unlike": len(plain.unlike.ids),
        "sentence": plain.unlike.sentence,
        "right without flags": _right(plain, labels[chosen]),
        "right with the offered flags": _right(helped, labels[chosen]),
        "unlike with the offered flags": len(helped.unlike.ids) if helped.unlike is not None else None,
    }


def _right(predicted: Any, labels: Bytes) -> int:
    names = [predicted.batch.likeliest(row, 1)[0][0] for row in range(predicted.rows)]
    return sum(name == str(label) for name, label in zip(names, labels, strict=True))


def _idx(name: str) -> Bytes:
    content = gzip.decompress((DATA / name).read_bytes())
    dimensions = content[3]
    shape = [int.from_bytes(content[4 + 4 * at : 8 + 4 * at], "big") for at in range(dimensions)]
    return np.frombuffer(content, np.uint8, offset=4 + 4 * dimensions).reshape(shape)


def _normal_noise(chance: np.random.Generator, shape: tuple[int, ...]) -> Image.Image:
    return Image.fromarray(np.clip(chance.normal(128, 40, shape), 0, 255).astype(np.uint8))


def _fashion(chance: np.random.Generator) -> list[Source]:
    pictures = _idx("fashion_mnist/t10k-images-idx3-ubyte.gz")
    return [Image.fromarray(pictures[row]) for row in chance.choice(len(pictures), COUNT, replace=False)]


def _cifar(chance: np.random.Generator) -> list[Source]:
    with zipfile.ZipFile(DATA / "cifar10" / "cifar10_images.zip") as archive:
        names = [name for name in archive.namelist() if name.startswith("test/") and name.endswith(".jpg")]
        return [archive.read(name) for name in chance.choice(names, COUNT, replace=False)]


def page(digit: Bytes, chance: np.random.Generator) -> Image.Image:
    """Return a dark digit in the middle of a light page of 400 × 300, with a shadow and the noise of a camera."""
    width, height = 400, 300
    side = int(chance.integers(90, 170))
    large = Image.fromarray(digit).resize((side, side), Image.Resampling.BICUBIC)
    ink = np.zeros((height, width))
    top, left = (
        (height - side) // 2 + int(chance.integers(-15, 16)),
        (width - side) // 2 + int(chance.integers(-15, 16)),
    )
    ink[top : top + side, left : left + side] = np.asarray(large) / 255
    down, right = np.mgrid[0:height, 0:width]
    angle = chance.uniform(0, 2 * np.pi)
    shadow = (np.cos(angle) * (right / width - 0.5) + np.sin(angle) * (down / height - 0.5)) * chance.uniform(10, 40)
    paper = chance.uniform(205, 240) + shadow + chance.normal(0, chance.uniform(1, 4), (height, width))
    values = paper * (1 - ink) + chance.uniform(20, 80) * ink
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))


def letter(chance: np.random.Generator) -> Image.Image:
    """Return a printed letter, 20 pixels high, light on black. Those that are like a digit are left out."""
    image = Image.new("L", (112, 112))
    character = str(chance.choice(list("ACEFHJKMNPRTUVWXYaehkmnprtuvwxy")))
    ImageDraw.Draw(image).text((56, 56), character, fill=255, font=ImageFont.load_default(96), anchor="mm")
    return image.rotate(float(chance.uniform(-15, 15))).resize((28, 28), Image.Resampling.BICUBIC)


def screenshot(chance: np.random.Generator) -> Image.Image:
    """Return windows with bars, lists, buttons and lines of text, dark or light, of a screen's size."""
    width, height = int(chance.integers(900, 1700)), int(chance.integers(600, 1100))
    is_dark = chance.random() < 0.3
    image = Image.new("RGB", (width, height), _colour(chance, *((15, 50) if is_dark else (215, 256))))
    if chance.random() < 0.4:
        image.paste(_colour(chance, 0, 256), (0, 0, width, height))
    draw = ImageDraw.Draw(image)
    for _ in range(int(chance.integers(1, 4))):
        left, top = int(chance.integers(0, width // 3)), int(chance.integers(0, height // 3))
        right, bottom = int(chance.integers(width // 2, width)), int(chance.integers(height // 2, height))
        _draw_window(draw, chance, (left, top, right, bottom), is_dark=is_dark != (chance.random() < 0.2))
    return image


def _draw_window(
    draw: ImageDraw.ImageDraw, chance: np.random.Generator, box: tuple[int, int, int, int], *, is_dark: bool
) -> None:
    left, top, right, bottom = box
    ground = _colour(chance, *((20, 60) if is_dark else (235, 256)))
    ink = (220, 220, 220) if is_dark else _colour(chance, 0, 80)
    draw.rectangle(box, fill=ground, outline=(128, 128, 128))
    bar, size = int(chance.integers(20, 40)), int(chance.integers(11, 26))
    draw.rectangle((left, top, right, top + bar), fill=_colour(chance, 30, 230))
    font = ImageFont.load_default(size)
    draw.text((left + 10, top + 5), f"window {chance.choice(WORDS)}", fill=ink, font=font)
    side = int(chance.integers(0, 2)) * (right - left) // 5
    draw.rectangle((left, top + bar, left + side, bottom), fill=tuple(max(0, value - 15) for value in ground))
    line = top + bar + 10
    while line < bottom - size - 4:
        if chance.random() < 0.85:
            text = " ".join(chance.choice(WORDS, int(chance.integers(2, 14))))
            fitting = max(1, int((right - left - side - 20) / (size * 0.5)))
            draw.text((left + side + 10, line), text[:fitting], fill=ink, font=font)
        elif chance.random() < 0.5:
            end = left + side + 10 + int(chance.integers(60, 140))
            draw.rounded_rectangle((left + side + 10, line, end, line + size + 6), 4, fill=_colour(chance, 30, 230))
        line += int(size * 1.5)


def _colour(chance: np.random.Generator, low: int, high: int) -> tuple[int, int, int]:
    red, green, blue = chance.integers(low, high, 3).tolist()
    return red, green, blue


if __name__ == "__main__":
    main()
