"""Make a data set of the rows of a table: parts, labels and groups, missing files and repeated rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np

from onelook.data.dataset import Dataset
from onelook.data.ids import shared_columns
from onelook.data.labels import Labels, encode_labels, note_on_spellings
from onelook.data.layouts.manifests.columns.column_in_words import column_in_words, columns_in_words
from onelook.data.layouts.manifests.columns.group_column import notes_on_constants
from onelook.data.layouts.manifests.columns.number_columns import note_numbers_for_names
from onelook.data.layouts.manifests.columns.parts_column import note_on_words, part_of
from onelook.data.layouts.manifests.picture_rows import Listing, note_boxes, one_row_a_picture
from onelook.data.part import Part
from onelook.data.part_names import PART_ORDER
from onelook.data.pictures.from_files import FilePictures
from onelook.data.pictures.from_lists import ListedPictures
from onelook.data.pictures.protocol import Pictures
from onelook.errors import DataError
from onelook.wording import agree, counted, listed, named, printable


def listed_dataset(listing: Listing, notes: Sequence[str] = ()) -> Dataset:
    """Return the data set of a listing. Pictures without a label are left out if others of their part have one.

    Raises:
        DataError: all files of a part are missing, or one picture has two labels, parts or groups and is not one of
            many on which raters disagree.
    """
    listing, rows, told = one_row_a_picture(listing)
    by_part = _rows_by_part(listing, rows)
    of_no_part = _rows_of_no_part(listing, rows, by_part)
    by_part, blank = _without_blanks(listing, by_part)
    foreign = _note_other_words(listing, by_part)
    known = {part: of_part for part, of_part in by_part.items() if part != "test"} if foreign else by_part
    labels, class_names = _labels(listing, known)
    groups, group_names = _groups(listing)
    parts = {
        part: Part(
            name=part,
            ids=tuple(printable(listing.ids[row]) for row in of_part),
            labels=labels.get(part),
            pictures=_pictures(listing, part, of_part),
            groups=None if groups is None else groups[of_part],
            group_names=group_names,
            other_ids=_other_ids(listing, of_part),
            shared_ids=shared_columns(listing.table.columns, of_part, (listing.roles.label, listing.roles.split)),
        )
        for part, of_part in by_part.items()
    }
    rows = [row for of_part in by_part.values() for row in of_part]
    missing = [listing.ids[row] for row in rows if listing.names[row] is None]
    notes = [
        *_note_missing(listing, missing),
        *_note_no_part(listing, of_no_part),
        *_note_blanks(listing, blank),
        *foreign,
        *notes,
        *told,
        *note_boxes(listing),
        *_note_columns(listing),
        *_note_empty_columns(listing, class_names),
        *_note_torn_groups(parts),
    ]
    return Dataset(
        listing.name,
        listing.layout,
        listing.why,
        class_names,
        parts,
        _fingerprint(listing, rows),
        tuple(notes),
        set_aside={
            printable(listing.ids[row]): reason
            for row, reason in {**of_no_part, **blank}.items()
            if listing.names[row] is not None
        },
        no_classes=listing.roles.target.no_classes,
    )


def _without_blanks(listing: Listing, by_part: dict[str, list[int]]) -> tuple[dict[str, list[int]], dict[int, str]]:
    """Return the rows by part without those that lack a label if others of their part have one; and the latter rows."""
    column = listing.roles.label
    if column is None or listing.roles.target.no_classes:
        return by_part, {}
    cells = listing.table.columns[column]
    blank: dict[int, str] = {}
    kept: dict[str, list[int]] = {}
    for part, rows in by_part.items():
        labelled = [row for row in rows if cells[row] is not None]
        kept[part] = labelled or rows
        if labelled and len(labelled) < len(rows):
            has = agree(1 + listing.table.name.count(" and "), "has", "have")
            blank |= {row: f"{listing.table.name} {has} no label for it" for row in rows if cells[row] is None}
    return kept, blank


def _note_blanks(listing: Listing, blank: Mapping[int, str]) -> list[str]:
    if not blank:
        return []
    ids = [listing.ids[row] for row in blank]
    verb = agree(len(blank), "has no label and was", "have no label and were")
    # A row without a file has no row in a table that was joined by the files, so its label may be there all the same.
    missing = [listing.ids[row] for row in blank if listing.names[row] is None]
    without_file = f" There is no file {named(missing, most=3, last='or')}." if missing else ""
    return [
        f"{counted(len(blank), 'picture')} of {listing.table.name} {verb} left out ('{listing.roles.label}' is empty): "
        f"{named(ids, most=3)}.{without_file}"
    ]


def _rows_by_part(listing: Listing, rows: Sequence[int]) -> dict[str, list[int]]:
    """Return the rows by part, in the order train, val, test; a single part is always called `all`."""
    if not rows:
        raise DataError(f"{listing.table.name}: a header and no rows. Expected a row a picture.")
    if listing.roles.split is None:
        return {"all": list(rows)}
    words = listing.table.columns[listing.roles.split]
    by_part = {part: [row for row in rows if part_of(words[row]) == part] for part in PART_ORDER}
    found = {part: of_part for part, of_part in by_part.items() if of_part}
    return found if len(found) > 1 else {"all": list(rows)}


def _rows_of_no_part(listing: Listing, rows: Sequence[int], by_part: Mapping[str, Sequence[int]]) -> Mapping[int, str]:
    """Return the rows of pictures that are in no part, each with the reason: `split` has another word, or none."""
    if listing.roles.split is None or by_part.keys() == {"all"}:
        return {}
    words = listing.table.columns[listing.roles.split]
    return {
        row: f"{listing.table.name} gives it no part ('{listing.roles.split}' is {words[row] or 'empty'})"
        for row in rows
        if part_of(words[row]) is None
    }


def _note_no_part(listing: Listing, of_no_part: Mapping[int, str]) -> list[str]:
    if not of_no_part:
        return []
    column = listing.roles.split or ""
    words = listed(dict.fromkeys(listing.table.columns[column][row] or "empty" for row in of_no_part), last="or")
    ids = [listing.ids[row] for row in of_no_part]
    verb = agree(len(ids), "is in no part and was", "are in no part and were")
    return [
        f"{counted(len(ids), 'picture')} of {listing.table.name} {verb} left out ('{column}' is {words}): "
        f"{named(ids, most=3)}."
    ]


def _note_other_words(listing: Listing, by_part: Mapping[str, Sequence[int]]) -> list[str]:
    """Return a note if the labels of the test pictures cannot be matched with those to train on."""
    if listing.roles.label is None or listing.roles.target.no_classes or not by_part.keys() >= {"train", "test"}:
        return []
    cells = listing.table.columns[listing.roles.label]
    return note_numbers_for_names(*({cells[row] for row in by_part[part]} - {None} for part in ("train", "test")))


def _labels(listing: Listing, by_part: dict[str, list[int]]) -> tuple[dict[str, Labels | None], tuple[str, ...]]:
    """Return the labels of each part (None if no row has one) and the class names."""
    labels: dict[str, Labels | None] = dict.fromkeys(by_part)
    column = listing.roles.label
    if column is None or listing.roles.target.no_classes:
        return labels, ()
    cells = listing.table.columns[column]
    labelled = {part: rows for part, rows in by_part.items() if cells[rows[0]] is not None}
    if not labelled:
        return labels, ()
    names, positions = encode_labels([cells[row] for rows in labelled.values() for row in rows], listing.table.name)
    start = 0
    for part, rows in labelled.items():
        labels[part] = positions[start : start + len(rows)]
        start += len(rows)
    return labels, names


def _other_ids(listing: Listing, rows: Sequence[int]) -> dict[str, Sequence[str]]:
    """Return the columns, besides the label, that have a different text in each of these rows."""
    found: dict[str, Sequence[str]] = {}
    for column, cells in listing.table.columns.items():
        if column in (listing.roles.label, listing.roles.split, listing.roles.group):
            continue
        texts = [cell for row in rows if (cell := cells[row]) is not None]
        if len(texts) == len(rows) == len(set(texts)):
            found[column] = texts
    return found


def _groups(listing: Listing) -> tuple[Labels | None, tuple[str, ...]]:
    """Return the number of each row's group (-1 for none) and the names of groups; None without a group column."""
    if listing.roles.group is None:
        return None, ()
    numbers: dict[str, int] = {}
    cells = listing.table.columns[listing.roles.group]
    groups = [-1 if cell is None else numbers.setdefault(cell, len(numbers)) for cell in cells]
    return np.array(groups, np.int64), tuple(numbers)


