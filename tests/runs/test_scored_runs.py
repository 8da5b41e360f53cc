"""Scored runs for a comparison: what they are called, and where their settings differ."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.commands.test_compare import make_run
from tests.comparison.test_advice import run

from onelook.comparison.result import ComparedRun, DifferentSetting, EpochPoint
from onelook.errors import ConfigError, DataError
from onelook.evaluation.evaluate import evaluate
from onelook.run_folder import RunFolder
from onelook.runs.same_pictures import on_same_pictures
from onelook.runs.scored_runs import (
    ScoredRun,
    _row,
    different_settings,
    expand_runs,
    read_run,
    with_labels,
)


def named(model: str | None, folder: str) -> ComparedRun:
    return replace(run("x", 0.5, None), model=model, run=folder)


@pytest.mark.parametrize(
    ("rows", "labels"),
    [
        ((("cnn", "runs/a"), ("nets/mine.toml", "runs/b")), ["cnn", "mine"]),
        ((("cnn", "runs/a"), ("cnn", "runs/b")), ["a", "b"]),
        ((("cnn", "runs/a"), (None, "runs/b")), ["a", "b"]),
        ((("cnn", "one/a"), ("cnn", "two/a")), ["one/a", "two/a"]),
    ],
)
def test_runs_are_called_by_the_shortest_names_that_tell_them_apart(
    rows: tuple[tuple[str | None, str], ...], labels: list[str]
) -> None:
    assert [row.label for row in with_labels([named(*row) for row in rows])] == labels


def test_a_run_is_called_as_its_folder_is_by_whatever_path_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "model").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a")
    for paths in ((".", "../b"), ("./", "../b/"), ("model/..", str(tmp_path / "b"))):
        assert [row.label for row in with_labels([named("cnn", path) for path in paths])] == ["a", "b"]


def test_settings_differ_by_value_by_absence_and_not_where_a_column_says_it() -> None:
    first = {"model": "cnn", "epochs": 3, "optimizer": {"name": "sgd", "momentum": 0.9}, "classical": {}, "log": ["a"]}
    other = {"model": "mlp", "epochs": 3, "optimizer": {"name": "adam"}, "val": None, "log": []}
    assert list(different_settings([first, other, first])) == [
        DifferentSetting("optimizer.name", ("sgd", "adam", "sgd")),
        DifferentSetting("optimizer.momentum", ("0.9", "–", "0.9")),
        DifferentSetting("val", ("–", "none", "–")),
    ]


def test_what_a_model_does_not_read_is_no_difference() -> None:
    network = {"model": "cnn", "seed": 1, "optimizer": {"name": "sgd"}, "features": {"name": "pixels"}}
    other = {"model": "mlp", "seed": 1, "optimizer": {"name": "adam"}, "features": {"name": "pixels"}}
    forest = {"model": "random-forest", "seed": 2, "optimizer": {"name": "muon"}, "features": {"name": "hog"}}
    assert list(different_settings([network, forest])) == [DifferentSetting("seed", ("1", "2"))]
    assert list(different_settings([network, forest, other])) == [
        DifferentSetting("seed", ("1", "2", "1")),
        DifferentSetting("optimizer.name", ("sgd", "–", "adam")),
    ]


def test_a_run_by_two_spellings_counts_once_under_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert expand_runs(["runs/a", "runs/../runs/a", "runs/b", tmp_path / "runs/b"]) == ["runs/a", "runs/b"]


def test_the_epochs_of_a_run_are_those_of_its_last_line(tmp_path: Path) -> None:
    folder = RunFolder(make_run(tmp_path / "a"))
    lines = [{"epoch": epoch, "val_loss": 1 / epoch, "train_loss": "odd", "val_accuracy": True} for epoch in (2, 3, 5)]
    folder.write_history([{"note": "no epoch"}, *lines])
    found = read_run(str(folder.path)).row
    assert found.epochs == 5
    assert [(point.epoch, point.val_loss, point.train_loss, point.val_accuracy) for point in found.history] == [
        (2, 0.5, None, None),
        (3, 1 / 3, None, None),
        (5, 0.2, None, None),
    ]


def test_values_are_shown_as_they_are_typed() -> None:
    first = {"a": 1 / 3, "b": True, "c": [8, 8.5], "d": [], "e": "x", "f": 3, "same": 0.1}
    other = {"a": 2e-7, "b": False, "c": [[1, 2], None], "d": None, "e": "y", "f": 12345678, "same": 0.1}
    assert [(each.name, each.values) for each in different_settings([first, other])] == [
        ("a", ("0.3333", "2e-07")),
        ("b", ("true", "false")),
        ("c", ("8 8.5", "1 2 none")),
        ("e", ("x", "y")),
        ("f", ("3", "12345678")),
    ]


def test_a_folder_of_models_means_those_that_are_complete(tmp_path: Path) -> None:
    def write(*states: str) -> None:
        models = [{"model": f"m{n}", "run": f"elsewhere/m{n}", "status": state} for n, state in enumerate(states)]
        (tmp_path / "models.json").write_text(json.dumps({"models": models, "asked": {}}))

    write("complete", "failed", "complete", "interrupted")
    assert expand_runs([tmp_path / "m2", tmp_path]) == [str(tmp_path / "m2"), str(tmp_path / "m0")]
    write("failed", "waiting")
    with pytest.raises(DataError, match="none of its models is trained to the end. Go on with --resume."):
        expand_runs([tmp_path])


def test_a_cross_validation_is_not_compared(tmp_path: Path) -> None:
    (tmp_path / "folds.json").write_text("{}")
    with pytest.raises(ConfigError) as refused:
        expand_runs([tmp_path])
    assert str(refused.value) == (
        f"{tmp_path}: a cross-validation, whose folds are scored on different pictures. Its own report has their mean: "
        f"onelook report {tmp_path}"
    )


def scored(name: str, set_name: str, rows: int, data: str, split: str) -> ScoredRun:
    facts: Any = SimpleNamespace(
        data=SimpleNamespace(fingerprint=data, hashed_as=None), split=SimpleNamespace(fingerprint=split)
    )
    row = replace(run(name, 0.5, None), set_name=set_name, rows=rows, run=name)  # type: ignore[arg-type]
    return ScoredRun(RunFolder(Path(name)), facts, row, None)


@pytest.mark.parametrize(
    ("other", "are_same"),
    [
        (("test", 9, "data", "another split"), True),
        (("test", 9, "other data", "split"), False),
        (("test", 8, "data", "split"), False),
        (("val", 9, "data", "split"), False),
    ],
)
def test_scores_on_test_pictures_are_compared_by_the_data(other: tuple[str, int, str, str], are_same: bool) -> None:
    runs = [scored("a", "test", 9, "data", "split"), scored("b", "test", 9, "data", "split"), scored("c", *other)]
    if are_same:
        assert on_same_pictures(runs) == (runs, ())
        return
    with pytest.raises(ConfigError) as refused:
        on_same_pictures(runs)
    called = {"test": "test", "val": "validation"}[other[0]]
    assert str(refused.value) == (
        f"a and c were scored on different pictures (9 test pictures, {other[1]} {called} pictures, of other data "
        "or another split). Train them on the same data with the same --test, or without a test set the same "
        "--seed and --val. After a change of the data, train with --split a."
    )


def test_scores_on_validation_pictures_are_compared_by_the_split() -> None:
    first = scored("a", "val", 9, "data", "split")
    kept, notes = on_same_pictures([first, scored("b", "val", 9, "other data", "split")])
    assert (kept[0], notes) == (first, ())
    with pytest.raises(ConfigError, match="a and b were scored on different pictures"):
        on_same_pictures([first, scored("b", "val", 9, "data", "another split")])


def test_a_run_without_a_score_is_refused_with_its_status(tmp_path: Path) -> None:
    folder = RunFolder(make_run(tmp_path / "a"))
    folder.evaluation.unlink()
    folder.update_run(status="interrupted")
    with pytest.raises(DataError) as refused:
        read_run(str(folder.path))
    assert str(refused.value) == (f"{folder.path}: not scored yet (its status is interrupted). Train it to the end.")


@pytest.mark.parametrize(("model", "epochs"), [("cnn", 3), ("knn", None)])
def test_a_classical_model_has_no_epochs(model: str, epochs: int | None) -> None:
    facts: Any = SimpleNamespace(model=SimpleNamespace(name=model, parameters=1, size_bytes=1), timings={})
    result = evaluate(np.array([[0.9, 0.1], [0.2, 0.8]]), np.array([0, 1]), ["a", "b"], "val")
    assert _row("a", facts, result, None, (EpochPoint(3, None, None, None, None),)).epochs == epochs


def test_a_run_that_was_interrupted_is_to_be_resumed_before_it_is_compared(in_tmp: Path) -> None:
    folder = RunFolder.create(in_tmp / "b")
    for status, words in (
        (
            "interrupted",
            "b was interrupted, so it was scored on validation pictures, and a on test pictures. Resume it",
        ),
        ("complete", "a and b were scored on different pictures"),
    ):
        folder.update_run(status=status)
        for order in (1, -1):
            runs = [scored("a", "test", 9, "data", "split"), scored("b", "val", 5, "data", "split")][::order]
            with pytest.raises(ConfigError) as refused:
                on_same_pictures(runs)
            assert set(words.split()) <= set(str(refused.value).split())
