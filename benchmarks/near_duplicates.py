"""How many planted near copies are found, what else is called one, and the tutorials' leak rebuilt.

    python benchmarks/near_duplicates.py

1. Among the training pictures of MNIST, Fashion-MNIST and CIFAR-10 (from $ONELOOK_DATA): 500 copies with usual
   alterations, 50 of each kind, and 100 of each strong kind (`alterations.py`). Counted: those paired with their
   original. Of the other pairs a hundred, drawn at random with a fixed seed, are shown in docs/near-duplicates/.
2. Fashion-MNIST's training file with 2,000 test rows in it: as they are, and each either brightened by 3 % or shifted
   by one pixel. Counted: leaks found, and test pictures called leaks that are none of these.

Everything is seeded. Times are of one run with no cache, by the clock and of the processor.
"""

from __future__ import annotations

import json
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from alterations import BRIGHTER, SHIFTED, STRONG, USUAL, Alter
from onelook.checks.evidence import Evidence
from onelook.checks.find_problems import find_problems
from onelook.data.decode_settings import choose_decode_settings
from onelook.data.duplicates.exact import first_of_groups, group_copies
from onelook.data.duplicates.near.find import find_near_pairs
from onelook.data.open import open_dataset
from onelook.data.reading import read_dataset
from record import write_result

SHEETS = Path(__file__).parents[1] / "docs" / "near-duplicates"
SETS = ("mnist", "fashion_mnist", "cifar10")
SEED = 1
USUAL_EACH, STRONG_EACH = 50, 100
SHOWN, COLUMNS, ENLARGED = 100, 10, 2
LEAKED = 2_000
# Counted by eye on the committed sheets, pair by pair and enlarged: one picture, altered; the same outlines to the
# pixel in other colours (an airliner's livery, a dress in another shade); two pictures that resemble each other.
JUDGED: dict[str, dict[str, int]] = {
    "fashion_mnist": {"altered": 56, "recoloured": 4, "two pictures": 2},
    "cifar10": {"altered": 95, "recoloured": 2, "two pictures": 3},
}

Images = NDArray[np.uint8]


def main() -> None:
    with tempfile.TemporaryDirectory() as cache:
        os.environ["ONELOOK_CACHE"] = cache
        figures = {"planted": {name: _planted(name) for name in SETS}, "leak": _leak()}
    print(json.dumps(figures, indent=2))
    print(write_result("near_duplicates", figures))


def _planted(name: str) -> dict[str, Any]:
    pictures = _images(name)["train"]
    draw = np.random.Generator(np.random.PCG64(SEED))
    usual = _copies(pictures, USUAL, USUAL_EACH, draw)
    strong = _copies(pictures, STRONG, STRONG_EACH, draw)
    planted = np.concatenate([usual[1], strong[1]])
    clock, processor = time.perf_counter(), time.process_time()
    groups = group_copies([pictures, planted])
    pairs, _ = find_near_pairs([pictures, planted], groups)
    seconds = {"clock": time.perf_counter() - clock, "processor": time.process_time() - processor}
    known = {(one, other) for one, other in pairs.tolist()}
    originals, copies = groups[0][np.concatenate([usual[0], strong[0]])], groups[1]
    found = np.array([_is_pair(one, other, known) for one, other in zip(originals, copies, strict=True)])
    others = pairs[(pairs <= groups[0].max()).all(axis=1)]
    return {
        "pictures": len(pictures),
        "found_of_500_usual": int(found[: len(usual[0])].sum()),
        "usual": _by_kind(USUAL, found[: len(usual[0])], USUAL_EACH),
        "strong": _by_kind(STRONG, found[len(usual[0]) :], STRONG_EACH),
        "other_pairs": len(others),
        "shown": _draw_sheet(name, pictures, groups[0], others),
        "judged": JUDGED.get(name),
        "seconds": {key: round(value, 1) for key, value in seconds.items()},
    }


