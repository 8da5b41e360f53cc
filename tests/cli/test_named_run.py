"""`onelook train --name`: the run's folder in `./runs`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from onelook.cli import main


@pytest.fixture
def outs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Any]:
    """The folders that the command passes to the training, which stops there."""
    passed: list[Any] = []

    def stop(*_: object, out: Path | None, **__: object) -> None:
        passed.append(out)
        raise KeyboardInterrupt

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("onelook.commands.train.train", stop)
    return passed


def test_the_name_is_a_folder_in_runs(outs: list[Any], tmp_path: Path) -> None:
    assert main(["train", "digits", "--name", "first-try"]) == 130
    assert main(["train", "digits", "--out", "elsewhere"]) == 130
    (tmp_path / "runs" / "first-try").mkdir(parents=True)
    assert main(["train", "digits", "--name", "first-try", "--resume"]) == 130
    assert outs == [Path("runs/first-try"), Path("elsewhere"), Path("runs/first-try")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--name", "taken"], "--name taken: runs/taken exists already. Choose another name, or add --resume"),
        (["--name", "a", "--out", "b"], "--name a and --out b: both say where the run is written"),
        (["--name", "a/b"], "--name a/b: expected a name of a folder in runs/. To write elsewhere: --out a/b"),
        (["--name", ".."], "--name ..: expected a name of a folder"),
    ],
)
def test_what_cannot_be_is_refused(
    words: list[str], said: str, outs: list[Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "runs" / "taken").mkdir(parents=True)
    assert main(["train", "digits", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())
    assert outs == []
