"""Read the attributes of a group or an array of HDF5: texts, rows of texts, and single whole numbers."""

from __future__ import annotations

from math import prod

import numpy as np

from onelook.hdf5.header import ATTRIBUTE, ATTRIBUTE_INFO, Message, Source, shape_at
from onelook.hdf5.texts import TextReader, decode
from onelook.hdf5.types import TypeReader

Value = str | tuple[str, ...] | int
_LONGEST_NAME = 4_096


class AttributeReader:
    """Reads the attributes of a file."""

    def __init__(self, file: Source, types: TypeReader, texts: TextReader) -> None:
        self._file = file
        self._types = types
        self._texts = texts

    def read(self, messages: tuple[Message, ...]) -> dict[str, Value]:
        """Return the attributes among the messages of a header: texts, rows of texts, and single whole numbers."""
        if any(message.kind == ATTRIBUTE_INFO for message in messages):
            raise self._file.refusal("its attributes are of a newer kind than is read")
        found = (self._attribute(message) for message in messages if message.kind == ATTRIBUTE)
        return {name: value for name, value in found if value is not None}

    def _attribute(self, message: Message) -> tuple[str, Value | None]:
        """Return the name of an attribute and its value; None if it is neither text nor a whole number."""
        version, _, of_name, of_type, of_space = self._file.unpack("<BBHHH", message.at)
        if version not in (1, 2, 3):
            raise self._file.refusal("an attribute is damaged")
        step = 8 if version == 1 else 1
        name_at = message.at + (9 if version == 3 else 8)
        type_at = name_at + -(-of_name // step) * step
        space_at = type_at + -(-of_type // step) * step
        at = space_at + -(-of_space // step) * step
        name = decode(self._file.bytes_at(name_at, min(of_name, _LONGEST_NAME), "a name"))
        kind = self._types.read(type_at)
        if kind is None or not (kind.is_text or kind.numpy.kind in "iu"):
            return name, None
        shape = shape_at(self._file, space_at)
        size = kind.numpy.itemsize
        if not kind.is_text:
            if prod(shape) != 1 or kind.is_reference:
                return name, None
            return name, int(np.frombuffer(self._file.bytes_at(at, size, "an attribute"), kind.numpy)[0])
        content = self._file.bytes_at(at, prod(shape) * size, "an attribute")
        parts = (content[start : start + size] for start in range(0, len(content), size))
        texts = tuple(self._texts.variable(part) if kind.is_variable else decode(part) for part in parts)
        return name, texts if shape else texts[0]
