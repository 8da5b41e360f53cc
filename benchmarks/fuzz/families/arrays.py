"""NumPy's array files: NPZ and NPY."""

from __future__ import annotations

import io
import os
import struct
import zipfile
from typing import Any

import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect
from benchmarks.fuzz.families.pickles import _Calls


def _npz(bench: Bench, members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> Case:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    bench.write("data.npz", file.getvalue())
    return Case(inspect("data.npz"))


def _members(**changed: bytes) -> dict[str, bytes]:
    images, labels = good.digits()
    return {"x_train": good.npy(images), "y_train": good.npy(labels), **changed}


def npy_of(header: str, content: bytes = b"", version: bytes = b"\x01\0") -> bytes:
    """An NPY file with this text for its header."""
    text = header.encode("latin-1", "replace")
    length = struct.pack("<H", min(len(text), 65_535)) if version == b"\x01\0" else struct.pack("<I", len(text))
    return b"\x93NUMPY" + version + length + text + content


def damaged(bench: Bench) -> Case:
    bench.write("data.npz", bench.damaged(good.npz(bench.chance(0.5))))
    return Case(inspect("data.npz"))


def damaged_member(bench: Bench) -> Case:
    images, labels = good.digits()
    return _npz(
        bench,
        _members(x_train=bench.damaged(good.npy(images)))
        if bench.chance(0.6)
        else _members(y_train=bench.damaged(good.npy(labels))),
    )


def damaged_npy(bench: Bench) -> Case:
    images, labels = good.digits()
    bench.write("data/X.npy", bench.damaged(good.npy(images)))
    bench.write("data/y.npy", good.npy(labels))
    return Case(INSPECT)


def odd_header(bench: Bench) -> Case:
    header = bench.pick(
        (
            "{'descr': '|u1', 'fortran_order': False, 'shape': (12, 4, 4), }",
            "{}",
            "",
            "None",
            "[]",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (-12, -4, 4), }",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296), }",
            "{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000000, 0, 4), }",
            "{'descr': '|u1', 'fortran_order': 3, 'shape': (12, 4, 4), }",
            "{'descr': '|u1', 'shape': (12, 4, 4), }",
            "{'descr': '|O', 'fortran_order': False, 'shape': (12,), }",
            "{'descr': '|V0', 'fortran_order': False, 'shape': (9,), }",
            "{'descr': [('a', '|u1'), ('b', '|O')], 'fortran_order': False, 'shape': (12,), }",
            "{'descr': __import__('os').system('touch canary'), 'fortran_order': False, 'shape': (1,), }",
            "{'descr': '<U1000000000', 'fortran_order': False, 'shape': (0,), }",
            "(" * 9_000,
            "{'descr': " * 2_000,
            "{'descr': '|u1', 'fortran_order': False, 'shape': (" + "1," * 4_000 + "), }",
            "9" * 9_000,
            "{'descr': '|u1', 'fortran_order': False, 'shape': (" + "9" * 5_000 + ",), }",
            "x" * 60_000,
            "{'descr': '<c16', 'fortran_order': False, 'shape': (12,), }",
            "{'descr': '<M8[s]', 'fortran_order': False, 'shape': (24,), }",
            "{'descr': '|b1', 'fortran_order': True, 'shape': (12, 4, 4), }",
            "{'descr': '>f8', 'fortran_order': True, 'shape': (24,), }",
        )
    )
    version = bench.pick((b"\x01\0", b"\x01\0", b"\x01\0", b"\x02\0", b"\x03\0", b"\xff\0"))
    content = npy_of(header, bytes(192), version)
    return _npz(bench, _members(x_train=content) if bench.chance(0.7) else _members(y_train=content))


def objects(bench: Bench) -> Case:
    """Arrays of Python objects, which pickle alone could read, and which would run what they say."""
    values = np.array([_Calls(os.system, "touch canary"), None], object)
    content = good.npy(values, allow_pickle=True)
    if bench.chance(0.3):
        bench.write("data/X.npy", content)
        return Case(INSPECT)
    return _npz(bench, _members(**{bench.pick(("x_train", "y_train")): content}))


