"""What a person sees of a run."""

from __future__ import annotations

import io
import itertools

import pytest
import torch
from rich.console import Console

from onelook.training.listeners import BatchStatus, Listener, TrainingStart
from onelook.training.progress.choose import choose_progress
from onelook.training.progress.figures import RunForecast, clock_text, epoch_line, loss_text, percent_text
from onelook.training.progress.terminal import LiveBar, PlainLines
from onelook.training.result import EpochRecord, FitResult
from onelook.training.running_metrics import RunningMetrics

RECORD = EpochRecord(3, 12.34, 0.001, 0.0812, 0.97512, 0.0413, 0.988)
PLAN = TrainingStart(epochs=30, steps_per_epoch=4, train_rows=400, val_rows=50, history=())


def console(*, terminal: bool) -> tuple[Console, io.StringIO]:
    file = io.StringIO()
    return Console(file=file, width=80, force_terminal=terminal, force_jupyter=False, color_system=None), file


def status(epoch: int, step: int, rate: float = 1e-3) -> BatchStatus:
    metrics = RunningMetrics(torch.device("cpu"))
    metrics.add(torch.tensor(0.25), torch.eye(2).repeat(50 * step, 1), torch.tensor([0, 1]).repeat(50 * step))
    return BatchStatus(epoch, step, rate, metrics)


def test_an_epoch_is_one_line_of_eighty_columns_at_most() -> None:
    losses, shares = (0.0, 0.08123, 2.302585, 11.5, 123.4567, 98765.4), (0.0, 0.0975, 0.5, 0.99994, 0.99996, 1.0)
    seconds = (0.04, 9.96, 99.94, 123.0, 5000.0)
    for (loss, share, time), (epoch, epochs) in itertools.product(
        itertools.product(losses, shares, seconds), ((1, 1), (3, 30), (99, 99), (7, 100), (999, 999))
    ):
        line = epoch_line(EpochRecord(epoch, time, 0.1, loss, share, loss, share), epochs, is_best=True)
        assert len(line) <= (80 if loss < 1e4 else 82), line


def test_the_columns_stand_under_one_another() -> None:
    first = epoch_line(EpochRecord(1, 0.04, 0.1, 2.3, 0.0975, 12.5, 1.0), 30, is_best=False)
    second = epoch_line(EpochRecord(30, 99.94, 0.1, 0.0812, 0.9751, 0.0413, 0.988), 30, is_best=True)
    for word in ("train loss", "acc", "val loss", " s"):
        assert first.index(word) == second.index(word)
    assert first == "epoch  1/30  train loss 2.3000 acc  9.75 %  val loss 12.500 acc 100.0 %   0.0 s"


def test_only_a_perfect_score_is_called_perfect() -> None:
    assert percent_text(1.0) == "100.0"
    assert percent_text(0.99994) == "99.99"


@pytest.mark.parametrize(("seconds", "text"), [(7, "0:07"), (750, "12:30"), (3750, "1:02:30"), (59.7, "1:00")])
def test_time_left_reads_as_a_clock(seconds: float, text: str) -> None:
    assert clock_text(seconds) == text


def test_losses_are_six_characters_wide() -> None:
    assert [loss_text(loss) for loss in (0.0, 9.99999, 10.0, 99.9999)] == ["0.0000", "10.000", "10.000", "100.00"]


def test_a_log_file_gets_a_line_an_epoch_and_nothing_else() -> None:
    target, file = console(terminal=False)
    lines = choose_progress(target)
    assert type(lines) is PlainLines
    lines.on_start(PLAN)
    lines.on_batch(status(1, 1))
    lines.on_epoch(RECORD, True)
    lines.on_note("[red]a note in brackets, which is longer than eighty columns, is no markup, and wrapped[/red]")
    lines.on_end(FitResult({}, 1, [RECORD], "complete", False, None, ()))
    assert file.getvalue().splitlines() == [
        "training on 400 pictures, validating on 50; * is the best so far",
        "epoch  3/30* train loss 0.0812 acc 97.51 %  val loss 0.0413 acc 98.80 %  12.3 s",
        "[red]a note in brackets, which is longer than eighty columns, is no markup, and",
        "wrapped[/red]",
        "kept epoch 1: val loss 0.0413, accuracy 98.80 %",
    ]


def test_a_terminal_gets_a_bar_with_rate_speed_and_time_left() -> None:
    target, file = console(terminal=True)
    time = iter([0.0, 2.0])
    bar = LiveBar(target, clock=lambda: next(time))
    bar.on_start(PLAN)
    bar.on_batch(status(1, 2))
    bar.close()
    # 200 of 12,000 pictures in 2 seconds: 118 seconds to go.
    assert "loss 0.2500 acc 100.0 %  rate 1.0e-03  100/s  1:58 left" in file.getvalue()
    assert "epoch  1/30" in file.getvalue()


