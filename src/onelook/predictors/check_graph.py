"""Check, without running it, that an ONNX graph has only operators that onelook writes. It needs no package `onnx`.

A graph from a stranger is a program: some operators loop for ever, others allocate gigabytes. The operators of our own
graphs do neither, as long as no padding is larger than that of the network.
"""

from __future__ import annotations

from collections.abc import Iterator

from onelook.errors import ModelError

# The operators that `onelook.predictors.graph` writes; a test compares the two.
OPERATORS = frozenset(
    (
        *("Add", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "Conv", "Div", "Elu", "Erf"),
        *("Flatten", "Gather", "Gemm", "GlobalAveragePool", "GlobalMaxPool", "HardSigmoid", "HardSwish", "Identity"),
        *("LayerNormalization", "LeakyRelu", "MatMul", "Max", "MaxPool", "Min", "Mul", "Neg", "ReduceMean"),
        *("ReduceSum", "Relu", "Reshape", "Selu", "Sigmoid", "Softmax", "Softplus", "Sqrt", "Sub", "Tanh"),
        *("Transpose",),
    )
)

# Field numbers in onnx.proto.
_MODEL_GRAPH, _MODEL_FUNCTIONS = 7, 25
_GRAPH_NODE = 1
_NODE_OPERATOR, _NODE_ATTRIBUTE, _NODE_DOMAIN = 4, 5, 7
_ATTRIBUTE_NAME, _ATTRIBUTE_INTS = 1, 8
_OWN_DOMAINS = (b"", b"ai.onnx")

# Wire types of protocol buffers: a number, eight bytes, a length with that many bytes, four bytes.
_VARINT, _EIGHT_BYTES, _LENGTH, _FOUR_BYTES = 0, 1, 2, 5
_MOST_VARINT_BYTES = 10

Field = tuple[int, int | bytes]  # its number, and its value


def refuse_foreign_graph(content: bytes, largest_pad: int) -> None:
    """Refuse a graph with other operators than ours, or with a pad of more than `largest_pad` pixels on a side.

    Raises:
        ModelError: an operator is not ours, a pad is too large, or the content is no ONNX graph.
    """
    try:
        for number, value in _fields(content):
            if number == _MODEL_FUNCTIONS:
                raise ModelError("the ONNX graph defines functions of its own, which no onelook model has.")
            if number == _MODEL_GRAPH and isinstance(value, bytes):
                for node in _all(value, _GRAPH_NODE):
                    _refuse_foreign_node(node, largest_pad)
    except (IndexError, ValueError) as problem:
        raise ModelError("the ONNX graph is damaged or cut short. Copy the model again.") from problem


def _refuse_foreign_node(node: bytes, largest_pad: int) -> None:
    operators = [bytes(value) for value in _all(node, _NODE_OPERATOR)]
    domains = [bytes(value) for value in _all(node, _NODE_DOMAIN)]
    names = [name.decode("utf-8", "backslashreplace") for name in operators]
    strange = [domain.decode("utf-8", "backslashreplace") for domain in domains if domain not in _OWN_DOMAINS]
    if strange or any(name not in OPERATORS for name in names):
        raise ModelError(
            f"the ONNX graph has the operator '{'.'.join([*strange, *names])[:60]}', which no onelook model has: it is "
            "refused, as running it may never end. Copy the model again from where it was made."
        )
    for attribute in _all(node, _NODE_ATTRIBUTE):
        if b"pads" in _all(attribute, _ATTRIBUTE_NAME) and max(_integers(attribute), default=0) > largest_pad:
            raise ModelError(
                f"the ONNX graph pads by {max(_integers(attribute)):,} pixels, the network in model.json by at most "
                f"{largest_pad:,}. The files belong to different models: copy the model again."
            )


def _all(message: bytes, wanted: int) -> list[bytes]:
    return [value for number, value in _fields(message) if number == wanted and isinstance(value, bytes)]


def _integers(attribute: bytes) -> list[int]:
    """Return the values of an attribute of whole numbers. The format writes negative ones as huge numbers."""
    found: list[int] = []
    for number, value in _fields(attribute):
        if number != _ATTRIBUTE_INTS:
            continue
        if isinstance(value, int):
            found.append(value)
            continue
        at = 0
        while at < len(value):
            integer, at = _varint(value, at)
            found.append(integer)
    return found


def _fields(message: bytes) -> Iterator[Field]:
    """Yield the fields of a protocol buffer's message, in order.

    Raises:
        ValueError, IndexError: it is no such message.
    """
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, kind = key >> 3, key & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
            continue
        if kind == _LENGTH:
            size, at = _varint(message, at)
        elif kind in (_FOUR_BYTES, _EIGHT_BYTES):
            size = 4 if kind == _FOUR_BYTES else 8
        else:
            raise ValueError(f"wire type {kind}")
        if at + size > len(message):
            raise ValueError("cut short")
        yield number, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, the lowest first, and the position after it."""
    value = 0
    for position in range(_MOST_VARINT_BYTES):
        byte = message[at + position]
        value |= (byte & 0x7F) << (7 * position)
        if byte < 0x80:
            return value, at + position + 1
    raise ValueError("a number that does not end")
