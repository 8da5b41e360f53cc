"""Parquet and Arrow of pictures: damaged pages and footers, other types, row groups that swell."""

from __future__ import annotations

import datetime
import io
import json
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect

_PNG = good.pictures()[5][1]


def _written(table: pa.Table, **how: Any) -> bytes:
    file = io.BytesIO()
    pq.write_table(table, file, **how)
    return file.getvalue()


def _as_arrow(table: pa.Table) -> bytes:
    """The table as `save_to_disk` writes it, in batches of two rows."""
    file = io.BytesIO()
    with pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table, max_chunksize=2)
    return file.getvalue()


def _case(bench: Bench, content: bytes, found: int | None = None) -> Case:
    name = bench.pick(("data.parquet", "train-00000-of-00001.parquet"))
    bench.write(name, content)
    return Case(inspect(name), found)


def damaged(bench: Bench) -> Case:
    return _case(bench, bench.damaged(good.parquet(bench.pick(("struct", "binary")))))


def damaged_footer(bench: Bench) -> Case:
    content = good.parquet()
    length = int.from_bytes(content[-8:-4], "little") + 8
    return _case(bench, content[:-length] + bench.damaged(content[-length:]))


def damaged_pictures(bench: Bench) -> Case:
    pictures = [bench.damaged(_PNG) if bench.chance(0.5) else _PNG for _ in range(6)]
    images: list[Any] = [bench.pick((None, b"")) if bench.chance(0.1) else picture for picture in pictures]
    column = (
        pa.array(
            [None if bench.chance(0.05) else {"bytes": image} for image in images], pa.struct([("bytes", pa.binary())])
        )
        if bench.chance(0.5)
        else pa.array(images, pa.binary())
    )
    return _case(bench, _written(pa.table({"image": column, "label": [0, 1, 0, 1, 0, 1]}), row_group_size=2), 6)


def odd_labels(bench: Bench) -> Case:
    when = datetime.datetime(2020, 1, 1)
    labels: Any = bench.pick(
        (
            [1.5] * 6,
            [float("nan")] * 6,
            [None] * 6,
            [None, 1, 0, 1, 0, 1],
            ["a", "b"] * 3,
            [True, False] * 3,
            [[1]] * 6,
            [{"a": 1}] * 6,
            [b"\xff", b"a"] * 3,
            [when] * 6,
            [-1] * 6,
            [-1, 0, 1, 0, 1, 0],
            [2**63 - 1, 0] * 3,
            pa.array([2**64 - 1, 0] * 3, pa.uint64()),
            pa.array([1, 2] * 3, pa.decimal128(38, 10)),
            pa.nulls(6),
            pa.array([10**14, 0] * 3, pa.timestamp("s")),
            pa.array(["a", "b"] * 3).dictionary_encode(),
            ["", " "] * 3,
            pa.array([2**40] * 6, pa.duration("s")),
            pa.array([b"ab", b"\xff\xff"] * 3, pa.binary(2)),
            [1e300, 0.0] * 3,
            pa.array([b"\xff", b"a"] * 3).view(pa.string()),
            ["9" * 5000, "1"] * 3,
            ["\x1b[31m", "\n"] * 3,
            pa.array([b"\xff", b"a"] * 3, pa.large_binary()),
            [10**15] * 6,
        )
    )
    return _case(bench, _written(pa.table({"image": [_PNG] * 6, "label": labels})))


def odd_features(bench: Bench) -> Case:
    """What Hugging Face notes of the columns, of the wrong types, or with names that cannot be."""
    names: Any = bench.pick(
        (
            ["cat", "dog"],
            ["cat"],
            [],
            ["cat", "cat"],
            "cat",
            {"0": "cat"},
            [1, 2],
            None,
            ["\x1b[31m", "\u202e"],
            ["n" * 10_000, "m"],
            [""] * 2,
            ["a", "b"] * 5_000,
        )
    )
    features: Any = bench.pick(
        (
            {"image": {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}},
            [],
            "text",
            {"label": names},
            {"label": {"_type": "ClassLabel", "names": names}, "other": {"_type": "ClassLabel"}},
            {"image": {"_type": ["Image"]}},
        )
    )
    text = bench.pick((json.dumps({"info": {"features": features}}), "[" * 50_000, "{", "null", "\ud7ff"))
    table = pa.table({"image": [_PNG] * 6, "label": [0, 1, 0, 1, 0, 1]})
    return _case(bench, _written(table.replace_schema_metadata({b"huggingface": text.encode("utf-8", "replace")})))


