"""Workbooks of Excel: which sheet is read, where its header is, what cells become, and what is refused."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from PIL import Image

from onelook.data.dataset import Dataset
from onelook.data.layouts.tables import workbook
from onelook.data.layouts.tables.workbook import Workbook, _sheet, hint_on_spreadsheets, read_workbook
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError

Sheets = Mapping[str, Sequence[Sequence[Any]]]
KINDS = ("good", "bad")
LABELS = [("file", "kind"), ("a.png", "good"), ("b.png", "bad")]


def write(folder: Path, sheets: Sheets, name: str = "list.xlsx", hidden: str = "", state: str = "hidden") -> Path:
    folder.mkdir(exist_ok=True)
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        if title == hidden:
            sheet.sheet_state = state
    book.save(folder / name)
    return folder / name


def read(folder: Path, sheets: Sheets, hidden: str = "", state: str = "hidden") -> Workbook:
    write(folder, sheets, hidden=hidden, state=state)
    return read_workbook(Location(folder), "list.xlsx")


def test_cells_are_the_texts_that_a_csv_would_have(tmp_path: Path) -> None:
    day = datetime(2024, 5, 1)
    found = read(tmp_path, {"One": [("id", "size", "day", "ok", " kind "), (7, 2.5, day, True, " a b "), ("", 3.0)]})
    assert found.header == ["id", "size", "day", "ok", "kind"]
    assert found.cells == [["7", None], ["2.5", "3"], ["2024-05-01T00:00:00", None], ["True", None], ["a b", None]]
    assert (found.first_row, found.said) == (2, ())


def test_a_title_empty_rows_and_empty_columns_around_the_table_are_not_read(tmp_path: Path) -> None:
    rows = [("Photos of 2024",), (), (None, "file", None, "kind"), (), (None, "a.png", None, "good"), (None,)]
    found = read(tmp_path, {"One": rows})
    assert (found.header, found.cells, found.first_row) == (["file", "kind"], [["a.png"], ["good"]], 5)


def test_a_sheet_that_begins_with_a_picture_has_no_header(tmp_path: Path) -> None:
    found = read(tmp_path, {"One": LABELS[1:]})
    assert (found.header, found.first_row) == (["column 1", "column 2"], 1)
    assert found.cells == [["a.png", "b.png"], ["good", "bad"]]


@pytest.mark.parametrize(
    ("sheets", "column", "said"),
    [
        (
            {"Legend": [("sign", "meaning"), (1, "good")], "Data": LABELS},
            ["good", "bad"],
            "The sheet 'Legend' of list.xlsx was left out.",
        ),
        ({"Empty": [], "Data": LABELS}, ["good", "bad"], ""),
        (
            {"Train": LABELS, "Test": [LABELS[0], ("c.png", "bad")]},
            ["train", "train", "test"],
            "The sheets 'Train' and 'Test' of list.xlsx are read as one table.",
        ),
        (
            {"May": LABELS, "June": [LABELS[0], ("c.png", "bad")]},
            ["good", "bad", "bad"],
            "The sheets 'May' and 'June' of list.xlsx are read as one table.",
        ),
        (
            {"oak": [("file",), ("a.png",)], "elm": [("file",), ("b.png",), ("c.png",)]},
            ["oak", "elm", "elm"],
            "The sheets 'oak' and 'elm' of list.xlsx are read as one table.",
        ),
    ],
)
def test_sheets_with_one_header_are_one_table_and_others_are_left_out(
    tmp_path: Path, sheets: Sheets, column: list[str], said: str
) -> None:
    found = read(tmp_path, sheets)
    assert (found.cells[-1], " ".join(found.said)) == (column, said)


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_are_not_read(state: str, tmp_path: Path) -> None:
    found = read(tmp_path, {"Old": LABELS[:2], "New": LABELS}, hidden="Old", state=state)
    assert (found.cells[1], found.said) == (["good", "bad"], ())


def test_a_table_ends_at_many_blank_rows_in_a_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "_MOST_BLANK_ROWS", 2)
    rows = [*LABELS[:2], (), (), LABELS[2], (), ("c.png", "bad"), (), (), (), ("d.png", "good")]
    assert read(tmp_path, {"One": rows}).cells == [["a.png", "b.png", "c.png"], ["good", "bad", "bad"]]


def test_what_is_no_workbook_or_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "list.xlsx").write_bytes(b"words")
    with pytest.raises(DataError, match=r"list\.xlsx: no workbook that can be read"):
        read_workbook(Location(tmp_path), "list.xlsx")
    with zipfile.ZipFile(tmp_path / "list.xlsx", "w") as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(DataError, match="no workbook that can be read"):
        read_workbook(Location(tmp_path), "list.xlsx")
    with pytest.raises(DataError, match="without a table"):
        read(tmp_path, {"One": []})
    monkeypatch.setattr(workbook, "_MOST_CELLS", 5)
    with pytest.raises(DataError, match="more than 5 cells"):
        read(tmp_path, {"One": LABELS})
    monkeypatch.setattr(workbook, "_LARGEST_BYTES", 1000)
    with pytest.raises(DataError, match=r"bytes when unpacked, too many"):
        read(tmp_path, {"One": LABELS})


def drawn(folder: Path, sheets: Sheets, count: int = 12) -> Dataset:
    write(folder, sheets)
    for at in range(count):
        Image.fromarray(np.full((2, 2), 20 * at, np.uint8)).save(folder / f"{at + 1:03d}.png")
    return open_dataset(folder)


def test_a_workbook_beside_pictures_gives_labels_parts_and_groups(tmp_path: Path) -> None:
    rows = [(at + 1, KINDS[at % 2], f"p{at // 2}") for at in range(12)]
    head = ("Image No", "Grade", "Patient")
    legend = [("sign", "meaning"), (1, "good")]
    found = drawn(tmp_path / "d", {"Train": [head, *rows[:8]], "Test": [head, *rows[8:]], "Legend": legend})
    assert {name: len(part) for name, part in found.parts.items()} == {"train": 8, "test": 4}
    assert found.class_names == ("bad", "good")
    assert found.parts["test"].group_names[-1:] == ("p5",)
    assert "The parts come from the names of the sheets." in found.notes
    assert any("The sheet 'Legend' of list.xlsx was left out." in note for note in found.notes)
    assert open_dataset(tmp_path / "d" / "list.xlsx").class_names == ("bad", "good")


def test_without_openpyxl_folders_open_and_a_workbook_is_named_with_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "find_spec", lambda _: None)
    found = drawn(tmp_path / "d", {"One": [("file", "kind"), ("001.png", "good")]})
    assert found.class_names == ()
    assert any("are read where openpyxl is installed (pip install 'onelook[train]')" in note for note in found.notes)
    with pytest.raises(ConfigError, match="opening spreadsheets needs the package 'openpyxl'"):
        read_workbook(Location(tmp_path / "d"), "list.xlsx")


OPEN_DOCUMENT = "urn:oasis:names:tc:opendocument:xmlns"
OLDER = Path(__file__).parents[3] / "fixtures" / "older_excel.xls"  # written by xlwt 1.3.0


def cell(value: Any, times: int = 1) -> str:
    """Return a cell as LibreOffice writes it: numbers, yes and no, and dates have a value beside their text."""
    kind = {bool: "boolean", int: "float", float: "float", datetime: "date"}.get(type(value), "string")
    of_kind = {"boolean": "boolean-value", "float": "value", "date": "date-value"}.get(kind)
    text = value.isoformat() if isinstance(value, datetime) else str(value).lower() if of_kind else str(value or "")
    attribute = f' office:value-type="{kind}"' + (f' office:{of_kind}="{text}"' if of_kind else "")
    repeated = f' table:number-columns-repeated="{times}"' if times > 1 else ""
    if value is None:
        return f"<table:table-cell{repeated}/>"
    return f"<table:table-cell{attribute}{repeated}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, times: int = 1) -> str:
    repeated = f' table:number-rows-repeated="{times}"' if times > 1 else ""
    return f"<table:table-row{repeated}>{''.join(cells)}</table:table-row>"


def write_ods(folder: Path, sheets: Mapping[str, str], hidden: str = "", before: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    rooms = " ".join(f'xmlns:{room}="{OPEN_DOCUMENT}:{room}:1.0"' for room in ("office", "style", "table", "text"))
    style = '<style:style style:name="ta1"><style:table-properties table:display="false"/></style:style>'
    tables = "".join(
        f'<table:table table:name="{title}" table:style-name="ta{int(title == hidden)}">{rows}</table:table>'
        for title, rows in sheets.items()
    )
    with zipfile.ZipFile(folder / "list.ods", "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "content.xml", f"{before}<office:document-content {rooms}>{style}{tables}</office:document-content>"
        )
    return folder / "list.ods"


def test_cells_of_an_open_document_are_the_texts_that_a_csv_would_have(tmp_path: Path) -> None:
    day, blank = datetime(2024, 5, 1), cell(None, 16_000)
    note = "<office:annotation><text:p>look again</text:p></office:annotation>"
    rows = [
        row(*map(cell, ("id", "size", "day", "ok", "kind")), blank),
        row(
            cell(7),
            cell(2.5),
            cell(day),
            cell(True),
            f"<table:table-cell>{note}<text:p>a<text:s/>b</text:p></table:table-cell>",
        ),
        row(blank, times=900_000),
        row(cell(None), cell(3.0), cell(None), cell(False), cell("c"), times=2),
        row(blank, times=1_000_000),
    ]
    write_ods(tmp_path, {"One": "".join(rows[:2] + rows[3:])})
    found = read_workbook(Location(tmp_path), "list.ods")
    assert found.header == ["id", "size", "day", "ok", "kind"]
    assert found.cells == [
        ["7", None, None],
        ["2.5", "3", "3"],
        ["2024-05-01T00:00:00", None, None],
        ["True", "False", "False"],
        ["a b", "c", "c"],
    ]
    write_ods(tmp_path, {"One": "".join(rows)})  # what stands below a thousand blank rows is no part of the table
    assert read_workbook(Location(tmp_path), "list.ods").cells[0] == ["7"]


def test_a_hidden_sheet_and_columns_repeated_in_an_open_document(tmp_path: Path) -> None:
    labels = "".join(row(cell(file), cell(kind)) for file, kind in LABELS)
    write_ods(tmp_path, {"Old": row(cell("x")), "New": labels}, hidden="Old")
    found = read_workbook(Location(tmp_path), "list.ods")
    assert (found.header, found.cells, found.said) == (["file", "kind"], [["a.png", "b.png"], ["good", "bad"]], ())
    write_ods(tmp_path, {"One": row(cell("a"), cell("b"), cell("c")) + row(cell("x", 2), cell("y"))})
    assert read_workbook(Location(tmp_path), "list.ods").cells == [["x"], ["x"], ["y"]]


@pytest.mark.parametrize(
    ("rows", "before", "message"),
    [
        (row(cell("x", 99_999_999)), "", "more cells than any table of pictures has"),
        (row(cell("x"), times=99_999_999), "", "more cells than any table of pictures has"),
        (row(cell("x")), "<!DOCTYPE a [<!ENTITY b 'c'>]>", "it has a document type"),
        (row(cell("x")), "<", "no workbook that can be read"),
    ],
)
def test_an_open_document_that_cannot_be_read_is_refused(tmp_path: Path, rows: str, before: str, message: str) -> None:
    write_ods(tmp_path, {"One": rows}, before=before)
    with pytest.raises(DataError, match=message):
        read_workbook(Location(tmp_path), "list.ods")


def test_a_workbook_of_older_excel_is_read(tmp_path: Path) -> None:
    (tmp_path / "list.xls").write_bytes(OLDER.read_bytes())
    found = read_workbook(Location(tmp_path), "list.xls")
    assert found.header == ["file", "kind", "size", "day", "ok"]
    assert found.cells == [
        ["a.png", "b.png"],
        ["good", "bad"],
        ["1", "2.5"],
        ["2024-05-01T00:00:00", None],
        ["True", "False"],
    ]
    assert found.said == ()  # the second sheet is hidden
    (tmp_path / "list.xls").write_bytes(OLDER.read_bytes()[:3000])
    with pytest.raises(DataError, match="no workbook that can be read"):
        read_workbook(Location(tmp_path), "list.xls")


def test_spreadsheets_that_nothing_reads_are_to_be_saved_as_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    assert hint_on_spreadsheets([".numbers"]) == " Spreadsheets (.numbers) are not read: save them as CSV."
    assert hint_on_spreadsheets([".xlsx", ".ods"]) == ""
    monkeypatch.setattr(workbook, "find_spec", lambda _: None)
    assert hint_on_spreadsheets([".xls", ".ods"]) == (
        " Spreadsheets (.xls) are read where xlrd is installed (pip install 'onelook[xls]'): without it, save them as "
        "CSV."
    )
    assert "(.xls and .xlsx) are not read: save them as CSV." in hint_on_spreadsheets([".xls", ".xlsx"])


def test_as_many_rows_as_asked_for_are_read_below_the_header() -> None:
    rows: list[tuple[int, list[str | None]]] = [
        (1, ["Pictures of 2021"]),
        (3, ["file", "label", "by"]),
        (5, ["1.png", "cat"]),
        (6, ["2.png", "dog", "me"]),
        (9, ["3.png", "cat"]),
    ]
    sheet = _sheet("t", rows, 2)
    assert (sheet.header, sheet.first_row) == (("file", "label", "by"), 5)
    assert sheet.rows == [["1.png", "cat", None], ["2.png", "dog", "me"]]
    assert len(_sheet("t", rows, None).rows) == 3
    bare = _sheet("t", rows[2:], 2)
    assert (bare.header, bare.first_row, len(bare.rows)) == ((), 5, 2)
