"""A score is one file and one line.

A toy score, added so to a copy of the package, appears wherever scores are shown.
"""

from __future__ import annotations

import difflib
import importlib.util
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.contracts.conftest import RunIn
from tests.copies import needs_copies

import onelook

# The share of a thousand that the scored pictures are: a number that tells which pictures it was computed on.
TOY = """
from onelook.metrics.scores import Score

def toy(probabilities, labels):
    return len(labels) / 1000

TOY = Score("toy score", toy, shown_in=("report", "evaluate", "folds", "comparison"))
"""
LINE = '        "toy": ("onelook.metrics.toy:TOY", "what a toy says"),\n'
ROWS, TEST_ROWS = 81, 36

# Runs command lines one after the other, and prints what each wrote. "forget" is no command: it copies a run that was
# scored before there was the toy. Speeds are measured briefly and runs end with their score: nothing else is looked at.
RUN_ALL = """
import contextlib, io, json, pathlib, shutil
from onelook.cli import main
from onelook.comparison import speed
from onelook.runs.ending import ENDING_STEPS, plan

speed._SECONDS_A_ROUND = 0.01
plan.all_steps = lambda: tuple(map(ENDING_STEPS.load, ("model", "score", "evaluation", "pictures")))

def forget(run, older):
    evaluation = pathlib.Path(shutil.copytree(run, older)) / "evaluation.json"
    evaluation.write_text(json.dumps({k: v for k, v in json.loads(evaluation.read_text()).items() if k != "toy"}))

printed = {}
for name, words in commands.items():
    if words[0] == "forget":
        forget(*words[1:])
        continue
    with contextlib.redirect_stdout(io.StringIO()) as out:
        code = main(words)
    assert code == 0, (name, code, out.getvalue())
    printed[name] = out.getvalue()
print(json.dumps(printed))
"""
QUICK = ["--model", "mlp", "--epochs", "1", "--batch-size", "32", "--quiet"]
COMMANDS = {
    "train": ["train", "few.npz", "--out", "run", *QUICK],
    "train again": ["train", "few.npz", "--out", "other", *QUICK],
    "evaluate": ["evaluate", "run", "few.npz"],
    "evaluate as JSON": ["evaluate", "run", "few.npz", "--json"],
    "folds": ["train", "few.npz", "--folds", "2", "--out", "folds", *(word for word in QUICK if word != "--quiet")],
    "compare": ["compare", "run", "other", "--html", "compared.html"],
    "compare as JSON": ["compare", "run", "other", "--json"],
    "forget": ["forget", "run", "older"],
    "report on older": ["report", "older"],
    "compare with older": ["compare", "older", "other"],
}
SEARCH = {"tune": ["tune", "few.npz", "--trials", "1", "--out", "search", "--json", *QUICK]}
HAS_OPTUNA = importlib.util.find_spec("optuna") is not None

