"""How a fixes file is read: every way in which people and their programs write CSV, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.data.fixes.fixes_file import Fix, read_fixes, refuse_losing_decisions
from onelook.errors import ConfigError, DataError

ROWS = "id,action,class_name\na.png,relabel,cat\nb.png,drop,\n"
EXPECTED = (Fix(2, "a.png", "relabel", "cat"), Fix(3, "b.png", "drop"))


@pytest.fixture
def write(tmp_path: Path):
    def write_file(content: str | bytes) -> Path:
        path = tmp_path / "fixes.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        ROWS.replace("\n", "\r\n"),
        b"\xef\xbb\xbf" + ROWS.encode(),
        ROWS.encode("utf-16"),
        ROWS.replace(",", ";"),
        ROWS.replace(",", "\t"),
        'id,action,class_name\n"a.png","relabel","cat"\n"b.png","drop",""\n',
        "ID, Action ,CLASS_NAME\na.png, Relabel , cat \nb.png,DROP,dog\n",
        "id,action,class_name\na.png,relabel,cat\nb.png,drop\n",
        ROWS.rstrip("\n"),
        "action,score,id,class_name\nrelabel,1,a.png,cat\ndrop,2,b.png,\n",
    ],
    ids=["plain", "windows", "bom", "utf-16", "semicolons", "tabs", "quotes", "blanks", "short", "no-end", "columns"],
)
def test_any_way_of_writing_csv_gives_the_same_fixes(write, content) -> None:
    found = read_fixes(write(content))
    assert found.fixes == EXPECTED
    assert found.undecided == 0


def test_of_columns_of_one_name_the_first_counts(write) -> None:
    found = read_fixes(write("id,action,class_name,ID,Action\na.png,relabel,cat,c.png,drop\nb.png,drop,,d.png,keep\n"))
    assert found.fixes == EXPECTED


def test_blank_lines_are_skipped_and_lines_are_counted_with_them(write) -> None:
    found = read_fixes(write("id,action,class_name\n\na.png,relabel,cat\n,,\n\nb.png,drop,\n"))
    assert found.fixes == (Fix(3, "a.png", "relabel", "cat"), Fix(6, "b.png", "drop"))


def test_a_row_without_an_action_is_not_decided(write) -> None:
    found = read_fixes(write("id,action,class_name,content\na.png,,cat,00\nb.png,keep,cat,AB\n"))
    assert (found.fixes, found.undecided) == ((Fix(3, "b.png", "keep", "", "ab"),), 1)


def test_a_comma_and_a_line_break_in_an_id_are_kept(write) -> None:
    (fix,) = read_fixes(write('id,action\n"a, b\n.png ",drop\n')).fixes
    assert fix.id == "a, b\n.png "


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,label\na,b\n", "its columns are 'id', 'label'. Expected id, action"),
        ("", "its columns are none. Expected id, action"),
        ("id,action\na,relable\n", "line 2 has the unknown action 'relable'. Did you mean 'relabel'?"),
        ("id,action\na,zzz\n", "line 2 has the unknown action 'zzz'. Expected relabel, drop or keep."),
        ("id,action\na,relabel\n", "no class in line 2, whose action is relabel"),
        ("id,action,class_name\n,drop,\n", "no id in line 2"),
        ("id,action\na,\nb,\n", "none of its 2 rows has an action. Write relabel, drop or keep"),
        ("id,action\n", "it has no rows. Write relabel"),
        ("id,action\na,b.jpg,drop\n", "line 2 has 3 cells, the header 2"),
        (b"id,action\n\xb0\xa1.jpg,drop\n", "Save it as CSV in UTF-8"),
    ],
)
def test_what_is_no_fixes_file_is_refused(write, content, message: str) -> None:
    path = write(content)
    with pytest.raises(DataError) as caught:
        read_fixes(path)
    assert str(caught.value).startswith(f"--fixes {path}: ")
    assert message in str(caught.value)


def test_a_file_that_is_not_there_is_a_wrong_request(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file"):
        read_fixes(tmp_path / "nothing.csv")
    with pytest.raises(ConfigError, match="cannot be read"):
        read_fixes(tmp_path)


def test_decisions_are_not_written_over_and_a_file_without_any_may_be(tmp_path: Path) -> None:
    path = tmp_path / "suspects.csv"
    refuse_losing_decisions(path)  # there is none yet
    for text in ("", "id,label\na,cat\n", "id,Action\na,\nb, \n", "id,action\na\n"):
        path.write_text(text)
        refuse_losing_decisions(path)
    for text, words in (("id,Action\na,drop\nb,\n", "1 decision"), ("action,id\ndrop,a\nkeep,b\n", "2 decisions")):
        path.write_text(text)
        with pytest.raises(ConfigError, match=f"{words} in its column 'action' would be lost. Name another file"):
            refuse_losing_decisions(path)


def test_cells_beyond_the_header_may_be_empty_and_hold_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fixes.csv"
    path.write_text("id,action\na.jpg,drop,, \n\n , \nb.jpg,keep\n")
    assert [(fix.line, fix.id, fix.action) for fix in read_fixes(path).fixes] == [
        (2, "a.jpg", "drop"),
        (5, "b.jpg", "keep"),
    ]
    path.write_text("id,action\na.jpg,drop,,x\n")
    with pytest.raises(DataError, match="line 2 has 4 cells, the header 2"):
        read_fixes(path)
