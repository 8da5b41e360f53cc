"""Progress in a notebook is one output that changes in place."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
import torch

from onelook.errors import OnelookError
from onelook.notebook import Interrupted, LiveOutput, html_of, in_notebook, short_interrupts
from onelook.runs.run import InterruptedRun
from onelook.training.listeners import BatchStatus, TrainingStart
from onelook.training.progress.choose import choose_progress, picture_bar
from onelook.training.progress.notebook import NotebookBar, notebook_picture_bar
from onelook.training.result import EpochRecord, FitResult
from onelook.training.running_metrics import RunningMetrics

FIRST = EpochRecord(1, 1.0, 0.001, 0.5, 0.9, 0.4, 0.95)
SECOND = EpochRecord(2, 1.0, 0.001, 0.3, 0.97, 0.45, 0.94)


class Shown(LiveOutput):
    """An output that keeps all that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.shares: list[float | None] = []

    @property
    def is_shown(self) -> bool:
        return bool(self.lines)

    def clear(self) -> None:
        self.show("")

    def show(self, line: str, share: float | None = None, more: tuple[str, ...] = ()) -> None:
        self.lines.append(" | ".join((line, *more)))
        self.shares.append(share)


def status(epoch: int, step: int) -> BatchStatus:
    metrics = RunningMetrics(torch.device("cpu"))
    metrics.add(torch.tensor(0.25), torch.eye(2).repeat(50 * step, 1), torch.tensor([0, 1]).repeat(50 * step))
    return BatchStatus(epoch, step, 1e-3, metrics)


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, str]]:
    """As if a kernel ran the tests; returns every content of its outputs, `new` for a new one."""
    contents: list[dict[str, str]] = []

    def display(bundle: dict[str, str], *, raw: bool, display_id: bool) -> Any:
        assert raw
        assert display_id
        contents.append({"new": "yes", **bundle})
        return SimpleNamespace(update=lambda bundle, raw: contents.append(bundle))

    ipython, displays = ModuleType("IPython"), ModuleType("IPython.display")
    ipython.get_ipython = lambda: SimpleNamespace(kernel="a kernel")  # type: ignore[attr-defined]
    displays.display = display  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", displays)
    return contents


def test_the_bar_counts_the_whole_training_and_ends_as_one_line() -> None:
    output, now = Shown(), iter([0.0, 2.0, 12.0])
    bar = NotebookBar(output, clock=lambda: next(now))
    bar.on_start(TrainingStart(epochs=2, steps_per_epoch=4, train_rows=400, val_rows=50, history=()))
    bar.on_batch(status(1, 2))
    bar.on_epoch(FIRST, True)
    bar.on_epoch(SECOND, False)
    bar.on_note("a note")
    bar.on_end(FitResult({}, 1, [FIRST, SECOND], "complete", False, None, ()))
    bar.close()
    best = "best so far: epoch 1, validation accuracy 95.00 %, loss 0.4000"
    assert output.lines == [
        "training",
        # 200 of 800 pictures in 2 seconds
        "epoch 1/2  loss 0.2500  100 pictures/s  0:06 left",
        f"epoch 1/2 | {best}",
        f"epoch 2/2 | {best}",
        f"epoch 2/2 | {best} | a note",
        "trained 2 epochs in 12 s; kept epoch 1, validation accuracy 95.00 %, loss 0.4000 | a note",
    ]
    assert output.shares == [0.0, 0.25, 0.5, 1.0, 1.0, None]


def test_a_corrected_number_of_epochs_moves_the_bar() -> None:
    output, now = Shown(), iter([0.0, 2.0])
    bar = NotebookBar(output, clock=lambda: next(now))
    bar.on_start(TrainingStart(epochs=2, steps_per_epoch=4, train_rows=400, val_rows=50, history=()))
    bar.on_epochs(5)
    bar.on_batch(status(1, 2))
    bar.on_epoch(FIRST, True)
    assert output.lines[1:] == [
        "epoch 1/5  loss 0.2500  100 pictures/s  0:18 left",  # 200 of 2,000 pictures in 2 seconds
        "epoch 1/5 | best so far: epoch 1, validation accuracy 95.00 %, loss 0.4000",
    ]


def test_the_bar_is_sent_four_times_a_second_at_most() -> None:
    output, now = Shown(), [0.0]
    bar = NotebookBar(output, clock=lambda: now[0])
    bar.on_start(TrainingStart(1, 10_000, 10_000, 1, ()))
    for step in range(1, 1001):  # a thousand batches in two seconds
        now[0] = step / 500
        bar.on_batch(BatchStatus(1, step, 0.1, status(1, 1).metrics))
    assert 7 <= len(output.lines) <= 10


