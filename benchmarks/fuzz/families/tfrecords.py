"""Pictures in TensorFlow's records: damaged files and messages, forged lengths, odd features, shards and names."""

from __future__ import annotations

import struct
from functools import cache
from typing import Any

from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind, inspect
from tests.data.layouts.arrays.tf_records_as_written import checksum, example, framed, message, number

_PNG = good.pictures()[5][1]
_ROWS = 6


@cache
def _records() -> tuple[bytes, ...]:
    features: dict[str, Any] = {"image/height": 24, "score": 0.5, "box": [1, 2]}
    return tuple(example(image=_PNG, label=row % 2, name=b"p%d" % row, **features) for row in range(_ROWS))


def _inspected(bench: Bench, content: bytes, found: int | None = None) -> Case:
    name = bench.pick(("data.tfrecord", "train.tfrec", "data-train.tfrecord-00000-of-00001"))
    bench.write(name, content)
    return Case(inspect(name), found)


def damaged(bench: Bench) -> Case:
    return _inspected(bench, bench.damaged(framed(*_records())))


def damaged_records(bench: Bench) -> Case:
    """The content of some records is damaged; their lengths and checksums are right."""
    records = [bench.damaged(record) if bench.chance(0.4) else record for record in _records()]
    return _inspected(bench, framed(*records))


def forged_lengths(bench: Bench) -> Case:
    """A length that no file has, with the checksum that belongs to it."""
    records = list(map(framed, _records()))
    at = bench.between(0, _ROWS - 1)
    length = bench.pick((0, 1, 11, len(records[at]), 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 63) - 1, (1 << 64) - 1))
    packed = struct.pack("<Q", length)
    records[at] = packed + struct.pack("<I", checksum(packed)) + records[at][12:]
    return _inspected(bench, b"".join(records))


def forged_messages(bench: Bench) -> Case:
    """Messages that are longer than their room, empty, deep, of other types, or without end."""
    inner = message(1, b"image") + message(2, message(1, message(1, _PNG)))
    odd = bench.pick(
        (
            b"",
            b"\x0a",
            b"\x0a\x00",
            b"\xff" * 20,
            number(1 << 3 | 2) + number((1 << 64) - 1) + inner,
            number(1 << 3 | 2) + number(1 << 69) + inner,
            number((1 << 29) << 3 | 2) + number(1) + b"x",
            message(1, message(1, inner) * 50),
            message(1, message(1, inner)) * 50,
            message(1, message(1, message(1, b"a") * 1_000 + message(2, b""))),
            message(1, message(1, message(1, b"\xff\xfe") + message(2, b""))),
            message(1, message(1, message(2, message(1, message(1, _PNG))))),
            message(1, message(1, message(1, b"image") + message(2, message(1, message(1, _PNG) * 2)))),
            message(1, message(1, message(1, b"image") + message(2, b"\x08\x01"))),
            message(1, message(1, message(1, b"label") + message(2, message(3, b"\x08" + number((1 << 70) - 1))))),
            message(1, message(1, message(1, b"label") + message(2, message(3, message(1, b"\x80" * 30))))),
            message(1, b"\x0d\x01\x02"),
            message(1, b"\x0b\x0c"),
            example(image=_PNG, label=1) + bench.rng.bytes(bench.between(1, 40)),
        )
    )
    records = list(_records())
    records[bench.between(0, _ROWS - 1)] = odd
    return _inspected(bench, framed(*(records if bench.chance(0.7) else [odd] * _ROWS)))


def odd_labels(bench: Bench) -> Case:
    values: list[Any] = [
        bench.pick(
            (
                *(0, 1, -1, 1 << 62, -(1 << 63), 0.5, [0, 1], [], [1 << 40]),
                *(b"", b" ", b"cat", b"0", b"00", b"\xff", b"\x1b[31m", b"\n", b"cat\0dog", b"n" * 190, b"n" * 201),
                *("\u202e".encode(), "猫".encode()),
            )
        )
        for _ in range(bench.pick((1, 2, 6)))
    ]
    name = bench.pick(("label", "class", "target", "image/class/label", "x", "", "label\n", "\x1b[2J", "n" * 5_000))
    records = [
        example(image=_PNG, **({} if bench.chance(0.05) else {name: values[row % len(values)]})) for row in range(_ROWS)
    ]
    return _inspected(bench, framed(*records), None)


def damaged_pictures(bench: Bench) -> Case:
    pictures = [_PNG, *(bench.damaged(_PNG) if bench.chance(0.5) else bench.picture()[1] for _ in range(_ROWS - 1))]
    return _inspected(
        bench, framed(*(example(image=picture, label=row % 2) for row, picture in enumerate(pictures))), _ROWS
    )


def shards(bench: Bench) -> Case:
    content = framed(*_records())
    for part in bench.pick((("train",), ("train", "test"), ("train", "validation", "test"), ("test",), ("a", "b"))):
        folder = bench.pick(("", "", f"{part}/", "1.0.0/", "x/1.0.0/"))
        stem = bench.pick((part, f"data-{part}", "00"))
        for shard in range(bench.between(1, 3)):
            name = bench.pick(
                (f"{stem}.tfrecord-{shard:05d}-of-00003", f"{stem}{shard}.tfrec", f"{stem}-{shard}.tfrecord")
            )
            bench.write(f"data/{folder}{name}", bench.damaged(content) if bench.chance(0.1) else content)
    if bench.chance(0.6):
        names = bench.pick(
            (
                "cat\ndog\n",
                "cat\n",
                "",
                "cat\ncat\n",
                "\x1b[31m\n\u202e\n",
                "\n\n\n",
                "n" * 10_000 + "\nm\n",
                "cat\0\ndog",
            )
        )
        content = names.encode()
        bench.write("data/label.labels.txt", bench.damaged(content) if content and bench.chance(0.3) else content)
    if bench.chance(0.2):
        bench.write("data/train.csv", "name,label\np0,a\np1,b\n")
    return Case(INSPECT)


def many_values(bench: Bench) -> Case:
    """Features, numbers or records in great number: each takes a few bytes of the file and far more in memory."""
    content = bench.pick(
        (
            lambda: framed(example(image=_PNG, label=1, x=[1] * 2_000_000), example(image=_PNG, label=0)),
            lambda: framed(example(image=_PNG, label=1, **{f"f{at}": at for at in range(50_000)}), *_records()),
            lambda: framed(example(image=_PNG, label=1)) + framed(b"") * 100_000,
            lambda: framed(example(image=_PNG, label=1), message(1, b"\x0a\x00" * 1_000_000)),
            lambda: framed(example(image=_PNG, label=1), message(1, message(1, message(1, b"a") * 500_000))),
            lambda: framed(example(image=_PNG, label=1), message(1, b"\x08\x01" * 1_000_000)),
        )
    )()
    return _inspected(bench, content)


KINDS = (
    Kind("tfrecords", "damaged", damaged, weight=7),
    Kind("tfrecords", "damaged records", damaged_records, weight=6),
    Kind("tfrecords", "damaged pictures", damaged_pictures, weight=2),
    Kind("tfrecords", "forged lengths", forged_lengths, weight=2),
    Kind("tfrecords", "forged messages", forged_messages, weight=4),
    Kind("tfrecords", "odd labels", odd_labels, weight=4),
    Kind("tfrecords", "shards", shards, weight=4),
    Kind("tfrecords", "many values", many_values, is_heavy=True),
)
