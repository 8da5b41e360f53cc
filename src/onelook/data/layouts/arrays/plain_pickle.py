"""Read pickles of plain values and NumPy arrays, without Python's `pickle`: nothing in them can run.

A pickle is a program for a small stack machine, and its GLOBAL and REDUCE instructions may call any function. This
reader is a machine of its own. It knows only the few instructions that hold data, and replaces the names of NumPy's
array, dtype and scalar by its own objects. Every other instruction or name is refused.
"""

from __future__ import annotations

import pickletools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelook.errors import DataError, in_words

_ARRAY_KINDS = "uif"  # numbers; never objects, which contain references
_MOST_AXES = 4

# In the spellings of NumPy 1 and of NumPy 2.
_NAMES: Mapping[str, str] = {
    "numpy ndarray": "ndarray",
    "numpy dtype": "dtype",
    "numpy.core.multiarray _reconstruct": "reconstruct",
    "numpy._core.multiarray _reconstruct": "reconstruct",
    "numpy.core.multiarray scalar": "scalar",
    "numpy._core.multiarray scalar": "scalar",
    "_codecs encode": "encode",  # how Python 3 writes bytes into the older protocols
}


def read_plain_pickle(content: bytes) -> Any:
    """Return the value of a pickle: dicts, lists, tuples, texts, bytes, numbers, None and numeric arrays.

    Texts of Python 2, which may also be bytes, become str with one character per byte (Latin-1). The memory used is in
    proportion to `content`, whatever sizes are written in it.

    Raises:
        DataError: it contains anything else, which the error names, or is damaged.

    Example:
        >>> read_plain_pickle(b"(dp0\\nS'rows'\\np1\\nI3\\ns.")
        {'rows': 3}
    """
    machine = _Machine(len(content))
    try:
        for instruction, argument, _ in pickletools.genops(content):
            if instruction.name == "STOP":
                return machine.result()
            machine.do(instruction.name, argument)
    except DataError:
        raise
    # A damaged pickle has instructions in any order: the stack may be empty, or a number where a list is expected.
    except Exception as problem:
        raise DataError(f"not a pickle that can be read: it is damaged or cut short ({in_words(problem)})") from problem
    raise DataError("not a pickle that can be read: it is cut short")


@dataclass(frozen=True)
class _Name:
    """The meaning of an allowed name. It cannot be called."""

    name: str


@dataclass
class _PendingDtype:
    """A dtype under construction."""

    dtype: np.dtype[Any]


@dataclass
class _PendingArray:
    """An array under construction. The BUILD instruction sets its `values`."""

    values: NDArray[Any] | None = None


class _Machine:
    """The stack machine: the stack, its marks and the memo."""

    def __init__(self, budget_bytes: int) -> None:
        # Otherwise one text in the file could be turned into an array many times.
        self._budget_bytes = budget_bytes
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._memo: dict[int, Any] = {}

    def result(self) -> Any:
        """Return the value on the stack at the end."""
        return _finished(self._stack.pop())

    def do(self, instruction: str, argument: Any) -> None:
        """Execute one instruction."""
        if instruction in _LITERALS:
            self._stack.append(argument)
        elif instruction in _CONSTANTS:
            self._stack.append(_CONSTANTS[instruction]())
        elif instruction in _STEPS:
            _STEPS[instruction](self, argument)
        else:
            raise DataError(f"it holds the pickle instruction {instruction}, which the known files do not")

    def mark(self, _: Any) -> None:
        self._marks.append(len(self._stack))

    def since_mark(self) -> list[Any]:
        start = self._marks.pop()
        taken = self._stack[start:]
        del self._stack[start:]
        return taken

    def put(self, slot: int) -> None:
        self._memo[slot] = self._stack[-1]

    def memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self._stack[-1]

    def get(self, slot: int) -> None:
        self._stack.append(self._memo[slot])

    def append(self, _: Any) -> None:
        value = self._stack.pop()
        self._a(list).append(_finished(value))

    def appends(self, _: Any) -> None:
        values = self.since_mark()
        self._a(list).extend(map(_finished, values))

    def set_item(self, _: Any) -> None:
        value, key = self._stack.pop(), self._stack.pop()
        self._a(dict)[_key(key)] = _finished(value)

    def set_items(self, _: Any) -> None:
        taken = self.since_mark()
        self._a(dict).update(_pairs(taken))

    def make_dict(self, _: Any) -> None:
        self._stack.append(dict(_pairs(self.since_mark())))

    def make_list(self, _: Any) -> None:
        self._stack.append([_finished(value) for value in self.since_mark()])

    def make_tuple(self, _: Any) -> None:
        self._stack.append(tuple(map(_finished, self.since_mark())))

    def make_short_tuple(self, count: int) -> None:
        start = len(self._stack) - count
        if start < 0:
            raise DataError("not a pickle that can be read: it is damaged")
        self._stack[start:] = [tuple(map(_finished, self._stack[start:]))]

    def name(self, spelled: str) -> None:
        if spelled not in _NAMES:
            raise DataError(
                f"it asks for '{str(spelled).replace(' ', '.')}', a name that the known files do not hold. "
                "Nothing of it was run"
            )
        self._stack.append(_Name(_NAMES[spelled]))

    def name_from_stack(self, _: Any) -> None:
        name, module = self._stack.pop(), self._stack.pop()
        if not isinstance(name, str) or not isinstance(module, str):
            raise DataError("it asks for a name that is no text. Nothing of it was run")
        self.name(f"{module} {name}")

    def call(self, _: Any) -> None:
        arguments, called = self._stack.pop(), self._stack.pop()
        match called, arguments:
            case _Name("reconstruct"), (_Name("ndarray"), tuple(), _):
                self._stack.append(_PendingArray())
            case _Name("dtype"), (str() | bytes() as code, *_):
                self._stack.append(_PendingDtype(_numeric_dtype(code)))
            case _Name("scalar"), (_PendingDtype(dtype), str() | bytes() as raw):
                self._stack.append(np.frombuffer(self._bytes(raw), dtype, count=1)[0].item())
            case _Name("encode"), (str() as text, "latin1" | "latin-1"):
                self._stack.append(self._bytes(text))
            case _:
                what = f"'{called.name}'" if isinstance(called, _Name) else "what is no function"
                raise DataError(f"it calls {what} in a way that the known files do not. Nothing of it was run")

    def build(self, _: Any) -> None:
        state, value = self._stack.pop(), self._stack[-1]
        match value, state:
            # (version, byte order, subtype, names, fields, item size, alignment, flags)
            case _PendingDtype(), (int(), "<" | ">" | "|" | "=" | b"<" | b">" | b"|" | b"=", None, None, None, *_):
                order = state[1] if isinstance(state[1], str) else state[1].decode()
                value.dtype = np.dtype(order + value.dtype.str[1:])
            # (version, shape, dtype, whether columns come first, the values)
            case _PendingArray(), (int(), tuple() as shape, _PendingDtype(dtype), by_column, str() | bytes() as raw):
                value.values = _array(self._bytes(raw), shape, dtype, bool(by_column))
            case _:
                raise DataError("it fills an object in a way that the known files do not. Nothing of it was run")

    def _a(self, kind: type[Any]) -> Any:
        """Return the collection on top of the stack."""
        if type(self._stack[-1]) is not kind:
            raise DataError(f"it adds to what is no {kind.__name__} as if it were one")
        return self._stack[-1]

    def _bytes(self, raw: str | bytes) -> bytes:
        if isinstance(raw, bytes):
            return raw  # arrays share it without a copy
        self._budget_bytes -= len(raw)
        if self._budget_bytes < 0:
            raise DataError("its arrays together are larger than the file itself")
        return raw.encode("latin-1")


