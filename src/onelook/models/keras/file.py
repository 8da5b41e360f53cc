"""Open a Keras file, `.keras` or `.h5`: its description of the network, and the weights of each layer by name."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue
from pydantic_core import from_json

from onelook.archives import largest_unpacked, read_members
from onelook.errors import ModelError, in_words, shown
from onelook.hdf5.file import SIGNATURE, Hdf5Dataset, Hdf5File, Hdf5Group, Refusal
from onelook.wording import counted

Config = Mapping[str, JsonValue]

_CONFIG, _METADATA, _WEIGHTS = "config.json", "metadata.json", "model.weights.h5"
_MOST_CONFIG_BYTES = 64 << 20
_CONTAINERS = ("layers", "_layer_checkpoint_dependencies")  # of Keras 3 and 2.15; of 2.12 to 2.14
_WHOLE_MODEL = "Expected a whole model: save it in Keras with model.save('model.keras')"


def refusal(where: str) -> Refusal:
    """Return the error for a file of HDF5 that cannot be read.

    Args:
        where: its path.
    """
    return Refusal(
        ModelError,
        where,
        "the HDF5 that Keras writes",
        "If the file opens in Keras, save it there again (model.save('model.keras')); if not, copy it again.",
    )


@dataclass(frozen=True)
class LayerPlace:
    """The place of a layer: its name after those of the models around it, and their keys in `.keras` files."""

    names: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()

    def inside(self, name: str, key: str) -> LayerPlace:
        """Return the place of a layer in this one."""
        return LayerPlace((*self.names, name), (*self.keys, key))


class WeightStore(Protocol):
    """The weights of all layers."""

    def find(self, place: LayerPlace, position: int, names: Sequence[str]) -> Hdf5Dataset | None:
        """Return one weight of a layer; None if the file does not have it.

        Args:
            place: the layer's.
            position: of the weight among those of the layer, for files that number them.
            names: that Keras gives it, for files that name them.
        """
        ...


@dataclass(frozen=True)
class KerasFile:
    """A Keras file, read."""

    where: str  # its path, for error messages
    model: Config  # the class and the settings of the model
    version: str  # of Keras, such as "2.15.0"; empty if the file does not say
    weights: WeightStore
    size_bytes: int

    @property
    def is_keras_2(self) -> bool:
        """Whether Keras 2 (or 1) wrote it."""
        return self.version.startswith(("1.", "2."))


@contextmanager
def open_keras_file(path: Path) -> Iterator[KerasFile]:
    """Open a `.keras` or `.h5` file, by its content. The weights can be read as long as the file is open.

    Raises:
        ModelError: there is no such file, it is no Keras file, is damaged, or holds weights without their network.
    """
    if path.is_dir():
        kind = "a TensorFlow SavedModel" if (path / "saved_model.pb").is_file() else "a folder"
        raise ModelError(
            f"{path}: {kind}. Expected a .keras or .h5 file: open the model where it was made, and save it with "
            "model.save('model.keras')."
        )
    if not path.is_file():
        raise ModelError(f"{path}: there is no such file. Expected a .keras or .h5 file that Keras wrote.")
    try:
        with path.open("rb") as file:
            start = file.read(len(SIGNATURE))
            if start.startswith(b"PK"):
                yield _open_zip(path)
            elif start == SIGNATURE:
                with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                    yield _open_hdf5(path, content)
            else:
                raise ModelError(f"{path}: no Keras file: neither a zip nor HDF5. {_WHOLE_MODEL}, and give that file.")
    except OSError as problem:
        raise ModelError(f"{path}: could not be read ({in_words(problem)}). Check its permissions.") from problem


def _open_zip(path: Path) -> KerasFile:
    found = read_members(path, (_CONFIG, _METADATA, _WEIGHTS))
    if _CONFIG not in found:
        raise ModelError(f"{path}: a zip without {_CONFIG}, so no .keras file. {_WHOLE_MODEL}, and give that file.")
    if _WEIGHTS not in found:
        raise ModelError(f"{path}: has no {_WEIGHTS}; weights in several files are not read. {_WHOLE_MODEL}.")
    metadata = _json(found.get(_METADATA, b"{}"), str(path), _METADATA)
    model = _json(found[_CONFIG], str(path), _CONFIG)
    weights = Hdf5File(found[_WEIGHTS], refusal(f"{path}, {_WEIGHTS}"))
    return KerasFile(
        where=str(path),
        model=model,
        version=str(metadata.get("keras_version") or ""),
        weights=_ByKey(weights.root),
        size_bytes=path.stat().st_size,
    )


def _open_hdf5(path: Path, content: mmap.mmap) -> KerasFile:
    root = Hdf5File(content, refusal(str(path))).root
    attributes = root.attributes
    config = attributes.get("model_config")
    if not isinstance(config, str):
        raise ModelError(f"{path}: holds no network, at most its weights (model.save_weights). {_WHOLE_MODEL}.")
    group = root.group("model_weights")
    if group is None:
        raise ModelError(f"{path}: holds a network without its weights. {_WHOLE_MODEL}.")
    version = attributes.get("keras_version") or group.attributes.get("keras_version") or ""
    return KerasFile(
        where=str(path),
        model=_json(config.encode(), str(path), "its description of the network"),
        version=version if isinstance(version, str) else "",
        weights=_ByName(group),
        size_bytes=len(content),
    )


def _json(content: bytes, where: str, what: str) -> Config:
    if len(content) > _MOST_CONFIG_BYTES:
        raise ModelError(f"{where}: {what} has {counted(len(content), 'byte')}. No network needs as many.")
    try:
        values = from_json(content)  # refuses deep nesting instead of recursing
    except ValueError as problem:
        raise ModelError(
            f"{where}: {what} is not readable as JSON ({str(problem)[:100]}). The file is damaged: copy it again."
        ) from problem
    if not isinstance(values, dict):
        raise ModelError(f"{where}: {what} is {shown(values)}, expected a JSON object. This is not a Keras file.")
    return values


class _ByKey:
    """The weights of a `.keras` file: numbered, below the keys of the layers."""

    def __init__(self, root: Hdf5Group) -> None:
        self._root = root

    def find(self, place: LayerPlace, position: int, names: Sequence[str]) -> Hdf5Dataset | None:
        group: Hdf5Group | None = self._root
        for key in place.keys:
            group = _first_group(_first_group(group, _CONTAINERS), (key,))
        group = _first_group(group, ("vars",))
        return None if group is None else group.dataset(str(position))


class _ByName:
    """The weights of a `.h5` file: a group for each outer layer, which lists the paths of its weights."""

    def __init__(self, group: Hdf5Group) -> None:
        self._group = group
        self._paths: dict[str, dict[str, list[str]]] = {}  # outer layer -> name of a weight -> their paths

    def find(self, place: LayerPlace, position: int, names: Sequence[str]) -> Hdf5Dataset | None:
        outer = place.names[0]
        group = _group_at(self._group, outer)
        if group is None:
            return None
        if outer not in self._paths:
            self._paths[outer] = _by_last_part(_long_attribute(group, "weight_names"))
        found = [path for name in names for path in self._paths[outer].get(name, ())]
        if len(place.names) > 1:  # the group has the weights of all layers of an inner model
            # A layer's name may hold slashes. The paths of Keras 3 begin with the names of inner models.
            ending = f"/{place.names[-1]}/"
            found = [path for path in found if f"/{path.rpartition('/')[0]}/".endswith(ending)]
        path = min(found, key=len, default=None)
        return None if path is None else _at_path(group, path)


def _by_last_part(paths: Iterator[str]) -> dict[str, list[str]]:
    """Return the paths of weights by the names of the weights, such as "kernel" for "conv2d/kernel:0"."""
    found: dict[str, list[str]] = {}
    for path in paths:
        found.setdefault(path.rpartition("/")[2].partition(":")[0], []).append(path)
    return found


def _first_group(group: Hdf5Group | None, names: Sequence[str]) -> Hdf5Group | None:
    """Return the first group with one of these names; None if there is none."""
    found = (group.group(name) for name in names) if group is not None else ()
    return next((each for each in found if each is not None), None)


def _group_at(group: Hdf5Group | None, path: str) -> Hdf5Group | None:
    """Return the group at a path, such as a layer's name with slashes; None if there is none."""
    for name in path.split("/"):
        group = _first_group(group, (name,))
    return group


