"""Keras files to import: real ones with damaged bytes, and ones that a stranger forged."""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from benchmarks.fuzz.case import Bench, Case, Kind
from benchmarks.fuzz.families.models import _ODD, spots, thousands_of_digits

_FILES = Path(__file__).parents[3] / "tests" / "fixtures" / "keras"
_NAMES = ("residual", "nested", "merges", "shared", "arithmetic", "preparation", "convolutions", "binary", "reshaped")


@cache
def files(ending: str) -> tuple[bytes, ...]:
    """The content of good files, by Keras 2.15 and by Keras 3."""
    found = []
    for version in ("2.15", "3.15"):
        with tarfile.open(_FILES / f"keras-{version}" / "layers.tar.xz") as archive:
            for name in _NAMES:
                member = archive.extractfile(f"{name}.{ending}")
                assert member is not None
                found.append(member.read())
    return tuple(found)


def _asked(bench: Bench, content: bytes, ending: str) -> Case:
    bench.write(f"theirs.{ending}", content)
    return Case(("import", f"theirs.{ending}", "--out", "run", "--json"))


def damaged(bench: Bench) -> Case:
    ending = bench.pick(("h5", "h5", "keras"))
    return _asked(bench, bench.damaged(bench.pick(files(ending))), ending)


def damaged_bytes(bench: Bench) -> Case:
    """A few bytes are others, most of them in the beginning, where HDF5 keeps its structure."""
    ending = bench.pick(("h5", "h5", "keras"))
    content = bytearray(bench.pick(files(ending)))
    for _ in range(bench.pick((1, 1, 2, 8, 64))):
        at = bench.between(0, len(content) - 1) if bench.chance(0.5) else bench.between(0, 4_000)
        content[at : at + 1] = bytes([bench.pick((0, 1, 0x7F, 0x80, 0xFF, bench.between(0, 255)))])
        if bench.chance(0.1):
            content[at : at + 8] = b"\xff" * 8
    return _asked(bench, bytes(content), ending)


def _rezipped(content: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, member in members.items():
            archive.writestr(name, member)
    return made.getvalue()


def damaged_weights(bench: Bench) -> Case:
    """The zip is sound, and the HDF5 in it is not."""

    def change(members: dict[str, bytes]) -> None:
        members["model.weights.h5"] = bench.damaged(members["model.weights.h5"])

    return _asked(bench, _rezipped(bench.pick(files("keras")), change), "keras")


def forged_description(bench: Bench) -> Case:
    """A value of the description, anywhere in it, is of another type, giant or gone."""

    def change(members: dict[str, bytes]) -> None:
        config = json.loads(members["config.json"])
        for _ in range(bench.pick((1, 1, 1, 3))):
            holder, key = bench.pick(list(spots(config)))
            if bench.chance(0.15):
                del holder[key]
            else:
                holder[key] = bench.pick(_ODD)
        members["config.json"] = thousands_of_digits(json.dumps(config))

    return _asked(bench, _rezipped(bench.pick(files("keras")), change), "keras")


def forged_layers(bench: Bench) -> Case:
    """Layers with code, giants, models in models without end, forks without end."""

    def change(members: dict[str, bytes]) -> None:
        config = json.loads(members["config.json"])
        layers = config["config"]["layers"]
        layer = bench.pick(layers)
        giant = bench.pick((10**5, 10**6, 10**9, 2**31, 2**63))
        match bench.between(0, 5):
            case 0:
                layer["class_name"] = bench.pick(("Lambda", "os>system", "TFOpLambda", "Functional", "Strange"))
                layer["config"]["function"] = ["4wEAAAAAAAAA", None, None]
            case 1:
                layer["module"], layer["registered_name"] = "os", "system"
            case 2:
                for name in bench.pick((("filters", "units"), ("kernel_size", "pool_size"), ("strides",), ("size",))):
                    layer["config"][name] = giant
            case 3:
                layers.append(_nest(layer, bench.pick((3, 30, 300))))
            case 4:
                layers += _forks(layers[0]["config"]["name"], bench.pick((5, 50, 2_000)))
                config["config"]["output_layers"] = [layers[-1]["config"]["name"], 0, 0]
            case _:
                layers += [{**layer, "config": {**layer["config"], "name": f"again_{at}"}} for at in range(3_000)]
        members["config.json"] = json.dumps(config).encode()

    return _asked(bench, _rezipped(bench.pick(files("keras")), change), "keras")


def _nest(layer: Any, depth: int) -> Any:
    for number in range(depth):
        layer = {"class_name": "Sequential", "config": {"name": f"inner_{number}", "layers": [layer]}}
    return {**layer, "inbound_nodes": []}


def _forks(start: str, count: int) -> list[Any]:
    names = [start]
    entries = []
    for number in range(count):
        histories = [{"keras_history": [name, 0, 0]} for name in (names[-1], names[max(0, len(names) - 2)], names[-1])]
        tensors = [{"class_name": "__keras_tensor__", "config": history} for history in histories]
        names.append(f"sum_{number}")
        nodes = [{"args": [tensors], "kwargs": {}}]
        entries.append({"class_name": "Add", "config": {"name": names[-1]}, "inbound_nodes": nodes})
    return entries


def forged_arrays(bench: Bench) -> Case:
    """Arrays in other files, packed, in chunks, giants, links, or of other types."""
    content = bench.pick(files("h5"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "theirs.h5"
        path.write_bytes(content)
        with h5py.File(path, "r+") as file:
            arrays: list[str] = []
            file["model_weights"].visititems(
                lambda name, item: arrays.append(name) if isinstance(item, h5py.Dataset) else None
            )
            if arrays:
                _replace(bench, file["model_weights"], bench.pick(arrays))
        return _asked(bench, path.read_bytes(), "h5")


def _replace(bench: Bench, group: Any, name: str) -> None:
    values = group[name][()]
    del group[name]
    match bench.between(0, 7):
        case 0:
            group[name] = h5py.ExternalLink("/etc/passwd", "/x")
        case 1:
            group[name] = h5py.SoftLink(bench.pick(("/", f"/model_weights/{name}", "/nowhere")))
        case 2:
            group.create_dataset(name, values.shape, "f4", external=[("/etc/passwd", 0, values.nbytes)])
        case 3:
            group.create_dataset(name, data=np.atleast_1d(values), chunks=True, compression="gzip")
        case 4:
            group.create_dataset(name, (2**40,), "f4", chunks=(2**20,))
        case 5:
            group[name] = values.astype(bench.pick(("f8", "f2", ">f4", "i4", "u1", "c8", "S4")))
        case 6:
            group[name] = np.full_like(values, bench.pick((np.nan, np.inf, 1e38, -1e38)))
        case _:
            group[name] = np.zeros((*values.shape, 2), "f4")


KINDS = (
    Kind("keras", "damaged", damaged, weight=3),
    Kind("keras", "damaged bytes", damaged_bytes, weight=5),
    Kind("keras", "damaged weights", damaged_weights, weight=2),
    Kind("keras", "forged description", forged_description, weight=6),
    Kind("keras", "forged layers", forged_layers, weight=3),
    Kind("keras", "forged arrays", forged_arrays, weight=2),
)
