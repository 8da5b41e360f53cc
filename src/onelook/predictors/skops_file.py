"""Write fitted scikit-learn models as skops files, the same bytes for the same model, and read them without trust.

skops builds objects of the types that a file names, and by default allows all types of scikit-learn. Here a file may
name only the types of its kind of model. Nothing is built before everything is checked: the archive, the arrays' sizes,
the types, and the numbers by which a decision tree allocates memory.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping
from math import prod
from typing import Any

import numpy as np

from onelook.archives import largest_unpacked
from onelook.errors import ModelError, in_words, missing_extra
from onelook.optional_packages import import_skops

Node = dict[str, Any]  # a table of a skops schema: JSON, and not trusted

_SCHEMA = "schema.json"
_MAXIMUM_SCHEMA_BYTES = 256 << 20  # 500 rounds of boosting with 200 classes have 100 MB
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip can have; fixed, so that equal models give equal bytes
_COMPRESSION_LEVEL = 1  # trees shrink to a fifth, the same as with the highest level, in a tenth of the time

# The nodes of containers, plain values and arrays, which every model may contain.
_PLAIN = frozenset(
    {
        *(("builtins.str", loader) for loader in ("JsonNode", "TypeNode")),
        ("builtins.int", "TypeNode"),
        ("builtins.dict", "DictNode"),
        ("builtins.list", "ListNode"),
        ("builtins.tuple", "TupleNode"),
        ("numpy.ndarray", "NdArrayNode"),
        *((f"numpy.{name}", "NdArrayNode") for name in ("float32", "float64", "int32", "int64", "uint64")),
    }
)
# The types that skops builds with a loader of their own; it builds all others by setting attributes.
_LOADERS = {
    "sklearn.tree._tree.Tree": "TreeNode",
    "sklearn._loss._loss.CyHalfBinomialLoss": "LossNode",
    "sklearn._loss._loss.CyHalfMultinomialLoss": "LossNode",
    "numpy.random._generator.Generator": "RandomGeneratorNode",
}
_UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError, LookupError, TypeError)


def to_skops(estimator: Any) -> bytes:
    """Return the content of a skops file with a fitted estimator; equal estimators give equal bytes.

    Raises:
        ConfigError: skops is not installed.
    """
    try:
        dumps = import_skops().dumps
    except ImportError as error:
        raise missing_extra("skops", "train", "saving a scikit-learn model") from error
    return _by_order(dumps(estimator))


def from_skops(content: bytes, types: Collection[str], where: str = "model.skops") -> Any:
    """Return the estimator in a skops file, if it has only these types.

    The sizes of its arrays are checked; its numbers are not: see `refuse_unsound`.

    Args:
        content: the content of the file.
        types: full names of the classes that may be built, in addition to numbers, arrays and containers.
        where: the name of the file in error messages.

    Raises:
        ModelError: the file is damaged, unpacks to a suspicious size, names another type, or was written by a version
            of scikit-learn whose models this version cannot read.
        ConfigError: skops or scikit-learn is not installed.
    """
    try:
        loads = import_skops().loads
    except ImportError as error:
        raise missing_extra("skops", "train", "this scikit-learn model") from error
    allowed = _PLAIN | {(name, _LOADERS.get(name, "ObjectNode")) for name in types}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _refuse_bomb(archive, len(content), where)
            schema = json.loads(archive.read(_SCHEMA))
            sizes = {name: _checked_shape(archive, name) for name in archive.namelist() if name != _SCHEMA}
        for node in _nodes(schema):
            _refuse_foreign(node, allowed, where)
            _refuse_unsound_tree(node, sizes, where)
    except ModelError:
        raise
    except (*_UNREADABLE, RecursionError) as problem:
        raise ModelError(
            f"{where}: not readable as a skops file ({in_words(problem)}). It is damaged: copy the model again."
        ) from problem
    try:
        # The golden pictures, not a warning, show whether another version of scikit-learn predicts the same.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return loads(content, trusted=sorted(types))
    except Exception as problem:  # a class may raise anything on unknown attributes
        from sklearn import __version__ as version

        raise ModelError(
            f"{where}: scikit-learn {version} cannot build this model ({type(problem).__name__}). It is damaged, or "
            "was made by another version: see training.versions in model.json, and install that one."
        ) from problem


def _refuse_bomb(archive: zipfile.ZipFile, packed: int, where: str) -> None:
    """Refuse an archive by its stated sizes; zipfile never unpacks a member beyond its stated size."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > largest_unpacked(packed):
        raise ModelError(
            f"{where}: {packed:,} bytes that unpack to {unpacked:,}: a model does not compress like that, so it "
            "is refused."
        )
    schema = archive.getinfo(_SCHEMA)
    if schema.file_size > _MAXIMUM_SCHEMA_BYTES or len({member.filename for member in members}) < len(members):
        raise ModelError(f"{where}: not a skops file as onelook writes it, so it is refused. Copy the model again.")


