"""Findings on the console: what is wrong in sentences, what is worth a look in a table."""

from __future__ import annotations

import pytest

from onelook.checks import CHECKS
from onelook.checks.finding import Finding
from onelook.cli.output.inspection import print_findings
from onelook.cli.output.printer import Printer

LEAK = Finding("leak-exact", "test", 2, ("test/1", "test/2"), "2 pictures leak.", severity="error")
BLANK = Finding("blank", "train", 1, ("train/9",), "1 picture is blank.")
DARK = Finding("dark", "train", 1200, tuple(f"train/{row}" for row in range(1200)), "Dark.", severity="note")
DARK_IN_TEST = Finding("dark", "test", 3, ("test/7", "test/8", "test/9"), "Dark too.", severity="note")
COPIES = Finding("duplicates", "test", 1, ("test/5",), "A copy.", severity="note")


def printed(capsys: pytest.CaptureFixture[str], *findings: Finding, has_page: bool = False) -> str:
    print_findings(Printer(), findings, has_page=has_page)
    return capsys.readouterr().out


def test_the_gravest_come_first_and_notes_are_a_row_a_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, LEAK, BLANK, DARK, DARK_IN_TEST, COPIES) == (
        "\n"
        "wrong\n"
        "  leak-exact: 2 pictures leak.\n"
        "\n"
        "to mend\n"
        "  blank: 1 picture is blank.\n"
        "\n"
        "worth a look  such as  train  test\n"
        "dark          train/0  1,200     3\n"
        "duplicates    test/5             1\n"
        "With --html FILE.html a page explains each, and shows the pictures.\n"
    )


def test_a_page_that_is_written_is_not_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, DARK, has_page=True).endswith("The page explains each, and shows the pictures.\n")


def test_what_is_wrong_needs_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, LEAK) == "\nwrong\n  leak-exact: 2 pictures leak.\n"


def test_nothing_found_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys) == f"{len(CHECKS)} checks found nothing.\n"


def test_no_line_passes_eighty_columns(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    long = "photos/of/some/deep/folder/with/a/name/that/goes/on/and/on/until/the/line/is/full.jpg"
    notes = [
        Finding(check, split, 12345, (long,), "Odd.", severity="note")
        for check in ("low-information", "odd-aspect")
        for split in ("train", "val", "test")
    ]
    lines = printed(capsys, *notes).splitlines()
    assert max(map(len, lines)) <= 80
    assert sum("12,345" in line for line in lines) == 2
