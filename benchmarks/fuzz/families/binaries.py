"""IDX files, and CIFAR's binary version."""

from __future__ import annotations

import gzip
import io
import struct

import numpy as np
from benchmarks.fuzz import good
from benchmarks.fuzz.case import INSPECT, Bench, Case, Kind

_GIANT = (0, 1, 1 << 16, (1 << 31) - 1, (1 << 32) - 1)


def _idx(bench: Bench, **changed: bytes) -> Case:
    files = good.idx_files() | {f"train-{name.replace('_', '-')}-ubyte": content for name, content in changed.items()}
    if "images_idx3" in changed:
        del files["train-images-idx3-ubyte.gz"]
    for name, content in files.items():
        bench.write(f"data/{name}", content)
    return Case(INSPECT)


def damaged(bench: Bench) -> Case:
    images, labels = good.digits()
    if bench.chance(0.5):
        return _idx(bench, images_idx3=bench.damaged(good.idx(images)))
    return _idx(bench, labels_idx1=bench.damaged(good.idx(labels)))


def damaged_gzip(bench: Bench) -> Case:
    images, _ = good.digits()
    return _idx(bench, images_idx3=bench.damaged(gzip.compress(good.idx(images))))


def giant_dimensions(bench: Bench) -> Case:
    shape = [bench.pick(_GIANT) for _ in range(3)]
    content = bytes([0, 0, 8, 3]) + struct.pack(">3I", *shape) + bytes(bench.pick((0, 1, 1 << 16)))
    labels = bytes([0, 0, 8, 1]) + struct.pack(">I", bench.pick((*shape, 0))) + bytes(bench.pick((0, 1)))
    return _idx(bench, images_idx3=content, **({"labels_idx1": labels} if bench.chance(0.5) else {}))


def wrong_magic(bench: Bench) -> Case:
    images, _ = good.digits()
    magic = bytes(bench.pick(((0, 0, 8, 1), (0, 0, 13, 3), (0, 0, 8, 255), (8, 3, 0, 0), (0, 0, 0, 0), (80, 75, 3, 4))))
    return _idx(bench, images_idx3=magic + good.idx(images)[4:])


def no_rows(bench: Bench) -> Case:
    shape = bench.pick(((0, 28, 28), (3, 0, 28), (3, 28, 0), (0, 0, 0), (1, 1, 1)))
    return _idx(
        bench,
        images_idx3=good.idx(np.zeros(shape, np.uint8)),
        labels_idx1=good.idx(np.zeros(shape[0], np.uint8)),
    )


def bomb(bench: Bench) -> Case:
    file = io.BytesIO()
    size = bench.pick((300, 1_500))
    with gzip.GzipFile(fileobj=file, mode="wb", compresslevel=6) as sink:
        sink.write(bytes([0, 0, 8, 3]) + struct.pack(">3I", size, 1024, 1024))
        for _ in range(size):
            sink.write(b"\0" * (1 << 20))
    return _idx(bench, images_idx3=file.getvalue())


def _cifar() -> dict[str, bytes]:
    rows, labels = good.cifar_rows()
    records = b"".join(bytes([label]) + row.tobytes() for row, label in zip(rows, labels, strict=True))
    return {"data_batch_1.bin": records, "test_batch.bin": records[::-1], "batches.meta.txt": b"cat\ndog\nemu\n"}


def cifar(bench: Bench) -> Case:
    files = _cifar()
    files["test_batch.bin"] = files["data_batch_1.bin"]
    chosen = bench.pick(list(files))
    files[chosen] = bench.damaged(files[chosen])
    for name, content in files.items():
        bench.write(f"data/{name}", content)
    return Case(INSPECT)


def cifar_names(bench: Bench) -> Case:
    files = _cifar()
    del files["test_batch.bin"]
    files["batches.meta.txt"] = bench.pick(
        (
            b"",
            b"\n\n",
            b"cat\ncat\ncat\n",
            b"\xff\xfe\n\0\n\x1b[31m\n",
            b"a\n" * 500_000,
            b"a",
            b"cat dog emu",
            "\ufeffcat\ndog\nemu".encode(),
        )
    )
    for name, content in files.items():
        bench.write(f"data/{name}", content)
    return Case(INSPECT)


KINDS = (
    Kind("binaries", "IDX damaged", damaged, weight=8),
    Kind("binaries", "IDX damaged gzip", damaged_gzip, weight=4),
    Kind("binaries", "IDX of giant dimensions", giant_dimensions, weight=6),
    Kind("binaries", "IDX with another magic number", wrong_magic, weight=2),
    Kind("binaries", "IDX without rows", no_rows, weight=2),
    Kind("binaries", "IDX bomb", bomb, is_heavy=True),
    Kind("binaries", "CIFAR damaged", cifar, weight=4),
    Kind("binaries", "CIFAR names", cifar_names, weight=2),
)
