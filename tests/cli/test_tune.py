"""What `onelook tune` hands on and prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.cli import main
from onelook.evaluation.evaluate import evaluate
from onelook.run_folder import RunFolder
from onelook.runs.run import Run
from onelook.tuning.search_result import SearchResult, TrialRow

EVALUATION = evaluate(np.eye(2)[[0] * 30], np.array([0] * 30), ("a", "b"), "test")


def trials(count: int) -> tuple[TrialRow, ...]:
    rows = [
        TrialRow(1, "pruned", 0.5, 2, 61.0, {"dropout": 0.25, "model": "cnn"}),
        TrialRow(2, "complete", 0.75125, 3, 9.5, {"optimizer.learning_rate": 0.0012345, "batch_size": 64}),
        TrialRow(3, "failed", None, 0, 0.0, {"dropout": 0.5}, "no such layer"),
    ]
    return tuple((rows + [TrialRow(number, "complete", 0.5, 3, 9.0, {}) for number in range(4, 20)])[:count])


@pytest.fixture
def tuned(monkeypatch: pytest.MonkeyPatch) -> Any:
    """`tuned(*words, found=…)`: the exit code of the command for a search that ended so, and what it was asked for."""

    def run(*words: str, found: SearchResult) -> tuple[int, dict[str, Any]]:
        asked: dict[str, Any] = {}

        def tune(data: str, **options: Any) -> SearchResult:
            asked.update(options, data=data)
            return found

        monkeypatch.setattr("onelook.commands.tune.tune", tune)
        monkeypatch.setenv("COLUMNS", "80")
        return main(["tune", "my photos", *words]), asked

    return run


def test_a_finished_search_shows_its_trials_and_the_run_that_is_kept(
    tuned: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Run(RunFolder(Path("found/best")), EVALUATION, "complete")
    code, asked = tuned(
        "--trials",
        "3",
        "--epochs",
        "2",
        "--set",
        "seed=4",
        found=SearchResult(Path("found"), "complete", trials(3), 2, run),
    )
    assert code == 0
    assert {name: asked[name] for name in ("data", "trials", "on", "out", "resume", "config", "sets", "epochs")} == {
        "data": "my photos",
        "trials": 3,
        "on": "here",
        "out": None,
        "resume": False,
        "config": None,
        "sets": ["seed=4"],
        "epochs": "2",
    }
    assert asked["command"] == "onelook tune 'my photos' --trials 3 --epochs 2 --set seed=4"
    assert "strict" not in asked
    lines = capsys.readouterr().out.splitlines()
    assert [line.split() for line in lines[1:5]] == [
        ["trial", "settings", "validation,", "%", "epochs", "time"],
        ["2", "*", "learning_rate=0.00123", "batch_size=64", "75.12", "3", "9.5", "s"],
        ["1", "dropout=0.25", "model=cnn", "50.00", "stopped", "2", "1", "min", "1", "s"],
        ["3", "dropout=0.5", "–", "failed", "0", "0", "s"],
    ]
    ends = (f"trial 2 is the best: {run}", *EVALUATION.warnings, *("report found/best/report.html",))
    ends = (*ends, "model found/best/model", "trials found/trials.csv", "page found/search.html")
    assert " ".join(" ".join(lines[5:]).split()) == " ".join(ends)
    assert EVALUATION.warnings


def test_a_nought_and_an_empty_word_are_handed_on_and_a_switch_that_is_off_is_not(tuned: Any) -> None:
    words = ("--seed", "0", "--val", "0", "--model", "", "--strict")
    _, asked = tuned(*words, found=SearchResult(Path("found"), "complete", (), None, None))
    assert [asked[name] for name in ("seed", "val", "model", "strict", "resume")] == ["0", "0", "", True, False]
    assert "invert" not in asked


@pytest.mark.parametrize(("count", "more"), [(10, None), (11, "1 more trial"), (13, "3 more trials")])
def test_ten_trials_are_shown(count: int, more: str | None, tuned: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, _ = tuned(found=SearchResult(Path("found"), "complete", trials(count), None, None))
    lines = capsys.readouterr().out.splitlines()
    assert code == 0
    assert len(lines) == 2 + 10 + (more is not None)
    assert more is None or lines[-1] == f"  and {more} in found/trials.csv"


@pytest.mark.parametrize(("place", "again"), [((), ""), (("--on", "ray"), "--on ray ")])
def test_an_interrupted_search_says_how_to_resume_it(
    place: tuple[str, ...], again: str, tuned: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    code, asked = tuned("--trials", "5", *place, found=SearchResult(Path("found"), "interrupted", (), None, None))
    assert (code, asked["on"]) == (130, place[1] if place else "here")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "the finished trials are kept" in printed.err
    assert f"onelook tune 'my photos' --trials 5 {again}--out found --resume" in printed.err


def test_the_document_is_the_whole_search(tuned: Any, capsys: pytest.CaptureFixture[str]) -> None:
    found = SearchResult(Path("found"), "interrupted", trials(3), None, None)
    code, _ = tuned("--json", found=found)
    assert code == 130
    assert json.loads(capsys.readouterr().out) == found.to_dict()
