"""Marks on the disk: a fixes file that is whole after every mark, and a file of others that is never written to."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onelook.data.fixes.fixes_file import Fix, read_fixes
from onelook.data.fixes.marks_file import Mark, MarksOnDisk, marks_csv, read_marks
from onelook.errors import ConfigError

DOG = Mark("cats/1.jpg", "relabel", "dog", "ab" * 16, "2026-01-02T03:04:05Z")
DROP = Mark("cats/2.jpg", "drop")
HOSTILE = Mark('a,"b"\n<script>.jpg', "relabel", '"><img src=x onerror=alert(1)>', "", "")


def test_a_file_of_marks_is_a_fixes_file(tmp_path: Path) -> None:
    marks = MarksOnDisk(tmp_path / "fixes.csv")
    assert not marks.path.exists()  # nothing is decided yet
    for each in (DOG, DROP, HOSTILE):
        marks.set(each.id, each)
    assert [(fix.id, *fix.decision, fix.content) for fix in read_fixes(marks.path).fixes] == [
        (DOG.id, "relabel", "dog", DOG.content),
        (DROP.id, "drop", "", ""),
        (HOSTILE.id, "relabel", HOSTILE.class_name, ""),
    ]
    assert list(read_marks(marks.path).values()) == [DOG, DROP, HOSTILE]


def test_one_goes_on_where_one_stopped(tmp_path: Path) -> None:
    path = tmp_path / "fixes.csv"
    MarksOnDisk(path).set(DOG.id, DOG)
    again = MarksOnDisk(path, begin_with=[DROP])  # only a new file begins with these
    assert list(again.all()) == [DOG.id]
    again.set(DROP.id, DROP)
    changed = Mark(DOG.id, "keep", "", DOG.content, "2026-02-02T00:00:00Z")
    again.set(DOG.id, changed)
    assert list(read_marks(path).values()) == [DROP, changed]
    again.set(DROP.id, None)
    assert list(read_marks(path)) == [DOG.id]


def test_a_new_file_begins_with_the_decisions_of_the_run(tmp_path: Path) -> None:
    marks = MarksOnDisk(tmp_path / "fixes.csv", begin_with=[Mark.of_fix(Fix(2, "old.jpg", "relabel", "cat", "c"))])
    assert list(marks.all()) == ["old.jpg"]
    assert not marks.path.exists()
    marks.set(DROP.id, DROP)
    assert list(read_marks(marks.path).values()) == [Mark("old.jpg", "relabel", "cat", "c"), DROP]


def test_marks_of_two_programs_and_of_many_threads_are_all_kept(tmp_path: Path) -> None:
    one, other = MarksOnDisk(tmp_path / "fixes.csv"), MarksOnDisk(tmp_path / "fixes.csv")
    one.set(DOG.id, DOG)
    assert set(other.set(DROP.id, DROP)) == {DOG.id, DROP.id}
    assert set(one.all()) == {DOG.id, DROP.id}
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda at: one.set(f"{at}.jpg", Mark(f"{at}.jpg", "keep")), range(40)))
    assert len(read_marks(one.path)) == 42


def test_a_file_that_is_gone_is_written_anew(tmp_path: Path) -> None:
    marks = MarksOnDisk(tmp_path / "fixes.csv")
    marks.set(DOG.id, DOG)
    marks.path.unlink()
    marks.set(DROP.id, DROP)
    assert set(read_marks(marks.path)) == {DOG.id, DROP.id}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"id,action,class_name\ncats/1.jpg,drop,\n",  # a fixes file that a person wrote
        b"id,label\n1,cat\n",
        b"\x89PNG\r\n\x1a\n\xff\xff",
    ],
)
def test_a_file_of_others_is_never_written_to(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"does not hold marks \(id,action,class_name,content,marked\).*--out"):
        MarksOnDisk(path)
    assert path.read_bytes() == content


def test_a_file_that_others_write_meanwhile_is_not_written_to(tmp_path: Path) -> None:
    marks = MarksOnDisk(tmp_path / "fixes.csv")
    marks.set(DOG.id, DOG)
    marks.path.write_text("my notes\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="does not hold marks"):
        marks.set(DROP.id, DROP)
    assert marks.path.read_text(encoding="utf-8") == "my notes\n"


def test_a_line_that_is_no_mark_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fixes.csv"
    path.write_text(marks_csv([DOG]) + "cats/9.jpg,relabel,,,\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line 3 is no mark: cats/9\.jpg,relabel"):
        MarksOnDisk(path)


def test_a_place_that_cannot_be_written_is_refused_before_the_first_mark(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path, tmp_path / "file" / "fixes.csv"):
        with pytest.raises(ConfigError, match=r"is a folder|is a file, not a folder"):
            MarksOnDisk(path)


def test_every_row_has_the_columns_of_its_header() -> None:
    rows = list(csv.reader(marks_csv([DOG, DROP]).splitlines()))
    assert {len(row) for row in rows} == {5}


def test_a_file_that_was_emptied_meanwhile_is_no_file_of_marks(tmp_path: Path) -> None:
    marks = MarksOnDisk(tmp_path / "fixes.csv")
    marks.set(DOG.id, DOG)
    marks.path.write_bytes(b"")
    with pytest.raises(ConfigError, match="does not hold marks"):
        marks.all()
    assert marks.path.read_bytes() == b""


def test_a_change_of_the_marks_that_were_returned_marks_nothing(tmp_path: Path) -> None:
    marks = MarksOnDisk(tmp_path / "fixes.csv")
    for returned in (marks.set(DOG.id, DOG), marks.all()):
        assert isinstance(returned, dict)
        returned.clear()
        assert list(marks.all()) == [DOG.id]
    assert read_marks(tmp_path / "none.csv") == {}
