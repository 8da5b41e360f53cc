"""Add outputs and notes to an ONNX graph without the package `onnx`.

Protocol buffers that follow each other are merged into one: lists are joined, and messages are merged field by field
(https://protobuf.dev/programming-guides/encoding/#last-one-wins). So what is added follows the file's bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

# Field numbers in onnx.proto.
_MODEL_GRAPH, _MODEL_NOTES = 7, 14
_NOTE_KEY, _NOTE_VALUE = 1, 2
_GRAPH_OUTPUT = 12
_OUTPUT_NAME, _OUTPUT_TYPE = 1, 2
_TYPE_TENSOR, _TENSOR_ELEMENT = 1, 1
_FLOAT = 1  # float32
_LENGTH = 2  # the wire type of texts and messages


def with_output(graph: bytes, name: str) -> bytes:
    """Return a graph with a value of it, float32, as one more output."""
    element = bytes((_TENSOR_ELEMENT << 3, _FLOAT))
    output = _field(_OUTPUT_NAME, name.encode()) + _field(_OUTPUT_TYPE, _field(_TYPE_TENSOR, element))
    return graph + _field(_MODEL_GRAPH, _field(_GRAPH_OUTPUT, output))


def with_notes(graph: bytes, notes: Mapping[str, str]) -> bytes:
    """Return a graph with texts by name, which other programs show as its metadata."""
    pairs = (_field(_NOTE_KEY, name.encode()) + _field(_NOTE_VALUE, text.encode()) for name, text in notes.items())
    return graph + b"".join(_field(_MODEL_NOTES, pair) for pair in pairs)


def _field(number: int, content: bytes) -> bytes:
    return bytes((number << 3 | _LENGTH,)) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
