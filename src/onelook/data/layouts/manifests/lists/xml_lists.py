"""Search XML files beside pictures for lists of the pictures: one file for all, or one for each picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onelook.data.layouts.left_out import SIDECARS_READ
from onelook.data.layouts.manifests.lists.found_table import FoundTable
from onelook.data.layouts.manifests.lists.path_column import best_table
from onelook.data.layouts.manifests.names.listed_files import ListedFiles
from onelook.data.layouts.manifests.readers.json_records import JsonTable, table_of_records
from onelook.data.layouts.manifests.readers.table import json_manifest
from onelook.data.layouts.manifests.readers.xml_tables import XML, flat_record, read_element, tables_in
from onelook.data.storage.location import Location, suffix_of
from onelook.errors import DataError
from onelook.wording import agree, counted

_MOST_FILES = 20
_LOOKED_AT = 20
_FEWEST_SIDECARS = 3
PICTURE = "picture"


@dataclass(frozen=True)
class XmlLists:
    """The lists of pictures in XML files, and notes on files that were refused."""

    listing: tuple[FoundTable, ...] = ()
    notes: tuple[str, ...] = ()


def find_xml_lists(location: Location, pictures: Sequence[str]) -> XmlLists:
    """Return the lists of pictures in the XML files of a location."""
    entries = [entry for entry in location.entries() if suffix_of(entry) == XML]
    if not entries:
        return XmlLists()
    beside = _beside(entries, pictures)
    if len(beside) >= _FEWEST_SIDECARS:
        found = _of_sidecars(location, beside)
        return XmlLists() if found is None else XmlLists((found,))
    listing: list[FoundTable] = []
    refused: list[str] = []
    for entry in sorted(entries, key=lambda each: each.count("/"))[:_MOST_FILES]:
        try:
            tables = tables_in(read_element(location, entry))
        except DataError as problem:
            if "document type" in str(problem):
                refused.append(f"{entry} was left out: {str(problem).partition(': ')[2]}")
            continue
        files = ListedFiles(location, f"{entry.rpartition('/')[0]}/" if "/" in entry else "")
        for table in tables:
            candidate = FoundTable(entry, json_manifest(table, entry.rpartition("/")[2]), "", whole=table)
            if found_here := best_table([candidate], files):
                listing += [each for each in found_here if _has_more(each)]
                break
    # There may be one for each scan: one of them is named.
    others = len(refused) - 1
    has, was = agree(others, "has", "have"), agree(others, "was", "were")
    more = f"{counted(others, 'other XML file')} {has} a document type too, and {was} left out."
    return XmlLists(tuple(listing), (*refused[:1], *([more] if others > 0 else ())))


def _has_more(found: FoundTable) -> bool:
    """Return whether a list has a column that tells its pictures apart, besides their names."""
    return any(
        len(set(cells)) > 1 and not (column == "id" and len(set(cells)) == len(cells))
        for column, cells in found.table.columns.items()
        if column != found.path
    )


def _beside(entries: Sequence[str], pictures: Sequence[str]) -> dict[str, str]:
    """Return the XML file of each picture: `1.xml` for `1.jpg`, in the same folder."""
    files = {entry[: -len(XML)]: entry for entry in entries}
    found = {name: files[stem] for name in pictures if (stem := name.rpartition(".")[0]) in files}
    return found if 2 * len(found) > len(pictures) else {}


def _of_sidecars(location: Location, beside: dict[str, str]) -> FoundTable | None:
    """Return the table of files with flat values, a row for each picture; None if a few of them hold something else."""
    names = list(beside)
    step = max(1, len(names) // _LOOKED_AT)
    if any(_values(location, beside[name]) is None for name in names[::step]):
        return None
    records = [{PICTURE: name, **(_values(location, beside[name]) or {})} for name in names]
    table: JsonTable = table_of_records(records)
    first = beside[names[0]]
    name = counted(len(names), ".xml file")
    called = f"the table of {name}"
    said = f"{name} such as {first} {SIDECARS_READ}"
    candidate = FoundTable(first, json_manifest(table, called), "", whole=table, said=(said,))
    found = best_table([candidate], ListedFiles(location), [PICTURE])
    return (
        None
        if not found or not _has_more(found[0])
        else FoundTable(first, found[0].table, PICTURE, whole=table, said=(said,))
    )


def _values(location: Location, entry: str) -> dict[str, str] | None:
    try:
        return flat_record(read_element(location, entry))
    except DataError:
        return None
