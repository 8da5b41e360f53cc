"""Leave out tables and folders of a second copy of the data, and tables of unknown place beside those with labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from onelook.data.layouts.left_out import MASK, leave_out
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.lists.found_table import FoundTable
from onelook.data.layouts.manifests.names.listed_files import ListedFiles, Whereabouts
from onelook.data.storage.location import folders_above
from onelook.errors import ConfigError


def located_tables(listing: Sequence[FoundTable], locate: Callable[[FoundTable], Located]) -> list[Located]:
    """Return the tables with the file of each row, without those of a second copy of the data.

    A table of names alone that may be in several folders is no reason to ask where another one has labels.

    Args:
        listing: the tables.
        locate: finds the file of each row.

    Raises:
        ConfigError: several folders hold the pictures of a table alike.
    """
    located: list[Located] = []
    said: list[str] = []
    has_labels = any(len(each.table.columns) > 1 for each in listing)
    for each in listing:
        try:
            located.append(locate(each))
        except ConfigError:
            if not has_labels or each.table.columns.keys() != {each.path}:
                raise
            said.append(f"{each.entry} lists names alone, which several folders hold, and was left out.")
    return _with_notes(_without_copies(located), said)


def without_copied_places(files: ListedFiles, places: Sequence[Whereabouts]) -> Sequence[Whereabouts]:
    """Return the folders without those of a second copy of the data, if others are left."""
    copies = _copies(files)
    if not copies:
        return places
    kept = [
        place for place in places if not all(name in copies for name in files.pictures if name.startswith(place.folder))
    ]
    return kept or places


def _without_copies(located: list[Located]) -> list[Located]:
    """Return the tables without those of a second copy that have the columns of another one."""
    if len(located) < 2 or not (copies := _copies(located[0].files)):
        return located
    is_copy = [bool(one.pictures()) and one.pictures() <= copies.keys() for one in located]
    columns = [one.table.columns.keys() for one in located]
    first = [kept for kept, again in zip(columns, is_copy, strict=True) if not again]
    return [
        one for one, again in zip(located, is_copy, strict=True) if not (again and one.table.columns.keys() in first)
    ]


def _copies(files: ListedFiles) -> Mapping[str, str]:
    """Return the pictures in a second copy of the data, with the reason."""
    _, left_out = leave_out(files.pictures, folders_above(files.pictures))
    return {name: reason for name, reason in left_out.items() if reason != MASK and reason.endswith("once more")}


def _with_notes(located: list[Located], notes: Sequence[str]) -> list[Located]:
    if not notes or not located:
        return located
    found = replace(located[0].found, said=(*located[0].found.said, *notes))
    return [replace(located[0], found=found), *located[1:]]
