"""Every picture that was found, counted and written."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from onelook.data.ids import row_ids
from onelook.data.ledger import Ledger, LedgerEntry, LedgerPart

CATS = LedgerPart(
    ("cat/1.jpg", 'a "quoted", name.jpg', "cat/2.jpg"),
    np.array([-1, -1, 0]),
    {1: "the file is cut short (5 bytes not processed)"},
)
LEDGER = Ledger([CATS, LedgerPart(("dog/ü.jpg",), np.array([-1]), {})])


def test_each_picture_has_a_line_with_its_status_and_the_reason() -> None:
    assert [*LEDGER] == [
        LedgerEntry("cat/1.jpg", "used"),
        LedgerEntry('a "quoted", name.jpg', "quarantined", "the file is cut short (5 bytes not processed)"),
        LedgerEntry("cat/2.jpg", "duplicate", "an exact copy of 'cat/1.jpg'"),
        LedgerEntry("dog/ü.jpg", "used"),
    ]


def test_pictures_of_no_part_come_last_and_a_new_label_is_told_of_a_used_picture_alone() -> None:
    ledger = Ledger([CATS], {"stray.png": "in no folder"}, {"bad.png": "by --fixes"}, {"cat/1.jpg": "a dog before"})
    assert [entry[1:] for entry in ledger] == [
        ("used", "a dog before"),
        ("quarantined", "the file is cut short (5 bytes not processed)"),
        ("duplicate", "an exact copy of 'cat/1.jpg'"),
        ("quarantined", "in no folder"),
        ("dropped", "by --fixes"),
    ]
    assert ledger.counts() == {"found": 5, "used": 1, "quarantined": 2, "duplicate": 1, "dropped": 1}


def test_counts_add_up_to_what_was_found() -> None:
    counts = LEDGER.counts()
    assert counts == {"found": 4, "used": 2, "quarantined": 1, "duplicate": 1}
    assert counts["used"] + counts["quarantined"] + counts["duplicate"] == counts["found"]


def test_the_counts_are_a_sentence() -> None:
    assert LEDGER.in_words() == ("2 of 4 pictures can be used: 1 quarantined, 1 exact copy within its part")
    copies = np.repeat([-1, 0], [1_530, 4_000])
    many = Ledger([LedgerPart(row_ids(5_530), copies, dict.fromkeys(range(1, 31), "cut short"))])
    assert many.in_words() == (
        "1,500 of 5,530 pictures can be used: 30 quarantined, 4,000 exact copies within their part"
    )


def test_an_empty_ledger_counts_nothing() -> None:
    assert Ledger([]).counts() == {"found": 0, "used": 0, "quarantined": 0, "duplicate": 0}


def test_it_is_written_as_csv_that_any_reader_reads(tmp_path: Path) -> None:
    LEDGER.write(tmp_path / "ledger.csv")
    with (tmp_path / "ledger.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [["id", "status", "reason"], *map(list, LEDGER)]
    assert (tmp_path / "ledger.csv").read_bytes().startswith(b"id,status,reason\ncat/1.jpg,used,\n")


def test_a_long_ledger_is_written_in_blocks_without_a_gap(tmp_path: Path) -> None:
    Ledger([LedgerPart(row_ids(10_000), np.full(10_000, -1), {})]).write(tmp_path / "ledger.csv")
    lines = (tmp_path / "ledger.csv").read_text().splitlines()
    assert lines == ["id,status,reason", *(f"{row},used," for row in range(1, 10_001))]
