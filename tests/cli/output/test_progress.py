"""A bar in a terminal, a line now and then elsewhere, and nothing where all is done at once."""

from __future__ import annotations

import io
import sys

import pytest

from onelook.cli.output.printer import Printer
from onelook.cli.output.progress import PictureProgress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def interrupted_after(*reports: int) -> None:
    """Ctrl-C after these many of 3,000 pictures."""
    with PictureProgress("reading pictures") as on_progress:
        for done in reports:
            on_progress(done, 3_000)
        raise KeyboardInterrupt


def test_short_work_leaves_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    with Printer().progress("reading pictures") as on_progress:
        assert on_progress is not None
        for done in (0, 40, 100):
            on_progress(done, 100)
    assert capsys.readouterr() == ("", "")


def test_long_work_leaves_a_line_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with PictureProgress("reading pictures", clock) as on_progress:
        for second in range(0, 101, 5):
            clock.seconds = float(second)
            on_progress(second * 100, 10_000)
    assert capsys.readouterr().err.splitlines() == [
        "reading pictures: 1,000 of 10,000",
        "reading pictures: 4,000 of 10,000",
        "reading pictures: 7,000 of 10,000",
    ]


def test_a_second_look_that_has_just_begun_leaves_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    with PictureProgress("reading pictures", clock) as on_progress:
        on_progress(0, 300)
        clock.seconds = 60.0
        on_progress(300, 300)
        on_progress(0, 300)
        on_progress(75, 300)
    assert capsys.readouterr().err == "reading pictures: 75 of 300\n"


def test_says_where_it_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    with PictureProgress("reading pictures") as on_progress:
        for done in (1_200, 2_000, 3_000):
            on_progress(done, 3_000)
    assert (
        capsys.readouterr().err == "reading pictures: resumed at 1,200 of 3,000; the others are already in the cache\n"
    )


def test_what_is_there_already_is_not_worth_a_word(capsys: pytest.CaptureFixture[str]) -> None:
    with PictureProgress("reading pictures") as on_progress:
        on_progress(3_000, 3_000)
    assert capsys.readouterr() == ("", "")


def test_ctrl_c_says_what_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_after(0, 1_200)
    assert capsys.readouterr().err == "interrupted at 1,200 of 3,000 pictures: the same command resumes there\n"
    with pytest.raises(KeyboardInterrupt):
        interrupted_after(0, 3_000, 0, 600)  # all read, and looked at once more
    assert capsys.readouterr().err == "interrupted at 600 of 3,000 pictures: the pictures read are kept\n"


@pytest.mark.parametrize("reports", [(), (0,), (0, 3_000, 0)])
def test_ctrl_c_before_the_first_picture_is_not_about_pictures(
    reports: tuple[int, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_after(*reports)
    assert capsys.readouterr().err == ""


def test_an_error_among_the_pictures_is_no_interruption(capsys: pytest.CaptureFixture[str]) -> None:
    progress = PictureProgress("reading pictures")
    progress(0, 300)
    progress(100, 300)
    progress.__exit__(ValueError, ValueError("odd"), None)
    assert capsys.readouterr().err == ""


def test_ctrl_c_after_the_pictures_is_not_about_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_after(3_000)
    assert capsys.readouterr().err == ""


def test_a_terminal_shows_a_bar_that_is_gone_when_the_pictures_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with PictureProgress("reading pictures") as on_progress:
        on_progress(0, 300)
        on_progress(150, 300)
        on_progress(300, 300)
        shown = terminal.getvalue()
        assert "reading pictures" in shown
        assert shown.endswith("\x1b[2K")  # the line is empty again before the work goes on


def test_quiet_shows_none() -> None:
    with Printer(quiet=True).progress("reading pictures") as on_progress:
        assert on_progress is None


def interrupted_outside_the_cache() -> None:
    with Printer().progress("predicting pictures", into_cache=False) as on_progress:
        assert on_progress is not None
        for done in (1_000, 2_000):
            on_progress(done, 3_000)
        raise KeyboardInterrupt


def test_what_is_not_kept_in_the_cache_is_not_said_to_be(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted_outside_the_cache()
    assert capsys.readouterr().err == "predicting pictures: resumed at 1,000 of 3,000; the others are already done\n"
