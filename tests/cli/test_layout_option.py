"""`--layout` reaches the opening of data from every command that opens some."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from onelook.cli.run_command import run


@pytest.fixture
def in_tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("in_tmp")
@pytest.mark.parametrize(
    "words",
    [
        ("inspect", "{photos}"),
        ("evaluate", "{model}", "{photos}"),
        ("predict", "{model}", "{photos}", "--out", "labels.csv"),
        ("train", "{photos}"),
    ],
)
def test_an_unknown_layout_is_refused_by_name(
    words: tuple[str, ...], photos: Path, brightness_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [word.format(photos=photos, model=brightness_model) for word in words]
    assert run([*filled, "--layout", "class-folder"]) == 2
    assert "unknown layout 'class-folder'. Did you mean 'class-folders'?" in " ".join(capsys.readouterr().err.split())


@pytest.mark.usefixtures("in_tmp")
@pytest.mark.parametrize("words", [("inspect", "{photos}"), ("evaluate", "{model}", "{photos}"), ("train", "{photos}")])
def test_where_the_label_is_reaches_every_command_that_needs_labels(
    words: tuple[str, ...], photos: Path, brightness_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    filled = [word.format(photos=photos, model=brightness_model) for word in words]
    assert run([*filled, "--label-from", "(?P<label>"]) == 2
    assert "--label-from '(?P<label>': no regular expression" in " ".join(capsys.readouterr().err.split())
    assert run([*filled, "--label-from", "folder:2"]) == 3
    assert "--label-from folder:2, and no picture lies in so many folders" in " ".join(capsys.readouterr().err.split())


def test_predicting_asks_nothing_about_labels(
    photos: Path, brightness_model: Path, in_tmp: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for year in ("2020", "2021"):
        shutil.copytree(photos, in_tmp / "years" / year)
    shutil.copy(photos / "dark" / "1.png", in_tmp / "years" / "stray.png")
    assert run(["evaluate", str(brightness_model), "years"]) == 2
    assert "each may be the class" in " ".join(capsys.readouterr().err.split())
    assert run(["evaluate", str(brightness_model), "years", "--label-from", "folder:2"]) == 0
    assert run(["predict", str(brightness_model), "years", "--out", "labels.csv"]) == 0
    rows = (in_tmp / "labels.csv").read_text(encoding="utf-8").splitlines()[1:]
    pictures = [path.relative_to(in_tmp / "years").as_posix() for path in (in_tmp / "years").rglob("*.png")]
    assert sorted(row.partition(",")[0] for row in rows) == sorted(pictures)