def _long_attribute(group: Hdf5Group, name: str) -> Iterator[str]:
    """Yield the texts of an attribute, which Keras divides into several if it is long."""
    parts = [name] if name in group.attributes else [f"{name}{number}" for number in range(len(group.attributes))]
    for part in parts:
        value = group.attributes.get(part, ())
        if isinstance(value, str):
            yield value
        elif isinstance(value, tuple):
            yield from value


def _at_path(group: Hdf5Group, path: str) -> Hdf5Dataset:
    folder, _, name = path.rpartition("/")
    inner = _group_at(group, folder) if folder else group
    found = inner.dataset(name) if inner is not None else None
    if found is None:
        raise ModelError(f"has the weight '{path[:100]}' in the file's list, but not in the file. Copy it again.")
    return found


class WeightReader:
    """Reads weights as float32, each checked against the shape that the network needs, and counts what it reads."""

    def __init__(self, file: KerasFile) -> None:
        self._file = file
        self._left = largest_unpacked(file.size_bytes)

    def read(
        self, place: LayerPlace, position: int, names: Sequence[str], shape: tuple[int, ...]
    ) -> NDArray[np.float32]:
        """Return one weight of a layer.

        Args:
            place: the layer's.
            position: of the weight among those of the layer.
            names: that Keras gives it; the first is for people.
            shape: that it must have.

        Raises:
            ModelError: it is missing, has another shape, or is not of numbers.
        """
        found = self._file.weights.find(place, position, names)
        if found is None:
            raise ModelError(f"has no weight '{names[0]}' in the file. Save the whole model in Keras again.")
        if found.shape != shape or found.dtype.kind not in "fiu":
            raise ModelError(
                f"has the weight '{names[0]}' as {found.dtype} {found.shape}; its description says {shape}. The file "
                "is damaged, or its parts belong to different models."
            )
        self._left -= 4 * int(np.prod(shape, dtype=np.int64))
        if self._left < 0:
            raise ModelError(
                "uses the same weights so often that the network is far larger than its file. It is refused."
            )
        values = found.read().astype(np.float32)
        if not np.isfinite(values).all():
            raise ModelError(f"has numbers in its weight '{names[0]}' that are not finite: the training has diverged.")
        return values
