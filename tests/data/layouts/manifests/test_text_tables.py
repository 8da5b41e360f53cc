"""Tables as texts: delimiters, comments, headers that are missing or further down, quotes, blank columns, damage."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from onelook.data.layouts.manifests.readers.delimiters import find_delimiter_of_quoted
from onelook.data.layouts.manifests.readers.text_form import BLANKS, FIRST_BLANK, NOTES, SampledText, TextForm
from onelook.data.layouts.manifests.readers.text_rows import TextRows, read_text
from onelook.data.layouts.manifests.readers.text_table import sample_text, with_columns
from onelook.data.storage.location import Location
from onelook.errors import DataError


def put(folder: Path, text: str) -> Location:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    return Location(folder)


@pytest.mark.parametrize(
    ("text", "form", "header", "records"),
    [
        ("file,label\na.png,x\nb.png,y\n", (",", ""), (), "file/label a.png/x b.png/y"),
        ("file;label\na;1,5\nb;2,5\n", (";", ""), (), "file/label a/1,5 b/2,5"),
        ("f|l\na|b\n", ("|", ""), (), "f/l a/b"),
        ("a.png\nb.png\n", (",", ""), (), "a.png b.png"),
        ("a.png x\nb.png y\n", (BLANKS, ""), (), "a.png/x b.png/y"),
        (
            "a.png gold_en\nb.png pug\nc.png big old cat\n",
            (FIRST_BLANK, ""),
            (),
            "a.png/gold_en b.png/pug c.png/big_old_cat",
        ),
        ("a.png big cat\nb.png pug\nc.png cat\n", (FIRST_BLANK, ""), (), "a.png/big_cat b.png/pug c.png/cat"),
        ("file kind size\na.png x\nb.png y\n", (BLANKS, ""), (), "file/kind/size a.png/x b.png/y"),
        ("file kind size\na.png x 1\nb.png\nc.png x\n", (BLANKS, ""), (), "file/kind/size a.png/x/1 b.png c.png/x"),
        ("# note\n#file label\na.png x\nb.png y\n", (BLANKS, "#"), ("file", "label"), "a.png/x b.png/y"),
        ("% a\n\nfile,label\n% mid\na.png,x\n", (",", "%"), (), "file/label a.png/x"),
        ("#file,label\na.png,x\n", (",", "#"), ("file", "label"), "a.png/x"),
        ("#,file\n1,a.png\n2,b.png\n", (",", ""), (), "#/file 1/a.png 2/b.png"),  # a column called #
        ("# one, two\n#IMAGE CLASS ID\na 1 2\nb 2 3\n", (BLANKS, "#"), ("IMAGE", "CLASS", "ID"), "a/1/2 b/2/3"),
        ("#IMAGE CLASS ID\na 1\nb 2\n", (BLANKS, "#"), ("IMAGE", "CLASS ID"), "a/1 b/2"),
        ("#a: x\n#A A\na.png 1\nb.png 2\n", (BLANKS, "#"), (), "a.png/1 b.png/2"),
        ("#1.png x\n#2.png y\n3.png z\n", (BLANKS, ""), (), "#1.png/x #2.png/y 3.png/z"),
        ("# c\n#1.png x\n#2.png y\n3.png z\n", (BLANKS, "# "), (), "#1.png/x #2.png/y 3.png/z"),
        ("// c\na,b\n1,2\n", (",", "//"), (), "a/b 1/2"),
        ('"a,b",c\n"1,2",3\n4,5\n', (",", ""), (), "a,b/c 1,2/3 4/5"),
    ],
)
def test_the_form_of_a_text_is_told_by_its_first_lines(
    tmp_path: Path, text: str, form: tuple[str, str], header: tuple[str, ...], records: str
) -> None:
    found, *_ = sample_text(put(tmp_path, text), "t.csv", 3)
    told = [[cell.replace("_", " ") for cell in record.split("/")] for record in records.split()]
    plain = [[cell.strip().replace("_", " ") for cell in record] for record in found.records]
    assert ((found.form.delimiter, found.form.comment), found.header_in_comment) == (form, header)
    assert plain == told
    assert len(sample_text(put(tmp_path, text), "t.csv", 1)[0].records) == min(len(told), 2)


@pytest.mark.parametrize(
    ("text", "first_listed", "header_at", "columns"),
    [
        ("a.png,x\nb.png,y\n", 0, None, ("column 1", "column 2")),
        ("file,label\na.png,x\n", 1, 0, ()),
        ("title\nfile,label\na.png,x\nb.png,y\n", 2, 1, ()),
        ("label,size\na.png,x,1\nb.png,y,2\n", 1, 0, ("name", "label", "size")),  # row names without a name
        ("title of all\nlabel,size\na.png,x,1\nb.png,y,2\n", 2, 1, ("name", "label", "size")),
        ("title\nfile,label\na.png,x\nb.png,y\n", None, 0, ()),
    ],
)
def test_the_header_is_the_nearest_line_above_the_first_picture(
    tmp_path: Path, text: str, first_listed: int | None, header_at: int | None, columns: tuple[str, ...]
) -> None:
    sample, *_ = sample_text(put(tmp_path, text), "t.csv", 9)
    found = with_columns(sample, first_listed, first_listed == 0)
    assert found is not None
    assert (found.form.header_at, found.form.columns) == (header_at, columns)


def test_below_a_comment_with_all_names_a_line_with_numbers_is_a_row(tmp_path: Path) -> None:
    sample, *_ = sample_text(put(tmp_path, "#IMAGE CLASS ID\ngone 1\nb 2\n"), "t.csv", 9)
    found = with_columns(sample, 1, False)
    assert found is not None
    rows = TextRows(["IMAGE", "CLASS ID"], [["gone", "b"], ["1", "2"]], 2)
    assert read_text(Location(tmp_path), "t.csv", found.form) == rows
    words = SampledText(sample.form, [["gone", "x"], ["b", "y"]], sample.header_in_comment)
    kept = with_columns(words, 1, False)
    assert kept is not None
    assert kept.form.header_at == 0


@pytest.mark.parametrize(
    ("text", "names", "cells", "first_row"),
    [
        ("a,b,\n1,2,\n3,4,\n", "a b", ["1 3", "2 4"], 2),
        ("a,,b,\n1,2,3,4\n", "a (column_2) b (column_4)", ["1", "2", "3", "4"], 2),
        ("a,,b\n1,,3\n", "a b", ["1", "3"], 2),
        ("'a','b'\n'1','2'\n'3','4'\n", "a b", ["1 3", "2 4"], 2),
        ("a,b\n“1”,x\n“2”,y\n", "a b", ["1 2", "x y"], 2),
        ('a,b\n="01",x\n="02",y\n', "a b", ["01 02", "x y"], 2),
        ("a,b\n'1',x\n2,y\n", "a b", ["'1' 2", "x y"], 2),  # only one of two
        ("a, b \n 1 , x\n,y\n", "a b", ["1 .", "x y"], 2),
        ("a,b\n1,2,\n", "a b", ["1", "2"], 2),
        ("a\tb\r\n1\t2\r\n", "a b", ["1", "2"], 2),
    ],
)
def test_cells_are_bare_and_columns_without_name_and_value_are_none(
    tmp_path: Path, text: str, names: str, cells: list[str], first_row: int
) -> None:
    found = read_text(put(tmp_path, text), "t.csv")
    told = [[None if cell == "." else cell for cell in column.split()] for column in cells]
    assert found == TextRows([name.replace("_", " ") for name in names.split()], told, first_row)


def test_a_form_that_is_known_is_read_with_its_comments_and_its_header_further_down(tmp_path: Path) -> None:
    text = "# c\n\n# d\ntitle\nfile,label\na.png,x\n# e\nb.png,y\n"
    form = TextForm("utf-8", ",", header_at=1, comment="#")
    place = put(tmp_path, text.replace("title", "title,"))
    assert read_text(place, "t.csv", form) == TextRows(["file", "label"], [["a.png", "b.png"], ["x", "y"]], 6)
    assert read_text(place, "t.csv", form, most_rows=1) == TextRows(["file", "label"], [["a.png"], ["x"]], 6)
    named = TextForm("utf-8", ",", header_at=1, columns=("name", "kind"), comment="#")
    assert read_text(place, "t.csv", named) == TextRows(["name", "kind"], [["a.png", "b.png"], ["x", "y"]], 6)
    bare = TextForm("utf-8", BLANKS, header_at=None, columns=("one", "two"))
    found = read_text(put(tmp_path, "a b c\nd\n"), "t.csv", bare)
    assert found == TextRows(["one", "two"], [["a", "d"], ["b", None]], 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\n", "t.csv: the first line is empty. Expected a header, as 'path,label'."),
        ("a,a\n1,2\n", "t.csv: the column 'a' occurs twice in the header. Expected each name once."),
        (
            "a,b\n1,2\n1,2,3\n",
            "t.csv, line 3: 3 cells, the header has 2. Expected one cell per column; put a cell with a comma between "
            "quotes.",
        ),
        (
            "a,b\n1\n",
            "t.csv, line 2: 1 cell, the header has 2. Expected one cell per column; put a cell with a comma between "
            "quotes.",
        ),
    ],
)
def test_a_damaged_text_is_refused_by_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError) as caught:
        read_text(put(tmp_path, text), "t.csv")
    assert str(caught.value) == message


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_quoted_cells_of_several_lines_are_one_cell(tmp_path: Path, delimiter: str) -> None:
    rows = [["file", "text", "kind"]]
    rows += [[f"{n}.png", f'"a {n}\nb\n c"' if n % 3 else "", "xy"[n % 2]] for n in range(9)]
    found, *_ = sample_text(put(tmp_path, "\n".join(map(delimiter.join, rows))), "t.csv", 20)
    assert found.form.delimiter == delimiter
    assert [len(record) for record in found.records] == [3] * 10
    assert found.records[2] == ["1.png", "a 1\nb\n c", "y"]


def test_quotes_in_a_list_with_blanks_are_no_cells(tmp_path: Path) -> None:
    text = "".join(f'{n}.png "big {"old " * (n % 3)}cat"\n' for n in range(9))
    found, *_ = sample_text(put(tmp_path, text), "t.csv", 20)
    assert found.form.delimiter == FIRST_BLANK


@pytest.mark.parametrize("sign", [": ", " = ", " -> ", " - ", " → "])
def test_a_name_a_sign_and_a_label_in_each_line_are_notes(tmp_path: Path, sign: str) -> None:
    lines = [
        "By Tom: in March",
        *(f"my {n}.png{sign}a {'big' if n % 2 else 'small'} cat" for n in range(9)),
        "5.png is odd",
    ]
    location = put(tmp_path, "\n".join(lines))
    (found,) = sample_text(location, "t.csv", 20)
    assert found.form.delimiter == NOTES
    assert [*found.records[0]] == ["my 0.png", "a small cat"]
    rows = read_text(location, "t.csv", replace(found.form, header_at=None, columns=("file", "label")))
    assert rows.cells[1] == [f"a {'big' if n % 2 else 'small'} cat" for n in range(9)]
    assert rows.notes == (
        "2 lines of t.csv that do not name a picture and its label were left out: "
        "'By Tom: in March' and '5.png is odd'.",
    )


def test_other_texts_with_colons_are_no_notes(tmp_path: Path) -> None:
    for text in ("a: 1.png\nb: 2.png\nc: 3.png\n", "1.png: cat\n2.png\n3.png\n", "0: cat\n1: dog\n2: owl\n"):
        assert all(found.form.delimiter != NOTES for found in sample_text(put(tmp_path, text), "t.csv", 20))


def test_a_table_with_bars_is_read_above_the_explanation_of_its_codes(tmp_path: Path) -> None:
    """As that of PH2, whose cells stand between one bar or two."""
    rows = [f"|| IMD{n:03d} ||       ||  {n % 3}  || {n % 2} | AT | 1 2 ||" for n in range(9)]
    table = ["|| Name || Histology || Diagnosis || Asymmetry | Network | Colors ||", *rows]
    legend = ["", "Legends:", "", "Diagnosis:", "\t0 - Common;", "\t1 - Atypical."]
    (found,) = sample_text(put(tmp_path, "\n".join([*table, *legend])), "t.csv", 20)
    assert found.form.delimiter == "|"
    assert [cell.strip() for cell in found.records[1] if cell.strip()] == ["IMD000", "0", "0", "AT", "1 2"]
    (other,) = sample_text(put(tmp_path, "\n".join([*table[:3], *legend])), "t.csv", 20)
    assert other.form.delimiter != "|"  # more lines below than in the table


def test_the_rule_below_the_header_of_a_table_in_markdown_is_no_row(tmp_path: Path) -> None:
    rows = [f"| {n}.png | {'cat' if n % 2 else 'dog'} | - |" for n in range(6)]
    (found,) = sample_text(put(tmp_path, "\n".join(["| file | label | note |", "|:---|---:|---|", *rows])), "t.csv", 20)
    assert [record[1].strip() for record in found.records] == ["file", *(f"{n}.png" for n in range(6))]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ('a,b\n"x\ny",1\n"z\nw",2\n', ","),
        ('a,b\n"x\ny",1\n"z\nw",2\n3', ","),  # the last record may be cut short
        ('a,b\n"x\ny",1\n3\n"z\nw",2\n', None),
        ('a;b\n"x\ny";1\n"z\nw";2\n', ";"),
        ('a\n"x\ny"\n"z\nw"\n', None),
        ('a,b\n"x\ny",1\n', None),  # one record says little
        ("a,b\nx,1\nz,2\n", None),
    ],
)
def test_the_delimiter_of_quoted_cells_of_several_lines(text: str, delimiter: str | None) -> None:
    assert find_delimiter_of_quoted(text, 100) == delimiter
