"""XML as a table: elements of one name; nothing that a document type may define, and nothing too deep or too large."""

from __future__ import annotations

from pathlib import Path

import pytest

from onelook.data.layouts.manifests.readers import xml_tables
from onelook.data.layouts.manifests.readers.xml_tables import flat_record, read_element, tables_in
from onelook.data.storage.location import Location
from onelook.errors import DataError


def element(folder: Path, content: str | bytes) -> xml_tables.Element:
    (folder / "t.xml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_element(Location(folder), "t.xml")


def test_the_most_frequent_elements_are_the_first_table(tmp_path: Path) -> None:
    found = tables_in(element(tmp_path, '<l><a k="1"/><b n="x"><t>7</t></b><b n="y"><t/><t u="8"/></b><b n="z"/></l>'))
    assert [table.columns for table in found] == [
        {"n": ["x", "y", "z"], "t": ["7", None, None], "t.u": [None, "8", None]}
    ]


@pytest.mark.parametrize(
    ("content", "record"),
    [
        ('<p id="4"><kind> oak </kind><size>3</size></p>', {"id": "4", "kind": "oak", "size": "3"}),
        ("<p><kind><name>oak</name></kind></p>", None),
        ("<p><object>oak</object></p>", None),
        ("<p/>", None),
    ],
)
def test_a_record_has_plain_values_alone(content: str, record: dict[str, str] | None, tmp_path: Path) -> None:
    assert flat_record(element(tmp_path, content)) == record


@pytest.mark.parametrize("encoding", ["gb2312", "utf-16", "latin-1", "shift_jis"])
def test_the_declared_encoding_is_read(encoding: str, tmp_path: Path) -> None:
    text = {"latin-1": "é", "shift_jis": "ア"}.get(encoding, "红")
    content = f'<?xml version="1.0" encoding="{encoding}"?><p><kind>{text}</kind></p>'.encode(encoding)
    assert flat_record(element(tmp_path, content)) == {"kind": text}


@pytest.mark.parametrize(
    "content",
    [
        '<!DOCTYPE p [<!ENTITY a "oak">]><p><kind>&a;</kind></p>',
        '<!DOCTYPE p SYSTEM "file:///etc/passwd"><p/>',
        '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><p>&x;</p>',
        "<!DOCTYPE p><p/>",
    ],
)
def test_a_document_type_is_refused(content: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^t\.xml: it has a document type"):
        element(tmp_path, content)


@pytest.mark.parametrize(
    "content",
    [
        "<p>",
        "",
        "<p>&a;</p>",
        "<p/><p/>",
        b"\xff\xfe<p/>",
        b'<?xml version="1.0" encoding="no-such"?><p/>',
        b'<?xml version="1.0" encoding="base64"?><p/>',
        b"<p>\x00</p>",
        b"<p>\xff</p>",
    ],
)
def test_damaged_xml_is_an_error(content: str | bytes, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^t\.xml: no XML that can be read"):
        element(tmp_path, content)


def test_deep_and_large_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert element(tmp_path, "<a>" * 16 + "</a>" * 16).name == "a"
    with pytest.raises(DataError, match="more than 16 elements in each other"):
        element(tmp_path, "<a>" * 17 + "</a>" * 17)
    monkeypatch.setattr(xml_tables, "_MOST_ELEMENTS", 2)
    assert element(tmp_path, "<a><b/></a>").name == "a"
    with pytest.raises(DataError, match="more than 2 elements"):
        element(tmp_path, "<a><b/><c/></a>")
    monkeypatch.setattr(xml_tables, "_LARGEST_BYTES", 6)
    assert element(tmp_path, "<abc/>").name == "abc"
    with pytest.raises(DataError, match="larger than"):
        element(tmp_path, "<abcd/>")