def _checked_shape(archive: zipfile.ZipFile, name: str) -> tuple[int, ...]:
    """Return an array's shape, read from its header.

    Raises:
        ValueError: it is no NumPy file, has Python objects, or states another size than it has.
    """
    with archive.open(name) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, _, dtype = read(file)
        header = file.tell()
    wanted = header + prod(shape) * dtype.itemsize
    if dtype.hasobject or min(shape, default=0) < 0 or wanted != archive.getinfo(name).file_size:
        raise ValueError("an array with another size than it states")
    return tuple(shape)


def _nodes(value: Any) -> Iterator[Node]:
    """Yield every table of a schema, nested ones included."""
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


def _refuse_foreign(node: Node, allowed: Collection[tuple[str, str]], where: str) -> None:
    if not {"__class__", "__module__", "__loader__"} & node.keys():
        return
    name, loader = f"{node.get('__module__')}.{node.get('__class__')}", node.get("__loader__")
    if (name, loader) not in allowed:
        raise ModelError(
            f"{where}: holds an object of the type '{name[:80]}', which this kind of model is not made of: it is "
            "refused, as building it could run code. Copy the model again from where it was made."
        )


def _refuse_unsound_tree(node: Node, sizes: Mapping[str, tuple[int, ...]], where: str) -> None:
    """Refuse a decision tree with wrong numbers, by which it allocates memory and reads unchecked, before it is built.

    Raises:
        ModelError: it has more than one output, or its numbers of classes or nodes differ from its arrays.
    """
    if node.get("__loader__") != "TreeNode":
        return
    _, classes, outputs = node["__reduce__"]["args"]["content"]
    state = node["content"]["content"]
    nodes = sizes[state["nodes"]["file"]]
    is_sound = (
        json.loads(outputs["content"]) == 1
        and sizes[classes["file"]] == (1,)
        and len(nodes) == 1
        and json.loads(state["node_count"]["content"]) == nodes[0] > 0
        and len(sizes[state["values"]["file"]]) == 3
    )
    if not is_sound:
        raise ModelError(f"{where}: a decision tree in it contradicts itself. It is damaged: copy the model again.")


def _by_order(content: bytes) -> bytes:
    """Return a skops file, compressed, whose objects have numbers in order in the place of memory addresses."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        schema = json.loads(archive.read(_SCHEMA))
        arrays: dict[str, str] = {}  # name before -> name now
        numbers: dict[int, int] = {}
        for node in _nodes(schema):
            if "__id__" in node:
                node["__id__"] = numbers.setdefault(node["__id__"], len(numbers))
            if isinstance(node.get("file"), str):
                node["file"] = arrays.setdefault(node["file"], f"{len(arrays)}.npy")
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as ordered:
            _add(ordered, _SCHEMA, json.dumps(schema, separators=(",", ":")).encode())
            for before, now in arrays.items():
                _add(ordered, now, archive.read(before))
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name, _EARLIEST), content, zipfile.ZIP_DEFLATED, _COMPRESSION_LEVEL)
