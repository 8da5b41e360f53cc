"""Every picture that was found, counted and written."""

from __future__ import annotations

import csv
from pathlib import Path

from onelook.data.ledger import Ledger, LedgerEntry

LEDGER = Ledger(
    [
        LedgerEntry("cat/1.jpg", "used"),
        LedgerEntry('a "quoted", name.jpg', "quarantined", "the file is cut short (5 bytes not processed)"),
        LedgerEntry("cat/2.jpg", "duplicate", "an exact copy of 'cat/1.jpg'"),
        LedgerEntry("dog/ü.jpg", "used"),
    ]
)


def test_counts_add_up_to_what_was_found() -> None:
    counts = LEDGER.counts()
    assert counts == {"found": 4, "used": 2, "quarantined": 1, "duplicate": 1}
    assert counts["used"] + counts["quarantined"] + counts["duplicate"] == counts["found"]


def test_the_counts_are_a_sentence() -> None:
    assert LEDGER.in_words() == ("2 of 4 pictures can be used: 1 quarantined, 1 exact copy within its part")
    many = Ledger([*LEDGER.entries[:1] * 1_500, *LEDGER.entries[1:2] * 30, *LEDGER.entries[2:3] * 4_000])
    assert many.in_words() == (
        "1,500 of 5,530 pictures can be used: 30 quarantined, 4,000 exact copies within their part"
    )


def test_an_empty_ledger_counts_nothing() -> None:
    assert Ledger([]).counts() == {"found": 0, "used": 0, "quarantined": 0, "duplicate": 0}


def test_it_is_written_as_csv_that_any_reader_reads(tmp_path: Path) -> None:
    LEDGER.write(tmp_path / "ledger.csv")
    with (tmp_path / "ledger.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows == [["id", "status", "reason"], *map(list, LEDGER.entries)]
    assert (tmp_path / "ledger.csv").read_bytes().startswith(b"id,status,reason\ncat/1.jpg,used,\n")
