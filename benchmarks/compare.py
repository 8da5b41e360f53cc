"""How long `onelook compare` takes over five runs: the whole command, speeds measured and the page written.

The runs are five networks trained for an epoch on the digits that come with scikit-learn; that time is not counted.

    python benchmarks/compare.py
    python benchmarks/compare.py --runs runs/a runs/b    times these, writes nothing
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from onelook.runtime import available_cores
from record import spread, write_result

MODELS = ("cnn", "cnn-small", "mlp", "resnet", "mnist-tutorial")
BAR_SECONDS = 60


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--runs", nargs="+", type=Path, help="these instead; writes nothing")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        runs = arguments.runs or _train(Path(folder))
        found = [_compare(runs, Path(folder) / "page.html") for _ in range(arguments.repetitions)]
    seconds = spread([one["seconds"] for one in found])
    print(f"{found[-1]['runs']} runs compared in {seconds['median']:.1f} s (bar: {BAR_SECONDS} s)")
    if not arguments.runs:
        write_result(
            "compare",
            {
                "threads": available_cores(),
                "runs": found[-1]["runs"],
                "models": list(MODELS),
                "bar_seconds": BAR_SECONDS,
                "seconds": seconds,
                "page_bytes": found[-1]["page_bytes"],
            },
        )


def _train(folder: Path) -> list[Path]:
    words = ["train", "digits", "--models", ",".join(MODELS), "--epochs", "1", "--out", str(folder / "runs"), "--quiet"]
    subprocess.run([sys.executable, "-m", "onelook", *words], check=True, stdout=subprocess.DEVNULL)
    return [folder / "runs"]


def _compare(runs: list[Path], page: Path) -> dict[str, Any]:
    words = ["compare", *map(str, runs), "--html", str(page), "--json"]
    start = time.perf_counter()
    printed = subprocess.run([sys.executable, "-m", "onelook", *words], check=True, capture_output=True, text=True)
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "runs": len(json.loads(printed.stdout)["runs"]), "page_bytes": page.stat().st_size}


if __name__ == "__main__":
    main()
