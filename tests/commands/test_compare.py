"""Runs side by side: what is read, and when a comparison is refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from onelook.cli import main
from onelook.commands.compare import compare_runs, comparison_page, write_comparison
from onelook.commands.report import rebuild_report
from onelook.comparison.result import read_comparison
from onelook.errors import ConfigError, DataError, ModelError
from onelook.evaluation.evaluate import evaluate
from onelook.evaluation.result import SetName
from onelook.metrics import METRICS
from onelook.run_folder import RunFolder
from onelook.runs.differing_pictures import differences_of


def make_run(
    path: Path,
    *,
    right: int = 3,
    split: str = "abc",
    data: str = "def",
    scored: bool = True,
    set_name: SetName = "test",
    settings: dict[str, Any] | None = None,
) -> Path:
    """A run of four test (or validation) pictures, of which `right` were told apart."""
    run = RunFolder.create(path)
    run.update_run(
        status="complete",
        settings={"model": "cnn", "epochs": 3, **(settings or {})},
        model={"name": "cnn", "parameters": 1234, "size_bytes": 56_000},
        data={"fingerprint": data},
        split={"fingerprint": split},
        timings={"train": 61.0, "total": 70.0},
    )
    labels = np.array([0, 1, 0, 1])
    probabilities = np.full((4, 2), 0.1)
    probabilities[np.arange(4), np.where(np.arange(4) < right, labels, 1 - labels)] = 0.9
    answers = np.array(("cat", "dog"))[probabilities.argmax(axis=1)]
    ids = [f"{set_name}/{row}" for row in range(1, 5)]
    given = zip(ids, ("cat", "dog", "cat", "dog"), strict=True)
    run.split_csv.write_text("\n".join(["id,split,class", *(f"{one},{set_name},{name}" for one, name in given), ""]))
    said = zip(ids, answers, strict=True)
    run.predictions.write_text("\n".join(["id,label,confidence", *(f"{one},{name},0.9" for one, name in said), ""]))
    if scored:
        run.evaluation.write_text(json.dumps(evaluate(probabilities, labels, ("cat", "dog"), set_name).to_dict()))
    return path


def without_later_scores(path: Path) -> Path:
    """The run with an evaluation.json as the first version wrote it."""
    evaluation = RunFolder(path).evaluation
    values = json.loads(evaluation.read_text())
    for name in {*METRICS} - {"accuracy", "balanced_accuracy", "macro_f1", "loss"}:
        del values[name]
    evaluation.write_text(json.dumps(values))
    return path


def test_gives_a_row_for_each_run_in_the_order_asked(tmp_path):
    worse, better = make_run(tmp_path / "a", right=2), make_run(tmp_path / "b", right=4)
    found = compare_runs([better, worse])
    rows = found.runs
    assert [(row.run, row.accuracy) for row in rows] == [(str(better), 1.0), (str(worse), 0.5)]
    assert found.best == 0
    assert [row.label for row in rows] == ["b", "a"]  # their networks are the same
    said: list[str] = []
    compare_runs([better, worse], said.append)
    assert said == []  # there is no model whose speed could be measured
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
    assert len(compare_runs([one, other]).runs) == 2


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
    for cell in (
        "the runs' folders are in runs",
        "75.00 (30.1–95.4)",
        "1.2 k",
        "56.0 kB",
        "1 min 1 s",
        "same 4 test pictures",
    ):
        assert cell in printed
    tables = [line for line in printed.splitlines() if "digits-00" in line]
    assert len(tables) >= 4
    assert max(map(len, tables)) <= 80
    assert printed.splitlines()[-1].startswith("digits-002 is ahead")


def test_runs_of_several_folders_are_printed_with_their_paths(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    make_run(Path("a/digits"))
    make_run(Path("b/digits"), right=4)
    assert main(["compare", "a/digits", "b/digits"]) == 0
    printed = capsys.readouterr().out
    assert "  a/digits\n" in printed
    assert "runs in" not in printed


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
    page = tmp_path / "compare.html"
    assert main(["compare", str(make_run(tmp_path / "a")), "--json", "--html", str(page)]) == 0
    assert page.is_file()
    said = json.loads(capsys.readouterr().out)
    assert datetime.fromisoformat(said["created"]).microsecond == 0
    assert said["created"].endswith("+00:00")
    (row,) = said["runs"]
    assert row["set"] == "test"
    assert row["accuracy"] == 0.75
    assert len(row["accuracy_interval"]) == 2


def test_the_best_is_tested_against_each_other_on_the_same_pictures(tmp_path):
    paths = [make_run(tmp_path / f"right-{right}", right=right) for right in (0, 4, 3)]
    none, best, most = compare_runs(paths).runs
    assert best.against_best is None
    # All four throws fall on one side: 2 / 2^4; one throw says nothing. Holm doubles the smaller.
    assert none.against_best is not None
    assert (none.against_best.only_best_right, none.against_best.p_value, none.against_best.p_adjusted) == (
        4,
        0.125,
        0.25,
    )
    assert most.against_best is not None
    assert (most.against_best.only_best_right, most.against_best.only_this_right, most.against_best.p_value) == (
        1,
        0,
        1.0,
    )
    assert best.calibration_error == pytest.approx(0.1)  # sure by 0.9, and always right
    assert most.calibration_error == pytest.approx(0.15)


def test_the_order_of_the_predictions_is_no_matter(tmp_path):
    one, other = make_run(tmp_path / "a", right=2), make_run(tmp_path / "b", right=4)
    head, *rows = (one / "predictions.csv").read_text().splitlines()
    (one / "predictions.csv").write_text("\n".join([head, *reversed(rows), ""]))
    worse, _ = compare_runs([one, other]).runs
    assert worse.against_best is not None
    assert (worse.against_best.only_best_right, worse.against_best.only_this_right) == (2, 0)


def test_predictions_of_other_pictures_are_refused(tmp_path):
    run = make_run(tmp_path / "a")
    (run / "predictions.csv").write_text("id,label,confidence\ntest/9,cat,0.9\n")
    with pytest.raises(ModelError, match=r"predictions\.csv: its pictures are not those of the test set"):
        compare_runs([run])


def test_runs_without_predictions_are_compared_without_a_test(tmp_path):
    one, other = make_run(tmp_path / "a", right=2), make_run(tmp_path / "b", right=4)
    (one / "predictions.csv").unlink()
    worse, _ = compare_runs([one, other]).runs
    assert worse.against_best is None
    assert worse.calibration_error == pytest.approx(0.4)  # sure by 0.9, and right half of the time


def test_scores_that_an_older_run_lacks_are_measured_again_where_its_files_allow(tmp_path):
    older, newer = (without_later_scores(make_run(tmp_path / name, right=2)) for name in "ab")
    (newer / "predictions.csv").unlink()
    with_answers, without = compare_runs([older, newer]).runs
    assert with_answers.scores == {
        "accuracy": 0.5,
        "balanced_accuracy": 0.5,
        "macro_f1": 0.5,
        "loss": pytest.approx(-(np.log(0.9) + np.log(0.1)) / 2),
        "calibration_error": pytest.approx(0.4),
        "matthews_correlation": 0,
        "top5_accuracy": None,
    }
    assert without.calibration_error is None
    assert without.scores["matthews_correlation"] == 0


def test_what_is_not_known_of_an_older_run_is_a_dash_beside_one_that_has_it(tmp_path, capsys):
    older, newer = without_later_scores(make_run(tmp_path / "old", right=2)), make_run(tmp_path / "new", right=4)
    (older / "predictions.csv").unlink()
    assert main(["compare", str(older), str(newer), "--html", str(tmp_path / "page.html")]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["old", "50.00", "(15.0–85.0)", "0.500", "1.204", "–", "not", "tested"] in lines
    assert ["new", "100", "(51.0–100)", "1.000", "0.105", "0.100", "best"] in lines
    assert '<td class="number">–</td>' in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_comparison_from_before_a_score_was_added_is_read(tmp_path):
    found = compare_runs([make_run(tmp_path / "a")])
    document = found.to_dict()
    for name in ("matthews_correlation", "top5_accuracy"):
        del document["runs"][0][name]
    (tmp_path / "comparison.json").write_text(json.dumps(document))
    (run,) = read_comparison(tmp_path / "comparison.json").runs
    assert run.scores == {**found.runs[0].scores, "matthews_correlation": None, "top5_accuracy": None}
    del document["runs"][0]["macro_f1"]
    (tmp_path / "comparison.json").write_text(json.dumps(document))
    with pytest.raises(ModelError, match="not a comparison"):
        read_comparison(tmp_path / "comparison.json")


def test_settings_that_differ_are_listed_by_their_dotted_names(tmp_path):
    one = make_run(tmp_path / "a", settings={"dropout": 0.0, "optimizer": {"name": "sgd", "nesterov": True}})
    other = make_run(tmp_path / "b", settings={"dropout": None, "optimizer": {"name": "sgd"}})
    found = {setting.name: setting.values for setting in compare_runs([one, other]).settings}
    assert found == {"dropout": ("0", "none"), "optimizer.nesterov": ("true", "–")}


def test_a_run_named_twice_counts_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = make_run(tmp_path / "a")
    assert len(compare_runs(["a", run]).runs) == 1


def test_a_cross_validation_is_no_run_to_compare(tmp_path):
    (tmp_path / "folds.json").write_text("{}")
    with pytest.raises(ConfigError, match="a cross-validation, whose folds are scored on different pictures"):
        compare_runs([tmp_path])


def test_the_page_of_a_comparison_is_written_again_where_it_is_asked_for(tmp_path):
    folder = tmp_path / "all"
    write_comparison(compare_runs([make_run(tmp_path / "a"), make_run(tmp_path / "b", right=4)]), folder)
    (folder / "comparison.html").unlink()
    assert rebuild_report(folder, tmp_path / "page.html") == tmp_path / "page.html"
    assert not (folder / "comparison.html").exists()
    assert rebuild_report(folder) == folder / "comparison.html"
    assert (folder / "comparison.html").read_bytes() == (tmp_path / "page.html").read_bytes()


def test_the_page_shows_the_pictures_on_which_the_runs_differ(tmp_path):
    paths = [make_run(tmp_path / "a", right=2), make_run(tmp_path / "b", right=3)]
    for path, right in zip(paths, (2, 3), strict=True):
        index = {
            "errors": 4 - right,
            "worst_errors": [
                {"file": "no.png", "id": f"test/{row + 1}", "label": ("cat", "dog")[row % 2], "p_label": 0.1}
                | {"predicted": ("dog", "cat")[row % 2], "p_predicted": 0.9}
                for row in range(right, 4)
            ],
            "random": [],
        }
        RunFolder(path).evidence.mkdir()
        (RunFolder(path).evidence / "evidence.json").write_text(json.dumps(index))
    found = compare_runs(paths)
    differing = differences_of(found)
    assert differing is not None
    test = found.runs[0].against_best
    assert test is not None
    assert len(differing.pictures) == test.only_best_right + test.only_this_right == 1
    (picture,) = differing.pictures
    assert (picture.id, picture.label) == ("test/3", "cat")
    assert [(one.predicted, one.p_predicted, one.p_label) for one in picture.answers] == [
        ("dog", 0.9, 0.1),
        ("cat", 0.9, 0.9),
    ]
    assert "a and b differ on 1 picture" in comparison_page(found)


def test_the_runs_of_a_moved_comparison_are_found_beside_it(tmp_path):
    (tmp_path / "all").mkdir()
    paths = [make_run(tmp_path / "all" / "a", right=2), make_run(tmp_path / "all" / "b")]
    found = compare_runs(paths)
    (tmp_path / "all").rename(tmp_path / "moved")
    assert differences_of(found) is None
    assert "predictions of all runs are needed" in comparison_page(found)
    moved = differences_of(found, tmp_path / "moved")
    assert moved is not None
    assert [one.id for one in moved.pictures] == ["test/3"]


def test_no_pictures_are_compared_where_one_of_the_runs_is_gone(tmp_path):
    found = compare_runs([make_run(tmp_path / "a", right=2), make_run(tmp_path / "b")])
    assert differences_of(found) is not None
    (tmp_path / "b").rename(tmp_path / "elsewhere")
    assert differences_of(found) is None
