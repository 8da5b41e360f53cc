"""Opening 3,000 photographs at 128×128, first and second time, against one Pillow thread that does the same work.

Ours looks at the zip, tells layout and classes, decodes on all cores and keeps the pixels on disk. The peer reads each
picture from the zip, decodes it in full, turns it upright, makes it RGB, resizes it with an antialiased filter and
keeps it in memory: once with Pillow's own default (bicubic), once with the quicker filter that ours takes where a
picture shrinks by half as much again or more (Hamming). Each measurement is a process of its own, the sides in turn;
imports are not counted. The first open finds an empty cache, the second the one that the first has filled.

    python benchmarks/open_photos.py            # ours: both cores, which have to be free
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from record import spread, write_result

REPETITIONS = 7
SIDE = 128


def main() -> None:
    if len(sys.argv) == 4 and sys.argv[1] == "--worker":
        print(json.dumps(_WORKERS[sys.argv[2]](Path(sys.argv[3]))))
        return
    if len(sys.argv) != 1:
        raise SystemExit(__doc__)
    if "ONELOOK_DATA" not in os.environ:
        raise SystemExit("set ONELOOK_DATA to a folder with dogs_vs_cats/train.zip")
    photos = Path(os.environ["ONELOOK_DATA"]) / "dogs_vs_cats" / "train.zip"
    seconds: dict[str, list[float]] = {"first": [], "second": [], "bicubic": [], "hamming": []}
    _run("bicubic", photos, "")  # the zip is in the system's memory from here on
    for _ in range(REPETITIONS):
        with tempfile.TemporaryDirectory() as cache:
            seconds["first"].append(_run("onelook", photos, cache))
            seconds["second"].append(_run("onelook", photos, cache))
        for peer in ("bicubic", "hamming"):
            seconds[peer].append(_run(peer, photos, ""))
    figures = {
        "unit": "seconds",
        "pictures": 3_000,
        "size": f"{SIDE}×{SIDE}",
        "first_open": spread(seconds["first"]),
        "second_open": spread(seconds["second"]),
        "one_pillow_thread_bicubic": spread(seconds["bicubic"]),
        "one_pillow_thread_hamming": spread(seconds["hamming"]),
        **{
            f"pillow_{peer}_over_first_open": spread(
                [theirs / ours for ours, theirs in zip(seconds["first"], seconds[peer], strict=True)]
            )
            for peer in ("bicubic", "hamming")
        },
    }
    print(json.dumps(figures, indent=2))
    write_result("open_photos", figures)


def _onelook(photos: Path) -> float:
    from PIL import Image

    from onelook import open_dataset
    from onelook.data.decode_settings import choose_decode_settings

    Image.preinit()
    start = time.perf_counter()
    dataset = open_dataset(photos)
    decode = choose_decode_settings(dataset, (SIDE, SIDE))
    images = [part.pictures.decode(decode).images for part in dataset.parts.values()]
    seconds = time.perf_counter() - start
    if images[0].shape != (3_000, SIDE, SIDE, 3):
        raise SystemExit(f"expected 3,000 pictures, found {images[0].shape}")
    return seconds


def _bicubic(photos: Path) -> float:
    from PIL import Image

    return _pillow(photos, Image.Resampling.BICUBIC)


def _hamming(photos: Path) -> float:
    from PIL import Image

    return _pillow(photos, Image.Resampling.HAMMING)


def _pillow(photos: Path, method: int) -> float:
    import zipfile

    import numpy as np
    from PIL import Image, ImageOps

    Image.preinit()
    start = time.perf_counter()
    with zipfile.ZipFile(photos) as archive:
        names = [name for name in archive.namelist() if name.endswith(".jpg")]
        images = np.empty((len(names), SIDE, SIDE, 3), np.uint8)
        for row, name in enumerate(names):
            with archive.open(name) as file, Image.open(file) as image:
                upright = ImageOps.exif_transpose(image).convert("RGB")
                images[row] = np.asarray(upright.resize((SIDE, SIDE), method))
    seconds = time.perf_counter() - start
    if len(images) != 3_000:
        raise SystemExit(f"expected 3,000 pictures, found {len(images)}")
    return seconds


_WORKERS = {"onelook": _onelook, "bicubic": _bicubic, "hamming": _hamming}


def _run(side: str, photos: Path, cache: str) -> float:
    command = [sys.executable, __file__, "--worker", side, str(photos)]
    environment = {**os.environ, "ONELOOK_CACHE": cache}
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)


if __name__ == "__main__":
    main()
