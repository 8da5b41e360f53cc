"""Two checkouts measured in turn, with scripts that write what they are told to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SCRIPT = """
import json, os, pathlib
result = pathlib.Path("benchmarks/results/made.json")
turns = pathlib.Path("../turns")
turns.write_text((turns.read_text() if turns.exists() else "") + pathlib.Path.cwd().name + " ")
result.write_text(json.dumps({"first": {"seconds": float(os.environ["PYTHONPATH"].count("after") * 2 + 1)}}))
"""


@pytest.fixture
def checkouts(tmp_path: Path) -> Path:
    for name in ("before", "after"):
        results = tmp_path / name / "benchmarks" / "results"
        results.mkdir(parents=True)
        (results / "made.json").write_text("what is committed")
        (results.parent / "made.py").write_text(SCRIPT)
    return tmp_path


def test_checkouts_take_turns_and_their_results_are_put_back(
    checkouts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import before_and_after
    import record

    case = before_and_after.Case(("benchmarks/made.py",), 2, ("first.seconds",))
    monkeypatch.setitem(before_and_after.CASES, "made", case)
    monkeypatch.setattr(before_and_after, "commit", lambda checkout: checkout.name)
    monkeypatch.setattr(record, "RESULTS", checkouts)
    monkeypatch.setattr("sys.argv", ["x", str(checkouts / "before"), str(checkouts / "after"), "made"])
    before_and_after.main()
    assert (checkouts / "turns").read_text().split() == ["before", "after", "before", "after"]
    for name in ("before", "after"):
        assert (checkouts / name / "benchmarks" / "results" / "made.json").read_text() == "what is committed"
    entry = json.loads((checkouts / "before_and_after.json").read_text())["cases"]["made"]
    assert entry["commits"] == {"before": "before", "after": "after"}
    assert entry["figures"]["first.seconds"]["ratio"] == 3.0
    assert entry["figures"]["first.seconds"]["all"] == {"before": [1.0, 1.0], "after": [3.0, 3.0]}
    assert "3.000" in capsys.readouterr().out


def test_ratios_are_of_medians_and_of_the_lowest() -> None:
    import before_and_after

    sides = {"before": [{"s": 2.0}, {"s": 9.0}, {"s": 4.0}], "after": [{"s": 2.0}, {"s": 5.0}, {"s": 0.5}]}
    found = before_and_after.compared(sides)["s"]
    assert (found["before"], found["after"], found["ratio"], found["ratio_of_lowest"]) == (4.0, 2.0, 0.5, 0.25)


def test_a_command_that_fails_ends_the_measurement(checkouts: Path) -> None:
    import before_and_after

    with pytest.raises(SystemExit, match="ended with 3"):
        before_and_after.measure(checkouts / "after", "made", ["-c", "raise SystemExit(3)"], ())