pytestmark = needs_copies


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a copy of the package that has the toy score, in `src`, and a data set."""
    place = tmp_path_factory.mktemp("scratch")
    package = place / "src" / "onelook"
    shutil.copytree(Path(onelook.__file__).parent, package)  # with what is compiled, which Python checks by its age
    (package / "metrics" / "toy.py").write_text(TOY)
    registry = package / "metrics" / "__init__.py"
    text = registry.read_text(encoding="utf-8")
    last = '        "top5_accuracy": ('
    assert last in text
    registry.write_text(text.replace(last, LINE + last), encoding="utf-8")
    draw = np.random.default_rng(0)
    arrays = {}
    for part, rows in (("train", ROWS), ("test", TEST_ROWS)):
        arrays[f"y_{part}"] = labels = np.arange(rows, dtype=np.uint8) % 3
        arrays[f"x_{part}"] = draw.integers(0, 90, (rows, 8, 8), dtype=np.uint8) + 80 * labels[:, None, None]
    np.savez(place / "few.npz", **arrays)
    return place


@pytest.fixture(scope="module")
def printed(place: Path, run_in: RunIn) -> dict[str, str]:
    """What each command wrote on standard output, all of them run in one process with the copied package."""
    commands = COMMANDS | SEARCH if HAS_OPTUNA else COMMANDS
    found: dict[str, str] = json.loads(run_in(place, f"commands = {commands!r}\n{RUN_ALL}"))
    return found


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_it_takes_one_file_and_one_line(place: Path) -> None:
    original, copy = Path(onelook.__file__).parent, place / "src" / "onelook"
    names = {
        path.relative_to(root).as_posix()
        for root in (original, copy)
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    touched = {
        name
        for name in names
        if not ((original / name).is_file() and (original / name).read_bytes() == (copy / name).read_bytes())
    }
    assert touched == {"metrics/toy.py", "metrics/__init__.py"}
    before, after = ((root / "metrics" / "__init__.py").read_text().splitlines() for root in (original, copy))
    changes = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    assert changes == [f"+ {LINE.rstrip()}"]


def test_a_run_has_it_in_its_files_and_its_report(place: Path, printed: dict[str, str]) -> None:
    assert read(place / "run" / "evaluation.json")["toy"] == TEST_ROWS / 1000
    assert read(place / "run" / "run.json")["metrics"]["toy"] == TEST_ROWS / 1000
    page = (place / "run" / "report.html").read_text(encoding="utf-8")
    assert "<dt>Toy score</dt><dd><b>0.0360</b>what a toy says</dd>" in page


def test_evaluate_prints_it(printed: dict[str, str]) -> None:
    assert ["toy", "score", "0.0360"] in [line.split() for line in printed["evaluate"].splitlines()]
    assert json.loads(printed["evaluate as JSON"])["toy"] == TEST_ROWS / 1000


def test_folds_have_it_with_its_mean_and_interval(place: Path, printed: dict[str, str]) -> None:
    found = read(place / "folds" / "folds.json")
    rows = [run["rows"] for run in found["runs"]]
    assert sum(rows) == found["rows"] == ROWS
    assert [run["toy"] for run in found["runs"]] == [count / 1000 for count in rows]
    assert [run["test_toy"] for run in found["runs"]] == [TEST_ROWS / 1000] * 2
    assert found["toy"] == pytest.approx(sum(rows) / 2000)
    low, high = found["toy_interval"]
    assert low < found["toy"] < high
    assert (found["test"]["toy"], found["test"]["toy_interval"]) == (TEST_ROWS / 1000, [TEST_ROWS / 1000] * 2)
    page = (place / "folds" / "report.html").read_text(encoding="utf-8")
    assert '<th class="number">Toy score</th>' in page  # of each fold
    assert f'<td class="number">{found["toy"]:.4f}</td><td class="number">{low:.4f} to {high:.4f}</td>' in page
    heads = next(line for line in printed["folds"].splitlines() if line.startswith("fold  "))
    assert "toy score" in heads


def test_a_comparison_has_it(place: Path, printed: dict[str, str]) -> None:
    lines = printed["compare"].splitlines()
    assert any("toy score" in line for line in lines)
    assert "0.036" in next(line for line in lines if line.startswith("other")).split()
    assert [run["toy"] for run in json.loads(printed["compare as JSON"])["runs"]] == [TEST_ROWS / 1000] * 2
    page = (place / "compared.html").read_text(encoding="utf-8")
    assert '<th scope="col" class="number">Toy score</th>' in page
    assert page.count('<td class="number">0.0360</td>') >= 2


@pytest.mark.skipif(not HAS_OPTUNA, reason="searches need Optuna")
def test_the_winner_of_a_search_has_it(place: Path, printed: dict[str, str]) -> None:
    assert json.loads(printed["tune"])["evaluation"]["toy"] == TEST_ROWS / 1000
    assert read(place / "search" / "best" / "evaluation.json")["toy"] == TEST_ROWS / 1000
    assert "Toy score" in (place / "search" / "best" / "report.html").read_text(encoding="utf-8")


def test_a_run_that_was_scored_before_shows_it_nowhere_or_as_a_dash(place: Path, printed: dict[str, str]) -> None:
    assert "toy" not in read(place / "older" / "evaluation.json")
    assert "Toy score" not in (place / "older" / "report.html").read_text(encoding="utf-8")
    rows = {
        line.split()[0]: line.split()
        for line in printed["compare with older"].splitlines()
        if "(" in line and "–" in line
    }
    assert "–" in rows["older"]
    assert "–" not in rows["other"]
