"""One damaged input: how it is named, made and asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.damage import damaged

T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """A command on an input that lies in the case's own folder."""

    words: tuple[str, ...]  # of the command line, run in the case's folder
    found: int | None = None  # the pictures that are to be in the ledger, where that is certain
    is_sound: bool = False  # nothing is wrong with it: refusing it is a failure
    is_altered: bool = False  # a checksum tells that it is not what was saved: taking it is a failure
    pictures: int | None = None  # those that lie there: each in the ledger, or counted in a note that says why not


class Bench:
    """Where one case is made: a folder, and random numbers that are the case's own.

    Args:
        folder: made already, and empty.
        seed, number: of the case; the same two give the same bytes.
    """

    def __init__(self, folder: Path, seed: int, number: int) -> None:
        self.folder = folder
        self.rng = np.random.default_rng([seed, number])

    def pick(self, choices: Sequence[T]) -> T:
        """One of them."""
        return choices[int(self.rng.integers(len(choices)))]

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def chance(self, share: float) -> bool:
        """True in this share of the cases."""
        return bool(self.rng.random() < share)

    def write(self, name: str, content: bytes | str) -> Path:
        """A file in the case's folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def damaged(self, content: bytes) -> bytes:
        """The bytes with one damage or several."""
        return damaged(content, self.rng)

    def picture(self, suffix: str | None = None) -> tuple[str, bytes]:
        """The suffix and the bytes of a good picture, of any kind or of this one."""
        return self.pick([sample for sample in good.pictures() if suffix in (None, sample[0])])

    def small_picture(self) -> bytes:
        """A PNG of 8×8 pixels, different each time."""
        return good.encoded(self.rng.integers(0, 256, (8, 8, 3), dtype=np.uint8), "PNG")

    def photos(self, folder: str = "data", each: int = 2) -> int:
        """Class folders of good PNG pictures, all different; gives their number."""
        for class_name in ("cat", "dog"):
            for number in range(each):
                self.write(f"{folder}/{class_name}/{number}.png", self.small_picture())
        return 2 * each


Make = Callable[[Bench], Case]


@dataclass(frozen=True)
class Kind:
    """One way to make a case.

    Args:
        weight: cases of this kind in one round of all kinds; more where chance has more to find.
        is_heavy: takes a second or many megabytes: left out of the unit suite's sample.
    """

    family: str
    name: str
    make: Make
    weight: int = 1
    is_heavy: bool = False


INSPECT = ("inspect", "data", "--json")


def inspect(path: str, *more: str) -> tuple[str, ...]:
    """The words that ask what is at a path."""
    return ("inspect", f"./{path}", *more, "--json")
