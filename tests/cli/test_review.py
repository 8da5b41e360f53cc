"""`onelook review`, as a process: it says where to look, keeps marks, and ends on Ctrl-C with what comes next."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from tests.report.conftest import build_run

from onelook.cli import main
from onelook.cli.review import data_of_command
from onelook.data.fixes.fixes_file import read_fixes


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl-C is sent as a POSIX signal")
def test_marks_are_kept_until_ctrl_c_and_after(tmp_path: Path) -> None:
    run = build_run(tmp_path / "run", pictures=True)
    command = [sys.executable, "-m", "onelook", "review", str(run.path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("3 pictures to look at. Ctrl-C ends it.")
        found = re.search(r"(http://127\.0\.0\.1:\d+)/\?token=(\S+)", process.stdout.readline())
        assert found is not None
        mark = {"id": "test/9", "action": "drop"}
        answer = httpx.post(f"{found[1]}/marks", json=mark, headers={"X-Onelook-Token": found[2]}, timeout=30)
        assert answer.status_code == 200
        assert [fix.id for fix in read_fixes(run.path / "fixes.csv").fixes] == ["test/9"]
    finally:
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert "1 picture marked, in" in said
    assert f"train 'my shirts' --epochs 3 --fixes {run.path / 'fixes.csv'}" in said


def test_a_file_of_others_is_refused_before_anything_is_served(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = build_run(tmp_path / "run", pictures=True)
    mine = tmp_path / "mine.csv"
    mine.write_text("id,action\n1,drop\n", encoding="utf-8")
    assert main(["review", str(run.path), "--out", str(mine)]) == 2
    assert "it would be lost" in " ".join(capsys.readouterr().err.split())
    assert mine.read_text(encoding="utf-8") == "id,action\n1,drop\n"
    assert main(["review", str(run.path), "--layout", "idx"]) == 2
    assert "opened as it was for the run" in " ".join(capsys.readouterr().err.split())


def test_the_data_of_a_recorded_command_is_found_wherever_it_stands(tmp_path: Path) -> None:
    assert data_of_command(f"onelook train --epochs 3 --set rotation_range=15 {tmp_path} --folds 5") == str(tmp_path)
    assert data_of_command("onelook train digits --json") == "digits"
    assert data_of_command("onelook train no/such/folder") is None
    assert data_of_command("onelook inspect digits") is None
