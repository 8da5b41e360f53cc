"""Other ways to write arrays of pictures: Matlab's files, JSON, STL-10, a file a class, bare rows, cells."""

from __future__ import annotations

import io
import json
import struct
import zlib
from typing import Any

import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect

_SIDE = 8  # what has no header to say so is a picture from 7×7 on
_HEADER = b"MATLAB 5.0 MAT-file".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
_CELLS = (
    "",
    "x",
    "-1",
    "256",
    "1e999",
    "nan",
    "1.5",
    "9" * 5000,
    "\0",
    '"',
    "1\r2",
    "\ufeff1",
    "\x1b[31m",
    "0x10",
    "１",
)
_VALUES = (None, "x", -1, 1e400, float("nan"), [], {}, [[1]], "9" * 5000, 10**400, True, "\ud800", 2**63)


def _pictures() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    return good.digits(12, _SIDE)


def _mat(bench: Bench, **changed: Any) -> bytes:
    from scipy.io import savemat

    images, labels = _pictures()
    is_old = not changed and bench.chance(0.25)  # version 4, which has two axes at most
    x = images.reshape(12, -1) if is_old else images.transpose(1, 2, 0)
    file = io.BytesIO()
    content = {"X": x, "y": labels[:, None], **changed}
    savemat(file, content, do_compression=not is_old and bench.chance(0.5), format="4" if is_old else "5")
    return file.getvalue()


def mat_damaged(bench: Bench) -> Case:
    bench.write("data.mat", bench.damaged(_mat(bench)))
    return Case(inspect("data.mat"))


def mat_in_structs_damaged(bench: Bench) -> Case:
    images, labels = _pictures()
    names = np.empty((1, 3), object)
    names[0] = ["a", "b", "c"]
    part = {"images": images.reshape(12, -1), "labels": labels[:, None], "writers": labels}
    content = _mat(
        bench, dataset={"train": part, "test": part, "mapping": np.array([[0, 65], [1, 66], [2, 67]])}, classnames=names
    )
    bench.write("data/emnist.mat", bench.damaged(content))
    return Case(INSPECT)


