"""The result of a cross-validation without any training: what it holds, says, and writes."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from onelook.checks.finding import Finding
from onelook.errors import ModelError
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation
from onelook.metrics import METRICS
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import CrossValidation, Fold, read_folds


def scored(right: int, rows: int) -> Evaluation:
    labels = np.arange(rows) % 2
    predicted = np.where(np.arange(rows) < right, labels, 1 - labels)
    return evaluate(np.eye(2)[predicted] * 0.8 + 0.1, labels, ("a", "b"), "val")


def fold(number: int, right: int, rows: int, status: str = "complete", test: Evaluation | None = None) -> Fold:
    return Fold(number, RunFolder(Path(f"all/fold-{number}")), scored(right, rows), status, test)


@pytest.fixture(autouse=True)
def _folds(in_tmp: Path) -> None:
    for number in (1, 2, 3):
        RunFolder.create(Path(f"all/fold-{number}")).update_run(timings={"total": 10.0 * number, "train": 1.0})


THREE = (fold(1, 8, 10), fold(2, 9, 12), fold(3, 4, 4, "interrupted"))


def test_what_is_written_counts_complete_folds_alone_and_lists_all() -> None:
    found = CrossValidation(Path("all"), 3, THREE, "interrupted").to_dict()
    assert {
        name: found[name] for name in ("status", "run", "folds", "rows", "interval", "test", "findings", "labels")
    } == {
        "status": "interrupted",
        "run": "all",
        "folds": 3,
        "rows": 22,
        "interval": "95 % t interval of the mean over folds",
        "test": None,
        "findings": [],
        "labels": "",
    }
    assert found["accuracy"] == pytest.approx((0.8 + 0.75) / 2)
    assert [run["fold"] for run in found["runs"]] == [1, 2, 3]
    assert found["runs"][1] == {
        "fold": 2,
        "run": "all/fold-2",
        "status": "complete",
        "rows": 12,
        "seconds": 20.0,
        **scored(9, 12).scores,
        **{f"test_{name}": None for name in METRICS},
    }


@pytest.mark.parametrize(
    ("folds", "said"),
    [
        (THREE, "77.50 % (95 % t interval of the mean 45.73 % to 100 %) over 2 of 3 folds"),
        (THREE[:2], "77.50 % (95 % t interval of the mean 45.73 % to 100 %) over 2 of 3 folds"),
        (THREE[:1], "1 of 3 folds done: a mean needs two or more"),
        ((*THREE[:2], fold(3, 4, 4)), "85.00 % (95 % t interval of the mean 52.14 % to 100 %) over 3 folds"),
    ],
)
def test_the_mean_says_over_how_many_of_the_folds_it_is(folds: tuple[Fold, ...], said: str) -> None:
    assert str(CrossValidation(Path("all"), 3, folds, "interrupted")).removeprefix("mean accuracy ") == said


def test_the_test_pictures_have_scores_of_their_own() -> None:
    folds = (fold(1, 8, 10, test=scored(3, 4)), fold(2, 9, 12, test=scored(2, 4)))
    finding = Finding("labels", "train", 2, ("a", "b"), "Two labels look wrong.")
    result = CrossValidation(Path("all"), 2, folds, "complete", (finding,), "by all folds")
    found = result.to_dict()
    assert (found["test"]["rows"], found["test"]["accuracy"]) == (4, pytest.approx(0.625))
    assert [run["test_accuracy"] for run in found["runs"]] == [0.75, 0.5]
    assert (found["findings"], found["labels"]) == ([finding.to_dict()], "by all folds")
    assert result.test_accuracy is not None
    assert (result.mean, result.test_accuracy.mean) == (pytest.approx(0.775), pytest.approx(0.625))
    assert str(result).splitlines()[1] == (
        "mean accuracy 62.50 % (95 % t interval of the mean 0 % to 100 %) of their models on the test pictures"
    )


def test_it_prints_as_its_mean_and_says_how_many_folds_are_done() -> None:
    result = CrossValidation(Path("all"), 3, THREE, "interrupted")
    assert repr(result) == "<CrossValidation 'all': interrupted, 2 of 3 folds, 77.50 % on average>"
    low, high = result.interval or (0, 0)
    assert str(result) == (
        f"mean accuracy 77.50 % (95 % t interval of the mean {100 * low:.2f} % to {100 * high:.2f} %) over 2 of 3 folds"
    ).replace("100.00 %", "100 %")
    whole = CrossValidation(Path("all"), 2, THREE[:2], "complete")
    assert str(whole).endswith("over 2 folds")
    one = CrossValidation(Path("all"), 3, THREE[:1], "interrupted")
    assert (one.mean, one.interval, one.accuracy) == (None, None, None)
    assert str(one) == "1 of 3 folds done: a mean needs two or more"
    assert repr(one) == "<CrossValidation 'all': interrupted, 1 of 3 folds>"
    assert (one.suspects, one.predictions) == (Path("all/suspects.csv"), Path("all/predictions.csv"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", r"folds\.json: not readable as JSON \(.*\)\. The file is damaged: train again\."),
        ("[" * 100_000, r"not readable as JSON"),
        ("[1]", r"folds\.json: holds a list, expected a JSON object\."),
    ],
)
def test_a_damaged_file_is_refused(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "folds.json").write_text(json.dumps({"folds": 3}))
    assert read_folds(tmp_path / "folds.json") == {"folds": 3}
    (tmp_path / "folds.json").write_text(content)
    with pytest.raises(ModelError) as refused:
        read_folds(tmp_path / "folds.json")
    assert re.search(message, str(refused.value))
