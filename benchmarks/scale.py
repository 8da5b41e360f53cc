"""Time and memory of a whole training as the pictures grow from 10,000 to a million, from opening to the report.

    python benchmarks/scale.py                                    # NPZ, CSV, folder and Parquet, three sizes
    python benchmarks/scale.py --kinds npz --pictures 10000,100000
    python benchmarks/scale.py --kinds folder --pictures 10000,50000 --classes 1000

The pictures are drawn: 28×28, grey, of ten classes, each a pattern with noise. The whole command is measured,
`onelook train DATA --model mlp --epochs 1`, with an empty cache: opening, every check, the split, training,
evaluation and the report. Its peak is what the system says of the process (`ru_maxrss`, pages of files that it looked
at included).

The bounds: memory of at most 1.5 times the pictures as uint8 and 0.5 GiB where they come from an array, at most 1 GiB
where they come from files; and time that is linear within 10 %. What a run takes whatever its size is not in that: the
time of a picture more, from the middle size to the largest, is set against that from the smallest to the middle one.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from record import write_entry
from whole_command import COMMAND

SIDE, CLASSES, CHUNK = 28, 10, 10_000
SIZES = (10_000, 100_000, 1_000_000)
ARRAY_FACTOR, ARRAY_MIB, FILES_MIB, GROWTH_BAR = 1.5, 512, 1024, 1.1

Chunks = Iterator[tuple[NDArray[np.uint8], NDArray[np.int64]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kinds", default=",".join(_WRITERS), help="of data, by commas")
    parser.add_argument("--pictures", default=",".join(map(str, SIZES)), help="the sizes, by commas, rising")
    parser.add_argument("--classes", type=int, default=CLASSES)
    given = parser.parse_args()
    sizes = [int(size) for size in given.pictures.split(",")]
    for kind in given.kinds.split(","):
        measured = {}
        for size in sizes:
            with tempfile.TemporaryDirectory() as place:
                data = _WRITERS[kind](Path(place), chunks(size, given.classes))
                measured[size] = train(data, Path(place), size)
            print(kind, f"{size:,}", json.dumps(measured[size]), flush=True)
        key = kind if given.classes == CLASSES else f"{kind}, {given.classes:,} classes"
        write_entry("scale", "entries", key, judged(measured, from_files=kind in _OF_FILES))


def judged(measured: dict[int, dict[str, float]], *, from_files: bool) -> dict[str, Any]:
    """The measurements by number of pictures, each with its bound on memory; and how the time of a picture grows."""
    bounds = {size: FILES_MIB if from_files else ARRAY_FACTOR * _uint8_mib(size) + ARRAY_MIB for size in measured}
    steps = [
        (measured[large]["processor_seconds"] - measured[small]["processor_seconds"]) / (large - small)
        for small, large in pairwise(measured)
    ]
    return {
        "measured": {str(size): {**one, "bound_mib": round(bounds[size], 1)} for size, one in measured.items()},
        "processor_microseconds_a_picture_more": [round(step * 1e6, 1) for step in steps],
        "growth": round(steps[-1] / steps[0], 3) if len(steps) > 1 else None,
        "growth_bar": GROWTH_BAR,
    }


def _uint8_mib(pictures: int) -> float:
    return pictures * SIDE * SIDE / 2**20


def train(data: Path, place: Path, pictures: int) -> dict[str, float]:
    """Seconds, processor seconds and MiB at the peak of a whole training, of which each picture was found."""
    run = place / "run"
    words = [str(COMMAND), "train", str(data), "--model", "mlp", "--epochs", "1", "--quiet", "--out", str(run)]
    start = time.perf_counter()
    process = subprocess.Popen(
        words, cwd=place, env={**os.environ, "ONELOOK_CACHE": str(place / "cache")}, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    seconds = time.perf_counter() - start
    found = json.loads((run / "run.json").read_text())["data"]["ledger"]["found"]
    if found != pictures:
        raise SystemExit(f"expected {pictures:,} pictures, found {found:,}")
    steps = json.loads((run / "run.json").read_text())["timings"]
    return {
        "seconds": round(seconds, 1),
        "processor_seconds": round(used.ru_utime + used.ru_stime, 1),
        "peak_mib": round(used.ru_maxrss / 1024, 1),  # kilobytes on Linux
        **{f"{step}_seconds": round(steps[step], 1) for step in ("open", "train", "evaluate")},
    }


def chunks(pictures: int, classes: int) -> Chunks:
    """The pictures (n, 28, 28) and labels (n,), some thousands at a time; the same for the same numbers."""
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 200, (classes, SIDE, SIDE))
    for start in range(0, pictures, CHUNK):
        labels = np.arange(start, min(start + CHUNK, pictures)) % classes
        noise = rng.integers(-60, 60, (len(labels), SIDE, SIDE))
        yield np.clip(patterns[labels] + noise, 0, 255).astype(np.uint8), labels


def _npz(place: Path, drawn: Chunks) -> Path:
    images, labels = zip(*drawn, strict=True)
    np.savez(place / "pictures.npz", x_train=np.concatenate(images), y_train=np.concatenate(labels))
    return place / "pictures.npz"


def _csv(place: Path, drawn: Chunks) -> Path:
    from pyarrow import csv, table

    header = ["label", *(f"pixel{at}" for at in range(SIDE * SIDE))]
    with (place / "train.csv").open("wb") as file:
        for number, (images, labels) in enumerate(drawn):
            columns = [labels, *images.reshape(len(images), -1).T]
            rows = table({name: np.ascontiguousarray(column) for name, column in zip(header, columns, strict=True)})
            csv.write_csv(rows, file, csv.WriteOptions(include_header=number == 0, quoting_header="none"))
    return place / "train.csv"


def _folder(place: Path, drawn: Chunks) -> Path:
    number = 0
    for images, labels in drawn:
        for image, label in zip(images, labels, strict=True):
            folder = place / "pictures" / f"class_{label:04}"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{number:07}.png").write_bytes(_encoded(image))
            number += 1
    return place / "pictures"


def _parquet(place: Path, drawn: Chunks) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    form = pa.schema([("image", pa.struct([("bytes", pa.binary()), ("path", pa.string())])), ("label", pa.int64())])
    root = place / "pictures"
    root.mkdir()
    with pq.ParquetWriter(root / "train-00000-of-00001.parquet", form) as writer:
        for images, labels in drawn:
            cells = [{"bytes": _encoded(image), "path": None} for image in images]
            writer.write_table(pa.table({"image": cells, "label": labels}, schema=form))
    return root


def _encoded(image: NDArray[np.uint8]) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG", compress_level=1)
    return file.getvalue()


_WRITERS: dict[str, Callable[[Path, Chunks], Path]] = {
    "npz": _npz,
    "csv": _csv,
    "folder": _folder,
    "parquet": _parquet,
}
_OF_FILES = ("folder", "parquet")

if __name__ == "__main__":
    main()