def _copies(
    pictures: Images, kinds: dict[str, Alter], each: int, draw: np.random.Generator
) -> tuple[NDArray[np.int64], Images]:
    """Rows, and an altered copy of each, kind by kind. A copy that comes out with the same pixels is no near one."""
    rows, made = [], []
    for alter in kinds.values():
        of_kind = 0
        while of_kind < each:
            row = int(draw.integers(len(pictures)))
            copy = alter(pictures[row], draw)
            if not np.array_equal(copy, pictures[row]):
                rows.append(row)
                made.append(copy)
                of_kind += 1
    return np.array(rows), np.stack(made)


def _is_pair(one: int, other: int, known: set[tuple[int, int]]) -> bool:
    return one == other or (min(one, other), max(one, other)) in known


def _by_kind(kinds: dict[str, Alter], found: NDArray[np.bool_], each: int) -> dict[str, dict[str, int]]:
    return {
        kind: {"planted": each, "found": int(found[start * each : (start + 1) * each].sum())}
        for start, kind in enumerate(kinds)
    }


def _draw_sheet(name: str, pictures: Images, groups: NDArray[np.int64], pairs: NDArray[np.int64]) -> int:
    """Writes up to a hundred of the pairs, side by side; gives how many."""
    path = SHEETS / f"{name}.png"
    path.unlink(missing_ok=True)
    if not len(pairs):
        return 0
    SHEETS.mkdir(exist_ok=True)
    _, row_of = first_of_groups([groups])
    drawn = np.random.Generator(np.random.PCG64(SEED)).permutation(len(pairs))[:SHOWN]
    height, width = (ENLARGED * side for side in pictures.shape[1:3])
    lines = -(-len(drawn) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * (2 * width + 10), lines * (height + 8)), "white")
    for place, pair in enumerate(pairs[drawn].tolist()):
        left, top = place % COLUMNS * (2 * width + 10), place // COLUMNS * (height + 8)
        for side, group in enumerate(pair):
            picture = pictures[row_of[group]]
            image = Image.fromarray(picture[..., 0] if picture.shape[2] == 1 else picture)
            image = image.resize((width, height), Image.Resampling.NEAREST)
            sheet.paste(image.convert("RGB"), (left + side * (width + 2), top))
    sheet.save(path, optimize=True)
    return len(drawn)


def _leak() -> dict[str, Any]:
    images = _images("fashion_mnist")
    draw = np.random.Generator(np.random.PCG64(SEED))
    leaked = images["test"][:LEAKED]
    is_brighter = draw.permutation(LEAKED) < LEAKED // 2
    altered = np.stack(
        [
            (BRIGHTER if brighter else SHIFTED)(picture, draw)
            for picture, brighter in zip(leaked, is_brighter, strict=True)
        ]
    )
    return {
        "test_pictures": len(images["test"]),
        "leaked": LEAKED,
        "as_they_are": _leaks(images["train"], leaked, images["test"]),
        "brightened_or_shifted": _leaks(images["train"], altered, images["test"]),
        "none_leaked": _leaks(images["train"], leaked[:0], images["test"]),
    }


def _leaks(train: Images, leaked: Images, test: Images) -> dict[str, int]:
    """What the checks say of test pictures, by the product's own way from data to findings."""
    parts = {"train": np.concatenate([train, leaked]), "test": test}
    dataset = open_dataset({name: (of_part, np.arange(len(of_part)) % 2) for name, of_part in parts.items()})
    reading = read_dataset(dataset, choose_decode_settings(dataset))
    found = {each.check: each.ids for each in find_problems(Evidence.of_reading(reading))}
    exact, near = _rows(found.get("leak-exact", ())), _rows(found.get("leak-near", ()))
    return {
        "found_exact": int((exact < len(leaked)).sum()),
        "found_near": int((near < len(leaked)).sum()),
        "others_exact": int((exact >= len(leaked)).sum()),
        "others_near": int((near >= len(leaked)).sum()),
    }


def _rows(ids: Sequence[str]) -> NDArray[np.int64]:
    return np.array([int(each.removeprefix("test/")) - 1 for each in ids], np.int64)


def _images(name: str) -> dict[str, Images]:
    dataset = open_dataset(name)
    decode = choose_decode_settings(dataset)
    return {part.name: np.array(part.pictures.decode(decode).images) for part in dataset.parts.values()}


if __name__ == "__main__":
    main()
