"""The data of the sessions: small, with something of each kind that onelook has to say a word about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.contracts.public_layouts.drawing import Place

SHAPES = ("bar left", "bar up", "corner")
_HEIGHT, _WIDTH = 10, 12


def draw_all(root: Path, sizes: int = 1) -> None:
    """Draw the folders `shapes`, `table` and `new`; the shapes have one size, or two."""
    draw_shapes(Place(root / "shapes"), sizes=sizes)
    draw_table(Place(root / "table"))
    draw_new(Place(root / "new"))


def draw_shapes(at: Place, *, sizes: int = 1) -> None:
    """Class folders of colour pictures with copies, a leak, wrong labels, and files that are no pictures."""
    for part, count in (("train", 8), ("test", 5)):
        for kind, name in enumerate(SHAPES):
            for number in range(1, count + 1):
                at.save(f"{part}/{name}/{number}.png", _shape(at, kind))
    at.save("train/corner/9 is a bar.png", _shape(at, 0))
    at.save("test/bar up/6 is a corner.png", _shape(at, 2))
    at.save("train/bar up/9 grey.png", _shape(at, 1).mean(axis=2).astype(np.uint8))
    at.save("train/bar left/9 last.png", _shape(at, 0).repeat(sizes, axis=0).repeat(sizes, axis=1))
    copied = at.path("train/bar left/2.png").read_bytes()
    at.bytes("train/bar left/2 again.png", copied)
    at.bytes("test/bar left/6 seen.png", copied)
    at.bytes("train/corner/cut short.png", copied[:60])
    at.bytes("test/corner/empty.png", b"")
    at.text("train/notes.txt", "drawn by hand")


def draw_new(at: Place) -> None:
    """Pictures without labels, of which one cannot be read."""
    for kind in (2, 0, 1):
        at.save(f"{3 - kind}.png", _shape(at, kind))
    at.bytes("4.png", b"no picture")


def draw_table(at: Place) -> None:
    """Pixel tables of a competition: labelled rows, rows to predict, and the submission to fill."""
    head = ",".join(f"pixel{number}" for number in range(64))
    rows = [_digit(at, number % 2) for number in range(34)]
    at.table("train.csv", f"label,{head}", [(number % 2, *row) for number, row in enumerate(rows[:28])])
    at.table("test.csv", f"id,{head}", [(101 + number, *row) for number, row in enumerate(rows[28:])])
    at.table("sample_submission.csv", "id,label", [(101 + number, 0) for number in (1, 0, 2, 3, 5, 4)])


def _shape(at: Place, kind: int) -> NDArray[np.uint8]:
    """Draw noise, and in it a bright bar on the left, one above, or both."""
    pixels = at.rng.integers(0, 120, (_HEIGHT, _WIDTH, 3))
    if kind in (0, 2):
        pixels[:, :3, 0] += 130
    if kind in (1, 2):
        pixels[:3, :, 1] += 130
    return pixels.astype(np.uint8)


def _digit(at: Place, kind: int) -> list[int]:
    """Draw a grey picture of 8×8 that is bright on the left, or on the right."""
    pixels = at.rng.integers(0, 60, (8, 8))
    pixels[:, 4 * kind : 4 * kind + 4] += 180
    return [int(value) for value in pixels.ravel()]
