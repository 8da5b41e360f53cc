"""Damages that any bytes can take: what disks, networks, editors and people with bad intentions do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Damage = Callable[[bytes, np.random.Generator], bytes]


def damaged(content: bytes, rng: np.random.Generator) -> bytes:
    """The bytes with one to three damages."""
    for _ in range(int(rng.choice([1, 1, 1, 2, 3]))):
        content = DAMAGES[int(rng.integers(len(DAMAGES)))](content, rng)
    return content


def cut(content: bytes, rng: np.random.Generator) -> bytes:
    """Not downloaded whole."""
    return content[: int(rng.integers(0, len(content) + 1))]


def cut_near_the_end(content: bytes, rng: np.random.Generator) -> bytes:
    """The last few bytes are missing."""
    return content[: max(0, len(content) - int(rng.integers(1, 32)))]


def flip(content: bytes, rng: np.random.Generator) -> bytes:
    """Up to 16 bits turned over."""
    if not content:
        return content
    changed = bytearray(content)
    for _ in range(int(rng.integers(1, 17))):
        changed[int(rng.integers(len(changed)))] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def flip_in_header(content: bytes, rng: np.random.Generator) -> bytes:
    """Bits turned over among the first 64 bytes, where sizes and counts stand."""
    return flip(content[:64], rng) + content[64:]


def extreme_number(content: bytes, rng: np.random.Generator) -> bytes:
    """Two, four or eight bytes set to a number at the edge of what they can hold."""
    width = int(rng.choice([1, 2, 4, 8]))
    if len(content) <= width:
        return content
    values = (b"\xff" * width, b"\0" * width, b"\x7f" + b"\xff" * (width - 1), b"\xff" * (width - 1) + b"\x7f")
    reach = len(content) - width if rng.random() < 0.5 else min(128, len(content) - width)
    at = int(rng.integers(0, reach + 1))
    value: bytes = values[int(rng.integers(4))]
    return content[:at] + value + content[at + width :]


def blank(content: bytes, rng: np.random.Generator) -> bytes:
    """A stretch of zeros, as a disk leaves where it lost a block."""
    start, stop = sorted(rng.integers(0, len(content) + 1, 2).tolist())
    return content[:start] + b"\0" * (stop - start) + content[stop:]


def lose(content: bytes, rng: np.random.Generator) -> bytes:
    """A stretch is missing."""
    start = int(rng.integers(0, len(content) + 1))
    return content[:start] + content[start + int(rng.integers(1, 200)) :]


def insert(content: bytes, rng: np.random.Generator) -> bytes:
    """Random bytes in the middle."""
    at = int(rng.integers(0, len(content) + 1))
    return content[:at] + rng.bytes(int(rng.integers(1, 200))) + content[at:]


def repeat(content: bytes, rng: np.random.Generator) -> bytes:
    """A stretch stands there many times."""
    start, stop = sorted(rng.integers(0, len(content) + 1, 2).tolist())
    times = int(rng.integers(2, 20))
    return content[:stop] + content[start:stop] * times + content[stop:]


def append(content: bytes, rng: np.random.Generator) -> bytes:
    """Something follows that does not belong there."""
    return content + rng.bytes(int(rng.integers(1, 1000)))


def as_text(content: bytes, rng: np.random.Generator) -> bytes:
    """Sent as text: every line feed became two characters, or every high byte two."""
    if rng.random() < 0.5:
        return content.replace(b"\n", b"\r\n")
    return content.decode("latin-1").encode()


def reverse(content: bytes, rng: np.random.Generator) -> bytes:
    """A stretch the other way round."""
    start, stop = sorted(rng.integers(0, len(content) + 1, 2).tolist())
    return content[:start] + content[start:stop][::-1] + content[stop:]


DAMAGES: tuple[Damage, ...] = (
    cut,
    cut_near_the_end,
    flip,
    flip,
    flip_in_header,
    flip_in_header,
    extreme_number,
    extreme_number,
    blank,
    lose,
    insert,
    repeat,
    append,
    as_text,
    reverse,
)