def test_a_training_that_stops_says_where() -> None:
    output = Shown()
    bar = NotebookBar(output, clock=lambda: 0.0)
    bar.close()
    assert output.lines == []  # refused before it began
    bar.on_start(TrainingStart(2, 4, 400, 50, ()))
    bar.on_epoch(FIRST, True)
    bar.close()
    assert output.lines[-1].startswith("stopped: epoch 1/2")
    interrupted = NotebookBar(output, clock=lambda: 0.0)
    interrupted.on_start(TrainingStart(2, 4, 400, 50, ()))
    interrupted.on_end(FitResult({}, 1, [FIRST], "interrupted", False, None, ()))
    assert output.lines[-1].startswith("interrupted: trained 1 epoch in")


def test_a_notebook_gets_the_bar_in_one_output(notebook: list[dict[str, str]]) -> None:
    assert in_notebook()
    bar = choose_progress()
    assert type(bar) is NotebookBar
    bar.on_start(TrainingStart(2, 4, 400, 50, ()))
    bar.on_epoch(FIRST, True)
    bar.on_note("<b>a note</b>")
    assert [one.get("new") for one in notebook] == ["yes", None, None]
    assert '<progress value="0.5000" max="1"' in notebook[-1]["text/html"]
    assert "&lt;b&gt;a note&lt;/b&gt;" in notebook[-1]["text/html"]
    assert notebook[-1]["text/plain"].splitlines()[-1] == "<b>a note</b>"


@pytest.mark.usefixtures("notebook")
def test_ipython_in_a_terminal_is_no_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", SimpleNamespace)
    assert not in_notebook()
    monkeypatch.setattr(sys.modules["IPython"], "get_ipython", lambda: None)
    assert not in_notebook()


def test_the_stop_button_of_a_notebook_prints_a_sentence(notebook: list[dict[str, str]]) -> None:
    with pytest.raises(Interrupted) as stopped, short_interrupts("before it began. What was read is kept."):
        raise KeyboardInterrupt
    assert stopped.value._render_traceback_()[-1] == "Interrupted: before it began. What was read is kept."
    assert isinstance(stopped.value, KeyboardInterrupt)


@pytest.mark.usefixtures("notebook")
def test_a_sentence_that_knows_the_folder_is_kept_in_a_notebook() -> None:
    with pytest.raises(InterruptedRun) as stopped, short_interrupts("before it began."):
        raise InterruptedRun(Path("runs/a"))
    assert str(stopped.value) == f"interrupted: all that was done is safe in {Path('runs/a')}, and can be resumed"


def test_elsewhere_ctrl_c_stays_what_it_is() -> None:
    with pytest.raises(KeyboardInterrupt) as stopped, short_interrupts("before it began."):
        raise KeyboardInterrupt
    assert type(stopped.value) is KeyboardInterrupt


def test_a_notebook_shows_pictures_that_are_read(notebook: list[dict[str, str]]) -> None:
    with picture_bar("reading pictures", quiet=True) as quiet:
        assert quiet is None
    with picture_bar("reading pictures") as on_progress:
        assert on_progress is not None
        on_progress(1, 10)
    assert notebook == []  # at once


def test_work_on_pictures_is_shown_while_it_lasts() -> None:
    output, now = Shown(), iter([0.0, 0.4, 1.0, 1.1, 3.0])
    with notebook_picture_bar("features", output, clock=lambda: next(now)) as on_progress:
        for done in (10, 20, 30, 40):
            on_progress(done, 40)
            assert output.lines == ["features: 20 of 40"] * (done >= 20)
    assert output.lines == ["features: 20 of 40", ""]
    assert output.shares == [0.5, None]


@pytest.mark.parametrize("problem", [OnelookError("no run"), FileNotFoundError("it was deleted")])
def test_what_cannot_be_drawn_is_shown_as_text(problem: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(shown: object) -> str:
        raise problem

    monkeypatch.setattr("onelook.notebook.in_notebook", fails)
    assert html_of("onelook.notebook:in_notebook", "a run") is None
    monkeypatch.setattr("onelook.notebook.in_notebook", lambda shown: f"<p>{shown}</p>")
    assert html_of("onelook.notebook:in_notebook", "a run") == "<p>a run</p>"
