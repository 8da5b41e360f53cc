"""Read the data types of HDF5: numbers, truth values, texts of fixed and of any length, and links to other arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onelook.hdf5.header import Source

_FIXED, _FLOAT, _STRING, _REFERENCE, _ENUM, _VARIABLE = 0, 1, 3, 7, 8, 9  # classes
# (precision, exponent's position, its size, mantissa's position, its size, exponent's bias) of IEEE numbers
_IEEE = {2: (16, 10, 5, 0, 10, 15), 4: (32, 23, 8, 0, 23, 127), 8: (64, 52, 11, 0, 52, 1023)}
_LONGEST_TEXT = 4_096


@dataclass(frozen=True)
class Type:
    """A data type: a NumPy type, text of fixed or of any length, or the place of another object."""

    numpy: np.dtype[np.generic]
    is_text: bool = False
    is_variable: bool = False
    is_reference: bool = False


class TypeReader:
    """Reads the types of a file."""

    def __init__(self, file: Source) -> None:
        self._file = file

    def read(self, at: int) -> Type | None:
        """Return the type that is described at a place; None for one that is not read."""
        first, bits, _, _, size = self._file.unpack("<BBBBI", at)
        kind = first & 0x0F
        order = ">" if bits & 1 else "<"
        if kind == _FIXED and size in (1, 2, 4, 8):
            return Type(np.dtype(f"{order}{'i' if bits & 8 else 'u'}{size}"))
        if kind == _FLOAT and size in _IEEE:
            _, precision, *rest, bias = self._file.unpack("<HHBBBBI", at + 8)
            is_ieee = (precision, *rest, bias) == _IEEE[size] and not bits & 0x40
            return Type(np.dtype(f"{order}f{size}")) if is_ieee else None
        if kind == _ENUM and self._file.unpack("<B", at + 8)[0] & 0x0F == _FIXED:  # True and False of h5py
            return self.read(at + 8)
        return _without_numbers(kind, bits, size)


def _without_numbers(kind: int, bits: int, size: int) -> Type | None:
    if kind == _STRING and 0 < size <= _LONGEST_TEXT:
        return Type(np.dtype(f"V{size}"), is_text=True)
    if kind == _VARIABLE and size == 16 and bits & 0x0F == 1:
        return Type(np.dtype("V16"), is_text=True, is_variable=True)
    return Type(np.dtype("<u8"), is_reference=True) if kind == _REFERENCE and size == 8 and not bits & 0x0F else None