def _pictures(listing: Listing, part: str, rows: Sequence[int]) -> Pictures:
    names = [listing.names[row] for row in rows]
    there = [name for name in names if name is not None]
    if not there:
        raise DataError(
            f"{listing.table.name}: not one of {counted(len(rows), 'file')} of the part '{part}' is there, such as "
            f"{named([listing.ids[row] for row in rows][:3])}. Expected the pictures in {listing.place.root}."
        )
    if len(there) == len(names):
        return FilePictures(listing.place, there)
    reason = f"{listing.table.name} lists it, but there is no such file"
    return ListedPictures(listing.place, names, {at: reason for at, name in enumerate(names) if name is None})


def _note_missing(listing: Listing, missing: Sequence[str]) -> list[str]:
    if not missing:
        return []
    verb = agree(len(missing), "is", "are")
    return [f"{counted(len(missing), 'file')} that {listing.table.name} lists {verb} missing: {named(missing)}."]


def _note_columns(listing: Listing) -> list[str]:
    roles, notes = listing.roles, []
    if roles.split is not None:
        source = listing.table.parts_from or column_in_words(roles.split, listing.table.nameless)
        notes.append(f"The parts come from {source}.")
    if roles.group is not None:
        notes.append(
            f"Pictures with the same '{roles.group}' stay together when a split is made; --no-groups ignores it."
        )
    if roles.target.no_classes:
        notes.append(roles.target.no_classes)
    elif roles.label is not None and (note := note_on_spellings(listing.table.columns[roles.label])) is not None:
        notes.append(note)
    if note := note_on_words(listing.table.columns, roles.others):
        notes.append(note)
    notes.extend(notes_on_constants(listing.table.columns, roles.others))
    if roles.others:
        hint = "" if roles.label else ". If the label is among them, name it with --label-column"
        columns = columns_in_words(roles.others, listing.table.nameless, with_names=not roles.label)
        notes.append(f"Columns that were left out: {columns}{hint}.")
    return notes


