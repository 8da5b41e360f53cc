"""What may differ between two machines, or two days, is written as …; numbers that differ by rounding are forgiven."""

from __future__ import annotations

import csv
import difflib
import json
import re
from collections.abc import Sequence
from typing import Any

MASK = "…"
# Fields that hold a time, a date, a size on the disk, a version, a speed or the checksum of a file.
_MASKED = frozenset(
    (
        *("all_threads", "checksum", "checksums", "created", "date", "difference", "differences", "machine"),
        *("one_thread", "seconds", "size_bytes", "threads", "timings", "train_seconds", "versions"),
    )
)
_TIME = re.compile(
    r"(?:under )?(?<![\w.])\d[\d,]*(?:\.\d+)?[ \u202f](?:ms|s|min|h)\b(?:[ \u202f]\d+[ \u202f](?:s|min)\b)?"
)
_SIZE = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?[ \u202f](?:bytes|kB|MB)\b")
_DAY = re.compile(r"\b20\d\d-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)?)?|\b\d\d-\d\d \d\d:\d\d\b")
_VERSION = re.compile(r"(?<=onelook )\d+\.\d+\.\d+\S*")
_SPEED = re.compile(r"\d[\d,]*(?= (?:pictures? )?a second)")
_LIBRARY = re.compile(r"^(python|onelook|torch|numpy|pillow|onnx|onnxruntime|scikit-learn|skops) \| .*", re.MULTILINE)
_FINGERPRINT = re.compile(r"\b[0-9a-f]{64}\b")
_DIFFERENCE = re.compile(r"\d\.\de[+-]\d\d|(?<=largest difference )0(?= \(allowed)")
_NUMBER = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?|-?\d+e[+-]?\d+")
_COLUMNS = 116  # of a line of JSON that is not broken
_OPTIONS_KEPT = 6  # the first ones of what an error offers
_DIGITS = 6  # significant ones that are kept of a number in JSON


def masked_text(text: str, root: str) -> str:
    """Mask times, sizes, days, versions, speeds and the place of the data in a text."""
    text = _LIBRARY.sub(rf"\1 | {MASK}", text.replace(root, "PLACE"))
    for pattern in (_DAY, _TIME, _SIZE, _VERSION, _SPEED, _DIFFERENCE):
        text = pattern.sub(MASK, text)
    return text


def masked_print(text: str, root: str) -> list[str]:
    """Mask what is printed. Where a time's length may decide where a line is broken, the lines are one."""
    lines: list[str] = []
    for line in text.splitlines():
        is_more = bool(lines) and MASK in lines[-1] and _indent(line) > _indent(lines[-1])
        found = masked_text(line.rstrip(), root)
        if is_more:
            lines[-1] += f" {found.strip()}"
        else:
            lines.append(found)
    # Columns of a table are as wide as their texts, and so is the heading above.
    return [
        re.sub(r"(?<=\S) {2,}", "  ", line) if MASK in line + below else line
        for line, below in zip(lines, [*lines[1:], ""], strict=False)
    ]


def numbered_fingerprints(lines: Sequence[str]) -> list[str]:
    """Call fingerprints 1, 2, 3 … as they occur: they differ between machines, but equal ones stay equal."""
    numbers: dict[str, int] = {}

    def number(match: re.Match[str]) -> str:
        return f"fingerprint {numbers.setdefault(match[0], len(numbers) + 1)}"

    return [_FINGERPRINT.sub(number, line) for line in lines]


def masked_table(text: str) -> str:
    """Mask the columns of a CSV file that hold times."""
    rows = [*csv.reader(text.splitlines())]
    head = rows[0] if rows else []
    if not _MASKED & {*head}:
        return text
    return "\n".join(
        ",".join(MASK if name in _MASKED and at else cell for name, cell in zip(head, row, strict=True))
        for at, row in enumerate(rows)
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def masked_json(value: Any, *, hidden: bool = False) -> Any:
    """Mask the fields that differ between machines, with their structure left, and shorten numbers."""
    if isinstance(value, dict):
        return {key: _masked_field(key, each, hidden=hidden) for key, each in value.items()}
    if isinstance(value, list):
        return [masked_json(each, hidden=hidden) for each in value]
    if hidden and value is not None and not isinstance(value, bool):
        return MASK
    return float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value


def _masked_field(key: str, value: Any, *, hidden: bool) -> Any:
    if key == "options" and len(value) > _OPTIONS_KEPT:
        value = [*value[:_OPTIONS_KEPT], MASK]
    # The files of a model: a list of names, or their checksums by name.
    return masked_json(value, hidden=hidden or key in _MASKED or (key == "files" and isinstance(value, dict)))


def json_lines(value: Any) -> list[str]:
    """Write JSON with each field on a line; short lists and objects are one line."""
    return list(_json_lines(value, "", ""))


def _json_lines(value: Any, indent: str, head: str) -> list[str]:
    flat = json.dumps(value, ensure_ascii=False)
    is_row = isinstance(value, list) and not any(isinstance(each, dict | list | str) for each in value)
    if not isinstance(value, dict | list) or is_row or len(indent + head + flat) <= _COLUMNS:
        return [f"{indent}{head}{flat}"]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    pairs = value.items() if isinstance(value, dict) else (("", each) for each in value)
    lines = [f"{indent}{head}{begin}"]
    for key, each in pairs:
        lines += _json_lines(each, f"{indent} ", f"{json.dumps(key, ensure_ascii=False)}: " if key else "")
    return [*lines, f"{indent}{end}"]


def difference(kept: Sequence[str], found: Sequence[str], *, tolerance: float) -> str:
    """Return a unified diff; empty where the lines agree, or only their numbers differ, by less than `tolerance`.

    Args:
        kept: the lines of the kept answer.
        found: the lines of today's.
        tolerance: relative to the larger number; whole numbers must be equal.
    """
    if list(kept) == list(found):
        return ""
    forgiven = list(found)
    matcher = difflib.SequenceMatcher(None, [*map(_skeleton, kept)], [*map(_skeleton, found)], autojunk=False)
    for at, other, count in matcher.get_matching_blocks():
        for step in range(count):
            if _is_close(kept[at + step], found[other + step], tolerance):
                forgiven[other + step] = kept[at + step]
    return "\n".join(difflib.unified_diff(list(kept), forgiven, "kept", "found", lineterm="", n=2))


def _skeleton(line: str) -> str:
    return _NUMBER.sub("#", line)


def _is_close(kept: str, found: str, tolerance: float) -> bool:
    pairs = zip(_NUMBER.findall(kept), _NUMBER.findall(found), strict=True)
    return all(_near(float(one), float(other), tolerance) for one, other in pairs)


def _near(one: float, other: float, tolerance: float) -> bool:
    return abs(one - other) <= tolerance * max(abs(one), abs(other), 1e-3)
