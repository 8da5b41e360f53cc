"""Pictures in HDF5 and in Matlab's version 7.3: damaged files, odd arrays, forged chunks, links in circles."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import h5py
import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect
from tests.data.layouts.tables.mat_73_as_written import written as written_by_matlab

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
    return _inspected(bench, _with_other_bytes(bench, _file(bench.between(0, len(_PACKED) - 1))))


def _with_other_bytes(bench: Bench, whole: bytes) -> bytes:
    """A few bytes are others, where HDF5 keeps its structure."""
    content = bytearray(whole)
    for _ in range(bench.pick((1, 1, 2, 8, 64))):
        at = bench.between(0, len(content) - 1)
        content[at : at + 1] = bytes([bench.pick((0, 1, 0x7F, 0x80, 0xFF, bench.between(0, 255)))])
        if bench.chance(0.1):
            content[at : at + 8] = b"\xff" * 8
    return bytes(content)


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


@cache
def _matlab(form: str) -> bytes:
    """A file of Matlab's version 7.3: `arrays` of pictures, or a list of picture files as `records` or `cells`."""
    images, labels = good.digits()
    names = [f"{number}.png" for number in range(4)]
    words = ["cat", "dog"] * 2
    values: dict[str, Any] = {
        "arrays": {"X": images.transpose(1, 2, 0), "y": labels[:, None].astype(float), "names": ["a", "b", "c"]},
        "records": {"list": [{"file": name, "label": word} for name, word in zip(names, words, strict=True)]},
        "cells": {"s": {"files": names, "labels": words, "empty": "", "parts": {"fold": np.ones((4, 1))}}},
    }[form]
    with TemporaryDirectory() as folder:
        return written_by_matlab(Path(folder) / "data.mat", values).read_bytes()


def _listed(bench: Bench, form: str, content: bytes) -> Case:
    if form == "arrays":
        bench.write("data.mat", content)
        return Case(inspect("data.mat"))
    bench.write("data/list.mat", content)
    for number in range(4):
        bench.write(f"data/{number}.png", bench.small_picture())
    return Case(INSPECT, pictures=4)


def damaged_matlab(bench: Bench) -> Case:
    form = bench.pick(("arrays", "records", "cells"))
    return _listed(bench, form, bench.damaged(_matlab(form)))


def matlab_with_other_bytes(bench: Bench) -> Case:
    form = bench.pick(("arrays", "records", "cells"))
    return _listed(bench, form, _with_other_bytes(bench, _matlab(form)))


def matlab_in_circles(bench: Bench) -> Case:
    """Links from structs, cells and records to others, to themselves, and to nothing."""
    form = bench.pick(("records", "cells"))
    case = _listed(bench, form, _matlab(form))
    with h5py.File(bench.folder / "data/list.mat", "a") as file:
        places: list[Any] = []
        file.visititems(lambda name, _: places.append(name))
        linked = [
            name for name in places if isinstance(file[name], h5py.Dataset) and file[name].dtype == h5py.ref_dtype
        ]
        groups = [name for name in places if isinstance(file[name], h5py.Group)]
        for at in range(bench.between(1, 5)):
            if linked and bench.chance(0.6):
                links = file[bench.pick(linked)]
                links[bench.between(0, len(links) - 1), 0] = (
                    file[bench.pick(places)].ref if bench.chance(0.9) else h5py.Reference()
                )
            else:
                file[f"{bench.pick(groups)}/f{at}"] = file[bench.pick(places)]
            if bench.chance(0.3):
                changed = file[bench.pick(places)]
                changed.attrs["MATLAB_class"] = np.bytes_(
                    bench.pick(("cell", "char", "struct", "double", "function_handle"))
                )
            if bench.chance(0.2):
                file[bench.pick(places)].attrs["MATLAB_empty"] = np.int32(1)
    return case


KINDS = (
    Kind("hdf5", "HDF5 damaged", damaged, weight=6),
    Kind("hdf5", "HDF5 with other bytes", damaged_bytes, weight=8),
    Kind("hdf5", "odd arrays in HDF5", odd_arrays, weight=3),
    Kind("hdf5", "Matlab 7.3 damaged", damaged_matlab, weight=6),
    Kind("hdf5", "Matlab 7.3 with other bytes", matlab_with_other_bytes, weight=8),
    Kind("hdf5", "Matlab 7.3 in circles", matlab_in_circles, weight=3),
    Kind("hdf5", "HDF5 bomb", bomb, is_heavy=True),
)
