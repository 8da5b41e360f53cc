"""Rows of a text with more or fewer cells than the header: a comma in a text is read, others are left out and named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from onelook.data.layouts.manifests.readers.text_rows import read_text
from onelook.data.open import open_dataset
from onelook.data.storage.location import Location
from onelook.errors import DataError


def put(folder: Path, text: str) -> Location:
    (folder / "t.csv").write_text(text, encoding="utf-8")
    return Location(folder)


GOODS = ["id,kind,year,name", *(f"{at},{('shoe', 'shirt')[at % 2]},201{at % 2},plain thing no {at}" for at in range(8))]


@pytest.mark.parametrize(
    ("odd", "cells"),
    [
        ("90,shoe,2010,blue shoe, pack of 2", ("90", "shoe", "2010", "blue shoe, pack of 2")),
        ("90,shirt,2011,a, b,c", ("90", "shirt", "2011", "a, b,c")),
        ("90,shoe,,blue shoe, new", ("90", "shoe", None, "blue shoe, new")),
        ("90,hat,2010,blue hat, new", None),  # no other row is of this class
        ("90,shoe,old,2010,blue shoe", None),  # the cell too many is not in the text
        ("90,shoe,2010", None),
        ("90,shoe", None),
    ],
)
def test_a_comma_in_a_text_is_read_and_another_odd_row_is_left_out_and_named(
    tmp_path: Path, odd: str, cells: tuple[str | None, ...] | None
) -> None:
    lines = [*GOODS[:4], odd, *GOODS[4:]]
    with pytest.raises(DataError, match=f"t.csv, line 5: {odd.count(',') + 1} cell"):
        read_text(put(tmp_path, "\n".join(lines)), "t.csv")
    found = read_text(Location(tmp_path), "t.csv", may_leave_out=True)
    rows = [*zip(*found.cells, strict=True)]
    even = [tuple(line.split(",")) for line in GOODS[1:]]
    if cells is None:
        assert rows == even
        assert found.notes == (
            f"1 line of t.csv was left out (line 5): the header has 4 cells, and line 5 has {odd.count(',') + 1}. "
            "A cell with a comma needs quotes.",
        )
    else:
        assert rows == [*even[:3], cells, *even[3:]]
        assert found.notes == (
            "1 line of t.csv has a comma too many, which was read as part of the text in 'name' (line 5).",
        )


def test_a_comma_that_may_be_in_either_of_two_texts_is_read_only_if_a_blank_follows_it(tmp_path: Path) -> None:
    rows = [f"{at}.png,first text {at},{'xy'[at % 2]},second text {at}" for at in range(6)]
    odd = ["6.png,one, x,y,z", "7.png,one,x,y, z", "8.png,one,x,y,z"]  # each with a known class in either reading
    text = "\n".join(["file,before,kind,behind", *rows, *odd])
    found = read_text(put(tmp_path, text), "t.csv", may_leave_out=True)
    assert [*zip(*found.cells, strict=True)][6:] == [("6.png", "one, x", "y", "z"), ("7.png", "one", "x", "y, z")]
    assert [note[-11:] for note in found.notes[:2]] == ["' (line 8).", "' (line 9)."]
    assert "1 line of t.csv was left out (line 10)" in found.notes[2]


def test_a_quote_that_stays_open_counts_all_its_lines(tmp_path: Path) -> None:
    rows = [f"{at}.png,{'xy'[at % 2]},7" for at in range(12)]
    text = "\n".join(["file,kind,n", *rows[:8], '8.png,"x,7', *rows[9:]])
    found = read_text(put(tmp_path, text), "t.csv", may_leave_out=True)
    assert found.cells[0] == [f"{at}.png" for at in range(8)]
    assert found.notes == (
        "4 lines of t.csv were left out (lines 10 to 13): the header has 3 cells, and lines 10 to 13 have 2. A cell "
        "with a comma needs quotes.",
    )
    with pytest.raises(DataError, match="line 5: 2 cells, the header has 3"):
        read_text(put(tmp_path, text.replace("3.png,y", '3.png,"y').replace('"x', "x")), "t.csv", may_leave_out=True)


def test_a_text_that_a_stray_quote_goes_on_to_the_next_line_is_not_read(tmp_path: Path) -> None:
    rows = [f"{at},a plain thing {at},{'xy'[at % 2]}" for at in range(6)]
    text = "\n".join(["id,name,kind", *rows, '6,"blue shoe,x', '7,red" shoe, big,y'])
    found = read_text(put(tmp_path, text), "t.csv", may_leave_out=True)
    assert found.cells[0] == list("012345")
    assert "2 lines of t.csv were left out (lines 8 to 9)" in found.notes[0]


def test_a_quote_that_takes_in_the_next_rows_and_makes_the_right_number_of_cells_is_told(tmp_path: Path) -> None:
    rows = [f"{at}.png,{'xy'[at % 2]}" for at in range(9)]
    text = "\n".join(["file,kind", *rows[:4], '4.png,"x', "5.png,y", '6.png,x"', *rows[7:]])
    found = read_text(put(tmp_path, text), "t.csv", may_leave_out=True)
    assert found.cells[0] == ["0.png", "1.png", "2.png", "3.png", "7.png", "8.png"]
    assert found.notes == (
        "3 lines of t.csv were left out (lines 6 to 8): a quote in line 6 stays open and takes in the next rows.",
    )
    several = "\n".join(["file,text", *(f'{at}.png,"a, b\nc {at}.\nd"' for at in range(3))])
    assert read_text(put(tmp_path, several), "t.csv", may_leave_out=True).cells[1][2] == "a, b\nc 2.\nd"


def test_a_table_in_which_half_the_lines_are_odd_is_refused_and_lines_of_blanks_are_none(tmp_path: Path) -> None:
    text = "a,b\n1,2\n  \n1,2\n1,2,3\n"
    assert read_text(put(tmp_path, text), "t.csv", may_leave_out=True).cells == [["1", "1"], ["2", "2"]]
    with pytest.raises(DataError, match="line 5: 3 cells, the header has 2"):
        read_text(put(tmp_path, f"{text}1,2,3\n"), "t.csv", may_leave_out=True)


def test_all_texts_but_those_that_list_pictures_are_read_whole_or_not(tmp_path: Path) -> None:
    for at in range(8):
        Image.fromarray(np.full((2, 2), at, np.uint8)).save(tmp_path / f"{at}.png")
    put(tmp_path, "\n".join(["file,kind", *(f"{at}.png,{at % 2}" for at in range(7)), "7.png,1,7"]))
    (tmp_path / "classes.txt").write_text("kind,name\n0,ant\n1,bee\n7,fly,big\n1\n")
    found = open_dataset(tmp_path)
    assert found.class_names == ("0", "1")
    assert [len(part.ids) for part in found.parts.values()] == [7]
    assert "1 line of t.csv was left out (line 9)" in " ".join(found.notes)
