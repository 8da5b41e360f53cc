"""A compact list of the labelled pictures of a published data set: a Bloom filter in a file of 64 kB.

B. H. Bloom, Space/time trade-offs in hash coding with allowable errors, Communications of the ACM 13 (1970), 422-426.
`benchmarks/known_pictures.py` writes the files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (height, width)

_BITS = 1 << 19  # with 70,000 pictures a third of the bits is set: one unknown picture in 27 is taken for a known one
_BYTES_EACH = 4
_PLACES = 3


def add_pictures(pictures: Iterable[tuple[Pixels, int]]) -> bytes:
    """Return the filter of these pictures with their labels.

    Example:
        >>> known = add_pictures([(np.zeros((2, 2), np.uint8), 7)])
        >>> is_known(known, np.zeros((2, 2), np.uint8), 7), is_known(known, np.zeros((2, 2), np.uint8), 8)
        (True, False)
    """
    bits = np.zeros(_BITS, bool)
    for pixels, label in pictures:
        bits[list(_places(pixels, label))] = True
    return np.packbits(bits).tobytes()


def is_known(known: bytes, pixels: Pixels, label: int) -> bool:
    """Return whether the filter has the picture with this label; by chance also one in 27 others."""
    return all(known[place >> 3] & (0x80 >> (place & 7)) for place in _places(pixels, label))


def read_filter(name: str) -> bytes:
    """Return the filter in `<name>.bloom`, which comes with the package."""
    return (files("onelook.data.layouts.published") / f"{name}.bloom").read_bytes()


def _places(pixels: Pixels, label: int) -> Iterator[int]:
    digest = hashlib.blake2b(np.ascontiguousarray(pixels).tobytes() + bytes([label]), digest_size=12).digest()
    for start in range(0, _PLACES * _BYTES_EACH, _BYTES_EACH):
        yield int.from_bytes(digest[start : start + _BYTES_EACH], "big") % _BITS
