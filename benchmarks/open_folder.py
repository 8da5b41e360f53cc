"""The memory and time that a folder of 100,000 small pictures takes: to open it, and to inspect it whole.

The pictures are drawn: 32×32 in colour, half JPEG and half PNG, in ten class folders; as uint8 they are 307 MB. The
bound is 1.5 times that and 500 MiB. Each measurement is a process of its own, its peak what the system says of it (file
pages that it looked at included).

    python benchmarks/open_folder.py            # draws the folder in the temporary folder, and removes it
"""

from __future__ import annotations

import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from record import write_result

PICTURES = 100_000
CLASSES = 10
SIDE = 32
UINT8_BYTES = PICTURES * SIDE * SIDE * 3
BOUND_BYTES = UINT8_BYTES * 3 // 2 + (500 << 20)


def main() -> None:
    if len(sys.argv) == 4 and sys.argv[1] == "--worker":
        seconds = _WORKERS[sys.argv[2]](Path(sys.argv[3]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024  # kilobytes on Linux
        print(json.dumps({"seconds": round(seconds, 2), "peak_mib": round(peak / 2**20, 1)}))
        return
    if len(sys.argv) != 1:
        raise SystemExit(__doc__)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "small"
        _draw(folder)
        figures = {
            "pictures": PICTURES,
            "size": f"{SIDE}×{SIDE}×3",
            "uint8_mib": round(UINT8_BYTES / 2**20, 1),
            "bound_mib": round(BOUND_BYTES / 2**20, 1),
        }
        for name, worker, cache in (
            ("first_open", "open", "a"),
            ("second_open", "open", "a"),
            ("first_inspect", "inspect", "b"),
            ("second_inspect", "inspect", "b"),
        ):
            figures[name] = _run(worker, folder, Path(place) / cache)
    print(json.dumps(figures, indent=2))
    write_result("open_folder", figures)


def _draw(folder: Path) -> None:
    import numpy as np
    from PIL import Image

    rng = np.random.Generator(np.random.PCG64(0))
    for name in range(CLASSES):
        (folder / f"class_{name}").mkdir(parents=True)
    for number in range(PICTURES):
        coarse = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8)
        picture = Image.fromarray(coarse).resize((SIDE, SIDE))
        kind, suffix = ("JPEG", "jpg") if number % 2 else ("PNG", "png")
        file = io.BytesIO()
        picture.save(file, kind)
        (folder / f"class_{number % CLASSES}" / f"{number:06}.{suffix}").write_bytes(file.getvalue())


def _open(folder: Path) -> float:
    from onelook import open_dataset
    from onelook.data.decode_settings import choose_decode_settings

    start = time.perf_counter()
    dataset = open_dataset(folder)
    decode = choose_decode_settings(dataset)
    images = [part.pictures.decode(decode).images for part in dataset.parts.values()]
    total = sum(int(batch[at : at + 1_000].sum()) for batch in images for at in range(0, len(batch), 1_000))
    seconds = time.perf_counter() - start
    if images[0].shape != (PICTURES, SIDE, SIDE, 3) or total == 0:
        raise SystemExit(f"expected {PICTURES:,} pictures of {SIDE}×{SIDE}×3, found {images[0].shape}")
    return seconds


def _inspect(folder: Path) -> float:
    from onelook.commands.inspect import inspect_data

    start = time.perf_counter()
    found = inspect_data(folder)
    seconds = time.perf_counter() - start
    if found.reading.ledger.counts()["found"] != PICTURES:
        raise SystemExit(f"expected {PICTURES:,} pictures, found {found.reading.ledger.counts()}")
    return seconds


_WORKERS = {"open": _open, "inspect": _inspect}


def _run(worker: str, folder: Path, cache: Path) -> dict[str, float]:
    command = [sys.executable, __file__, "--worker", worker, str(folder)]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env={**os.environ, "ONELOOK_CACHE": str(cache)}
    )
    measured: dict[str, float] = json.loads(done.stdout)
    return measured


if __name__ == "__main__":
    main()
