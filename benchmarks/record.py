"""What every benchmark writes: its figures with machine, versions, repetitions and the command that made them."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
_PACKAGES = (
    "onelook", "torch", "numpy", "scipy", "onnxruntime", "pyarrow", "pandas", "pillow", "keras", "tensorflow-cpu",
)  # fmt: skip


def write_result(name: str, figures: dict[str, Any]) -> Path:
    """Writes `results/<name>.json` and gives its path."""
    content = {
        "benchmark": name,
        **_origin(),
        "machine": machine(),
        "versions": versions(),
        **figures,
    }
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps(content, indent=2) + "\n")
    return path


def write_entry(name: str, field: str, key: str, figures: dict[str, Any], **beside: Any) -> Path:
    """Puts one entry into the `field` of `results/<name>.json`, where the others stay, and gives the file's path.

    Args:
        name: of the result file.
        field: of the file; it holds the entries by key.
        key, figures: the entry. It gets a command, a date and vector instructions of its own, as the file
            has those of the last one.
        beside: what else stands in the file.
    """
    instructions = _instructions()
    here = {"instructions": instructions} if instructions else {}
    entries = {**read_entries(name, field), key: {**_origin(), **here, **figures}}
    return write_result(name, {**beside, field: dict(sorted(entries.items()))})


def read_entries(name: str, field: str) -> dict[str, Any]:
    """The `field` of `results/<name>.json`, by key; empty where there is no such file yet."""
    path = RESULTS / f"{name}.json"
    entries: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))[field] if path.is_file() else {}
    return entries


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median, lowest and highest of repeated measurements."""
    return {
        "median": round(statistics.median(values), 4),
        "lowest": round(min(values), 4),
        "highest": round(max(values), 4),
        "repetitions": len(values),
    }


def machine() -> dict[str, Any]:
    """Processor, its vector instructions, cores and system, as far as the system tells."""
    found = {"processor": _processor(), "cores": os.cpu_count(), "system": platform.system()}
    instructions = _instructions()
    return found | ({"instructions": instructions} if instructions else {})


def versions() -> dict[str, str]:
    """The versions of what is measured."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _origin() -> dict[str, str]:
    return {
        "command": " ".join(["python", *(_relative(word) for word in sys.argv)]),
        "date": datetime.now(UTC).date().isoformat(),
    }


def held_instructions() -> str:
    """Return the instructions that oneDNN's variable holds this process and its children to; empty if none."""
    return os.environ.get("ONEDNN_MAX_CPU_ISA", "")


def _instructions() -> str:
    """Return the widest vector instructions, on which the speed of one library against another depends."""
    if held := held_instructions():
        return held
    information = Path("/proc/cpuinfo")
    flags = information.read_text().split() if information.is_file() else []
    return next((name for flag, name in (("avx512f", "AVX-512"), ("avx2", "AVX2")) if flag in flags), "")


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.is_file():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _relative(word: str) -> str:
    """A path below the working folder as it is from there; of one elsewhere the name alone, which is all that helps."""
    path = Path(word)
    if not path.is_absolute():
        return word
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else path.name
