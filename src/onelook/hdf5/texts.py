"""Read the texts of an HDF5 file: those of one length where they stand, others from the file's common stores."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from onelook.errors import shown
from onelook.hdf5.header import Source
from onelook.hdf5.types import Type

_UNICODE_BYTES = 4  # of a letter in NumPy's arrays of texts


class TextReader:
    """Reads the texts of a file, and each common store of them once."""

    def __init__(self, file: Source) -> None:
        self._file = file
        self._heaps: dict[int, dict[int, tuple[int, int]]] = {}

    def of_array(self, kind: Type, stored: NDArray[np.generic]) -> NDArray[np.generic]:
        """Return what is stored of an array of texts as `str`; other arrays unchanged."""
        if not kind.is_text:
            return stored
        flat = [each.tobytes() for each in stored.ravel()]
        texts = [self.variable(each) for each in flat] if kind.is_variable else list(map(decode, flat))
        if _UNICODE_BYTES * len(texts) * max(map(len, texts), default=0) > self._file.most_bytes:
            raise self._file.refusal("its texts have far more letters than the file")
        return np.array(texts, dtype=np.str_).reshape(stored.shape)

    def variable(self, reference: bytes) -> str:
        """Return a text from one of the file's common stores of texts."""
        length, at, index = struct.unpack("<IQI", reference)
        if not length:
            return ""
        if at not in self._heaps:
            self._heaps[at] = dict(self._heap(at))
        place, stored = self._heaps[at].get(index, (0, -1))
        if length > stored:
            raise self._file.refusal(f"text {shown(index)} is missing")
        return decode(self._file.data_at(place, length, "a text"))

    def _heap(self, at: int) -> Iterator[tuple[int, tuple[int, int]]]:
        """Yield the number of each text of a common store, with its place and its length."""
        signature, size = struct.unpack("<8sQ", self._file.bytes_at(at, 16, "a text"))
        if signature[:5] != b"GCOL\x01":
            raise self._file.refusal("a text is damaged")
        here, end = at + 16, at + size
        while here + 16 <= end:
            number, _, _, stored = self._file.unpack("<HHIQ", here)
            if number == 0:
                return
            yield number, (here + 16, stored)
            here += 16 + -(-stored // 8) * 8


def decode(content: bytes) -> str:
    """Return the text that bytes hold, up to the first zero."""
    return content.partition(b"\0")[0].decode("utf-8", "replace")
