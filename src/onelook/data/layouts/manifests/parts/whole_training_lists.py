"""Leave out a list of all pictures to train on, such as `trainval.txt`, beside the lists of its two parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.lists.found_table import names_part
from onelook.wording import agree, named

_WHOLE = frozenset({"full", "all", "whole", "total", "complete"})
_FEWEST = 3  # tables: the whole one and its two parts


def without_whole_lists(located: Sequence[Located]) -> tuple[list[Located], set[str]]:
    """Return the tables without those of training that list what a table of training and one of validation list.

    The files of the tables that are left out come second.

    The given validation part is kept so: of FGVC-Aircraft's `trainval`, `train` and `val` the last two are read.
    """
    if len(located) < _FEWEST or not any(one.found.part == "val" for one in located):
        return list(located), set()
    left = []
    for whole in located:
        if whole.found.part != "train":
            continue
        alike = [one for one in located if one is not whole and len(one.table.columns) == len(whole.table.columns)]
        alike = [one for one in alike if _key(one) == _key(whole) or _say_the_same(one, whole)]
        vals = [one for one in alike if one.found.part == "val"]
        if any(_are_parts_of(whole, train, val) for train in alike if train.found.part == "train" for val in vals):
            left.append(whole)
    kept = [one for one in located if one not in left]
    if not left:
        return kept, set()
    note = (
        f"{named([one.found.entry for one in left])} {agree(len(left), 'lists', 'list')} the pictures to train on and "
        "to validate on together, and other tables list them apart: these are read."
    )
    first = next(at for at, one in enumerate(kept) if one.found.part == "val")
    kept[first] = replace(kept[first], found=replace(kept[first].found, said=(*kept[first].found.said, note)))
    return kept, {one.found.entry for one in left}


def _are_parts_of(whole: Located, train: Located, val: Located) -> bool:
    """Return whether two tables share out the pictures of a third one."""
    one, other = train.pictures(), val.pictures()
    return not one & other and one | other == whole.pictures() and min(len(one), len(other)) > 0


def _say_the_same(one: Located, whole: Located) -> bool:
    """Return whether the cells of a table are those that another one has in the same columns for the same pictures."""
    rows = {name: row for row, name in enumerate(whole.names) if name is not None}
    if not one.pictures() <= rows.keys():
        return False
    return all(
        cell == others[rows[name]]
        for (column, cells), others in zip(one.table.columns.items(), whole.table.columns.values(), strict=True)
        if column != one.found.path
        for name, cell in zip(one.names, cells, strict=True)
        if name is not None
    )


def _key(one: Located) -> tuple[str, ...]:
    """Return the words in the name of a table that mean neither a part nor the whole."""
    words = words_of(one.found.entry.rpartition("/")[2].partition(".")[0])
    return tuple(word for word in words if not names_part(word) and word not in _WHOLE)
