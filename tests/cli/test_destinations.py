"""Where a result cannot be written, every command says so before it begins: before it looks for data or a model."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.report.conftest import build_run

from onelook.cli import main

FILES = [  # commands that write a file
    "predict nowhere ./missing --out {}",
    "inspect ./missing --html {}",
    "inspect ./missing --suspects {}",
    "export nowhere --to onnx --out {}",
    "compare nowhere --html {}",
    "report run --out {}",
]
FOLDERS = [  # commands that write into a folder
    "train ./missing --out {}",
    "train ./missing --folds 3 --out {}",
    "train ./missing --models knn,svc --out {}",
    "train ./missing --find-lr --out {}",
    "tune ./missing --out {}",
    "report run --figures {}",
]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    build_run(tmp_path / "run")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "folder").mkdir()
    return tmp_path


def refusal(command: str, target: str, place: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """The error of a command that is refused with exit code 2, and changes nothing."""
    before = {path: path.stat().st_mtime_ns for path in place.rglob("*")}
    assert main(command.format(target).split()) == 2
    assert {path: path.stat().st_mtime_ns for path in place.rglob("*")} == before
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("command", [*FILES, *FOLDERS])
def test_a_place_below_a_file_is_refused_first(command: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = refusal(command, "file/of/mine", place, capsys)
    assert "file/of/mine: cannot be written: file is a file, not a folder. Name another place." in error


@pytest.mark.parametrize("command", FILES)
def test_a_folder_is_no_file_to_write(command: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    expected = (
        "Name a file, such as folder" if command.startswith("export ") else "Expected the path of a file to write."
    )
    assert f"folder: is a folder. {expected}" in refusal(command, "folder", place, capsys)


@pytest.mark.parametrize("command", FOLDERS)
def test_a_file_is_no_folder_to_write_into(command: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = refusal(command, "file", place, capsys)
    assert error.startswith(
        ("error: --out file: exists already.", "error: --figures file: is a file. Expected a folder")
    )


@pytest.mark.parametrize("command", ["train ./missing", "tune ./missing", "train ./missing --name a"])
def test_the_usual_folder_of_runs_is_looked_at_too(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "runs").write_text("a file")
    assert "runs" in refusal(command, "", place, capsys)


@pytest.mark.parametrize(
    "command",
    [
        "predict nowhere file --out file",
        "predict file ./missing --out ./file",
        "predict nowhere ./missing --out file --like ../{here}/file",
        "inspect file --suspects file",
        "inspect ./missing --test file --suspects file",
        "export file --to onnx --out file",
    ],
)
def test_what_the_command_reads_is_not_written_over(
    command: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    error = refusal(command.replace("{here}", place.name), "", place, capsys)
    assert "file: this command reads the file, which would be lost. Name another file." in error


@pytest.mark.parametrize("command", ["inspect ./missing --html {}", "compare nowhere --html {}", "report run --out {}"])
def test_a_page_replaces_no_other_file(command: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "file: this file exists and is not an HTML page" in refusal(command, "file", place, capsys)


def test_suspects_replace_no_decisions(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = place / "wrong.csv"
    table.write_text("id,split,action\na,all,\nb,all,drop\nc,all, keeep\n")
    error = refusal("inspect ./missing --suspects {}", "wrong.csv", place, capsys)
    assert "--suspects wrong.csv: 2 decisions in its column 'action' would be lost. Name another file." in error
    for undecided in ("id,split,action\na,all,\nb,all\n", "id,split\na,all\n", ""):
        table.write_text(undecided)
        assert main(["inspect", "./missing", "--suspects", "wrong.csv"]) == 3  # on to the data, which is missing
        capsys.readouterr()