def odd_values(bench: Bench) -> Case:
    images, _labels = good.digits()
    x: Any = bench.pick(
        (
            images.astype(np.float32) / 255,
            np.where(images > 250, np.nan, images),
            np.full((12, 4, 4), np.inf),
            images[:, :0],
            images[:0],
            images[0],
            images[..., None].repeat(4, -1),
            np.asfortranarray(images),
            images.astype(">u2"),
            images.astype(np.float16),
            images > 9,
            images.astype(np.complex64),
            images.astype(str),
            images.astype("S3"),
            np.array(3),
            images.reshape(12, 16),
            images.reshape(12, 1, 4, 4),
            images.astype(np.longdouble),
            images.astype(np.int64) * -1,
            np.zeros((3, 4, 4, 4, 1), np.uint8),
            np.zeros((2, 9_000, 1), np.uint8),
            np.zeros((2, 300, 300), np.float32),
        )
    )
    return _npz(bench, _members(x_train=good.npy(x)))


def odd_labels(bench: Bench) -> Case:
    _, labels = good.digits()
    y: Any = bench.pick(
        (
            labels + 0.5,
            np.full(12, np.nan),
            np.full(12, 1e300),
            np.array([np.inf] * 12),
            labels.astype(np.uint64) + 2**63,
            labels * 0,
            labels[:3],
            np.eye(3)[labels],
            np.eye(3)[labels] * 2,
            labels[:, None],
            labels.astype(str),
            labels.astype("S1"),
            np.array([b"\xff\xfe", b"a", b"b"] * 4),
            np.array(["a\ud800", "b", ""] * 4),
            labels.astype("M8[D]"),
            labels > 0,
            labels.astype(np.complex64),
            np.array(["9" * 5000, "1", "2"] * 4),
            np.array(["1e400", "1e30", "2"] * 4),
            labels - 128,
            np.zeros(12, "V4"),
            np.zeros(12, [("a", "u1")]),
            np.array(["\x1b[31m", "\n", "\0x"] * 4),
            np.array(3),
            np.zeros((12, 0)),
        )
    )
    return _npz(bench, _members(y_train=good.npy(y)))


def bomb(bench: Bench) -> Case:
    size = bench.pick((300, 1_500))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("x_train.npy", "w", force_zip64=True) as sink:
            shape = f"{{'descr': '|u1', 'fortran_order': False, 'shape': ({size}, 1024, 1024), }}\n"
            sink.write(npy_of(shape))
            for _ in range(size):
                sink.write(b"\0" * (1 << 20))
        archive.writestr("y_train.npy", good.npy(np.arange(size)))
    bench.write("data.npz", file.getvalue())
    return Case(inspect("data.npz"))


def odd_members(bench: Bench) -> Case:
    members = _members()
    match bench.between(0, 4):
        case 0:
            del members["x_train"]
        case 1:
            members = {bench.pick(("trainX", "X", "data", "images")): members["x_train"], **members}
        case 2:
            members["../escaped"] = members["x_train"]
        case 3:
            members = {name + "." + "n" * 10_000: content for name, content in members.items()}
        case _:
            members = {
                name.upper() if bench.chance(0.5) else f"{name}\x1b[31m": content for name, content in members.items()
            }
    return _npz(bench, members)


def in_a_zip(bench: Bench) -> Case:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.npz", bench.damaged(good.npz(True)))
    bench.write("data.zip", file.getvalue())
    return Case(inspect("data.zip"))


KINDS = (
    Kind("arrays", "NPZ damaged", damaged, weight=8),
    Kind("arrays", "NPZ member damaged", damaged_member, weight=6),
    Kind("arrays", "NPY damaged", damaged_npy, weight=6),
    Kind("arrays", "odd header", odd_header, weight=8),
    Kind("arrays", "Python objects", objects, weight=2),
    Kind("arrays", "odd values", odd_values, weight=5),
    Kind("arrays", "odd labels", odd_labels, weight=5),
    Kind("arrays", "NPZ bomb", bomb, is_heavy=True),
    Kind("arrays", "odd members", odd_members, weight=2),
    Kind("arrays", "NPZ in a zip", in_a_zip, weight=2),
)
