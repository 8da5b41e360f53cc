"""Runs side by side: what is read, and when a comparison is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from onelook.cli import main
from onelook.errors import ConfigError, DataError, ModelError
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import SetName
from onelook.run_folder import RunFolder
from onelook.workflow.compare import compare_runs


def make_run(
    path: Path,
    *,
    right: int = 3,
    split: str = "abc",
    data: str = "def",
    scored: bool = True,
    set_name: SetName = "test",
) -> Path:
    """A run of four test (or validation) pictures, of which `right` were told apart."""
    run = RunFolder.create(path)
    run.update_run(
        status="complete",
        model={"name": "cnn", "parameters": 1234, "size_bytes": 56_000},
        data={"fingerprint": data},
        split={"fingerprint": split},
        timings={"train": 61.0, "total": 70.0},
    )
    labels = np.array([0, 1, 0, 1])
    probabilities = np.full((4, 2), 0.1)
    probabilities[np.arange(4), np.where(np.arange(4) < right, labels, 1 - labels)] = 0.9
    if scored:
        run.evaluation.write_text(json.dumps(evaluate(probabilities, labels, ("cat", "dog"), set_name).to_dict()))
    return path


def test_gives_a_row_for_each_run_in_the_order_asked(tmp_path):
    worse, better = make_run(tmp_path / "a", right=2), make_run(tmp_path / "b", right=4)
    rows = compare_runs([better, worse])
    assert [(row.run, row.accuracy) for row in rows] == [(str(better), 1.0), (str(worse), 0.5)]
    assert (rows[0].model, rows[0].parameters, rows[0].size_bytes, rows[0].train_seconds) == ("cnn", 1234, 56_000, 61.0)


def test_refuses_runs_that_were_scored_on_different_pictures(tmp_path):
    one, other = make_run(tmp_path / "a"), make_run(tmp_path / "b", data="xyz")
    with pytest.raises(ConfigError, match="different pictures.*same --test"):
        compare_runs([one, other])
    one, other = (make_run(tmp_path / split, split=split, set_name="val") for split in ("c", "d"))
    with pytest.raises(ConfigError, match="different pictures.*same --seed"):
        compare_runs([one, other])


def test_a_test_set_is_the_same_whatever_the_split_of_the_rest(tmp_path):
    one, other = make_run(tmp_path / "a", split="seed 0"), make_run(tmp_path / "b", split="seed 1")
    assert len(compare_runs([one, other])) == 2


def test_refuses_a_run_without_a_score(tmp_path):
    with pytest.raises(DataError, match="not scored yet"):
        compare_runs([make_run(tmp_path / "a", scored=False)])


def test_refuses_what_is_no_run(tmp_path):
    with pytest.raises(ConfigError, match=r"not a run.*Expected a folder with a run\.json"):
        compare_runs([tmp_path])


def test_prints_a_table_within_80_columns(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.chdir(tmp_path)
    make_run(Path("runs/digits-001"))
    make_run(Path("runs/digits-002"), right=4)
    assert main(["compare", "runs/digits-001", "runs/digits-002"]) == 0
    printed = capsys.readouterr().out
    for cell in ("runs/digits-001", "75.00 (30.1–95.4)", "1 k", "56.0 kB", "1 min 1 s", "4 pictures of the test set"):
        assert cell in printed
    assert max(map(len, printed.splitlines()[:3])) <= 80  # the table; a sentence is wrapped in a terminal alone


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("evaluation.json", b"\xff\xfe"),
        ("evaluation.json", b"[" * 100_000),
        ("evaluation.json", b'{"class_names": true}'),
        ("evaluation.json", b"[]"),
        ("run.json", b'{"format_version": 1, "model": 3}'),
        ("run.json", b'{"format_version": 1, "timings": {"train": []}}'),
    ],
)
def test_a_damaged_run_is_refused(tmp_path, name, content):
    make_run(tmp_path / "a")
    (tmp_path / "a" / name).write_bytes(content)
    with pytest.raises(ModelError, match=name):
        compare_runs([tmp_path / "a"])


def test_prints_json(tmp_path, capsys):
    assert main(["compare", str(make_run(tmp_path / "a")), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)["runs"]
    assert row["set"] == "test"
    assert row["accuracy"] == 0.75
    assert len(row["accuracy_interval"]) == 2
