"""Take the parts of a table's rows from lists of the numbers of its rows, as `train_indexes.csv` beside `meta.csv`."""

from __future__ import annotations

from dataclasses import replace

from onelook.data.layouts.manifests.join_tables import SPLIT, Located
from onelook.data.layouts.manifests.lists.find_tables import Survey
from onelook.data.layouts.manifests.lists.found_table import part_in_name
from onelook.data.layouts.manifests.readers.table import read_manifest_table
from onelook.data.layouts.manifests.readers.text_form import FIRST_COLUMN
from onelook.data.layouts.manifests.roles import split_column
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import listed

_FEWEST_PARTS = 2


def with_parts_by_number(location: Location, one: Located, looked: Survey) -> Located:
    """Return the table with a column of parts if lists of numbers give each of its rows one part; else unchanged.

    The numbers count the rows from 0 or from 1, and no row is in two lists or in none: a lesser agreement would be a
    guess.
    """
    rows = one.table.rows
    numbers: dict[str, list[int]] = {}
    entries: list[str] = []
    for entry, sample in looked.others.items():
        part = part_in_name(entry)
        if part is None or len(sample.columns) != 1:
            continue
        if part in numbers:  # several splits: only the user knows which is meant
            return one
        numbers[part] = _numbers(location, entry, looked)
        entries.append(entry)
    found = sorted(number for of_part in numbers.values() for number in of_part)
    first = found[0] if found else 0
    is_whole = first in (0, 1) and found == [*range(first, first + rows)]
    if len(numbers) < _FEWEST_PARTS or "train" not in numbers or not is_whole or _has_parts(one):
        return one
    part_of = {number - first: part for part, of_part in numbers.items() for number in of_part}
    said = (
        f"The numbers in {listed(entries, last='and')} are those of the rows of {one.found.entry}, counted from "
        f"{first}: they give the parts."
    )
    columns = {**one.table.columns, SPLIT: [part_of[row] for row in range(rows)]}
    table = replace(one.table, columns=columns, parts_from=listed(entries, last="and"))
    found_table = replace(one.found, said=(*one.found.said, said))
    return replace(one, found=found_table, table=table, joined=(*one.joined, *entries))


def _has_parts(one: Located) -> bool:
    return split_column(one.table, [column for column in one.table.columns if column != one.found.path]) is not None


def _numbers(location: Location, entry: str, looked: Survey) -> list[int]:
    """Return the numbers in a list with a header or without; empty if it holds something else."""
    form = looked.forms.get(entry)
    forms = [form] if form is None else [form, replace(form, header_at=None, columns=(FIRST_COLUMN,))]
    for each in forms:
        try:
            ((header, cells),) = read_manifest_table(location, entry, form=each).columns.items()
        except (DataError, ConfigError, ValueError):
            return []
        if not header.isdecimal():
            return [int(cell) for cell in cells if cell] if all(cell and cell.isdecimal() for cell in cells) else []
    return []
