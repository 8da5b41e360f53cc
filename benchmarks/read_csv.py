"""Opening Kaggle's `train.csv` (42,000 × 785): ours, first and second time, against `pandas.read_csv` alone.

Each measurement is a process of its own, the sides in turn; imports are not counted. The first open parses into an
empty cache, the second finds it there.

    python benchmarks/make_digit_recognizer.py FOLDER
    python benchmarks/read_csv.py FOLDER/train.csv
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

REPETITIONS = 5


def main() -> None:
    if len(sys.argv) == 4 and sys.argv[1] == "--worker":
        print(json.dumps(_WORKERS[sys.argv[2]](sys.argv[3])))
        return
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    path = sys.argv[1]
    first, second, pandas = [], [], []
    for _ in range(REPETITIONS):
        with tempfile.TemporaryDirectory() as cache:
            environment = {**os.environ, "ONELOOK_CACHE": cache}
            first.append(_run("onelook", path, environment))
            second.append(_run("onelook", path, environment))
        pandas.append(_run("pandas", path, dict(os.environ)))
    figures = {
        "unit": "seconds",
        "rows": 42_000,
        "megabytes": round(Path(path).stat().st_size / 1e6, 1),
        "first_open": spread(first),
        "second_open": spread(second),
        "pandas_read_csv": spread(pandas),
        "pandas_over_first_open": spread([theirs / ours for ours, theirs in zip(first, pandas, strict=True)]),
    }
    print(json.dumps(figures, indent=2))
    write_result("read_csv", figures)


def _onelook(path: str) -> float:
    import pyarrow.csv  # noqa: F401 - imports are not what is measured

    from onelook import open_dataset
    from onelook.data.decode_settings import choose_decode_settings

    start = time.perf_counter()
    dataset = open_dataset(path)
    decode = choose_decode_settings(dataset, None, "stretch")
    images = [part.pictures.decode(decode).images for part in dataset.parts.values()]
    seconds = time.perf_counter() - start
    assert sum(map(len, images)) == dataset.rows
    return seconds


def _pandas(path: str) -> float:
    import pandas

    start = time.perf_counter()
    pandas.read_csv(path)
    return time.perf_counter() - start


_WORKERS = {"onelook": _onelook, "pandas": _pandas}


def _run(side: str, path: str, environment: dict[str, str]) -> float:
    command = [sys.executable, __file__, "--worker", side, path]
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout)


if __name__ == "__main__":
    main()
