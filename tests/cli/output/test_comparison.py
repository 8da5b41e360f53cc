"""Runs on the console: every figure beside the run that it is of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from onelook.cli.output.comparison import print_comparison
from onelook.cli.output.printer import Printer
from onelook.comparison.result import ComparedRun, Comparison, DifferentSetting, PairedTest
from onelook.comparison.speed import Speed

BEST = ComparedRun(
    run="runs/b",
    label="wide",
    model="cnn",
    set_name="val",
    rows=200,
    scores={"accuracy": 0.93, "balanced_accuracy": 0.9, "macro_f1": 0.88, "loss": 0.25},
    accuracy_interval=(0.9, 0.96),
    parameters=2_500_000,
    size_bytes=10_000_000,
    train_seconds=125.0,
    epochs=8,
    one_thread=Speed(1, 7.0, 8.0, 200.0),
    all_threads=Speed(4, 3.0, 4.5, 900.0),
)
WORSE = replace(
    BEST,
    run="other/a",
    label="slim",
    scores={**BEST.scores, "accuracy": 0.9},
    accuracy_interval=(0.85, 0.93),
    parameters=None,
    epochs=None,
    one_thread=Speed(1, 1.2, 1.5, 2_000.0),
    all_threads=Speed(4, 0.5, 0.75, 5_000.0),
    on_front=True,
    against_best=PairedTest(9, 3, 0.02, 0.04),
)
UNCLEAR = replace(
    BEST,
    run="other/c",
    label="untimed",
    scores={**BEST.scores, "accuracy": 0.925},
    one_thread=None,
    all_threads=None,
    against_best=PairedTest(2, 1, 0.5, 0.9),
)
FOUND = Comparison(
    data="digits",
    created="2025-01-01",
    machine="a machine",
    runs=(WORSE, BEST, UNCLEAR),
    best=1,
    advice="Take wide.",
    settings=(
        DifferentSetting("epochs", ("3", "8", "3")),
        DifferentSetting("optimizer.name", ("sgd", "adam", "muon")),
    ),
)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    monkeypatch.setenv("COLUMNS", "200")
    print_comparison(Printer(), FOUND)
    return [" ".join(line.split()) for line in capsys.readouterr().out.splitlines()]


def test_scores_stand_with_their_interval_and_what_the_test_says(lines: list[str]) -> None:
    rows = {line.split()[0]: line for line in lines[1:4]}
    assert rows["slim"].startswith("slim 90.00 (85.0–93.0)")
    assert rows["slim"].endswith("worse, p = .040")
    assert rows["wide"].startswith("wide 93.00 (90.0–96.0)")
    assert rows["wide"].endswith(" best")
    assert rows["untimed"].endswith("unclear, p = .90")
    assert "all scored on the same 200 validation pictures of digits; in brackets the 95 % interval" in lines
    assert "unclear: no difference that these 200 pictures could show" in lines


def test_the_front_is_marked_and_times_and_rates_are_those_of_their_threads(lines: list[str]) -> None:
    assert "ms, 1 thread ms, 4 threads /s, 1 thread /s, 4 threads" in lines
    assert "slim * 1.2 (1.5) 0.5 (0.75) 2,000 5,000" in lines
    assert "wide 7.0 (8.0) 3.0 (4.5) 200 900" in lines
    assert "untimed – – – –" in lines


def test_costs_come_with_the_folder_where_names_do_not_say_it(lines: list[str]) -> None:
    assert "trained in epochs parameters on disk run" in lines
    assert "slim 2 min 5 s – ? 10.0 MB other/a" in lines
    assert "wide 2 min 5 s 8 2.5 M 10.0 MB runs/b" in lines


def test_one_folder_is_a_line_only_where_runs_are_named_after_theirs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for names, is_short in ((("a", "b"), True), (("slim", "b"), False)):
        runs = tuple(
            replace(run, run=str(Path("runs") / name), label=label)
            for run, name, label in zip((WORSE, BEST), names, ("a", "b"), strict=True)
        )
        print_comparison(Printer(), replace(FOUND, runs=runs, settings=()))
        printed = capsys.readouterr().out
        assert ("  the runs' folders are in runs\n" in printed) is is_short
        assert ("runs/slim\n" in printed) is not is_short


def test_each_value_of_a_setting_is_followed_by_all_its_runs(lines: list[str]) -> None:
    assert "epochs 3: slim, untimed; 8: wide" in lines
    assert "optimizer.name sgd: slim; adam: wide; muon: untimed" in lines
    assert lines[-1] == "Take wide."


def test_of_many_settings_twelve_are_shown_and_the_others_counted(capsys: pytest.CaptureFixture[str]) -> None:
    many = tuple(DifferentSetting(f"s{number}", ("1", "2", "3")) for number in range(14))
    print_comparison(Printer(), replace(FOUND, settings=many))
    printed = capsys.readouterr().out
    assert "s11 " in printed
    assert "s12 " not in printed
    assert "and 2 more settings, on the page (--html)" in printed


def test_a_tie_is_no_unclear_difference(capsys: pytest.CaptureFixture[str]) -> None:
    tied = replace(BEST, run="runs/c", label="narrow", against_best=PairedTest(2, 2, 1.0, 1.0))
    print_comparison(Printer(), replace(FOUND, runs=(BEST, tied), best=0, settings=()))
    printed = capsys.readouterr().out
    assert printed.splitlines()[2].endswith("  as many right")
    assert "unclear" not in printed
