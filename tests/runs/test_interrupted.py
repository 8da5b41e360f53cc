"""Ctrl-C after the last epoch, and a run that is resumed to the epochs that are done."""

from __future__ import annotations

import signal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.drawn_sides import Arrays
from tests.runs.test_train import NETWORK

from onelook.cli import main
from onelook.commands.train import train
from onelook.errors import ConfigError, ModelError
from onelook.run_folder import RunFolder
from onelook.runs.finish import _with_earlier_epochs
from onelook.runs.run import InterruptedRun, Run


@pytest.fixture
def stopped(sides: Arrays, in_tmp: Path, monkeypatch: pytest.MonkeyPatch) -> Run | None:
    """Train two epochs of `run`, press Ctrl-C while it is scored, and let a library hide the interruption."""
    (in_tmp / "small.toml").write_text(NETWORK)

    def hide(*_: object) -> None:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise ModelError("the file is damaged") from None

    with monkeypatch.context() as patch:
        patch.setattr("onelook.runs.finish.build_model", hide)
        with pytest.raises(InterruptedRun, match="all that was done is safe in run") as caught:
            train(sides, model="small.toml", epochs=2, batch_size=16, out="run", quiet=True)
    assert caught.value.path == Path("run")
    return None


@pytest.mark.usefixtures("stopped")
def test_the_resumed_run_is_scored_and_counts_the_seconds_of_earlier_epochs(sides: Arrays) -> None:
    run = train(sides, out="run", resume=True, quiet=True)
    seconds = [epoch["seconds"] for epoch in run.history]
    timings = run.folder.read_run()["timings"]
    assert (run.status, len(seconds)) == ("complete", 2)
    assert timings["train"] >= sum(seconds) > 0
    assert timings["total"] >= timings["train"]


@pytest.mark.parametrize(
    ("resumed_from", "seconds", "expected"),
    [
        (None, {"train": 50.5, "total": 52.0}, {"train": 50.5, "total": 52.0}),
        (1, {"train": 21.0, "total": 25.0}, {"train": 51.0, "total": 55.0}),
        # The second epoch was cut short after 15 of its 20 seconds.
        (1, {"train": 5.0, "total": 9.0}, {"train": 50.0, "total": 54.0}),
        (1, {"total": 9.0}, {"total": 9.0}),
    ],
)
def test_seconds_before_a_resume_are_added(
    resumed_from: int | None, seconds: dict[str, float], expected: dict[str, float]
) -> None:
    history = [SimpleNamespace(seconds=30.0), SimpleNamespace(seconds=20.0)]
    result: Any = SimpleNamespace(history=history, resumed_from_epoch=resumed_from)
    assert _with_earlier_epochs(seconds, result) == expected


@pytest.mark.usefixtures("stopped")
def test_a_run_may_end_with_the_epochs_that_are_done_but_not_lose_any(sides: Arrays) -> None:
    folder = RunFolder(Path("run"))
    planned = folder.read_run()["settings"] | {"epochs": 9}
    folder.update_run(settings=planned)  # as if Ctrl-C had stopped a run of nine epochs
    with pytest.raises(ConfigError, match=r"planned for 9 epochs.*end with the 2 that are done: --epochs 2"):
        train(sides, out="run", resume=True, epochs=5, quiet=True)
    run = train(sides, out="run", resume=True, epochs=1, quiet=True)
    assert (run.status, len(run.history), folder.read_run()["settings"]["epochs"]) == ("complete", 2, 2)


def test_ctrl_c_while_the_folder_is_written_leaves_no_folder(
    sides: Arrays, in_tmp: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("onelook.data.ledger.Ledger.write", interrupt)
        with pytest.raises(KeyboardInterrupt) as caught:
            train(sides, model="decision-tree", out="run", quiet=True)
    assert not isinstance(caught.value, InterruptedRun)  # there is nothing to resume
    assert not (in_tmp / "run").exists()
    assert train(sides, model="decision-tree", out="run", quiet=True).status == "complete"


RESUME = "interrupted: all that was done is safe. Resume with:\n  onelook train x --out 'runs/a 1' --resume"
AGAIN = "interrupted before training began: no run was changed. Type the same command\n  again."


@pytest.mark.parametrize(("raised", "said"), [(InterruptedRun(Path("runs/a 1")), RESUME), (KeyboardInterrupt(), AGAIN)])
def test_the_command_says_what_is_safe_and_how_to_resume(
    raised: BaseException, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise raised

    monkeypatch.setattr("onelook.commands.train.train", interrupt)
    assert main(["train", "x"]) == 130
    assert capsys.readouterr().err == f"{said}\n"


def test_a_notebook_says_how_to_resume() -> None:
    assert InterruptedRun(Path("runs/a"))._render_traceback_() == [
        "InterruptedRun: interrupted: all that was done is safe in runs/a, and can be resumed",
        "Resume with: ol.train(data, out='runs/a', resume=True)",
    ]
