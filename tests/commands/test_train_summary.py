"""A training ends with the score, the paths and what comes next: calls in Python, else commands."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.drawn_sides import Arrays

import onelook
from onelook.checks.finding import Finding
from onelook.cli import main
from onelook.commands import train_summary
from onelook.commands.train_summary import say_folds, say_in_python, say_next_of_models, say_run
from onelook.evaluation.evaluate import evaluate
from onelook.run_folder import RunFolder
from onelook.runs.fold_scores import CrossValidation, Fold
from onelook.runs.model_list import TrainedModel, TrainedModels
from onelook.runs.run import Run

pytestmark = pytest.mark.usefixtures("score_alone")  # but for runs that a module shares

TREE: dict[str, Any] = {"model": "decision-tree", "val": 0.25, "out": "run"}


def test_python_prints_what_the_command_prints(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    run = onelook.train("digits", **{**TREE, "out": "python"})
    in_python = capsys.readouterr().out
    assert main(["train", "digits", "--model", "decision-tree", "--val", "0.25", "--out", "command"]) == 0
    command = capsys.readouterr().out
    end = in_python[in_python.index(f"\n{run}\n") :]
    assert "\nreport  python/report.html\nmodel   python/model\n" in end
    before, _, calls = end.partition("\nnext\n")
    assert calls == "  ol.load('python').predict('NEW_PICTURES')\n"
    commands = "  onelook predict command NEW_PICTURES\n  onelook serve command\n"
    assert command.endswith(f"{before.replace('python', 'command')}\nnext\n{commands}")
    assert command.count("\nnext\n") == 1


@pytest.mark.parametrize("option", [{"quiet": True}, {"summary": False}])
def test_the_summary_is_left_out_when_asked(
    option: dict[str, bool], sides: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    run = onelook.train(sides, **TREE, say=said.append, **option)
    assert not any(str(run) in text for text in said)
    assert bool(said) == ("quiet" not in option)


def test_an_interrupted_run_says_how_to_resume_it(
    sides: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = onelook.train(sides, **TREE, quiet=True)
    said: list[str] = []
    say_in_python(said.append, Run(run.folder, run.evaluation, "interrupted"))
    assert said[-1].endswith("Resume with: ol.train(data, out='run', resume=True)")
    assert not any("compare" in text for text in said)


def test_an_interrupted_run_says_when_the_test_pictures_are_scored(
    sides: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = onelook.train(sides, **TREE, quiet=True)
    record = run.folder.read_run()
    note = "  The test pictures are scored once, when the run has ended."
    for status, test, is_said in (("interrupted", 10, True), ("interrupted", 0, False), ("complete", 10, False)):
        run.folder.run_json.write_text(json.dumps({**record, "split": {**record["split"], "test": test}}))
        said: list[str] = []
        say_run(said.append, Run(run.folder, run.evaluation, status))  # type: ignore[arg-type]
        assert (note in said) == is_said


def test_a_run_with_the_split_of_another_is_to_be_compared_with_it(
    sides: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    onelook.train(sides, **TREE, quiet=True)
    again = onelook.train(sides, model="decision-tree", split="run", out="again", quiet=True)
    said: list[str] = []
    say_in_python(said.append, again)
    assert said[-2:] == ["  ol.compare_runs(['run', 'again'])", "  ol.load('again').predict('NEW_PICTURES')"]
    say_run(said.append, again)
    assert said[-3:] == ["  onelook compare run again", "  onelook predict again NEW_PICTURES", "  onelook serve again"]
    for earlier in ("run/split.csv", "gone", None):  # a table, or a run that is no longer there, is not compared with
        again.folder.update_run(settings={**again.folder.read_run()["settings"], "split": earlier})
        said.clear()
        say_run(said.append, again)
        assert said[-3:] == ["\nnext", "  onelook predict again NEW_PICTURES", "  onelook serve again"]


def test_warnings_are_wrapped_and_keep_their_words(sides: Arrays, tmp_path: Path) -> None:
    run = onelook.train(sides, **{**TREE, "out": tmp_path / "run"}, quiet=True)
    rest = "If any of that data is among the validation or test pictures here, the score is too high; onelook cannot "
    rest += "check it."
    warning = f"Training continued from /{'x' * 90}; it was trained on other data. {rest}"
    said: list[str] = []
    say_in_python(said.append, Run(run.folder, replace(run.evaluation, warnings=(warning,)), "complete"))
    lines = said[1].splitlines()
    assert " ".join(map(str.strip, lines)) == warning
    assert [line for line in lines if len(line) > 80] == [lines[1]]
    assert lines[0] == "  Training continued from"


def test_folds_end_with_their_mean(sides: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said: list[str] = []
    found = onelook.train(sides, folds=2, model="decision-tree", out="folds", say=said.append)
    assert f"\n{found}" in said
    assert "\nreport       folds/report.html" in said


def test_several_models_end_with_the_page_and_the_failures() -> None:
    models = (TrainedModel("cnn", RunFolder(Path("all/cnn")), "failed", error="no such layer"),)
    said: list[str] = []
    say_in_python(said.append, TrainedModels(Path("all"), models, {}))
    assert said == ["", "cnn: could not be trained: no such layer"]


SCORED = {
    rows: evaluate(np.eye(2)[[0] * rows], np.array([0] * (rows - 1) + [1]), ("a", "b"), "val") for rows in (4, 10)
}


def folds(tmp_path: Path, command: str | None, status: str = "complete") -> CrossValidation:
    made = []
    for number, rows in ((1, 4), (2, 10)):
        folder = RunFolder.create(tmp_path / f"fold-{number}")
        folder.update_run(command=command)
        made.append(Fold(number, folder, SCORED[rows], "complete"))
    return CrossValidation(tmp_path, 2, tuple(made), status)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("onelook train digits --folds 2", "train digits"),
        ("onelook train digits --folds=2 --model mlp", "train digits --model mlp"),
        ("onelook train 'my data' --out all --folds 2 --epochs 3", "train 'my data' --epochs 3"),
        ("onelook train digits --folds 2 --resume --epochs 3", "train digits --epochs 3"),
        ("onelook train digits --folds 2 --name mine --out=x --seed 4", "train digits --seed 4"),
        ("onelook train digits --resume --folds 2 --seed 4", "train digits --seed 4"),
        (None, None),
    ],
)
def test_folds_name_the_command_for_one_model_of_all_and_the_best_of_theirs(
    command: str | None, words: str | None, tmp_path: Path
) -> None:
    said: list[str] = []
    found = folds(tmp_path, command)
    say_folds(said.append, found)
    assert said == [
        f"\n{found}",
        f"\nreport       {tmp_path}/report.html",
        f"predictions  {tmp_path}/predictions.csv  (of each picture, by its own fold)",
        "\nnext",
        *([f"  onelook {words}"] if words else []),
        f"  onelook predict {tmp_path}/fold-2 NEW_PICTURES",  # nine of ten are right, and three of four
    ]
    in_python: list[str] = []
    say_folds(in_python.append, found, in_python=True)
    assert in_python == [*said[:4], f"  ol.load('{tmp_path}/fold-2').predict('NEW_PICTURES')"]


def test_folds_that_were_interrupted_name_no_next_command_and_doubts_their_file(tmp_path: Path) -> None:
    said: list[str] = []
    finding = Finding("labels", "train", 1, ("a",), "A label looks wrong.")
    found = replace(folds(tmp_path, None, "interrupted"), findings=(finding,), labels="judged by both")
    say_folds(said.append, found)
    assert said[1:] == [
        "  judged by both",
        f"\nreport       {tmp_path}/report.html",
        f"predictions  {tmp_path}/predictions.csv  (of each picture, by its own fold)",
        f"suspects     {tmp_path}/suspects.csv  (labels that look wrong)",
        f"  Write relabel, drop or keep into its column 'action'. Then train with\n    --fixes {tmp_path}/suspects.csv",
    ]
    in_python: list[str] = []
    say_folds(in_python.append, found, in_python=True)
    assert in_python[-1].split() == [*said[-1].split()[:-2], f"fixes='{tmp_path}/suspects.csv'"]


def test_folds_that_doubt_labels_name_the_page_on_which_to_mark_them_first(tmp_path: Path) -> None:
    said: list[str] = []
    finding = Finding("labels", "train", 1, ("a",), "A label looks wrong.")
    say_folds(said.append, replace(folds(tmp_path, "onelook train photos --folds 2"), findings=(finding,)))
    assert said[said.index("\nnext") + 1 :][:2] == [f"  onelook review {tmp_path}", "  onelook train photos"]


def test_several_models_end_with_each_score_and_each_failure() -> None:
    models = (
        TrainedModel("cnn", RunFolder(Path("all/cnn")), "complete", SCORED[10]),
        TrainedModel("mlp", RunFolder(Path("all/mlp")), "failed", error="no such layer"),
        TrainedModel("svc", RunFolder(Path("all/svc"))),
    )
    said: list[str] = []
    say_in_python(said.append, TrainedModels(Path("all"), models, {}))
    assert said[:3] == ["", "cnn: 90.00 %, in all/cnn", "mlp: could not be trained: no such layer"]
    assert not any("svc" in text for text in said)


def test_several_models_that_were_compared_end_with_what_uses_the_advised_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    runs = (SimpleNamespace(run="all/cnn"), SimpleNamespace(run="all/my mlp"))
    found: Any = SimpleNamespace(comparison=SimpleNamespace(runs=runs, best=0))
    monkeypatch.setattr(train_summary, "advised_run", lambda runs, best: runs[best + 1])
    say_next_of_models(said.append, found)
    assert said == ["\nnext", "  onelook predict 'all/my mlp' NEW_PICTURES", "  onelook serve 'all/my mlp'"]
    say_next_of_models(said.append, found, in_python=True)
    assert said[3:] == ["\nnext", "  ol.load('all/my mlp').predict('NEW_PICTURES')"]
    say_next_of_models(said.append, SimpleNamespace(comparison=None))  # type: ignore[arg-type]
    assert len(said) == 5
