"""Read tables in XML: elements of one name, each with its attributes and the texts of the elements in it.

Only plain elements are read: a file with a document type, which may define entities, is refused.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from onelook.data.layouts.manifests.readers.json_records import JsonTable, table_of_records
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import size

XML = ".xml"
_LARGEST_BYTES = 64 << 20
_MOST_ELEMENTS = 1_000_000
_DEEPEST = 16
_FEWEST_ROWS = 2
_MOST_TABLES = 8
_DECLARATION = re.compile(rb"\s*<\?xml[^>]*?encoding=[\"']([\w.-]+)[\"'][^>]*\?>")
_BOXES = frozenset({"object", "bndbox", "box", "polygon"})


@dataclass(slots=True)
class Element:
    """An element: its name, attributes, the pieces of its text before the first element in it, and these elements."""

    name: str
    attributes: Mapping[str, str]
    pieces: list[str] = field(default_factory=list)
    inside: list[Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text, without blanks around it."""
        return "".join(self.pieces).strip()


def read_element(location: Location, entry: str) -> Element:
    """Return the outermost element of an XML file.

    Raises:
        DataError: the file is damaged or large, has a document type, or elements too deep in each other.
    """
    name = entry.rpartition("/")[2]
    with location.open(entry) as file:
        content = file.read(_LARGEST_BYTES + 1)
    if len(content) > _LARGEST_BYTES:
        raise DataError(f"{name}: larger than {size(_LARGEST_BYTES)}. Expected a table of that size as CSV.")
    root = Element("", {})
    path = [root]
    elements = 0

    def begin(tag: str, attributes: dict[str, str]) -> None:
        nonlocal elements
        elements += 1
        if elements > _MOST_ELEMENTS:
            raise DataError(f"{name}: more than {_MOST_ELEMENTS:,} elements. Expected a table of that size as CSV.")
        if len(path) > _DEEPEST:
            raise DataError(f"{name}: more than {_DEEPEST} elements in each other. Expected a list of pictures.")
        path[-1].inside.append(Element(tag, attributes))
        path.append(path[-1].inside[-1])

    def add(piece: str) -> None:
        if not path[-1].inside:
            path[-1].pieces.append(piece)

    def refuse(*_: Any) -> None:
        raise DataError(
            f"{name}: it has a document type (<!DOCTYPE …>), which onelook does not read. Expected plain elements: "
            "remove that line if you trust the file."
        )

    # Expat knows few encodings, and no Chinese one; it is given text.
    declared = _DECLARATION.match(content[:200])
    encoding = declared[1].decode() if declared else "utf-8-sig"
    try:
        text = content.decode("utf-16" if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else encoding)
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler, parser.CharacterDataHandler = begin, add
        parser.EndElementHandler = lambda _: path.pop()
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
        parser.Parse(text.encode("utf-8"), True)
    except (expat.ExpatError, UnicodeError, LookupError) as problem:
        raise DataError(f"{name}: no XML that can be read. It is damaged: fetch it again.") from problem
    return root.inside[0]


def flat_record(element: Element) -> dict[str, str] | None:
    """Return the values of an element whose inner elements hold texts alone; None if they hold elements or boxes."""
    if not element.inside or any(each.inside or each.name in _BOXES for each in element.inside):
        return None
    return {**element.attributes, **{each.name: each.text for each in element.inside}}


def tables_in(element: Element) -> list[JsonTable]:
    """Return a table for each name that several elements have, the most frequent first.

    A column is an attribute, the text of an inner element, or an attribute of one, as `tag.label`.
    """
    found: dict[str, list[dict[str, object]]] = {}
    for each in _all(element):
        if record := _record(each):
            found.setdefault(each.name, []).append(record)
    several = sorted((rows for rows in found.values() if len(rows) >= _FEWEST_ROWS), key=len, reverse=True)
    return [table_of_records(rows) for rows in several[:_MOST_TABLES]]


def _all(element: Element) -> Iterator[Element]:
    waiting = [element]
    while waiting:
        each = waiting.pop()
        yield each
        waiting += reversed(each.inside)


def _record(element: Element) -> dict[str, object]:
    found: dict[str, object] = dict(element.attributes)
    values: dict[str, list[str]] = {}
    for each in element.inside:
        if each.inside:
            continue
        if text := each.text:
            values.setdefault(each.name, []).append(text)
        for name, value in each.attributes.items():
            values.setdefault(f"{each.name}.{name}", []).append(value)
    for name, texts in values.items():
        distinct = list(dict.fromkeys(texts))
        found.setdefault(name, distinct[0] if len(distinct) == 1 else distinct)
    return found
