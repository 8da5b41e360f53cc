"""`--layout` reaches the opening of data from every command that opens some."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.cli.run import run


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
    assert "unknown layout 'class-folder'. Did you mean 'class-folders'?" in capsys.readouterr().err
