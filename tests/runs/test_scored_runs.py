"""Scored runs for a comparison: what they are called, and where their settings differ."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.commands.test_compare import make_run
from tests.comparison.test_advice import run

from onelook.comparison.result import ComparedRun, DifferentSetting
from onelook.run_folder import RunFolder
from onelook.runs.scored_runs import different_settings, expand_runs, read_run, with_labels


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


def test_settings_differ_by_value_by_absence_and_not_where_a_column_says_it() -> None:
    first = {"model": "cnn", "epochs": 3, "optimizer": {"name": "sgd", "momentum": 0.9}, "classical": {}, "log": ["a"]}
    other = {"model": "mlp", "epochs": 3, "optimizer": {"name": "adam"}, "val": None, "log": []}
    assert list(different_settings([first, other, first])) == [
        DifferentSetting("optimizer.name", ("sgd", "adam", "sgd")),
        DifferentSetting("optimizer.momentum", ("0.9", "–", "0.9")),
        DifferentSetting("val", ("–", "none", "–")),
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
