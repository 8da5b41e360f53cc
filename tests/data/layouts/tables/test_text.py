"""The text of a table: where its first lines begin, and whether they hold pixels."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.data.layouts.tables.text import has_pixel_columns, names_pixels, read_first_line, read_table_text
from onelook.data.storage.location import Location
from onelook.errors import DataError

MARK = b"\xef\xbb\xbf"


def written(folder: Path, content: bytes, name: str = "t.csv") -> tuple[Location, str]:
    (folder / name).write_bytes(content)
    return Location(folder), name


@pytest.mark.parametrize(
    ("content", "line", "first", "second"),
    [
        (b"a,b\n1,2\n", "a,b", 0, 4),
        (b"a,b\r\n1,2", "a,b", 0, 5),
        (b"a,b", "a,b", 0, 3),  # no second line: it would begin behind the last byte
        (MARK + b"a,b\n1,2\n", "a,b", 3, 7),
        (b"\n1,2", "", 0, 1),
    ],
)
def test_the_first_line_and_the_places_of_two(
    tmp_path: Path, content: bytes, line: str, first: int, second: int
) -> None:
    text = read_table_text(*written(tmp_path, content))
    assert (text.first_line, text.first_line_at, text.second_line_at) == (line, first, second)
    assert bytes(text.content) == content
    assert read_first_line(*written(tmp_path, content)) == line


def test_what_is_no_text_has_no_first_line(tmp_path: Path) -> None:
    for content in (b"\xff\xfe\n", b"a\0b\n", b"1\r2\r3"):
        assert read_first_line(*written(tmp_path, content)) is None
    with pytest.raises(DataError, match="the file is empty"):
        read_table_text(*written(tmp_path, b""))


@pytest.mark.parametrize(
    ("columns", "name", "has"),
    [
        ([f"p{at}" for at in range(21)], "t.csv", True),
        ([f"p{at}" for at in range(20)], "t.csv", False),
        ([f"p{at}" for at in range(21)], "t.json", False),
        ([str(at % 5) for at in range(21)], "t.csv", True),  # a row of pixels
        (["1"] * 11 + ["x", "y", *"abcdefgh"], "t.csv", True),  # more than half of 21
        (["1"] * 11 + ["x", "y", *"abcdefghi"], "t.csv", False),  # half of 22
        (list("abcdefghijklmnopqrstuvw"), "t.csv", False),
    ],
)
def test_columns_of_pixels_are_many_that_count_or_many_numbers(
    tmp_path: Path, columns: list[str], name: str, has: bool
) -> None:
    assert has_pixel_columns(*written(tmp_path, ",".join(columns).encode() + b"\n", name)) is has


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        ([f"p{at}" for at in range(201)], True),
        ([f"p{at}" for at in range(200)], False),
        ([str(at) for at in range(201)], False),  # numbers without letters are a row
        ([f"p{at}" for at in range(100)] + ["x"] * 101, False),
    ],
)
def test_a_header_names_pixels_if_there_are_hundreds(tmp_path: Path, columns: list[str], names: bool) -> None:
    assert names_pixels(*written(tmp_path, ",".join(columns).encode() + b"\n")) is names
