"""What a notebook shows for several trainings, and for a found learning rate."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.report.conftest import probabilities_and_labels

from onelook.commands.find_rate import FoundRate
from onelook.comparison.result import ComparedRun, Comparison
from onelook.comparison.speed import Speed
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import Evaluation
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import CrossValidation, Fold
from onelook.runs.model_list import TrainedModel, TrainedModels
from onelook.runs.run import Run
from onelook.training.measurements.find_learning_rate import RateSweep
from onelook.tuning.search_result import SearchResult, TrialRow

from .test_outputs import HOSTILE, Tags, assert_harmless, html_of

FAST = ComparedRun(
    run="runs/fast",
    label="fast",
    model="mlp",
    set_name="test",
    rows=200,
    scores={"accuracy": 0.9, "balanced_accuracy": 0.9, "macro_f1": 0.9, "loss": 0.3},
    accuracy_interval=(0.85, 0.93),
    parameters=None,
    size_bytes=None,
    train_seconds=125.0,
    epochs=None,
    one_thread=Speed(1, 1.25, 1.5, 800.0),
    all_threads=None,
)
BEST = replace(
    FAST, label=HOSTILE, run="runs/best", scores={**FAST.scores, "accuracy": 0.95}, one_thread=None, train_seconds=None
)
COMPARED = Comparison("digits", "2025-01-01", "a machine", (FAST, BEST), 1, "Take the best.", ())


def evaluation_of(right: int, wrong: int) -> Evaluation:
    return evaluate(*probabilities_and_labels([[right, wrong], [0, right]]), ("a", "b"), "val")


def cells(html: str) -> list[list[str]]:
    """The rows of the table, as the text of each cell."""
    assert_harmless(html)
    rows = [row.split("</tr>")[0] for row in html.split("<tr")[2:]]
    return [[Tags(f"<td{cell}").text.strip() for cell in row.split("<t")[1:]] for row in rows]


def test_a_comparison_has_a_row_for_each_run_and_marks_the_best() -> None:
    html = html_of(COMPARED)
    assert (
        cells(html)
        == [
            ["fast", "90.00\u202f%", "85.0\u202f% to 93.0\u202f%", "1.25 ms", "2\u202fmin 5\u202fs", "runs/fast"],
            [HOSTILE, "95.00\u202f%", "85.0\u202f% to 93.0\u202f%", "–", "–", "runs/best"],
        ]
        or Tags(html).text.count(HOSTILE) == 2
    )
    assert [row.get("class") for row in Tags(html).named("tr")] == [None, None, "best"]
    assert "Take the best." in Tags(html).text


def test_a_list_of_models_shows_its_comparison_and_what_failed() -> None:
    failed = TrainedModel("svc", RunFolder(Path("all/svc")), "failed", error="too many pictures")
    waiting = TrainedModel("cnn", RunFolder(Path("all/cnn")))
    text = Tags(html_of(TrainedModels(Path("all"), (failed,), {}, COMPARED))).text
    assert "2 runs on digits" in text
    assert "could not be trained: too many pictures" in text
    assert cells(html_of(TrainedModels(Path("all"), (failed, waiting), {}))) == [
        ["svc", "–", "too many pictures", str(Path("all/svc"))],
        ["cnn", "–", "waiting", str(Path("all/cnn"))],
    ]


def test_folds_have_a_row_each_and_their_mean() -> None:
    folds = (
        Fold(1, RunFolder(Path("all/1")), evaluation_of(4, 0), "complete", evaluation_of(3, 1)),
        Fold(2, RunFolder(Path("all/2")), evaluation_of(3, 1), "complete", evaluation_of(3, 1)),
        Fold(3, RunFolder(Path("all/3")), evaluation_of(3, 1), "interrupted"),
    )
    html = html_of(CrossValidation(Path("all"), 4, folds, "interrupted"))
    assert cells(html) == [
        ["1", "8", "100\u202f%", "85.71\u202f%"],
        ["2", "7", "85.71\u202f%", "85.71\u202f%"],
        ["3 (interrupted)", "7", "85.71\u202f%", "–"],
    ]
    assert "2 of 4 folds: 92.86\u202f% on average" in Tags(html).text


def test_a_search_lists_its_trials_best_first() -> None:
    trials = tuple(
        TrialRow(number, "complete", number / 100, 3, 1.0, {"optimizer.learning_rate": 0.00123456, "batch_size": 32})
        for number in range(1, 21)
    )
    html = html_of(SearchResult(Path("runs/tune"), "interrupted", trials, 20, None))
    shown = cells(html)
    assert len(shown) == 15
    assert shown[0] == ["20", "20.00\u202f%", "learning_rate 0.00123, batch_size 32", "3", "1\u202fs"]
    assert [row.get("class") for row in Tags(html).named("tr")][1:3] == ["best", None]
    assert "And 5 more trials in" in Tags(html).text


def facts(html: str) -> list[tuple[str, str]]:
    """The facts below the table, as (name, text)."""
    return re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html.replace("\u202f", " "))


def test_folds_name_their_means_and_their_page(tmp_path: Path) -> None:
    def found(*right: int, tests: bool) -> CrossValidation:
        scored = [(evaluation_of(one, 1), evaluation_of(1, 3 * one) if tests else None) for one in right]
        folds = tuple(
            Fold(at, RunFolder(tmp_path / f"fold-{at}"), own, "complete", test)
            for at, (own, test) in enumerate(scored, start=1)
        )
        return CrossValidation(tmp_path, len(folds), folds, "complete")

    mean, test = found(90, 95, 99, tests=True).accuracy, found(90, 95, 99, tests=True).test_accuracy
    assert mean is not None
    assert test is not None

    def words(low: float, high: float) -> str:
        return f"{100 * low:.2f} % to {100 * high:.2f} %"

    both = facts(html_of(found(90, 95, 99, tests=True)))
    assert both == [
        ("mean", f"{100 * mean.mean:.2f} %, 95 % t interval {words(*mean.interval)}"),
        ("on test pictures", f"{100 * test.mean:.2f} %, 95 % t interval {words(*test.interval)}"),
    ]
    (tmp_path / "report.html").write_text("page")
    assert facts(html_of(found(90, 95, 99, tests=False))) == [both[0], ("report", str(tmp_path / "report.html"))]
    alone = html_of(found(9, tests=False))
    assert "1 of 1 fold<" in alone
    assert [name for name, _ in facts(alone)] == ["report"]


def test_a_search_names_the_run_that_is_kept_and_why_others_are_not(tmp_path: Path) -> None:
    trials = (
        TrialRow(1, "pruned", 0.5, 2, 61.0, {"model": "cnn"}),
        TrialRow(2, "complete", 0.75, 3, 9.5, {"dropout": 0.0}),
        TrialRow(3, "failed", None, 0, 0.0, {"dropout": 0.5}, "no such layer"),
        TrialRow(4, "complete", 0.0, 3, 9.5, {}),
    )
    run = Run(RunFolder(tmp_path / "best"), evaluation_of(4, 0), "complete")
    html = html_of(SearchResult(tmp_path, "complete", trials, 2, run))
    assert [[cell.replace("\u202f", " ") for cell in row] for row in cells(html)] == [
        ["2", "75.00 %", "dropout 0", "3", "9.5 s"],
        ["4", "0 %", "", "3", "9.5 s"],
        ["1", "50.00 % (stopped)", "model cnn", "2", "1 min 1 s"],
        ["3", "failed", "no such layer", "0", "0 s"],
    ]
    assert f"Trial 2 of 4 is the best: {run}" in Tags(html).text
    assert facts(html) == [("run", str(tmp_path / "best"))]
    waiting = html_of(SearchResult(tmp_path, "interrupted", trials[:1], None, None))
    assert "1 trial, interrupted" in Tags(waiting).text
    assert facts(waiting) == []


@pytest.mark.parametrize("name", ["digits", HOSTILE])
def test_a_found_rate_shows_its_curve(name: str) -> None:
    rates = tuple(1e-5 * 10 ** (step / 4) for step in range(20))
    losses = tuple(2.0 - step / 10 for step in range(20))
    html = html_of(FoundRate(name, "mlp", "adam", 32, RateSweep(rates, losses, losses, 0.01, 0.001, 0.1, "Why not.")))
    assert_harmless(html)
    assert [svg["aria-label"] for svg in Tags(html).named("svg")] == [
        "Loss by learning rate: lowest at 0.1, falling fastest at 0.001."
    ]
    assert "A learning rate of 0.01 suits this data" in Tags(html).text
    assert "Why not." in Tags(html).text
    assert facts(html) == [
        *(("suggested", "0.01"), ("loss falls fastest", "0.001"), ("loss is lowest", "0.1")),
        *(("network", "mlp"), ("optimizer", "adam"), ("batch size", "32")),
    ]
