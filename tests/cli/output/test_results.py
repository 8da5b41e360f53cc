"""What commands print at their end: of a search, of a list of models, of a score, of folds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.cli.evaluate import show_evaluation
from onelook.cli.output.printer import Printer
from onelook.cli.output.training import print_folds, print_models
from onelook.cli.tune import _say_trials
from onelook.errors import ConfigError, DataError, ModelError
from onelook.evaluation.evaluate import evaluate
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import CrossValidation, Fold
from onelook.runs.model_list import TrainedModel, TrainedModels
from onelook.tuning.search_result import SearchResult, TrialRow

# Three classes of 3, 5 and 2 pictures; of the second two are taken for the first.
LABELS = np.array([0, 0, 0, 1, 1, 1, 1, 1, 2, 2])
SAID = np.array([0, 0, 0, 1, 0, 1, 0, 1, 2, 2])
SCORED = evaluate(np.eye(3, dtype=np.float32)[SAID] * 0.9 + np.float32(1 / 30), LABELS, ("a", "b", "c"), "test")


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "160")


def lines(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def row(number: int, accuracy: float | None, state: Any = "complete", **settings: Any) -> TrialRow:
    return TrialRow(number, state, accuracy, number + 1, 60.0 * number, settings)


def test_the_best_trials_are_shown_first_and_the_kept_one_is_marked(capsys: pytest.CaptureFixture[str]) -> None:
    trials = [row(number, 0.5 + number / 100, batch_size=number) for number in range(1, 12)]
    trials[3] = row(4, 0.991, **{"optimizer.learning_rate": 0.00123456, "augment.horizontal_flip": True})
    trials[0] = row(1, 0.4, "pruned", batch_size=1)
    trials[1] = row(2, None, "failed", batch_size=2)
    trials[2] = row(3, 0.0, batch_size=3)
    run = SimpleNamespace(
        folder=SimpleNamespace(report="R", model="M"),
        evaluation=SimpleNamespace(warnings=("Beware.",)),
    )
    found = SearchResult(Path("runs/s"), "complete", tuple(trials), best=4, run=run)  # type: ignore[arg-type]
    _say_trials(Printer(), found)
    printed = lines(capsys)
    assert printed[2] == "4 * learning_rate=0.00123 horizontal_flip=True 99.10 5 4 min"
    assert [line.split()[0] for line in printed[3:11]] == ["11", "10", "9", "8", "7", "6", "5", "3"]
    assert printed[10] == "3 batch_size=3 0 4 3 min"
    assert printed[11] == "1 batch_size=1 40.00 stopped 2 1 min"
    assert printed[12] == "and 1 more trial in runs/s/trials.csv"
    assert printed[14].startswith("trial 4 is the best: ")
    assert printed[15] == "Beware."


def test_the_exit_code_of_models_is_that_of_the_first_failure(capsys: pytest.CaptureFixture[str]) -> None:
    def failed(model: str, cause: Exception) -> TrainedModel:
        return TrainedModel(model, RunFolder(Path(model)), "failed", error=str(cause), cause=cause)

    causes = [failed("a", ModelError("no weights")), failed("b", ConfigError("no such")), failed("c", DataError("no"))]
    found = TrainedModels(Path("runs/m"), tuple(causes), {})
    assert print_models(Printer(), found, debug=False) == 4
    assert print_models(Printer(), replace(found, models=tuple(causes[1:])), debug=False) == 2
    assert print_models(Printer(), replace(found, models=()), debug=False) == 0
    assert capsys.readouterr().err.splitlines()[:3] == [
        "error: a could not be trained: no weights",
        "error: b could not be trained: no such",
        "error: c could not be trained: no",
    ]


def test_a_failure_that_is_no_refusal_is_said_to_be_a_bug_and_an_old_one_has_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refused, lost = ConfigError("no such layer"), KeyError("lost")
    models = (
        TrainedModel("a", RunFolder(Path("a")), "failed", error="'lost'", cause=lost),
        TrainedModel("b", RunFolder(Path("b")), "failed", error="no such layer", cause=refused),
        TrainedModel("c", RunFolder(Path("c")), "failed", error="of an earlier session"),
        TrainedModel("d", RunFolder(Path("d")), "complete", SCORED),
    )
    found = TrainedModels(Path("runs/m"), models, {})
    words = [
        "error: a could not be trained: a bug in onelook: KeyError: 'lost'. Please report it, together with what the "
        "same command prints with --debug.",
        "error: b could not be trained: no such layer",
        "error: c could not be trained: of an earlier session",
    ]
    assert print_models(Printer(), found, debug=False) == 1
    assert " ".join(capsys.readouterr().err.split()) == " ".join(words)
    assert print_models(Printer(), found, debug=True) == 1
    printed = capsys.readouterr().err
    assert printed.count("KeyError: 'lost'\n") == printed.count("ConfigError: no such layer\n") == 1
    assert print_models(Printer(), replace(found, models=models[2:]), debug=True) == 0


def test_a_score_has_its_interval_from_low_to_high_and_a_row_for_each_class(
    capsys: pytest.CaptureFixture[str],
) -> None:
    show_evaluation(Printer(), replace(SCORED, warnings=("Few pictures.",)))
    printed = capsys.readouterr()
    rows = [" ".join(line.split()) for line in printed.out.splitlines()]
    assert rows[:2] == ["10 pictures", "accuracy 80.00 % (95 % interval 49.02 % to 94.33 %)"]
    assert rows[-4:] == [
        "class precision recall F1 pictures",
        "a 0.600 1.000 0.750 3",
        "b 1.000 0.600 0.750 5",
        "c 1.000 1.000 1.000 2",
    ]
    assert printed.err == "warning: Few pictures.\n"


def test_a_warning_comes_before_the_score_that_it_is_about(capsys: pytest.CaptureFixture[str]) -> None:
    show_evaluation(Printer(json=True), replace(SCORED, warnings=("Few pictures.",)))  # all of it on one stream
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert (first, second.strip()) == ("warning: Few pictures.", "10 pictures")


def test_folds_are_shown_with_their_own_figures_and_those_of_the_test_set(capsys: pytest.CaptureFixture[str]) -> None:
    worse = replace(SCORED, rows=9, scores={**SCORED.scores, "accuracy": 0.5})
    folds = (
        Fold(1, RunFolder(Path("f/fold-1")), SCORED, "complete", test=worse),
        Fold(2, RunFolder(Path("f/fold-2")), worse, "interrupted"),
    )
    print_folds(Printer(), CrossValidation(Path("f"), 3, folds, "interrupted"))
    printed = lines(capsys)
    assert printed[1].startswith("fold pictures accuracy ")
    assert printed[1].endswith(" test accuracy time")
    assert printed[2].startswith("1 10 80.00 % ")
    assert printed[2].endswith(" 50.00 %")
    assert printed[3].startswith("2 (interrupted) 9 50.00 % ")
    assert "1 of 3 folds done: a mean needs two or more" in printed
