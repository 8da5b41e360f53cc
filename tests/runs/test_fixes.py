"""`train --fixes`: what the files of a run say of it, before the first step."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from onelook.errors import ConfigError, DataError
from onelook.planning.request import Request, silent
from onelook.run_folder import RunFolder
from onelook.runs.begin import begin_run
from onelook.runs.prepare import data_words, prepare_training
from onelook.runs.resumed import keep_fixes, present_fixes


def rows_of(path: Path) -> dict[str, dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def test_the_files_of_a_run_say_what_was_changed_and_a_resumed_run_needs_the_same(in_tmp: Path) -> None:
    images = np.random.default_rng(0).integers(0, 255, (40, 8, 8), dtype=np.uint8)
    data = images, np.array(["left", "right"] * 20)
    (in_tmp / "fixes.csv").write_text("id,action,class_name\n5,relabel,right\n9,drop,\n12,keep,\n")
    said: list[str] = []
    asked = {"model": "mlp", "epochs": 1, "fixes": "fixes.csv"}
    plan, prepared = prepare_training(Request(data, asked, say=said.append))
    run = begin_run(plan, prepared, out=in_tmp / "run", resumed=None, command=None, say=silent).own_folder
    split, ledger = rows_of(run.split_csv), rows_of(run.ledger_csv)
    assert split["5"]["class"] == "right"
    assert {*split} == {str(row) for row in range(1, 41)} - {"9"}
    assert ledger["5"] == {"id": "5", "status": "used", "reason": "was 'left', is 'right' by fixes.csv"}
    assert ledger["9"] == {"id": "9", "status": "dropped", "reason": "by fixes.csv"}
    assert ledger["12"] == {"id": "12", "status": "used", "reason": ""}
    record = run.read_run()
    assert record["settings"]["fixes"] == "fixes.csv"
    assert record["data"]["ledger"] == {"found": 40, "used": 39, "quarantined": 0, "duplicate": 0, "dropped": 1}
    note = "fixes.csv: 1 label was changed, and 1 picture was dropped; 1 label is confirmed."
    assert note in record["data"]["notes"]
    assert note in " ".join(said[0].split())

    plan, _ = prepare_training(Request(data, {}, resumed=run))
    assert plan.settings.fixes == "fixes.csv"
    (in_tmp / "fixes.csv").write_text("id,action\n9,drop\n")
    with pytest.raises(DataError, match="its pictures, their split or the fixes in fixes.csv are others"):
        prepare_training(Request(data, {}, resumed=run))

    (in_tmp / "fixes.csv").unlink()
    plan, again = prepare_training(Request(data, {}, resumed=run))  # by the copy in the run's folder
    assert (plan.settings.fixes, again.dataset.fingerprint) == ("fixes.csv", prepared.dataset.fingerprint)
    run.fixes.unlink()
    with pytest.raises(ConfigError, match="--fixes fixes.csv: there is no such file"):
        prepare_training(Request(data, {}, resumed=run))


def test_a_fixes_file_that_is_gone_is_read_from_the_first_run_that_keeps_it(in_tmp: Path) -> None:
    runs = [RunFolder.create(in_tmp / name) for name in "ab"]
    assert present_fixes("gone.csv", runs) == "gone.csv"
    runs[1].fixes.write_text("id,action\n")
    assert present_fixes("gone.csv", runs) == str(runs[1].fixes)
    (in_tmp / "there.csv").write_text("id,action\n")
    assert present_fixes("there.csv", runs) == "there.csv"
    assert present_fixes(None, runs) is None


def test_a_run_that_was_not_begun_leaves_no_copy(in_tmp: Path) -> None:
    (in_tmp / "mine.csv").write_text("id,action\n9,drop\n")
    run = RunFolder.create(in_tmp / "run")
    keep_fixes("mine.csv", run)
    assert run.fixes.read_text() == "id,action\n9,drop\n"
    assert run.clear_unbegun()
    assert not run.path.exists()


def test_the_command_that_comes_next_has_the_fixes() -> None:
    assert data_words(Request("photos", {"fixes": "a b.csv"})) == ["photos", "--fixes", "a b.csv"]