def odd_columns(bench: Bench) -> Case:
    table: Any = bench.pick(
        (
            pa.table({"image": ["text"] * 6, "label": [0, 1] * 3}),
            pa.table({"image": [[_PNG]] * 6}),
            pa.table({"label": [1, 2]}),
            pa.table({"image": [{"bytes": "text"}] * 6}),
            pa.table({"image": [{"path": "x.png"}] * 6}),
            pa.table({}),
            pa.table([pa.array([_PNG]), pa.array([_PNG])], ["image", "image"]),
            pa.table({"image": pa.array([], pa.binary())}),
            pa.table({"image": [_PNG] * 6, "label": [0] * 6, "fine_label": [1] * 6}),
            pa.table({"image": [{"bytes": {"bytes": _PNG}}] * 6}),
            pa.table({"image": pa.array([_PNG] * 6).dictionary_encode(), "label": [0, 1] * 3}),
            pa.table({"image": pa.array([_PNG[:10]] * 6, pa.binary(10)), "label": [0, 1] * 3}),
            pa.table({"n" * 10_000: [1], "image": [_PNG]}),
            pa.table({f"c{number}": [1] for number in range(3_000)} | {"image": [_PNG]}),
            pa.table({"image": pa.array([_PNG] * 4, pa.large_binary()), "label": pa.array([0, 1, 0, 1])}),
        )
    )
    return _case(bench, _written(table))


def one_picture_a_million_times(bench: Bench) -> Case:
    """A dictionary of one value and an index a row: kilobytes in the file, gigabytes where it is written out."""
    value = _PNG + b"\0" * (1 << 20)
    rows = bench.pick((2_000, 20_000))
    images = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([value], pa.binary()))
    return _case(
        bench,
        _written(
            pa.table({"image": images, "label": [row % 2 for row in range(rows)]}),
            dictionary_pagesize_limit=1 << 30,
            row_group_size=rows,
        ),
    )


def zeros(bench: Bench) -> Case:
    """Values that compress a thousandfold."""
    images = pa.array([_PNG + b"\0" * (120 << 20)] * bench.pick((3, 8)), pa.large_binary())
    return _case(bench, _written(pa.table({"image": images}), compression="gzip", use_dictionary=False))


def damaged_arrow(bench: Bench) -> Case:
    content = _as_arrow(pq.read_table(io.BytesIO(good.parquet(bench.pick(("struct", "binary"))))))
    if bench.chance(0.5):
        content = bench.damaged(content)
    else:
        changed = bytearray(content)
        for _ in range(bench.pick((1, 1, 2, 8))):
            at = bench.between(0, min(len(content) - 1, bench.pick((800, 3_000, 9_000))))
            changed[at : at + 1] = bytes([bench.pick((0, 1, 0x7F, 0x80, 0xFF, bench.between(0, 255)))])
        content = bytes(changed)
    bench.write("data.arrow", content)
    return Case(inspect("data.arrow"))


def odd_arrow(bench: Bench) -> Case:
    """Columns of other types, packed, as dictionaries, or without a picture, in one folder or several."""
    labels: Any = bench.pick(
        (
            *([1.5] * 6, [None, 1] * 3, ["a", "b"] * 3, [True, False] * 3, [[1]] * 6, [-1, 0] * 3, ["\x1b[31m"] * 6),
            *(
                pa.nulls(6),
                pa.array([b"\xff", b"a"] * 3).view(pa.string()),
                pa.array(["a", "b"] * 3).dictionary_encode(),
            ),
        )
    )
    images: Any = bench.pick(
        (
            [{"bytes": _PNG, "path": None}] * 6,
            [{"bytes": None, "path": "/x/1.png"}] * 6,
            [None, {"bytes": _PNG, "path": ""}] * 3,
            pa.array([_PNG, None] * 3, pa.large_binary()),
            pa.array([_PNG] * 6, pa.binary_view()),
            pa.array([b"text"] * 6),
            pa.array([], pa.binary()),
        )
    )
    table = pa.table({"image": images, "label": labels} if len(images) else {"image": images})
    content = _as_arrow(table)
    for folder in bench.pick((("",), ("train/",), ("train/", "test/"), ("a/", "b/"), ("train/", "a/"))):
        bench.write(f"data/{folder}data-00000-of-0000{bench.pick((1, 1, 1, 2))}.arrow", content)
        bench.write(f"data/{folder}state.json", bench.pick(('{"_data_files": []}', "{", "[" * 9_000)))
    return Case(INSPECT)


def shards(bench: Bench) -> Case:
    for number in range(bench.between(1, 3)):
        content = good.parquet()
        bench.write(
            f"data/train-{number:05}-of-0000{bench.between(1, 3)}.parquet",
            bench.damaged(content) if bench.chance(0.4) else content,
        )
    if bench.chance(0.5):
        bench.write("data/test-00000-of-00001.parquet", bench.damaged(good.parquet()))
    return Case(INSPECT)


KINDS = (
    Kind("parquets", "damaged", damaged, weight=10),
    Kind("parquets", "damaged footer", damaged_footer, weight=8),
    Kind("parquets", "damaged pictures", damaged_pictures, weight=4),
    Kind("parquets", "Arrow damaged", damaged_arrow, weight=6),
    Kind("parquets", "Arrow of odd columns", odd_arrow, weight=3),
    Kind("parquets", "odd labels", odd_labels, weight=5),
    Kind("parquets", "odd features", odd_features, weight=3),
    Kind("parquets", "odd columns", odd_columns, weight=3),
    Kind("parquets", "one picture a thousand times", one_picture_a_million_times, is_heavy=True),
    Kind("parquets", "zeros", zeros, is_heavy=True),
    Kind("parquets", "shards", shards, weight=4),
)
