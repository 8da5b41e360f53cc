"""Join tables that identify the pictures by a key and not by their paths, as in CUB-200."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.column_words import CLASS_LIST_WORDS
from onelook.data.layouts.manifests.columns.evidence import Strength
from onelook.data.layouts.manifests.columns.group_column import group_column
from onelook.data.layouts.manifests.columns.number_columns import counts_rows
from onelook.data.layouts.manifests.join_tables import SPLIT, Located, name_by_file
from onelook.data.layouts.manifests.lists.find_tables import Survey
from onelook.data.layouts.manifests.lists.found_table import shared_key
from onelook.data.layouts.manifests.readers.table import ManifestTable, read_manifest_table
from onelook.data.layouts.manifests.readers.text_form import TextForm
from onelook.data.layouts.manifests.roles import Roles, find_roles
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import counted, named

_MOST_COLUMNS = 6
_IN_TRAINING = {"1": "train", "0": "test"}


def with_keyed_tables(location: Location, located: Sequence[Located], looked: Survey) -> list[Located]:
    """Return the tables with the columns of tables on the same rows, joined by a key: a column of unique values."""
    return [_with_shared_keys(location, _with_keys(location, one, looked), looked) for one in located]


def _with_shared_keys(location: Location, one: Located, looked: Survey) -> Located:
    """Return a table without a label with the columns of those that have a row for what several of its rows share.

    So a list of pictures with their patients is joined with a table of the patients.
    """
    roles = find_roles(one.table, one.found.path)
    is_settled = roles.label is not None or bool(roles.target.no_classes)  # a question may find more to choose from
    for entry, sample in [*looked.others.items()] * 2:  # a table may bring the key of an earlier one
        if any(each.startswith(f"{entry} ") for each in one.shared):
            continue
        own, key = shared_key(one.table, one.found.path, sample) or (None, None)
        # A column that was only left over is no label if another table has a label for each of its values.
        is_of_key = own in (roles.label if roles.target.strength is Strength.LEFT else None, *roles.target.choices)
        if own is None or key is None or (is_settled and not is_of_key and not _says_better(sample, key, roles)):
            continue
        table = read_manifest_table(location, entry, form=looked.forms.get(entry), may_leave_out=True)
        if 2 * len(set(one.table.columns[own]) & set(table.columns[key])) <= len(set(one.table.columns[own])):
            continue
        one = replace(one, found=replace(one.found, said=(*one.found.said, *table.said)))
        row_of = {cell: row for row, cell in enumerate(table.columns[key])}
        differing = _differing(table, key)
        rows = [row_of.get(cell) for cell in one.table.columns[own]]
        columns = {
            column: [None if row is None or row in differing.get(column, ()) else cells[row] for row in rows]
            for column, cells in table.columns.items()
            if column != key and column not in one.table.columns
        }
        if told := _note_differing(table, key, differing):
            one = replace(one, found=replace(one.found, said=(*one.found.said, told)))
        keys = one.table.columns[own]
        before = one.table.columns if one.shared else {}  # a key that a table brought may be that of the classes
        are_groups = group_column({own: keys, **before}, None) is None and len(set(keys)) < len(keys)
        table_key = one.table.key or (own if are_groups else "")
        one = replace(one, table=replace(one.table, columns={**one.table.columns, **columns}, key=table_key))
        there = "" if own.casefold() == key.casefold() else f" ('{key}' there)"
        is_settled = is_settled and not is_of_key
        one = replace(one, joined=(*one.joined, entry), shared=(*one.shared, f"{entry} by '{own}'{there}"))
    return one


def _says_better(other: ManifestTable, key: str, roles: Roles) -> bool:
    """Return whether another table has a column that is called like a label, and this one only a column left over."""
    if roles.target.no_classes or roles.target.strength is not Strength.LEFT:
        return False
    target = find_roles(other, key).target
    return target.column is not None and target.strength > Strength.LEFT and not target.no_classes


def _differing(table: ManifestTable, key: str) -> Mapping[str, set[int]]:
    """Return the rows of keys that have several rows with unlike cells, by the column of these."""
    rows_of: dict[str | None, list[int]] = {}
    for row, cell in enumerate(table.columns[key]):
        rows_of.setdefault(cell, []).append(row)
    several = [rows for rows in rows_of.values() if len(rows) > 1]
    return {
        column: found
        for column, cells in table.columns.items()
        if (found := {row for rows in several if len({cells[row] for row in rows}) > 1 for row in rows})
    }


def _note_differing(table: ManifestTable, key: str, differing: Mapping[str, set[int]]) -> str:
    keys = list(dict.fromkeys(table.columns[key][row] or "" for rows in differing.values() for row in rows))
    if not keys:
        return ""
    return (
        f"{table.name} has several rows for {counted(len(keys), 'value')} of '{key}', such as '{keys[0]}': where these "
        f"differ, as in {named(list(differing))}, the pictures have no value."
    )


def _with_keys(location: Location, one: Located, looked: Survey) -> Located:
    keys = {
        column: cells
        for column, cells in one.table.columns.items()
        if column != one.found.path
        and None not in cells
        and len(set(cells)) == len(cells) > 1
        # The number of a row in one file is not that of a row in another.
        and not counts_rows(column, cells)
    }
    if not keys:
        return one
    columns, joined = dict(one.table.columns), list(one.joined)
    for entry, sample in looked.others.items():
        lists_classes = CLASS_LIST_WORDS & set(words_of(entry.rpartition("/")[2].partition(".")[0]))
        if lists_classes or not 2 <= len(sample.columns) <= _MOST_COLUMNS:
            continue
        for form in _forms(looked.forms.get(entry), len(sample.columns)):
            taken = _columns_by_key(location, entry, form, keys)
            for name, cells in taken.items():
                columns.setdefault(name, cells)
            if taken:
                joined.append(entry)
                break
    return replace(one, table=replace(one.table, columns=columns), joined=tuple(joined))


def _columns_by_key(
    location: Location, entry: str, form: TextForm | None, keys: Mapping[str, Sequence[str | None]]
) -> dict[str, list[str | None]]:
    """Return the columns of a table for the rows of another; empty if its first column has other keys."""
    try:
        table = read_manifest_table(location, entry, form=form)
    except (DataError, ConfigError):
        return {}
    (_, own), *others = table.columns.items()
    row_of = {key: row for row, key in enumerate(own)}
    cells = next((cells for cells in keys.values() if row_of.keys() == set(cells)), None)
    if cells is None or len(row_of) < len(own):
        return {}
    found: dict[str, list[str | None]] = {}
    for number, (column, values) in enumerate(others, start=1):
        name = column if form is None or form.header_at is not None else name_by_file(entry)
        name = name if number == 1 or name == column else f"{name} {number}"
        taken = [values[row_of[key]] for key in cells]
        if "split" in name and set(taken) <= _IN_TRAINING.keys():
            name, taken = SPLIT, [_IN_TRAINING[each or ""] for each in taken]
        found[name] = taken
    return found


def _forms(form: TextForm | None, width: int) -> list[TextForm | None]:
    """Return the ways to read a table: with its first line as a header, and as a row."""
    if form is None:
        return [None]
    return [form, replace(form, header_at=None, columns=tuple(f"column {number}" for number in range(1, width + 1)))]
