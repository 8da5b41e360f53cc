"""Committed results, and figures as pages write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def result(name: str) -> dict[str, Any]:
    """The content of `results/<name>.json`."""
    content: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return content


def result_if_any(name: str) -> dict[str, Any] | None:
    """The same, or None where it has not been measured yet."""
    return result(name) if (RESULTS / f"{name}.json").is_file() else None


def percent(share: float, digits: int) -> str:
    """A share of 1, such as "99.54 %"."""
    return f"{100 * share:.{digits}f} %"


def minutes(seconds: float) -> str:
    """Seconds, such as "3 min 5 s"; below a minute "41 s"."""
    whole = round(seconds)
    return f"{whole // 60} min {whole % 60} s" if whole >= 60 else f"{whole} s"


def speed(measured: dict[str, float]) -> str:
    """The median of a spread of pictures a second."""
    return f"{measured['median']:,.0f} pictures a second"
