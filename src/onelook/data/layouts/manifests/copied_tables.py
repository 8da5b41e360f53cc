"""Leave out tables and folders of a second copy of the data, and tables of unknown place beside those with labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from shlex import quote

from onelook.data.column_names import is_called_like_label
from onelook.data.layouts.left_out import MASK, leave_out
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.lists.found_table import FoundTable
from onelook.data.layouts.manifests.names.listed_files import ListedFiles, Whereabouts
from onelook.data.layouts.manifests.roles import find_roles
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.storage.location import folders_above
from onelook.errors import ConfigError, DataError
from onelook.wording import counted, listed, named

_SHARE_ALIKE = 0.9  # of the smaller table's names, that the other one lists too
_FEWEST_ALIKE = 6


def located_tables(listing: Sequence[FoundTable], locate: Callable[[FoundTable], Located]) -> list[Located]:
    """Return the tables with the file of each row, without those of a second copy of the data.

    A table of names alone that may be in several folders is no reason to ask where another one has labels; nor is one
    with some of the columns of another one, without its label.

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
            wider = next((other for other in listing if _adds_labels(other, each)), None)
            if has_labels and each.table.columns.keys() == {each.path}:
                said.append(f"{each.entry} lists names alone, which several folders hold, and was left out.")
            elif wider is not None:
                said.append(f"{each.entry} has only columns that {wider.entry} has too, and was left out.")
            else:
                raise
    return _with_notes(_without_copies(located), said)


def _adds_labels(wider: FoundTable, table: FoundTable) -> bool:
    """Return whether a table has all columns of another one, and a label besides."""
    if not table.table.columns.keys() < wider.table.columns.keys():
        return False
    try:
        label = find_roles(wider.table, wider.path).label
    except DataError:  # `open` reports it
        return False
    return label is not None and label not in table.table.columns


def without_copied_places(files: ListedFiles, places: Sequence[Whereabouts]) -> Sequence[Whereabouts]:
    """Return the folders without those of a second copy of the data, and those of masks, if others are left."""
    _, left_out = leave_out(files.pictures, folders_above(files.pictures))
    left_out = {name: reason for name, reason in left_out.items() if reason == MASK or _is_copy(reason)}
    if not left_out:
        return places
    kept = [
        place
        for place in places
        if not all(name in left_out for name in files.pictures if name.startswith(place.folder))
    ]
    return kept or places


def refuse_versions(located: Sequence[Located]) -> None:
    """Refuse two tables of the same names and labels whose pictures lie in two folders, as originals and cut-outs.

    Read together, they would give each picture twice, and one version of it may be trained on and the other tested.

    Raises:
        ConfigError: there are such tables; the error asks which folder to read.
    """
    rows = [{_stem(name): row for row, name in enumerate(each.names) if name is not None} for each in located]
    for at, one in enumerate(located):
        others = (number for number in range(len(located)) if number != at)
        alike = [
            one,
            *(located[other] for other in others if _are_versions(one, located[other], rows[at], rows[other])),
        ]
        folders = [each.where.folder.rstrip("/") for each in alike]
        if len({*folders} - {""}) < max(2, len(folders)):
            continue
        choices = [
            Choice(f"--pictures-in {quote(folder)}", counted(len(each.pictures()), "picture"))
            for folder, each in zip(folders, alike, strict=True)
        ]
        raise ask_which(
            f"{listed((each.table.name for each in alike), last='and')} give the same names the same labels, and their "
            f"pictures are in {named([f'{folder}/' for folder in folders])}: versions of each picture.",
            choices,
        )


def _are_versions(one: Located, other: Located, own: Mapping[str, int], its: Mapping[str, int]) -> bool:
    """Return whether two tables list other files of the same names, and say the same about each.

    Args:
        one: a table.
        other: another table.
        own: the row of each name in the first table.
        its: the row of each name in the other.
    """
    if one.found.part != other.found.part:
        return False
    shared = own.keys() & its.keys()
    if len(shared) < max(_FEWEST_ALIKE, _SHARE_ALIKE * min(len(own), len(its))) or one.pictures() & other.pictures():
        return False
    columns = (one.table.columns.keys() & other.table.columns.keys()) - {one.found.path, other.found.path}
    said = {
        each: {(one.table.columns[each][own[stem]], other.table.columns[each][its[stem]]) for stem in shared}
        for each in columns
    }
    # One value in each table, as that of its camera, says nothing, unless it is the class of all its pictures.
    telling = [pairs for each, pairs in said.items() if len(pairs) > 1 or is_called_like_label(each)]
    return any(len(pairs) > 1 for pairs in telling) and all(cell == again for pairs in telling for cell, again in pairs)


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]


def _without_copies(located: list[Located]) -> list[Located]:
    """Return the tables without those of a second copy that have the columns of another one."""
    if len(located) < 2 or not (copies := _copies(located[0].files)):
        return located
    is_copy = [_is_of_copies(one, copies) for one in located]
    columns = [one.table.columns.keys() for one in located]
    first = [kept for kept, again in zip(columns, is_copy, strict=True) if not again]
    return [
        one for one, again in zip(located, is_copy, strict=True) if not (again and one.table.columns.keys() in first)
    ]


def _is_of_copies(one: Located, copies: Mapping[str, str]) -> bool:
    """Return whether all pictures of a table, or all below its own folder, are in a second copy of the data."""
    below = {name for name in one.files.pictures if name.startswith(one.found.folder)}
    return any(pictures and pictures <= copies.keys() for pictures in (one.pictures(), below))


def _copies(files: ListedFiles) -> Mapping[str, str]:
    """Return the pictures in a second copy of the data, with the reason."""
    _, left_out = leave_out(files.pictures, folders_above(files.pictures))
    return {name: reason for name, reason in left_out.items() if _is_copy(reason)}


def _is_copy(reason: str) -> bool:
    return reason != MASK and reason.endswith("once more")


def _with_notes(located: list[Located], notes: Sequence[str]) -> list[Located]:
    if not notes or not located:
        return located
    found = replace(located[0].found, said=(*located[0].found.said, *notes))
    return [replace(located[0], found=found), *located[1:]]
