"""What benchmarks write."""

from __future__ import annotations

import json
from pathlib import Path

import pytest


def test_an_entry_replaces_its_own_alone_and_says_where_it_is_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import record

    monkeypatch.setattr(record, "RESULTS", tmp_path)
    for key, value, word in (("mnist 3m", 1, "first"), ("cifar10 15m", 2, "second"), ("mnist 3m", 3, "third")):
        monkeypatch.setattr("sys.argv", ["benchmarks/accuracy_in_time.py", word])
        monkeypatch.setattr(record, "_instructions", lambda value=value: f"AVX{value}")
        record.write_entry("accuracy_in_time", "entries", key, {"value": value}, unit="shares")
    content = json.loads((tmp_path / "accuracy_in_time.json").read_text())
    assert (content["benchmark"], content["unit"]) == ("accuracy_in_time", "shares")
    found = {key: (entry["value"], entry["command"].split()[-1]) for key, entry in content["entries"].items()}
    assert found == {"cifar10 15m": (2, "second"), "mnist 3m": (3, "third")}
    assert {key: entry["instructions"] for key, entry in content["entries"].items()} == {
        "cifar10 15m": "AVX2",
        "mnist 3m": "AVX3",
    }
