"""Findings on the console of `inspect`: after the ledger, in the words that `train` prints."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.checks import CHECKS
from onelook.checks.finding import Finding
from onelook.cli.output.inspection import print_inspection, print_label_check
from onelook.cli.output.printer import Printer
from onelook.data.ledger import Ledger, LedgerPart

LEAK = Finding("leak-exact", "test", 2, ("test/1", "test/2"), "2 pictures leak.", severity="error")
DARK = Finding("dark", "train", 1200, tuple(f"train/{row}" for row in range(1200)), "Dark.", severity="note")


def printed(
    capsys: pytest.CaptureFixture[str], *findings: Finding, has_page: bool = False, damaged: int = 0
) -> list[str]:
    ids = ("a.png", *(f"b{at}.png" for at in range(damaged)))
    ledger = Ledger([LedgerPart(ids, np.full(len(ids), -1), dict.fromkeys(range(1, len(ids)), "cut short"))])
    found: Any = SimpleNamespace(findings=findings, reading=SimpleNamespace(ledger=ledger))
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
    assert not any("cut short" in line for line in printed(capsys, damaged=1))  # its finding names it


DATA = ("my photos", "--layout", "folders")


def label_check(suspects: int, *, is_reliable: bool = True) -> Any:
    listed = [
        SimpleNamespace(id=f"{row}.png", label="cat", suggested="dog", probability=0.985 - row / 100)
        for row in range(suspects)
    ]

    class Check(SimpleNamespace):
        def __str__(self) -> str:
            return "judged by three networks"

    return Check(listed=listed, is_reliable=is_reliable, write=lambda path: path.write_text("id\n"))


def test_ten_labels_that_look_wrong_are_shown_and_the_others_counted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    print_label_check(Printer(), label_check(12), None, DATA)
    lines = capsys.readouterr().out.splitlines()
    assert lines[:4] == [
        "",
        "judged by three networks",
        "picture  labelled  looks like  sure",
        "0.png    cat       dog         98 %",
    ]
    assert len(lines) == 3 + 10 + 1
    assert lines[-1] == "… and 2 more labels: list them with --suspects FILE.csv"
    print_label_check(Printer(), label_check(11), tmp_path / "s.csv", DATA)
    lines = capsys.readouterr().out.splitlines()
    assert lines[13] == "… and 1 more label"
    assert " ".join(" ".join(lines[14:-1]).split()) == (
        f"suspects: {tmp_path / 's.csv'} (11 labels, worst first) "
        "Write relabel, drop or keep into its column 'action'. Then it is a fixes file:"
    )
    assert lines[-1] == f"  onelook train 'my photos' --layout folders --fixes {tmp_path / 's.csv'}"
    assert (tmp_path / "s.csv").read_text() == "id\n"
    print_label_check(Printer(), label_check(11), tmp_path / "s.csv", (*DATA, "--fixes", "mine.csv"))
    assert capsys.readouterr().out.split()[-6:] == ["Then", "add", "its", "rows", "to", "mine.csv."]
    print_label_check(Printer(), label_check(10), None, DATA)
    assert len(capsys.readouterr().out.splitlines()) == 3 + 10


@pytest.mark.parametrize(
    ("is_reliable", "last"), [(True, "they find no wrong label"), (False, "judged by three networks")]
)
def test_no_wrong_label_is_said_only_by_networks_that_can_tell(
    is_reliable: bool, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    print_label_check(Printer(), label_check(0, is_reliable=is_reliable), None, DATA)
    assert capsys.readouterr().out.splitlines()[-1] == last


@pytest.mark.parametrize("is_reliable", [True, False])
def test_a_file_that_is_asked_for_is_written_also_without_a_suspect(
    is_reliable: bool, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    print_label_check(Printer(), label_check(0, is_reliable=is_reliable), tmp_path / "s.csv", DATA)
    assert (tmp_path / "s.csv").read_text() == "id\n"
    printed = " ".join(capsys.readouterr().out.split())
    assert printed.endswith(f"suspects: {tmp_path / 's.csv'} (0 labels, worst first)")
    print_label_check(Printer(), label_check(1), tmp_path / "s.csv", DATA)
    assert "(1 label, worst first)" in " ".join(capsys.readouterr().out.split())


def test_of_five_unreadable_pictures_none_is_left_to_count(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, damaged=5)
    assert lines[2] == "           b0.png: cut short"
    assert not any("more picture" in line for line in lines)