def _pairs(taken: list[Any]) -> Iterator[tuple[Any, Any]]:
    return zip(map(_key, taken[::2]), map(_finished, taken[1::2]), strict=True)


def _key(value: Any) -> Any:
    """Return the key of a dict, if it is cheap to hash; refuse others.

    Nested tuples may each contain the one before twice, sixty levels deep: hashing such a key takes 2^60 steps.
    """
    if type(value) not in (str, bytes, int):
        raise DataError(f"it holds a dict with a {type(value).__name__} for a key. Expected texts")
    return value


def _finished(value: Any) -> Any:
    """Return the finished array for one under construction, and other values unchanged."""
    if not isinstance(value, _PendingArray):
        return value
    if value.values is None:
        raise DataError("it holds an array without values")
    return value.values


def _numeric_dtype(code: str | bytes) -> np.dtype[Any]:
    text = code if isinstance(code, str) else code.decode("ascii")
    dtype = np.dtype(text) if len(text) <= len("|u1") and "," not in text else None
    if dtype is None or dtype.kind not in _ARRAY_KINDS:
        raise DataError(f"it holds an array of the type '{text[:20]}'. Expected whole or real numbers")
    return dtype


def _array(raw: bytes, shape: tuple[Any, ...], dtype: np.dtype[Any], by_column: bool) -> NDArray[Any]:
    if len(shape) > _MOST_AXES or not all(type(size) is int and 0 <= size < 1 << 63 for size in shape):
        raise DataError(f"it holds an array of no shape that the known files have, in {len(shape):,} axes")
    sizes = list(shape)
    expected = prod(sizes) * dtype.itemsize
    if expected != len(raw):
        raise DataError(f"its array of shape {tuple(sizes)}, {dtype}, has {len(raw):,} bytes")
    return np.frombuffer(raw, dtype).reshape(sizes, order="F" if by_column else "C")


# Instructions whose argument is their value.
_LITERALS = frozenset(
    (
        *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "FLOAT", "BINFLOAT"),
        *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE"),
        *("BINBYTES", "SHORT_BINBYTES"),
    )
)
_CONSTANTS: Mapping[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
}
_STEPS: Mapping[str, Callable[[_Machine, Any], None]] = {
    "PROTO": lambda machine, version: None,
    "FRAME": lambda machine, size: None,
    "MARK": _Machine.mark,
    "PUT": _Machine.put,
    "BINPUT": _Machine.put,
    "LONG_BINPUT": _Machine.put,
    "MEMOIZE": _Machine.memoize,
    "GET": _Machine.get,
    "BINGET": _Machine.get,
    "LONG_BINGET": _Machine.get,
    "APPEND": _Machine.append,
    "APPENDS": _Machine.appends,
    "SETITEM": _Machine.set_item,
    "SETITEMS": _Machine.set_items,
    "DICT": _Machine.make_dict,
    "LIST": _Machine.make_list,
    "TUPLE": _Machine.make_tuple,
    "TUPLE1": lambda machine, _: machine.make_short_tuple(1),
    "TUPLE2": lambda machine, _: machine.make_short_tuple(2),
    "TUPLE3": lambda machine, _: machine.make_short_tuple(3),
    "GLOBAL": _Machine.name,
    "STACK_GLOBAL": _Machine.name_from_stack,
    "REDUCE": _Machine.call,
    "BUILD": _Machine.build,
}
