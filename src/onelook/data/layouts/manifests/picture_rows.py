"""Make one row a picture of a table's rows: of several boxes, of raters who disagree, of repeated rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from onelook.data.column_names import GROUP_NAMES
from onelook.data.layouts.manifests.columns.box_columns import OUTLINE_COLUMNS, box_columns
from onelook.data.layouts.manifests.columns.evidence import Target
from onelook.data.layouts.manifests.columns.raters.votes import are_of_raters, are_opinions, kinds_of_rows, majority
from onelook.data.layouts.manifests.columns.several_labels import (
    boxes_alone_in_words,
    rows_of_kinds_in_words,
    several_boxes_in_words,
    several_rows_in_words,
)
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.roles import Roles
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import agree, counted, named


@dataclass(frozen=True)
class Listing:
    """A table with the file of each row."""

    place: Location  # the location of the pictures
    name: str  # the name of the data set
    layout: str
    table: ManifestTable
    roles: Roles
    names: Sequence[str | None]  # the file of each row in `place`; None if it is missing
    ids: Sequence[str]
    why: str


def one_row_a_picture(listing: Listing) -> tuple[Listing, list[int], list[str]]:
    """Return the listing with one label per picture, the first row of each picture, and notes on the other rows."""
    table, roles = listing.table, listing.roles
    rows_of: dict[str, list[int]] = {}
    for row, each in enumerate(listing.ids):
        rows_of.setdefault(each, []).append(row)
    rows = [of_picture[0] for of_picture in rows_of.values()]
    label = roles.label
    are_boxes = label is None and roles.target == Target() and _are_filled(table, box_columns(table.columns))
    if len(rows) == len(listing.ids):
        alone = boxes_alone_in_words(table.name, *_box_words(table))
        return _without_classes(listing, alone) if are_boxes else listing, rows, _note_votes(listing)
    told: list[str] = []
    if are_boxes:
        listing = _without_classes(listing, boxes_alone_in_words(table.name, *_box_words(table)))
        roles = listing.roles
    elif label is not None and not roles.target.no_classes and box_columns(table.columns):
        listing = _with_several_boxes(listing, label, rows_of)
        roles = listing.roles
    elif (
        label is not None
        and not roles.target.no_classes
        and ((of_raters := are_of_raters(table.columns, rows_of)) or are_opinions(rows_of))
    ):
        several = 0 if of_raters else _with_several_each(table.columns[label], rows_of)
        kinds = None if of_raters else kinds_of_rows(table.columns, label, rows_of)
        if kinds is not None or several:
            reason = several_rows_in_words(table.name, label, several, len(rows_of))
            reason = rows_of_kinds_in_words(table.name, kinds, table.columns[kinds]) if kinds is not None else reason
            listing = _without_classes(listing, reason)
            roles = listing.roles
        else:
            listing, told = _by_majority(listing, label, rows_of)
    group = roles.group  # a column called like a group has to be one; another is only taken for it
    if group is not None and group.casefold() not in GROUP_NAMES and _differs(table.columns[group], rows_of):
        note = f"'{group}' differs between rows of one picture, so it makes no groups."
        roles = replace(roles, group=None, others=(*roles.others, group))
        listing, told = replace(listing, roles=roles), [*told, note]
    columns = [column for column in (roles.label, roles.split, roles.group) if column is not None]
    columns = [] if roles.target.no_classes else columns
    repeats = sum(len(of_picture) - 1 for of_picture in rows_of.values())
    for each, of_picture in rows_of.items():
        for row in of_picture[1:]:
            _refuse_contradiction(listing, columns, each, of_picture[0], row)
    if not any(table.name in note for note in told) and not (label is None and box_columns(table.columns)):
        left_out = agree(repeats, "that repeats another was", "that repeat others were")
        if (roles.target.no_classes or label is None) and any(
            _differs(cells, rows_of) for cells in table.columns.values()
        ):
            is_on = agree(repeats, "is on the picture of an earlier row", "are on pictures of earlier rows")
            left_out = f"{is_on}, and {agree(repeats, 'was', 'were')}"
        told.append(f"{counted(repeats, 'row')} of {table.name} {left_out} left out.")
    return listing, rows, told


def _with_several_boxes(listing: Listing, label: str, rows_of: Mapping[str, Sequence[int]]) -> Listing:
    """Return the listing with the reason why its labels are not classes, if the boxes of a picture have several."""
    cells = listing.table.columns[label]
    several = sum(len({cells[row] for row in rows}) > 1 for rows in rows_of.values())
    if not several:
        return listing
    what = _box_words(listing.table)
    reason = several_boxes_in_words(listing.table.name, label, several, len(rows_of), what)
    return _without_classes(listing, reason)


def _are_filled(table: ManifestTable, columns: Collection[str]) -> bool:
    """Return whether there are such columns, and each has several values."""
    return bool(columns) and all(len({*table.columns[column]} - {None}) > 1 for column in columns)


def _box_words(table: ManifestTable) -> tuple[str, str]:
    """Return the words for one and for several of the things that the rows are about."""
    columns = {column.casefold() for column in box_columns(table.columns)}
    return ("outline", "outlines") if columns & OUTLINE_COLUMNS else ("box", "boxes")


def note_boxes(listing: Listing) -> list[str]:
    """Return a note that the boxes or outlines in the pictures, whose class is taken, are left out."""
    table, roles = listing.table, listing.roles
    if roles.label is None or roles.target.no_classes or not (table.boxes or box_columns(table.columns)):
        return []
    _, boxes = _box_words(table)
    task = "segmentation" if boxes == "outlines" else "object detection"
    name = table.boxes_from or table.name
    gives = agree(1 + name.count(" and "), "gives", "give")
    return [f"{name} {gives} {boxes} in the pictures ({task}), which are left out: each picture is learnt as a whole."]


def _without_classes(listing: Listing, reason: str) -> Listing:
    return replace(listing, roles=replace(listing.roles, target=replace(listing.roles.target, no_classes=reason)))


def _differs(cells: Sequence[str | None], rows_of: Mapping[str, Sequence[int]]) -> bool:
    """Return whether the rows of some picture have several values in a column."""
    return any(len({cells[row] for row in rows}) > 1 for rows in rows_of.values() if len(rows) > 1)


def _with_several_each(cells: Sequence[str | None], rows_of: Mapping[str, Sequence[int]]) -> int:
    """Return the number of pictures with several labels, if most such pictures have each of theirs once; else 0.

    People who judge a picture agree now and then, so opinions repeat.
    """
    several = once = 0
    for rows in rows_of.values():
        found = [cells[row] for row in rows]
        several += len(set(found)) > 1
        once += len(found) > 1 and len(set(found)) == len(found)
    return several if 2 * once > sum(len(rows) > 1 for rows in rows_of.values()) else 0


def _by_majority(listing: Listing, label: str, rows_of: Mapping[str, Sequence[int]]) -> tuple[Listing, list[str]]:
    """Return the listing with the most frequent label of each picture, and a note; ties have no label."""
    table = listing.table
    cells = list(table.columns[label])
    disagreed = ties = 0
    for rows in rows_of.values():
        opinions = [cell for row in rows if (cell := cells[row]) is not None]
        found = majority(opinions)
        disagreed += len(set(opinions)) > 1
        ties += found is None and bool(opinions)
        for row in rows:
            cells[row] = found
    listing = replace(listing, table=replace(table, columns={**table.columns, label: cells}))
    if not disagreed:
        return listing, []
    tied = f", {counted(ties, 'tie')} left out" if ties else ""
    return listing, [
        f"{table.name} has several rows a picture, and the majority is the label: on {disagreed:,} of "
        f"{counted(len(rows_of), 'picture')} they disagree{tied}."
    ]


def _note_votes(listing: Listing) -> list[str]:
    votes = listing.table.votes
    if not votes or listing.roles.label != "label":
        return []
    ties = sum(cell is None for cell in listing.table.columns["label"])
    tied = f"; {counted(ties, 'tie')} left out" if ties else ""
    return [f"The columns {named(votes)} hold votes: the class with most of them is the label{tied}."]


def _refuse_contradiction(listing: Listing, columns: Sequence[str], picture: str, before: int, row: int) -> None:
    """Refuse a picture with two labels, parts or groups.

    Raises:
        DataError: the two rows differ in one of the columns.
    """
    table = listing.table
    for column in columns:
        one, other = table.columns[column][before], table.columns[column][row]
        if one != other:
            raise DataError(
                f"{table.name}: '{picture}' stands there with {one!r} in the column '{column}' (row "
                f"{before + table.first_row}) and with {other!r} (row {row + table.first_row}). "
                "Expected one class, part and group a picture."
            )
