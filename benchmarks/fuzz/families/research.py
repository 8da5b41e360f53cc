"""Forms in which research publishes data: planes of colours, numbered arrays, rows of labels, tables of folders."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect

_SIDE = 8
_ROWS = 12
_ODD = (None, "x", -1, 1e400, float("nan"), [], {}, [[1]], "9" * 5000, 10**400, True, "\ud800", 2**63, "../../etc")


def _planes(bench: Bench) -> np.ndarray[Any, Any]:
    """Colour pictures as rows, plane by plane."""
    return bench.rng.integers(0, 256, (_ROWS, 3 * _SIDE * _SIDE), dtype=np.uint8)


def _labels(count: int = _ROWS) -> list[int]:
    return [at % 3 for at in range(count)]


def _odd_lists(bench: Bench) -> Any:
    """Pictures in JSON whose lists are nested, cut or filled as no picture is."""
    rows: list[Any] = _planes(bench).tolist()
    match bench.between(0, 5):
        case 0:
            rows = [np.array(row).reshape(3, _SIDE, _SIDE).tolist() for row in rows]
        case 1:
            rows[bench.between(0, _ROWS - 1)] = rows[0][: bench.between(0, 190)]
        case 2:
            rows[bench.between(0, _ROWS - 1)][bench.between(0, 190)] = bench.pick(_ODD)
        case 3:
            rows = [[[value] for value in row] for row in rows]
        case 4:
            rows = [{"r": row[:64], "g": row[64:128], "b": row[128 : bench.between(129, 192)]} for row in rows]
        case _:
            rows = [row + row[:1] for row in rows]
    return rows


def json_of_planes(bench: Bench) -> Case:
    content: Any = {"data": _odd_lists(bench), "labels": _labels()}
    if bench.chance(0.4):
        content[bench.pick(("labels", "scene_ids", "locations", "x_test"))] = bench.pick(
            (_ODD, _labels(5), [[1, 0]] * _ROWS, [_labels(2)] * _ROWS, "words")
        )
    raw = json.dumps(content).encode()
    bench.write("shipsnet.json", bench.damaged(raw) if bench.chance(0.4) else raw)
    return Case(inspect("shipsnet.json"))


def numbered_arrays(bench: Bench) -> Case:
    wrong = bench.between(1, 3)
    for number in (1, 2, 3):
        file = io.BytesIO()
        rows = _planes(bench)
        if number == wrong:
            rows = bench.pick(
                (rows, rows[:, :-1], rows[:0], rows.astype(np.float32), rows[0], rows.reshape(-1, 3, 8, 8))
            )
        labels: Any = bench.pick((_labels(len(rows)), _labels(5), ["a"] * len(rows))) if number == wrong else _labels()
        members: dict[str, Any] = {"data": rows, "labels": labels}
        if bench.chance(0.3):
            members["label_names"] = bench.pick((["a", "b", "c"], ["a"], [1, 2, 3], ["a\x1b[31m", "", "b"]))
        np.savez(file, **members)
        content = file.getvalue()
        name = bench.pick(("train_data_batch_{}.npz", "train_data_batch_{}.npz", "b{}_{}.npz")).format(number, number)
        bench.write(f"data/{name}", bench.damaged(content) if number == wrong and bench.chance(0.5) else content)
    return Case(INSPECT)


def rows_of_labels(bench: Bench) -> Case:
    """QMNIST: labels in rows of 32-bit numbers, with forged or damaged sizes."""
    images, labels = good.digits(_ROWS, _SIDE)
    bench.write("data/qmnist-train-images-idx3-ubyte", struct.pack(">4I", 0x0803, *images.shape) + images.tobytes())
    rows = np.zeros((_ROWS, 8), ">i4")
    rows[:, 0] = labels
    shape = bench.pick(((_ROWS, 8), (_ROWS, 8), (2**32 - 1, 2**32 - 1), (_ROWS, 0), (0, 8), (8, _ROWS)))
    content = struct.pack(">3I", 0x0C02, *shape) + rows.tobytes()
    bench.write("data/qmnist-train-labels-idx2-int", bench.damaged(content) if bench.chance(0.6) else content)
    return Case(INSPECT)


def columns_of_parquet(bench: Bench) -> Case:
    pictures: Any = [bench.small_picture() for _ in range(_ROWS)]
    columns: dict[str, Any] = {
        bench.pick(("img_bytes", "content", "a\x1b[31m")): bench.pick(
            (pictures, [*pictures[:-1], None], [b"x"] * _ROWS)
        ),
        bench.pick(("species", "label", "Kind")): bench.pick(
            (
                ["cat", "dog"] * 6,
                _labels(),
                [None] * _ROWS,
                [["cat"], ["dog", "cat"]] * 6,
                [{"bbox": [1.0, 2.0]}] * _ROWS,
                [b"\xff", b"a"] * 6,
                ["9" * 5000, "\x1b[31m"] * 6,
            )
        ),
    }
    if bench.chance(0.5):
        columns["more"] = bench.pick((_labels(), ["a", "b"] * 6, [1.5] * _ROWS))
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    content = file.getvalue()
    bench.write("part-0.snappy.parquet", bench.damaged(content) if bench.chance(0.4) else content)
    return Case(inspect("part-0.snappy.parquet"))


def tables_of_folders(bench: Bench) -> Case:
    """A table with a row for the pictures of each folder, by its name or its path."""
    folders = [f"p{at:03d}" for at in range(_ROWS)]
    for folder in folders:
        for number in range(2):
            bench.write(f"data/scans/{folder}/{number}.png", bench.small_picture())
    cells: list[Any] = [f"{bench.pick(('', 'scans/', './scans/', '/home/ann/scans/'))}{folder}" for folder in folders]
    if bench.chance(0.6):
        cells[bench.between(0, _ROWS - 1)] = bench.pick(
            ("", "p999", cells[0], "../..", "a\0b", "x" * 3000, ".", "/", "p000/0.png", "p0*")
        )
    between = bench.pick((",", ";", "\t", " "))
    lines = [f"{cell}{between}{'ill' if at % 2 else 'well'}" for at, cell in enumerate(cells)]
    header = [bench.pick((f"patient{between}diagnosis", f"folder{between}label", f"id{between}x"))]
    raw = "\n".join([*(header if bench.chance(0.8) else []), *lines, ""]).encode()
    bench.write("data/labels.csv", bench.damaged(raw) if bench.chance(0.4) else raw)
    return Case(INSPECT)


def tags_of_tools(bench: Bench) -> Case:
    """A JSON file for each picture, with tags, outlines or neither, one of them odd."""
    wrong = bench.between(0, 3)
    for number in range(4):
        bench.write(f"data/{number}.png", bench.small_picture())
        record: Any = bench.pick(
            (
                {"annotations": [{"name": "cat", "tag": {}}]},
                {"tags": [{"name": "animal", "value": "dog"}]},
                {"shapes": [{"label": "cat", "points": [[0, 1], [2, 3]]}], "flags": {}},
            )
        )
        if number == wrong:
            key = bench.pick(tuple(record))
            record = bench.pick(({**record, key: bench.pick(_ODD)}, {**record, key: [bench.pick(_ODD)]}, _ODD, None))
        raw = json.dumps(record).encode()
        bench.write(f"data/{number}.json", bench.damaged(raw) if number == wrong and bench.chance(0.4) else raw)
    return Case(INSPECT)


def trees_of_masks(bench: Bench) -> Case:
    """Pictures and what belongs to each of them, in trees whose names nearly agree."""
    pictures, masks = bench.pick(
        (
            ("train/{}.png", "train_labels/{}_L.png"),
            ("leftImg8bit/ulm/{}_leftImg8bit.png", "gtFine/ulm/{}_gtFine_color.png"),
            ("fish_image/f/fish_{}.png", "mask_image/m/mask_{}.png"),
            ("images/{}_training.png", "1st_manual/{}_manual1.png"),
            ("f-img/{}.png", "f-mask-anno/0{}_hair.png"),
        )
    )
    stems = ["7", "8", "9", "-", "_", "a b", "é", "x" * 90, "٣"]
    count = 0
    for stem in stems[: bench.between(2, len(stems))]:
        for form in (pictures, masks) if bench.chance(0.9) else (masks,):
            bench.write(f"data/{form.format(stem)}", bench.small_picture())
            count += 1
    return Case(INSPECT, pictures=count)


KINDS = (
    Kind("research", "JSON of planes", json_of_planes, weight=4),
    Kind("research", "numbered NPZ", numbered_arrays, weight=4),
    Kind("research", "rows of labels in IDX", rows_of_labels, weight=3),
    Kind("research", "columns of any name in Parquet", columns_of_parquet, weight=4),
    Kind("research", "tables that name folders", tables_of_folders, weight=4),
    Kind("research", "tags and outlines in JSON", tags_of_tools, weight=3),
    Kind("research", "trees of masks", trees_of_masks, weight=3),
)
