"""The list of runs says what each run's own files say, newest first."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from onelook.cli import main
from onelook.commands.runs import list_runs
from onelook.errors import ConfigError


def write_run(
    folder: Path,
    created: str,
    *,
    status: str = "complete",
    evaluation: dict[str, Any] | None = None,
    data: str = "",
    model: str = "",
) -> None:
    folder.mkdir(parents=True)
    record = {
        "format_version": 1,
        "status": status,
        "created": created,
        "data": {"name": data or folder.name},
        "settings": {"model": model or f"net-{folder.name[0]}"},
    }
    (folder / "run.json").write_text(json.dumps(record))
    if evaluation is not None:
        (folder / "evaluation.json").write_text(json.dumps(evaluation))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_run(tmp_path / "runs/a", "2026-03-01T10:00:00+00:00", evaluation={"accuracy": 0.5, "set": "val"})
    write_run(tmp_path / "runs/b", "2026-03-03T10:00:00+00:00", evaluation={"accuracy": 0.875, "set": "test"})
    write_run(tmp_path / "runs/folds/fold-1", "2026-03-02T10:00:00+00:00", status="interrupted")
    (tmp_path / "runs/broken").mkdir()
    (tmp_path / "runs/broken/run.json").write_text("{")
    (tmp_path / "runs/notes").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_runs_are_listed_newest_first_with_their_own_figures(place: Path) -> None:
    found = list_runs()
    assert [run.path.as_posix() for run in found] == ["runs/b", "runs/folds/fold-1", "runs/a", "runs/broken"]
    assert [(run.model, run.accuracy, run.scored_on, run.status) for run in found] == [
        ("net-b", 0.875, "test", "complete"),
        ("net-f", None, "", "interrupted"),
        ("net-a", 0.5, "val", "complete"),
        ("", None, "", "damaged"),
    ]
    assert "not readable as JSON" in found[-1].problem


def test_a_cross_validation_has_a_row_with_its_mean_before_its_folds(tmp_path: Path) -> None:
    folder = tmp_path / "cross"
    for number in (1, 2):
        score = {"accuracy": number / 4, "set": "val"}
        write_run(folder / f"fold-{number}", f"2026-03-0{number}T10:00:00+00:00", evaluation=score)
    (folder / "folds.json").write_text(json.dumps({"status": "complete", "accuracy": 0.375}))
    write_run(tmp_path / "between", "2026-03-01T12:00:00+00:00")
    found = list_runs(tmp_path)
    assert [run.path.name for run in found] == ["cross", "fold-2", "between", "fold-1"]
    assert (found[0].accuracy, found[0].scored_on, found[0].model) == (0.375, "folds", "net-f")
    assert (found[0].status, found[0].created[:10], found[0].data) == ("complete", "2026-03-01", "fold-1")
    assert list_runs(folder)[0].path == folder  # also where its own folder is listed

    (folder / "folds.json").write_text(json.dumps({"status": "interrupted", "accuracy": None}))
    assert (list_runs(tmp_path)[0].accuracy, list_runs(tmp_path)[0].status) == (None, "interrupted")
    (folder / "folds.json").write_text("{")
    assert (list_runs(tmp_path)[0].status, list_runs(tmp_path)[0].problem) == (
        "damaged",
        f"{folder}/folds.json: damaged",
    )


def test_the_table_shows_them_and_says_what_is_damaged(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["runs"]) == 0
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert (lines[1].split()[0], lines[1].split()[-1]) == ("b", "runs/b")
    assert "87.50 %  test" in lines[1]
    assert "50.00 %  val" in printed.out
    assert "runs/broken/run.json: not readable as JSON" in printed.err
    assert main(["runs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["path"] == "runs/b"


def test_a_run_is_one_line_where_its_path_fits_and_else_the_path_is_a_line_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    score = {"accuracy": 0.5, "set": "test"}
    year = datetime.now(UTC).year
    long = f"runs/digits-005/{'a-decision-tree' * 6}"
    write_run(tmp_path / "runs/digits-005/b", f"{year}-11-30T02:58:01+00:00", evaluation=score)
    write_run(tmp_path / long, "1999-12-31T23:59:02+00:00", evaluation=score, data="digits")
    write_run(tmp_path / "runs/my runs/of cats", "1999-12-31T23:59:01+00:00", evaluation=score)
    assert main(["runs"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "data     model  score    on    begun        run",
        "b        net-b  50.00 %  test  11-30 02:58  runs/digits-005/b",
        "digits   net-a  50.00 %  test  1999-12-31",
        f"  {long}",
        "of cats  net-o  50.00 %  test  1999-12-31   runs/my runs/of cats",
    ]


def test_a_name_of_a_model_is_whole_in_eighty_columns_and_names_of_data_are_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    score = {"accuracy": 0.5, "set": "test"}
    data, models = "photographs-of-many-animals.zip", ("efficientnet-lite0", "networks/of my own/wide-and-deep-2.toml")
    for number, model in enumerate(models):
        day = f"1999-12-0{number + 1}T10:00:00+00:00"
        write_run(tmp_path / f"runs/{number}", day, evaluation=score, data=data, model=model)
    assert main(["runs", "runs"]) == 0
    heads, *rows = capsys.readouterr().out.splitlines()
    assert max(map(len, (heads, *rows))) <= 80
    assert [row.split()[0] for row in rows] == ["photographs…", "runs/1", "photographs…", "runs/0"]
    assert [any(f" {model} " in row for model in models) for row in rows] == [True, False] * 2

    monkeypatch.setenv("COLUMNS", "60")  # too narrow for the longer name
    assert main(["runs", "runs"]) == 0
    heads, *rows = capsys.readouterr().out.splitlines()
    assert max(map(len, (heads, *rows))) <= 60
    assert [row for row in rows if row.startswith("  ")] == [f"  {models[1]}", "  runs/1", "  runs/0"]
    assert " networks/o" in rows[0]
    assert f" {models[0]} " in rows[3]


@pytest.mark.parametrize("at", [0, 1, 2])
def test_one_run_that_is_not_complete_adds_a_column_for_all(
    at: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    for day in range(3):
        status = "running" if day == at else "complete"
        write_run(tmp_path / f"{day}", f"1999-12-0{day + 1}T10:00:00+00:00", status=status)
    assert main(["runs", str(tmp_path)]) == 0
    heads, *rows = (line.split() for line in capsys.readouterr().out.splitlines())
    assert heads == ["data", "model", "score", "on", "begun", "status", "run"]
    begun = [[row[0], *row[2:-1]] for row in rows]
    assert begun == [[f"{day}", f"1999-12-0{day + 1}", *["running"] * (day == at)] for day in (2, 1, 0)]


def test_a_run_lists_itself_and_those_in_it_down_to_the_second_folder(tmp_path: Path) -> None:
    for number, place in enumerate(("", "a", "a/b", "a/b/c")):
        folder = tmp_path / "run" / place
        write_run(folder / "x", f"2026-03-0{number + 1}T10:00:00+00:00")
        (folder / "run.json").write_bytes((folder / "x" / "run.json").read_bytes())
    found = [run.path.relative_to(tmp_path / "run").as_posix() for run in list_runs(str(tmp_path / "run"))]
    assert found == ["a/b", "a/x", "a", "x", "."]


def test_a_run_of_which_a_file_is_damaged_is_listed_with_the_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = {"accuracy": 0.0, "set": "test"}  # nothing right is a score too
    write_run(tmp_path / "b-scored", "2026-03-01T10:00:00+00:00", evaluation=whole)
    write_run(tmp_path / "c-half", "2026-03-02T10:00:00+00:00", evaluation=whole)
    (tmp_path / "c-half/evaluation.json").write_text('{"accuracy": 0.')
    write_run(tmp_path / "d-old", "2026-03-03T10:00:00+00:00")
    record = json.loads((tmp_path / "d-old/run.json").read_text())
    del record["settings"]
    (tmp_path / "d-old/run.json").write_text(json.dumps(record))
    write_run(tmp_path / "e-list", "2026-03-04T10:00:00+00:00")
    (tmp_path / "e-list/evaluation.json").write_text("[]")
    found = {run.path.name: run for run in list_runs(tmp_path)}
    assert {name: (run.status, run.accuracy, run.problem) for name, run in found.items()} == {
        "b-scored": ("complete", 0.0, ""),
        "c-half": ("damaged", None, "run.json or evaluation.json is damaged"),
        "d-old": ("damaged", None, "run.json or evaluation.json is damaged"),
        "e-list": ("complete", None, ""),
    }
    assert main(["runs", str(tmp_path)]) == 0
    printed = capsys.readouterr()
    assert " 0 % " in printed.out
    assert printed.err.count("warning: ") == 2


def test_no_folder_of_runs_yet_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["runs"]) == 0
    assert capsys.readouterr().out == "runs holds no run yet. Begin with: onelook train digits\n"
    assert main(["runs", "elsewhere"]) == 2


def test_a_folder_without_runs_and_a_missing_one_say_how_to_begin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", str(tmp_path)]) == 0
    assert "holds no run yet. Begin with: onelook train digits" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(ConfigError, match=r"there is no such folder\. `onelook train` writes each run to runs/"):
        list_runs(tmp_path / "runs")