def _note_empty_columns(listing: Listing, class_names: Sequence[str]) -> list[str]:
    """Return a note on columns of one class each that are no picture's label."""
    table = listing.table
    columns = table.one_hot if listing.roles.label == table.one_hot_name else ()
    columns = columns or (table.votes if listing.roles.label == "label" else ())
    empty = [column for column in columns if column not in class_names]
    if not empty or not class_names:
        return []
    classes, has = agree(len(empty), "class", "classes"), agree(len(empty), "it has a column", "they have columns")
    return [f"No picture is of the {classes} {named(empty, last='or')}, though {has}."]


def _note_torn_groups(parts: dict[str, Part]) -> list[str]:
    """Return a note on groups in several parts of the data, because a score on one part is then too high."""
    seen: dict[int, set[str]] = {}
    for name, part in parts.items():
        for group in np.unique(part.groups).tolist() if part.groups is not None else ():
            seen.setdefault(group, set()).add(name)
    torn = [group for group, names in seen.items() if group >= 0 and len(names) > 1]
    if not torn:
        return []
    verb = agree(len(torn), "stands", "stand")
    is_scored = any(parts[name].labels is not None for group in torn for name in seen[group] - {"train"})
    meaning = ": a score there may be too good" if is_scored else ", and those beside training have no labels"
    return [f"{counted(len(torn), 'group')} {verb} in more than one part{meaning}."]


def _fingerprint(listing: Listing, rows: Sequence[int]) -> str:
    table, roles = listing.table, listing.roles
    used = [column for column in (roles.label, roles.split, roles.group) if column is not None]
    digest = hashlib.sha256(repr([(column, [table.columns[column][row] for row in rows]) for column in used]).encode())
    digest.update(repr([listing.ids[row] for row in rows]).encode())
    names = [name for row in rows if (name := listing.names[row]) is not None]
    digest.update(listing.place.fingerprint(names).encode())
    return digest.hexdigest()