def mat_of_cells_damaged(bench: Bench) -> Case:
    from scipy.io import savemat

    images, _ = _pictures()
    cells, names = np.empty((3, 4), object), np.empty((1, 3), object)
    for at, image in enumerate(images):
        cells[at % 3, at // 3] = image if bench.chance(0.9) else image[:, : bench.between(0, _SIDE)]
    names[0] = ["a", "b", "c"]
    file = io.BytesIO()
    savemat(file, {"dat": cells, "classlabels": names}, do_compression=bench.chance(0.3))
    bench.write("data.mat", bench.damaged(file.getvalue()) if bench.chance(0.7) else file.getvalue())
    return Case(inspect("data.mat"))


def _element(kind: int, body: bytes) -> bytes:
    return struct.pack("<II", kind, len(body)) + body + bytes(-len(body) % 8)


def _matrix(class_: int, dims: tuple[int, ...], *elements: bytes, name: bytes = b"X") -> bytes:
    flags = _element(6, struct.pack("<II", class_, 0))
    return _element(
        14, flags + _element(5, struct.pack(f"<{len(dims)}i", *dims)) + _element(1, name) + b"".join(elements)
    )


def mat_forged(bench: Bench) -> Case:
    """Sizes, classes and nesting that no Matlab writes."""
    match bench.between(0, 5):
        case 0:
            body = _matrix(1, (1, 1), name=b"X")
            for _ in range(bench.pick((20, 3_000))):
                body = _matrix(1, (1, 1), body)
        case 1:
            body = _matrix(9, (2**31 - 1, 2**31 - 1, 2**31 - 1), _element(2, bytes(64)))
        case 2:
            body = _matrix(9, (-3, 8, 8), _element(2, bytes(64)))
        case 3:
            body = _matrix(bench.pick((3, 16, 17, 99)), (1, 1), _element(1, b"cls"), _element(1, b"X"))
        case 4:
            body = _matrix(9, (8, 8, 12), struct.pack("<II", 2, 2**31 - 1) + bytes(768))
        case _:
            body = struct.pack("<II", 14, 2**32 - 1) + bytes(300)
    if bench.chance(0.5):
        packed = zlib.compress(body)
        body = struct.pack("<II", 15, len(packed)) + packed
    bench.write("data.mat", _HEADER + body)
    return Case(inspect("data.mat"))


def mat_bomb(bench: Bench) -> Case:
    packed = zlib.compress(_matrix(9, (1, 300_000_000), _element(2, bytes(300_000_000))), 9)
    bench.write("data.mat", _HEADER + struct.pack("<II", 15, len(packed)) + packed)
    return Case(inspect("data.mat"))


def mat_odd_values(bench: Bench) -> Case:
    images, labels = _pictures()
    x: Any = bench.pick(
        (
            images.astype(float) * 1.5,
            np.full((8, 8, 12), np.nan),
            np.full((8, 8, 12), np.inf),
            images[..., None].repeat(4, -1),
            images.astype(complex),
            images > 9,
            images.reshape(12, 64).T,
            np.zeros((12, 65)),
            np.zeros((0, 8, 8)),
            images.astype(np.int64) * -1,
        )
    )
    y: Any = bench.pick((labels[:, None], labels[:3], labels + 0.5, np.ones((12, 3)), np.eye(3)[labels], "words"))
    bench.write("data.mat", _mat(bench, X=x, y=y))
    return Case(inspect("data.mat"))


def stl(bench: Bench) -> Case:
    files = {
        "train_X.bin": bytes(2 * 27_648),
        "train_y.bin": bytes([1, 2]),
        "test_X.bin": bytes(27_648),
        "test_y.bin": bytes([2]),
        "class_names.txt": b"airplane\nbird\n",
    }
    wrong = bench.pick(tuple(files))
    for name, content in files.items():
        bench.write(f"data/{name}", bench.damaged(content) if name == wrong else content)
    return Case(INSPECT)


def norb(bench: Bench) -> Case:
    """NORB's matrices, of which one is damaged or has a forged header."""
    files = {
        "dat": _norb_matrix(0x55, (6, 2, 8, 8), bytes(6 * 2 * 64)),
        "cat": _norb_matrix(0x54, (6,), np.arange(6, dtype="<i4").tobytes()),
        "info": _norb_matrix(0x54, (6, 4), bytes(6 * 4 * 4)),
    }
    wrong = bench.pick(tuple(files))
    for name, content in files.items():
        forged = _norb_matrix(
            bench.pick((0x51, 0x52, 0x55, 0x99)), bench.pick(((2**31, 2), (0,), (6, 2) * 5)), bytes(96)
        )
        other = forged if bench.chance(0.3) else bench.damaged(content)
        bench.write(f"data/smallnorb-training-{name}.mat", other if name == wrong else content)
    return Case(INSPECT)


def _norb_matrix(kind: int, shape: tuple[int, ...], values: bytes) -> bytes:
    sizes = (*shape, *[1] * (3 - len(shape)))
    return struct.pack(f"<II{len(sizes)}I", 0x1E3D4C00 | kind, len(shape), *sizes) + values


def class_arrays(bench: Bench) -> Case:
    images, _labels = _pictures()
    for at, name in enumerate(("ant", "bee", "cat")):
        content = good.npy(images[at::3])
        bench.write(f"data/{name}.npy", bench.damaged(content) if at == 0 else content)
    return Case(INSPECT)


def pairs_of_files(bench: Bench) -> Case:
    images, labels = _pictures()
    for part in ("train", "test"):
        bench.write(
            f"data/k49-{part}-imgs.npy", bench.damaged(good.npy(images)) if part == "test" else good.npy(images)
        )
        bench.write(f"data/k49-{part}-labels.npy", good.npy(labels[: bench.pick((12, 12, 11))]))
    return Case(INSPECT)


def _json() -> Any:
    images, labels = _pictures()
    return {"data": images.reshape(12, -1).tolist(), "labels": labels.tolist()}


def json_damaged(bench: Bench) -> Case:
    bench.write("data.json", bench.damaged(json.dumps(_json()).encode()))
    return Case(inspect("data.json"))


def json_odd_values(bench: Bench) -> Case:
    content, value = _json(), bench.pick(_VALUES)
    match bench.between(0, 3):
        case 0:
            content["data"][bench.between(0, 11)][bench.between(0, 63)] = value
        case 1:
            content["labels"][bench.between(0, 11)] = value
        case 2:
            content[bench.pick(("data", "labels"))] = value
        case _:
            content["data"][bench.between(0, 11)] = value
    if bench.chance(0.4) and isinstance(content["data"], list) and isinstance(content["labels"], list):
        content = [{"image": x, "label": y} for x, y in zip(content["data"], content["labels"], strict=False)]
    bench.write("data.json", json.dumps(content))
    return Case(inspect("data.json"))


def json_deep(bench: Bench) -> Case:
    start = '{"data": [[' + ", ".join(["1"] * 64) + "], "
    bench.write("data.json", start + bench.pick(("[" * 300_000, '{"a":' * 100_000, "9" * 100_000)))
    return Case(inspect("data.json"))


def _rows() -> list[list[str]]:
    images, labels = _pictures()
    return [[str(label), *map(str, image.ravel())] for label, image in zip(labels, images, strict=True)]


def rows_damaged(bench: Bench) -> Case:
    between, suffix = bench.pick(((",", "csv"), (" ", "data"), ("\t", "tra"), (";", "txt")))
    text = "".join(between.join(row) + "\n" for row in _rows())
    bench.write(f"data.{suffix}", bench.damaged(text.encode()))
    return Case(inspect(f"data.{suffix}"))


def renamed_row_damaged(bench: Bench) -> Case:
    """Rows of which the first became a header, as pandas names columns that occur again."""
    rows = _rows()
    first = [f"{cell}.{rows[0][:at].count(cell)}" if cell in rows[0][:at] else cell for at, cell in enumerate(rows[0])]
    text = "".join(",".join(row) + "\n" for row in [first, *rows[1:]])
    bench.write("data.csv", bench.damaged(text.encode()) if bench.chance(0.8) else text.encode())
    return Case(inspect("data.csv"))


def rows_odd_cells(bench: Bench) -> Case:
    rows = _rows()
    for _ in range(bench.between(1, 3)):
        row = bench.pick(rows)
        row[bench.between(0, len(row) - 1)] = bench.pick(_CELLS)
    if bench.chance(0.2):
        bench.pick(rows).append("1")
    between = bench.pick((",", " ", "\t"))
    bench.write("data/digits.train", "".join(between.join(row) + "\n" for row in rows))
    bench.write("data/digits.test", "".join(between.join(row) + "\n" for row in _rows()))
    return Case(INSPECT)


def _cell_table(cells: list[str]) -> str:
    lines = [f"{at % 3},{cell},{'Training' if at < 8 else 'PrivateTest'}" for at, cell in enumerate(cells)]
    return "emotion,pixels,Usage\n" + "\n".join(lines) + "\n"


def cells_damaged(bench: Bench) -> Case:
    bench.write("data.csv", bench.damaged(_cell_table([" ".join(row[1:]) for row in _rows()]).encode()))
    return Case(inspect("data.csv"))


def cells_odd(bench: Bench) -> Case:
    cells = [" ".join(row[1:]) for row in _rows()]
    at = bench.between(0, 11)
    cells[at] = bench.pick(
        (
            "",
            "1 2 3",
            cells[at] + " 1",
            cells[at].replace(" ", "  "),
            cells[at] + " " + bench.pick(_CELLS),
            " ".join(["0.5"] * 64),
            " ".join(["1e30"] * 64),
            '"' + cells[at],
            "[" + cells[at] + "]",
            "1 " * 500_000,
        )
    )
    bench.write("data.csv", _cell_table(cells))
    return Case(inspect("data.csv"))


KINDS = (
    Kind("dialects", "MAT damaged", mat_damaged, weight=8),
    Kind("dialects", "MAT of structs damaged", mat_in_structs_damaged, weight=6),
    Kind("dialects", "MAT of cells damaged", mat_of_cells_damaged, weight=4),
    Kind("dialects", "MAT forged", mat_forged, weight=6),
    Kind("dialects", "MAT bomb", mat_bomb, is_heavy=True),
    Kind("dialects", "MAT odd values", mat_odd_values, weight=4),
    Kind("dialects", "STL-10 damaged", stl, weight=3),
    Kind("dialects", "NORB damaged", norb, weight=4),
    Kind("dialects", "NPY a class damaged", class_arrays, weight=3),
    Kind("dialects", "pairs of NPY damaged", pairs_of_files, weight=3),
    Kind("dialects", "JSON damaged", json_damaged, weight=5),
    Kind("dialects", "JSON odd values", json_odd_values, weight=5),
    Kind("dialects", "JSON without end", json_deep),
    Kind("dialects", "rows without a header damaged", rows_damaged, weight=6),
    Kind("dialects", "rows of odd cells", rows_odd_cells, weight=5),
    Kind("dialects", "rows with a renamed first row damaged", renamed_row_damaged, weight=3),
    Kind("dialects", "pictures in cells damaged", cells_damaged, weight=5),
    Kind("dialects", "odd pictures in cells", cells_odd, weight=4),
)
