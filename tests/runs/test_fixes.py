"""`train --fixes`: what the files of a run say of it, before the first step."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from onelook.errors import DataError
from onelook.planning.request import Request, silent
from onelook.runs.begin import begin_run
from onelook.runs.prepare import data_words, prepare_training


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


def test_the_command_that_comes_next_has_the_fixes() -> None:
    assert data_words(Request("photos", {"fixes": "a b.csv"})) == ["photos", "--fixes", "a b.csv"]
