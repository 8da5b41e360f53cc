"""Put tables with the same columns on different pictures under each other, as the one that each class of GTSRB has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from onelook.data.layouts.manifests.columns.column_in_words import place_in_words
from onelook.data.layouts.manifests.columns.label_columns import are_one_to_one
from onelook.data.layouts.manifests.columns.number_columns import number_of
from onelook.data.layouts.manifests.columns.parts_column import part_of
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.readers.text_form import FIRST_COLUMN
from onelook.data.layouts.manifests.roles import split_column
from onelook.errors import DataError
from onelook.wording import counted

LABEL = "label"  # the column of labels in tables without a header
_LOOKED_AT = 200  # cells of a column


def stack_tables(located: Sequence[Located]) -> list[Located]:
    """Return the tables, those of one part, one header and different pictures as one table.

    Tables without a header are kept apart, because that they have as many columns says little; unless one more column
    says the same as the folders in all of them, as in the lists of each domain of DomainNet.
    """
    alike: defaultdict[tuple[str | None, str, tuple[str, ...]], list[Located]] = defaultdict(list)
    for one in _with_one_name(located):
        alike[one.found.part, one.found.path, tuple(one.table.columns)].append(one)
    stacked: list[Located] = []
    for (_, _, header), group in alike.items():
        are_alike = FIRST_COLUMN not in header or LABEL in header
        stacked += [_stacked(group)] if len(group) > 1 and are_alike and _are_disjoint(group) else group
    return stacked


def _with_one_name(located: Sequence[Located]) -> list[Located]:
    """Return the tables; the one column beside the paths in tables without a header is called the same in all of them,
    where each of its values is one folder of pictures.
    """
    bare = [one for one in located if len(one.table.columns) == 2 and FIRST_COLUMN in one.table.columns]
    if len({one.found.part for one in bare}) == len(bare) or any(one.found.path != FIRST_COLUMN for one in bare):
        return list(located)
    columns = [next(name for name in one.table.columns if name != one.found.path) for one in bare]
    cells = [cell for one, column in zip(bare, columns, strict=True) for cell in one.table.columns[column]]
    folders = [(name or "").rpartition("/")[0].rpartition("/")[2] for one in bare for name in one.names]
    if len(set(columns)) < 2 or not are_one_to_one(cells, folders):
        return list(located)
    renamed = {}
    for one, column in zip(bare, columns, strict=True):
        named = {LABEL if name == column else name: values for name, values in one.table.columns.items()}
        nameless = {LABEL: one.table.nameless.get(column, place_in_words(2))}
        renamed[one.found.entry] = replace(one, table=replace(one.table, columns=named, nameless=nameless))
    first = next(one for one in located if one.found.entry in renamed)
    note = (
        f"{counted(len(bare), 'list')} such as {first.found.entry} are read together, because their codes are the same "
        "folders: to train on one alone, give its path."
    )
    changed = renamed[first.found.entry]
    said = (*changed.found.said, note)
    renamed[first.found.entry] = replace(changed, found=replace(changed.found, said=said))
    return [renamed.get(one.found.entry, one) for one in located]


def stack_of_one_label(located: Sequence[Located], label_of: Mapping[str, str | None]) -> list[Located]:
    """Return the tables, those of one part with one label and different pictures as one, though other columns differ.

    Args:
        located: the tables, each with a label.
        label_of: the label column of each table, by its file; None if it is not certain.
    """
    alike: defaultdict[tuple[str | None, str, str | None], list[Located]] = defaultdict(list)
    for one in located:
        alike[one.found.part, one.found.path, label_of.get(one.found.entry)].append(one)
    stacked: list[Located] = []
    for (_, _, label), group in alike.items():
        have_header = not any(FIRST_COLUMN in one.table.columns for one in group)
        is_one = len(group) > 1 and label is not None and have_header and _are_disjoint(group)
        stacked += [_stacked(group)] if is_one else group
    return stacked


def with_test_below(located: Sequence[Located]) -> list[Located]:
    """Return the tables; one of the test is put below one whose own column gives training and validation parts.

    Both have the same columns but this one, as `index.csv` with `train-valid` beside `test.csv`.
    """
    tests = [one for one in located if one.found.part == "test"]
    first = next((one for one in located if one.found.part in (None, "train") and _parts_of(one)), None)
    if len(located) != 2 or len(tests) != 1 or first is None or "test" in _parts_of(first):
        return list(located)
    (test,) = tests
    column = split_column(first.table, list(first.table.columns)) or ""
    columns = first.table.columns.keys() - {column}
    if first.found.path != test.found.path or test.table.columns.keys() != columns or not _are_disjoint(located):
        return list(located)
    parts = ["test"] * test.table.rows
    test = replace(test, table=replace(test.table, columns={**test.table.columns, column: parts}))
    whole = _stacked([first, test], is_sorted=True)
    said = f"the column '{column}', and {test.found.entry} is the test"
    table = replace(whole.table, name=first.table.name, parts_from=said)
    return [replace(whole, found=replace(first.found, said=whole.found.said), table=table)]


def _parts_of(one: Located) -> set[str | None]:
    """Return the parts in a column of a table; empty without such a column."""
    try:
        column = split_column(one.table, list(one.table.columns))
    except DataError:
        return set()
    return set() if column is None else {part_of(cell) for cell in one.table.columns[column]}


def with_same_names(located: Sequence[Located]) -> list[Located]:
    """Return the tables; one of another part without a header has the training table's names of columns, if they fit.

    Columns of such tables are called after their files: `places standard` of `places365_train_standard.txt`.
    """
    first = next((one for one in located if one.found.part == "train"), None)
    return [one if first is None else _renamed(one, first) for one in located]


def _renamed(one: Located, first: Located) -> Located:
    own, names = one.table.columns, list(first.table.columns)
    if one.found.part in (None, "train") or FIRST_COLUMN not in own or len(own) != len(names):
        return one
    if list(own).index(one.found.path) != names.index(first.found.path):
        return one
    if FIRST_COLUMN in names:
        if not own.keys() - {*names} or names.index(FIRST_COLUMN) != 0 or first.found.path != FIRST_COLUMN:
            return one
        return replace(one, table=replace(one.table, columns=dict(zip(names, own.values(), strict=True))))
    if not all(map(_are_alike, own.values(), first.table.columns.values())):
        return one
    said = f"{one.found.entry} has no header: its columns are taken to be those of {first.found.entry}."
    found = replace(one.found, path=first.found.path, said=(*one.found.said, said))
    table = replace(one.table, columns=dict(zip(names, own.values(), strict=True)), nameless={})
    return replace(one, found=found, table=table)


def _are_alike(cells: Sequence[str | None], others: Sequence[str | None]) -> bool:
    """Return whether both columns hold numbers, or both hold none."""
    return _are_numbers(cells) == _are_numbers(others)


def _are_numbers(cells: Sequence[str | None]) -> bool:
    return all(cell is None or number_of(cell) is not None for cell in cells[:_LOOKED_AT])


def _are_disjoint(group: Sequence[Located]) -> bool:
    pictures = [one.pictures() for one in group]
    return len(frozenset().union(*pictures)) == sum(map(len, pictures))


def _stacked(group: Sequence[Located], *, is_sorted: bool = False) -> Located:
    first, *others = group if is_sorted else sorted(group, key=lambda one: one.found.entry)
    names = list(dict.fromkeys(name for one in (first, *others) for name in one.table.columns))
    columns = {
        name: [cell for one in (first, *others) for cell in one.table.columns.get(name, [None] * one.table.rows)]
        for name in names
    }
    said = tuple(note for one in (first, *others) for note in one.found.said)
    stacked = (*first.stacked, *(entry for one in others for entry in (one.found.entry, *one.stacked)))
    name = f"{first.found.entry.rpartition('/')[2]} with {counted(len(stacked), 'more table')}"
    table = replace(first.table, name=name, columns=columns)
    return replace(
        first,
        found=replace(first.found, said=said),
        table=table,
        names=[name for one in (first, *others) for name in one.names],
        ids=[each for one in (first, *others) for each in one.ids],
        where=replace(first.where, folder="") if len({one.where.folder for one in group}) > 1 else first.where,
        stacked=stacked,
    )
