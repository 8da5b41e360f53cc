"""Findings on the console of `inspect`: after the ledger, in the words that `train` prints."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from onelook.checks import CHECKS
from onelook.checks.finding import Finding
from onelook.cli.output.inspection import print_inspection
from onelook.cli.output.printer import Printer
from onelook.data.ledger import Ledger, LedgerEntry

LEAK = Finding("leak-exact", "test", 2, ("test/1", "test/2"), "2 pictures leak.", severity="error")
DARK = Finding("dark", "train", 1200, tuple(f"train/{row}" for row in range(1200)), "Dark.", severity="note")


def printed(
    capsys: pytest.CaptureFixture[str], *findings: Finding, has_page: bool = False, damaged: int = 0
) -> list[str]:
    entries = [LedgerEntry("a.png", "used", "")]
    entries += [LedgerEntry(f"b{at}.png", "quarantined", "cut short") for at in range(damaged)]
    found: Any = SimpleNamespace(findings=findings, reading=SimpleNamespace(ledger=Ledger(tuple(entries))))
    print_inspection(Printer(), found, ["photos"], has_page=has_page)
    return capsys.readouterr().out.splitlines()


def test_the_ledger_comes_first_then_the_gravest(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, LEAK, DARK) == [
        "  ledger   1 of 1 picture can be used: 0 quarantined, 0 exact copies within",
        "           their part",
        "  wrong    leak-exact: 2 pictures leak.",
        "  look at  dark: 1,200 in the training set (train/0 …)",
        "  shown by onelook inspect photos --html look.html",
    ]


def test_a_page_that_is_written_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, DARK, has_page=True)[2:] == ["  look at  dark: 1,200 in the training set (train/0 …)"]


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys)[2:] == [f"  checks   {len(CHECKS)} checks found nothing"]


def test_five_unreadable_pictures_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, damaged=7)
    assert sum("cut short" in line for line in lines) == 5
    assert "           … and 2 more pictures" in lines
