"""Kaggle's Digit Recognizer, from its CSV files to a submission."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.end_to_end.conftest import Onelook

MAKER = Path(__file__).parents[2] / "benchmarks" / "make_digit_recognizer.py"


@pytest.fixture(scope="module")
def competition(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digit-recognizer")
    subprocess.run([sys.executable, MAKER, folder], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def trained(competition: Path, run_in: Onelook) -> Path:
    done = run_in(competition, "train", "train.csv", "--recipe", "digits-minimal", "--epochs", "2", "--out", "run")
    assert done.code == 0, done.err
    return competition


def test_train_says_what_it_found_and_scores_on_validation(trained: Path) -> None:
    run = json.loads((trained / "run" / "run.json").read_text())
    assert run["status"] == "complete"
    assert run["data"]["layout"] == "pixel-csv"
    assert run["split"]["train"] + run["split"]["val"] + run["data"]["ledger"]["duplicate"] == 42_000
    evaluation = json.loads((trained / "run" / "evaluation.json").read_text())
    assert evaluation["set"] == "val"
    assert evaluation["accuracy"] > 0.95  # two epochs of the smallest network give about 0.98
    assert sum(map(sum, evaluation["confusion_matrix"])) == evaluation["rows"]


def test_predict_writes_the_sample_submissions_columns_in_its_order(trained: Path, run_in: Onelook) -> None:
    words = ("predict", "run", "test.csv", "--out", "submission.csv", "--like", "sample_submission.csv")
    done = run_in(trained, *words)
    assert done.code == 0, done.err
    with (trained / "submission.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (trained / "answers.csv").open() as file:
        answers = list(csv.DictReader(file))
    assert [row["ImageId"] for row in rows] == [str(number) for number in range(1, 28_001)]
    right = sum(row["Label"] == answer["Label"] for row, answer in zip(rows, answers, strict=True))
    assert right / len(rows) > 0.95


def test_predict_refuses_a_sample_with_other_rows(trained: Path, run_in: Onelook) -> None:
    lines = (trained / "sample_submission.csv").read_text().splitlines(keepends=True)
    (trained / "short.csv").write_text("".join(lines[:-1]))
    done = run_in(trained, "predict", "run", "test.csv", "--out", "refused.csv", "--like", "short.csv")
    assert done.code == 3
    assert "28000" in done.err.replace(",", "")
    assert not (trained / "refused.csv").exists()


def test_a_second_open_comes_from_the_cache_and_finds_the_same(trained: Path, run_in: Onelook) -> None:
    first, second = (run_in(trained, "inspect", "train.csv", "--json") for _ in range(2))
    assert first.code == second.code == 0
    assert json.loads(first.out) == json.loads(second.out)
    assert json.loads(first.out)["rows"] == 42_000