def test_the_bar_is_drawn_five_times_a_second_at_most() -> None:
    target, _ = console(terminal=True)
    now = [0.0]
    bar = LiveBar(target, clock=lambda: now[0])
    drawn: list[float] = []
    bar._bar.refresh = lambda: drawn.append(now[0])  # type: ignore[method-assign]
    bar.on_start(TrainingStart(1, 10_000, 10_000, 1, ()))
    drawn.clear()
    for step in range(1, 1001):  # a thousand batches in two seconds
        now[0] = step / 500
        bar.on_batch(BatchStatus(1, step, 0.1, status(1, 1).metrics))
    assert 9 <= len(drawn) <= 11
    drawn.clear()
    bar.on_batch(BatchStatus(1, 10_000, 0.1, status(1, 1).metrics))  # at once, but the last of the epoch
    assert drawn == [2.0]
    bar.close()


def test_pictures_of_earlier_epochs_count_in_the_time_that_is_left() -> None:
    target, file = console(terminal=True)
    time = iter([0.0, 100.0])
    bar = LiveBar(target, clock=lambda: next(time))
    bar.on_start(PLAN)
    bar.on_batch(status(3, 2))  # 800 pictures before, 200 of this epoch
    bar.close()
    assert "10/s  18:20 left" in file.getvalue()  # 11,000 of 12,000 are to come


@pytest.mark.parametrize("terminal", [False, True])
def test_a_corrected_number_of_epochs_is_counted_and_forecast(terminal: bool) -> None:
    target, file = console(terminal=terminal)
    time = iter([0.0, 2.0])
    progress = LiveBar(target, clock=lambda: next(time)) if terminal else PlainLines(target)
    progress.on_start(PLAN)
    progress.on_epochs(5)
    progress.on_batch(status(1, 2))
    progress.on_epoch(RECORD, False)
    progress.close()
    assert "epoch 3/5  train loss" in file.getvalue()
    assert ("100/s  0:18 left" in file.getvalue()) == terminal  # 200 of 2,000 pictures in 2 seconds


def test_the_forecast_after_a_resume_counts_what_this_process_did() -> None:
    plan = TrainingStart(10, 4, 100, 10, history=(RECORD,) * 6)
    forecast = RunForecast(plan, began=1000.0)
    assert forecast.rows_per_second(700, 1010.0) == 10
    assert forecast.seconds_left(700, 1010.0) == 30


def test_quiet_says_nothing() -> None:
    target, file = console(terminal=True)
    listener = choose_progress(target, quiet=True)
    assert type(listener) is Listener
    listener.on_start(PLAN)
    listener.on_epoch(RECORD, True)
    listener.on_note("a note")
    assert file.getvalue() == ""


def test_the_bar_is_that_of_the_epoch() -> None:
    def drawn(epoch: int, step: int) -> int:
        file = io.StringIO()
        bar = LiveBar(Console(file=file, width=160, force_terminal=True, force_jupyter=False, color_system=None))
        bar.on_start(PLAN)
        bar.on_batch(status(epoch, step))
        bar.close()
        return file.getvalue().rpartition("epoch")[2].count("━")

    assert 0 < drawn(1, 1) < drawn(1, 2) < drawn(1, 4)
    assert drawn(3, 1) < drawn(1, 3)


def test_a_terminal_without_a_cursor_gets_plain_lines() -> None:
    file = io.StringIO()
    for name, kind in (("dumb", PlainLines), ("unknown", PlainLines), ("xterm", LiveBar)):
        target = Console(file=file, force_terminal=True, force_jupyter=False, _environ={"TERM": name})
        assert type(choose_progress(target)) is kind


@pytest.mark.parametrize(
    ("terminal", "width", "lines"), [(True, 40, 3), (True, 200, 1), (False, 40, 2), (False, 200, 2)]
)
def test_a_note_is_as_wide_as_the_terminal_or_as_a_log_file(terminal: bool, width: int, lines: int) -> None:
    file = io.StringIO()
    target = Console(file=file, width=width, force_terminal=terminal, force_jupyter=False, color_system=None)
    PlainLines(target).on_note("ten words. " * 10)
    assert len(file.getvalue().splitlines()) == lines


def test_a_console_in_a_notebook_gets_plain_lines() -> None:
    target, _ = console(terminal=True)
    target.is_jupyter = True
    assert type(choose_progress(target)) is PlainLines
