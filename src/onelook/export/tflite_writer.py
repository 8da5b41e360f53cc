"""Build a `.tflite` file: add operators and constants to a graph, and write it as a flat buffer.

The format is that of the schema of TensorFlow Lite (now LiteRT), whose Python classes come with `ai-edge-litert`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

_VERSION = 3  # of the format
_IDENTIFIER = b"TFL3"  # which each file has
_BATCH = -1  # a size that is known only when the model runs
_LARGEST_OLD_CODE = 127  # operators with larger codes have another field


class TfliteWriter:
    """A graph under construction. Tensors are numbered; an operator's output gets the next number.

    Args:
        schema: the module of the format's classes.
    """

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._graph = schema.SubGraphT()
        self._graph.name = "onelook"
        self._graph.tensors, self._graph.operators = [], []
        self._codes: dict[str, int] = {}  # operator -> its position
        self._operator_codes: list[Any] = []
        self._buffers: list[Any] = [self._buffer(b"")]  # the first is empty by convention
        self._constants: dict[tuple[str, tuple[int, ...], bytes], int] = {}
        self._shapes: dict[int, tuple[int, ...]] = {}

    def shape(self, tensor: int) -> tuple[int, ...]:
        """Return the shape of a tensor; the batch is -1."""
        return self._shapes[tensor]

    def input(self, name: str, shape: Sequence[int], dtype: DTypeLike) -> int:
        """Add the graph's input, whose first axis is the batch, and return its number."""
        return self._tensor(name, (_BATCH, *shape), dtype)

    def constant(self, values: ArrayLike, dtype: DTypeLike = np.float32) -> int:
        """Add a constant and return its number; equal constants are stored once."""
        array = np.ascontiguousarray(values, dtype)
        key = (array.dtype.name, array.shape, array.tobytes())
        if key not in self._constants:
            self._buffers.append(self._buffer(array.tobytes()))
            name = f"constant_{len(self._constants)}"
            self._constants[key] = self._tensor(name, array.shape, array.dtype, len(self._buffers) - 1)
        return self._constants[key]

    def add(
        self,
        operator: str,
        *inputs: int,
        shape: Sequence[int] | None = None,
        options: Mapping[str, Any] | None = None,
        kind: str | None = None,
        version: int = 1,
        dtype: DTypeLike = np.float32,
    ) -> int:
        """Add an operator with one output and return that output's number.

        Args:
            operator: its name in the schema, such as CONV_2D.
            *inputs: tensors; -1 is one that is left out.
            shape: of the output, with -1 for the batch; by default that of the first input.
            options: the values of its options.
            kind: the name of the class of its options in the schema, without its ending.
            version: of the operator, where the first cannot do it.
            dtype: of the output.
        """
        output = self._tensor(
            f"{operator.lower()}_{len(self._graph.operators)}",
            tuple(self.shape(inputs[0]) if shape is None else shape),
            dtype,
        )
        made = self._schema.OperatorT()
        made.opcodeIndex = self._code(operator, version)
        made.inputs, made.outputs = list(inputs), [output]
        if kind is not None:
            made.builtinOptions = getattr(self._schema, f"{kind}OptionsT")()
            made.builtinOptionsType = getattr(self._schema.BuiltinOptions, f"{kind}Options")
            for name, value in (options or {}).items():
                setattr(made.builtinOptions, name, value)
        self._graph.operators.append(made)
        return output

    def serialize(self, images: int, probabilities: int, notes: str) -> bytes:
        """Return the bytes of the file.

        Args:
            images, probabilities: the input and the output.
            notes: the metadata, which gets the name `onelook`.
        """
        import flatbuffers

        schema = self._schema
        self._graph.inputs, self._graph.outputs = [images], [probabilities]
        model = schema.ModelT()
        model.version = _VERSION
        model.description = "onelook"
        model.operatorCodes, model.subgraphs = self._operator_codes, [self._graph]
        metadata = schema.MetadataT()
        metadata.name, metadata.buffer = "onelook", len(self._buffers)
        model.metadata, model.buffers = [metadata], [*self._buffers, self._buffer(notes.encode())]
        signature = schema.SignatureDefT()
        signature.signatureKey, signature.subgraphIndex = "serving_default", 0
        signature.inputs = [self._named("images", images)]
        signature.outputs = [self._named("probabilities", probabilities)]
        model.signatureDefs = [signature]
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), file_identifier=_IDENTIFIER)
        return bytes(builder.Output())

    def rename(self, tensor: int, name: str) -> None:
        """Give a tensor a name that users of the file see."""
        self._graph.tensors[tensor].name = name

    def _named(self, name: str, tensor: int) -> Any:
        named = self._schema.TensorMapT()
        named.name, named.tensorIndex = name, tensor
        return named

    def _tensor(self, name: str, shape: tuple[int, ...], dtype: DTypeLike, buffer: int = 0) -> int:
        tensor = self._schema.TensorT()
        tensor.name, tensor.buffer = name, buffer
        tensor.type = getattr(self._schema.TensorType, np.dtype(dtype).name.upper())
        # A file has both: the shape for one picture, and which of its sizes may be others.
        tensor.shape = np.abs(np.array(shape, np.int32))
        if _BATCH in shape:
            tensor.shapeSignature = np.array(shape, np.int32)
        self._graph.tensors.append(tensor)
        self._shapes[len(self._graph.tensors) - 1] = shape
        return len(self._graph.tensors) - 1

    def _buffer(self, content: bytes) -> Any:
        buffer = self._schema.BufferT()
        array: NDArray[np.uint8] = np.frombuffer(content, np.uint8)
        buffer.data = array if content else None
        return buffer

    def _code(self, operator: str, version: int) -> int:
        if operator not in self._codes:
            code = self._schema.OperatorCodeT()
            code.builtinCode = getattr(self._schema.BuiltinOperator, operator)
            code.deprecatedBuiltinCode = min(code.builtinCode, _LARGEST_OLD_CODE)
            self._codes[operator] = len(self._operator_codes)
            self._operator_codes.append(code)
            code.version = version
        found = self._operator_codes[self._codes[operator]]
        found.version = max(found.version, version)
        return self._codes[operator]
