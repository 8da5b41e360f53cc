"""How well a model's list of pictures finds what was trained on, how often it is wrong, and what it costs.

    python benchmarks/picture_list.py

1. Photographs: a list of 2,000 of the Dogs vs. Cats photographs, at 128 and at 224 pixels, and the other 1,000 as new
   ones. MNIST (also with short lists) and, as further sets, Fashion-MNIST and CIFAR-10: a list of all training
   pictures, and the test pictures as new ones. CIFAR-10 and Fashion-MNIST contain near copies of their own
   (docs/near-duplicates.md), so not all that is found there is wrong.
2. Known pictures, drawn at random with a fixed seed, each from its file or array: unchanged; saved as JPEG with quality
   75; at half and at double the size, with three filters. Counted: those found, exactly or nearly.
3. The look-up of 10,000 pictures among 100,000: seconds, and memory.
"""

from __future__ import annotations

import io
import json
import os
import tempfile
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelook.data.duplicates.find_copies import KnownPictures
from onelook.data.duplicates.fingerprints import Fingerprints, fingerprint_pictures, pack_outlines
from onelook.data.open import open_dataset
from onelook.data.pictures.decode import decode_picture
from onelook.settings import DecodeSettings
from record import write_result

SEED = 1
LISTED_PHOTOGRAPHS, ALTERED = 2_000, 1_000
KNOWN, ASKED = 100_000, 10_000
ARRAYS = ("mnist", "fashion_mnist")
SHORT_LISTS = (300, 3_000)  # where fewer pictures are alike, their neighbours say less
Filter = Image.Resampling
Way = Callable[[Image.Image], Image.Image]


def _jpeg(picture: Image.Image) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=75)
    return Image.open(file)


def _resized(factor: float, how: Filter) -> Way:
    return lambda picture: picture.resize((round(picture.width * factor), round(picture.height * factor)), how)


WAYS: Mapping[str, Way] = {
    "unchanged": lambda picture: picture,
    "JPEG, quality 75": _jpeg,
    "half the size (Lanczos)": _resized(0.5, Filter.LANCZOS),
    "half the size (linear)": _resized(0.5, Filter.BILINEAR),
    "half the size (box)": _resized(0.5, Filter.BOX),
    "double the size (cubic)": _resized(2, Filter.BICUBIC),
    "double the size (linear)": _resized(2, Filter.BILINEAR),
}


def main() -> None:
    with tempfile.TemporaryDirectory() as cache:
        os.environ["ONELOOK_CACHE"] = cache
        figures = {
            "seed": SEED,
            "sets": {f"dogs_vs_cats at {side}": _photographs(side) for side in (128, 224)}
            | {f"mnist, {listed:,} listed": _arrays("mnist", listed) for listed in SHORT_LISTS}
            | {name: _arrays(name) for name in ARRAYS}
            | {"cifar10": _cifar()},
            "look-up": _look_up(),
        }
    print(json.dumps(figures, indent=2))
    print(write_result("picture_list", figures))


def _photographs(side: int) -> dict[str, Any]:
    decode = DecodeSettings(height=side, width=side, channels=3)
    pictures = [*_zipped(Path(os.environ["ONELOOK_DATA"]) / "dogs_vs_cats" / "train.zip")]
    order = np.random.Generator(np.random.PCG64(SEED)).permutation(len(pictures))
    decoded = np.stack([decode_picture(_opened(pictures[row]), decode) for row in order])
    known, new = decoded[:LISTED_PHOTOGRAPHS], decoded[LISTED_PHOTOGRAPHS:]
    rows = np.arange(0, LISTED_PHOTOGRAPHS, LISTED_PHOTOGRAPHS // ALTERED)
    return _measure(known, new, rows, [_opened(pictures[order[row]]) for row in rows], decode)


def _arrays(name: str, listed: int | None = None) -> dict[str, Any]:
    decode = DecodeSettings(height=28, width=28, channels=1)
    parts = {part: found.pictures.decode(decode).images for part, found in open_dataset(name).parts.items()}
    known = parts["train"] if listed is None else parts["train"][_drawn(len(parts["train"]), listed)]
    rows = _drawn(len(known), min(ALTERED, len(known)))
    return _measure(known, parts["test"], rows, [Image.fromarray(known[row, :, :, 0]) for row in rows], decode)


def _cifar() -> dict[str, Any]:
    decode = DecodeSettings(height=32, width=32, channels=3)
    parts: dict[str, list[bytes]] = {"train": [], "test": []}
    with zipfile.ZipFile(Path(os.environ["ONELOOK_DATA"]) / "cifar10" / "cifar10_images.zip") as packed:
        for name in packed.namelist():
            if name.endswith(".jpg"):
                parts[name.partition("/")[0]].append(packed.read(name))
    known, new = (np.stack([decode_picture(_opened(one), decode) for one in parts[name]]) for name in ("train", "test"))
    rows = _drawn(len(known))
    return _measure(known, new, rows, [_opened(parts["train"][row]) for row in rows], decode)


def _zipped(path: Path) -> Iterator[bytes]:
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if name.endswith(".jpg"):
                yield packed.read(name)


def _opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def _drawn(count: int, taken: int = ALTERED) -> NDArray[np.int64]:
    return np.sort(np.random.Generator(np.random.PCG64(SEED)).choice(count, taken, replace=False))


def _measure(
    known: NDArray[np.uint8],
    new: NDArray[np.uint8],
    rows: NDArray[np.int64],
    originals: list[Image.Image],
    decode: DecodeSettings,
) -> dict[str, Any]:
    pictures = KnownPictures(fingerprint_pictures(known))
    found = {}
    for name, way in WAYS.items():
        altered = np.stack([decode_picture(way(picture), decode) for picture in originals])
        copies = pictures.find(fingerprint_pictures(altered))
        exact, near = int((copies.exact >= 0).sum()), int((copies.near >= 0).sum())
        found[name] = {"exact": exact, "near": near, "share": (exact + near) / len(rows)}
    copies = pictures.find(fingerprint_pictures(new))
    exact, near = int((copies.exact >= 0).sum()), int((copies.near >= 0).sum())
    return {
        "known": len(known),
        "altered": len(rows),
        "found": found,
        "new": {"pictures": len(new), "exact": exact, "near": near, "share": (exact + near) / len(new)},
    }


def _look_up() -> dict[str, Any]:
    """Look up random fingerprints, a tenth of which are known: as dear as real ones."""
    draw = np.random.Generator(np.random.PCG64(SEED))
    vectors = draw.normal(0, 1, (KNOWN + ASKED, 47)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    prints = Fingerprints(draw.integers(0, 256, (len(vectors), 16), dtype=np.uint8), pack_outlines(vectors))
    asked = np.arange(KNOWN - ASKED // 10, KNOWN - ASKED // 10 + ASKED)
    clock, processor = time.perf_counter(), time.process_time()
    copies = KnownPictures(prints.take(np.arange(KNOWN))).find(prints.take(asked))
    seconds = {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}
    tracemalloc.start()
    KnownPictures(prints.take(np.arange(KNOWN))).find(prints.take(asked))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return {
        "known": KNOWN,
        "asked": ASKED,
        "found": int((copies.exact >= 0).sum()),
        "seconds": seconds,
        "peak_mebibytes": peak / (1 << 20),
    }


if __name__ == "__main__":
    main()
