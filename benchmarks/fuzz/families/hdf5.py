"""Pictures in HDF5: damaged files, other arrays than pictures and labels, and chunks that a stranger forged."""

from __future__ import annotations

import io
from functools import cache
from typing import Any

import h5py
import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import Bench, Case, Kind, inspect

_PACKED: tuple[dict[str, Any], ...] = (
    {},
    {"chunks": (5, 3, 4)},
    {"chunks": (1, 4, 4), "compression": "gzip", "shuffle": True},
    {"chunks": (12, 4, 4), "compression": "gzip", "fletcher32": True},
)


@cache
def _file(packed: int) -> bytes:
    images, labels = good.digits()
    return _written(
        {"images": (images, _PACKED[packed]), "labels": (labels, {}), "class_names": (["a", "b", "c", "d"], {})}
    )


def _written(arrays: dict[str, tuple[Any, dict[str, Any]]]) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        for name, (array, packed) in arrays.items():
            file.create_dataset(name, data=array, **packed)
    return content.getvalue()


def _inspected(bench: Bench, content: bytes) -> Case:
    bench.write("data.h5", content)
    return Case(inspect("data.h5"))


def damaged(bench: Bench) -> Case:
    return _inspected(bench, bench.damaged(_file(bench.between(0, len(_PACKED) - 1))))


def damaged_bytes(bench: Bench) -> Case:
    """A few bytes are others, where HDF5 keeps its structure."""
    content = bytearray(_file(bench.between(0, len(_PACKED) - 1)))
    for _ in range(bench.pick((1, 1, 2, 8, 64))):
        at = bench.between(0, len(content) - 1)
        content[at : at + 1] = bytes([bench.pick((0, 1, 0x7F, 0x80, 0xFF, bench.between(0, 255)))])
        if bench.chance(0.1):
            content[at : at + 8] = b"\xff" * 8
    return _inspected(bench, bytes(content))


def odd_arrays(bench: Bench) -> Case:
    images, labels = good.digits()
    x = bench.pick(
        (images[0], images[:0], images[..., None].repeat(4, -1), images.astype(">f4") / 255, images > 9, np.array(3))
    )
    y = bench.pick((labels, labels[:3], labels[:, None, None], np.eye(10)[labels], labels + 0.5, ["a"] * len(labels)))
    return _inspected(bench, _written({"x_train": (x, {}), "y_train": (y, {})}))


def bomb(bench: Bench) -> Case:
    """A small file whose chunks would unpack to gigabytes."""
    rows = bench.pick((300, 1_500))
    zeros = np.zeros((rows, 1, 1), np.uint8)
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        images = file.create_dataset("images", (rows, 1024, 1024), "u1", chunks=(1, 1024, 1024), compression="gzip")
        images[: bench.pick((1, 100))] = 0
        file["labels"] = zeros.ravel()
    return _inspected(bench, content.getvalue())


KINDS = (
    Kind("hdf5", "HDF5 damaged", damaged, weight=6),
    Kind("hdf5", "HDF5 with other bytes", damaged_bytes, weight=8),
    Kind("hdf5", "odd arrays in HDF5", odd_arrays, weight=3),
    Kind("hdf5", "HDF5 bomb", bomb, is_heavy=True),
)
