"""The same commands from two checkouts, in turn, on one machine in one run: what a change does to speed and memory.

    git worktree add ../before 472ce20
    python benchmarks/before_and_after.py ../before . help loop_overhead open_folder read_csv checks_mnist unit_suite

Each command runs in the folder of its checkout, with that checkout's source first on the path: before, after, before,
after …, so that what else the machine does weighs on both. A benchmark is a checkout's own script, and its figures are
read from the result that it writes, which is put back. The ratio is of medians, after over before; that of the lowest
says more where the machine is busy. `read_csv` needs `--csv`, the file that `make_digit_recognizer.py` writes.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from record import write_entry


@dataclass(frozen=True)
class Case:
    """One command, and what of its result is compared."""

    words: tuple[str, ...]  # after the interpreter
    repetitions: int  # of each checkout
    figures: tuple[str, ...] = ()  # dotted names in the result file; none: seconds of the command


CASES = {
    "help": Case(("-m", "onelook", "--help"), 20),
    "loop_overhead": Case(("benchmarks/loop_overhead.py",), 2, ("seconds", "share_outside")),
    "open_folder": Case(
        ("benchmarks/open_folder.py",),
        2,
        tuple(
            f"{which}_{what}.{figure}"
            for what in ("open", "inspect")
            for which in ("first", "second")
            for figure in ("seconds", "peak_mib")
        ),
    ),
    "read_csv": Case(("benchmarks/read_csv.py", "{csv}"), 3, ("first_open.lowest", "second_open.lowest")),
    "checks_mnist": Case(
        ("benchmarks/checks_mnist.py",),
        3,
        (
            *("checks.first.clock", "checks.first.peak", "checks.second.clock", "checks.second.peak"),
            *("near_copies.mnist.clock", "near_copies.hundred_thousand.clock", "near_copies.photographs.clock"),
        ),
    ),
    "unit_suite": Case(("-m", "pytest", "-n", "auto", "-q", "-m", "not end_to_end"), 1),
}


def main() -> None:
    """Measure the named cases, print them and write each into `results/before_and_after.json`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("before", type=Path, help="a checkout")
    parser.add_argument("after", type=Path, help="another checkout")
    parser.add_argument("cases", nargs="+", choices=CASES)
    parser.add_argument("--csv", type=Path, help="the train.csv to read")
    parser.add_argument("--repetitions", type=int, help="of each checkout, instead of the case's own number")
    options = parser.parse_args()
    if "read_csv" in options.cases and options.csv is None:
        parser.error("read_csv needs --csv FILE: python benchmarks/make_digit_recognizer.py FOLDER writes it")
    csv = "" if options.csv is None else str(options.csv.resolve())
    for name in options.cases:
        case = CASES[name]
        words = [word.format(csv=csv) for word in case.words]
        sides: dict[str, list[dict[str, float]]] = {"before": [], "after": []}
        for _ in range(options.repetitions or case.repetitions):
            for side, measured in sides.items():
                measured.append(measure(getattr(options, side).resolve(), name, words, case.figures))
        figures = compared(sides)
        for figure, values in figures.items():
            ratios = f"× {values['ratio']:.3f}, of the lowest × {values['ratio_of_lowest']:.3f}"
            print(f"{name:<14} {figure:<36} {values['before']:>10.4g} {values['after']:>10.4g} {ratios}")
        commits = {side: commit(getattr(options, side)) for side in sides}
        write_entry("before_and_after", "cases", name, {"commits": commits, "figures": figures})


def measure(checkout: Path, name: str, words: list[str], figures: tuple[str, ...]) -> dict[str, float]:
    """Run one command in a checkout; return its figures by name.

    Raises:
        SystemExit: the command failed.
    """
    result = checkout / "benchmarks" / "results" / f"{name}.json"
    kept = result.read_bytes() if result.exists() else None
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "OMP_NUM_THREADS": _threads(name)}
    if not environment["OMP_NUM_THREADS"]:
        del environment["OMP_NUM_THREADS"]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *words], cwd=checkout, env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if done.returncode:
        raise SystemExit(
            f"{checkout}: {' '.join(words)} ended with {done.returncode}\n{(done.stdout + done.stderr)[-2000:]}"
        )
    if not figures:
        return {"seconds": seconds}
    try:
        content = json.loads(result.read_text())
    finally:
        if kept is not None:
            result.write_bytes(kept)
    return {figure: _at(content, figure) for figure in figures}


def compared(sides: dict[str, list[dict[str, float]]]) -> dict[str, dict[str, Any]]:
    """Return each figure's medians of both sides, their ratio, and all that was measured."""
    found = {}
    for figure in sides["before"][0]:
        values = {side: [each[figure] for each in measured] for side, measured in sides.items()}
        before, after = (statistics.median(values[side]) for side in ("before", "after"))
        found[figure] = {
            "before": round(before, 4),
            "after": round(after, 4),
            "ratio": _ratio(before, after),
            "ratio_of_lowest": _ratio(min(values["before"]), min(values["after"])),
            "all": {side: [round(value, 4) for value in each] for side, each in values.items()},
        }
    return found


def _ratio(before: float, after: float) -> float:
    return round(after / before, 3) if before else float(after == before)


def commit(checkout: Path) -> str:
    """The short name of what is checked out."""
    words = ["git", "-C", str(checkout), "rev-parse", "--short", "HEAD"]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()


def _threads(name: str) -> str:
    """The unit suite has a process for each core; the benchmarks take the threads that torch takes by itself."""
    return "1" if name == "unit_suite" else os.environ.get("OMP_NUM_THREADS", "")


def _at(content: dict[str, Any], dotted: str) -> float:
    value: Any = content
    for name in dotted.split("."):
        value = value[name]
    return float(value)


if __name__ == "__main__":
    main()
