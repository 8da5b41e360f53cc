"""Write notes on tables and pictures around a list: joined, moved, not listed, left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from onelook.data.column_names import words_of
from onelook.data.layouts.left_out import leave_out, notes_on_left_out, notes_on_masks
from onelook.data.layouts.manifests.class_names_of import NAMES_CLASSES, NAMES_TAKEN, names_classes
from onelook.data.layouts.manifests.columns.column_in_words import column_in_words
from onelook.data.layouts.manifests.columns.number_columns import are_codes
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.lists.find_tables import Survey, survey
from onelook.data.layouts.manifests.lists.found_table import (
    SAMPLE_ROWS,
    FoundTable,
    names_part,
    part_in_name,
    sampled_cells,
)
from onelook.data.layouts.manifests.names.extra_words import NO_EXTRA
from onelook.data.layouts.manifests.names.several_pictures import note_several
from onelook.data.layouts.manifests.names.spellings import Spelling
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.roles import find_roles
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, folders_above, suffix_of
from onelook.errors import ConfigError, DataError
from onelook.runtime import command_name
from onelook.wording import agree, counted, named

_MOST_NOTES = 3
_OF_COUNTS = frozenset({"samples", "images", "count", "counts", "number", "num", "total", "frequency"})


def why_listed(found: FoundTable) -> str:
    """Return in a few words how a table lists pictures, by its first rows."""
    if found.composed is not None:
        return f"{found.entry} names a picture in each row by {named(found.composed.of_table)}"
    if found.several is None:
        return f"{found.entry} lists pictures in {column_in_words(found.path)}"
    of = "folders" if found.several.is_folder else "beginnings of names"
    return f"{found.entry} has a row for several pictures each: '{found.several.column}' holds {of}"


def why_located(one: Located) -> str:
    """Return in a few words how many pictures a table lists, and where they are."""
    table, path = one.table, one.found.path
    if one.found.several is not None or one.found.composed is not None:
        return f"{why_listed(one.found)} ({counted(len(one.ids), 'picture')})"
    first, cell = next(
        (
            (name, cell)
            for name, cell in zip(one.names, table.columns[path], strict=True)
            if name is not None and cell is not None
        ),
        ("", ""),
    )
    meaning = "" if cell == first else f" ('{cell}' is '{first}')"
    folder = one.where.folder.rstrip("/")
    place = f" in '{folder}'" if folder else ""
    pictures = len(dict.fromkeys(one.ids))
    return f"{table.name} lists {counted(pictures, 'picture')}{place} in {column_in_words(path)}{meaning}"


def note_joined(chosen: Sequence[Located]) -> list[str]:
    """Return notes on the tables whose columns came from several files."""
    notes = []
    for one in chosen:
        notes += [f"The columns of {each} were joined to {one.found.entry}." for each in one.shared]
        same = [entry for entry in one.joined if not any(each.startswith(f"{entry} ") for each in one.shared)]
        if one.not_used:
            were = agree(len(one.not_used), "lists pictures of a part, and was", "list pictures of a part, and were")
            notes.append(f"{named(one.not_used)} {were} not used: a column gives the parts.")
        if others := _of_other_splits(one, same):
            same = [entry for entry in same if entry not in others]
            verb = agree(len(others), "belongs to another split", "belong to other splits")
            notes.append(f"{named(others)} {verb} of the same pictures: that of {one.found.entry} is taken.")
        if same:
            verb = agree(len(same), "lists", "list")
            notes.append(f"{named(same)} {verb} the same pictures as {one.found.entry}: the columns were joined.")
    return notes


def _of_other_splits(one: Located, entries: Sequence[str]) -> list[str]:
    """Return the lists of parts whose names have other numbers than that of the table, as `train1.txt`."""
    words, numbers = _words_and_numbers(one.found.entry)
    others = [(entry, *_words_and_numbers(entry)) for entry in entries if one.found.part and part_in_name(entry)]
    return [entry for entry, of_other, its_numbers in others if of_other == words and its_numbers != numbers]


def _words_and_numbers(entry: str) -> tuple[list[str], list[str]]:
    """Return the words in a path without those for parts, and the numbers in it."""
    words = [word for word in words_of(entry) if not names_part(word)]
    return [word for word in words if not word.isdecimal()], [word for word in words if word.isdecimal()]


_SPELT = {
    Spelling.OTHER_CASE: "are spelt with other capitals, or other forms of the same letters, than the files",
    Spelling.OTHER_SUFFIX: "end in another suffix than the files",
    Spelling.OTHER_CASE_AND_SUFFIX: "have other capitals and another suffix than the files",
    Spelling.LOST_ZEROS: "lack the zeros in front that the files have",
    Spelling.FOR_THE_WEB: "are spelt as in an address of the web",
    Spelling.OTHER_SIGNS: "have other signs between the words than the files",
    Spelling.FOLDER_IN_NAME: "begin with the folders of the files",
    Spelling.UPLOADED: "have signs of an upload in front that the files lack",
    Spelling.NUMBER_ALONE: "are the numbers in the names of the files",
}


def note_moves(located: Sequence[Located]) -> list[str]:
    """Return notes on paths that were found in another place or spelling than in the table."""
    notes = []
    for one in located:
        if one.found.several is not None:
            notes.append(note_several(one.table, one.found.several))
        dropped, folder = one.where.dropped, one.where.folder
        if dropped.strip("./"):
            place = f"in '{folder}'" if folder else "in this folder"
            notes.append(
                f"The paths in {one.table.name} begin with '{dropped}', which is not here: what follows was found "
                f"{place}."
            )
        if one.where.by_last:
            notes.append(f"The paths in {one.table.name} lead nowhere: the pictures were found by their names alone.")
        if one.where.extra != NO_EXTRA:
            words = named([f"{one.where.extra.before}_" if one.where.extra.before else f"_{one.where.extra.behind}"])
            where = "before" if one.where.extra.before else "behind"
            first = next(name for name in one.names if name is not None)
            notes.append(f"The files have {words} {where} the names in {one.table.name}, as '{first}' has.")
        elif one.where.spelling is not Spelling.SAME:
            cells = one.table.columns[one.found.path]
            there = [at for at, name in enumerate(one.names) if name is not None] or [0]
            at = next((at for at in there if not (one.names[at] or "").endswith(cells[at] or "")), there[0])
            cell = cells[at]
            notes.append(
                f"The names in {one.table.name} {_SPELT[one.where.spelling]}: '{cell}' was taken for '{one.names[at]}'."
            )
    return notes


def note_extras(one: Located, table: ManifestTable, names: Sequence[str | None], *, is_labelled: bool) -> list[str]:
    """Return notes on existing pictures that the table does not list: masks, and all others."""
    listed = set(names)
    extras = [name for name in one.files.pictures if name not in listed]
    if not extras:
        return []
    _, left_out = leave_out(one.files.pictures, folders_above(one.files.pictures))
    left_out = {name: reason for name, reason in left_out.items() if name not in listed}
    notes = notes_on_left_out(left_out)
    if not is_labelled:
        notes += notes_on_masks(left_out, len(listed))
    extras = [name for name in extras if name not in left_out]
    if not extras:
        return notes
    verb = agree(len(extras), "is", "are")
    tops = {name.partition("/")[0] if "/" in name else "" for name in extras}
    # The name of one folder says more than five names in it.
    of_folder = len(extras) > 1 and len(tops) == 1 and "" not in tops
    where, which = (f" in '{tops.pop()}/'", "") if of_folder else ("", f": {named(extras)}")
    count = counted(len(extras), "picture")
    if one.found.composed is None and (columns := _columns_of(table, one.found.path, extras)):
        which = f": they are named in {named(columns)}, and each row stands for the one in '{one.found.path}'"
    lists = agree(1 + table.name.count(" and "), "does not list", "do not list")
    return [*notes, f"{count}{where} that {table.name} {lists} {verb} left out{which}."]


def _columns_of(table: ManifestTable, path: str, extras: Sequence[str]) -> list[str]:
    """Return the other columns of the table that name these pictures."""
    last = {name.rpartition("/")[2] for name in extras}
    found = []
    for column, cells in table.columns.items():
        sample = [cell.replace("\\", "/").rpartition("/")[2] for cell in cells[:SAMPLE_ROWS] if cell is not None]
        if column != path and 2 * sum(cell in last for cell in sample) > len(sample):
            found.append(column)
    return found


def note_unused(looked: Survey, used: set[str], notes: Sequence[str]) -> list[str]:
    """Return a note on tables that were not used."""
    said = " ".join([*notes, *looked.notes])
    rest = [each.entry for each in looked.listing if each.entry not in used and each.entry not in said]
    rest += [entry for entry, table in looked.others.items() if entry not in used and entry not in said]
    rest = [entry for entry in rest if not names_classes(entry, looked.others.get(entry))]
    rest += [entry for entry in looked.of_pixels if entry not in rest]
    further = {entry: note for entry in rest if (note := _note_further(entry, looked, used))}
    rest = [entry for entry in rest if entry not in further]
    left_out = [f"Tables that were left out: {named(rest)}."] if rest else []
    return [*further.values(), *left_out]


def _note_further(entry: str, looked: Survey, used: set[str]) -> str | None:
    """Return a note on a table with more about what the rows of a list share, as a table of compounds has; or None."""
    table = looked.others.get(entry)
    listing = [each for each in looked.listing if each.entry in used]
    if table is None or not listing or len(table.columns) < 2:
        return None
    main = listing[0].table
    is_to_predict = FoundTable(entry, table, "").part == "test" and table.columns.keys() < main.columns.keys()
    of_rows = None if listing[0].several is None else listing[0].several.column
    if is_to_predict and (of_rows or listing[0].path) in table.columns:
        made = listing[0].path if of_rows else None  # of the files below each row
        lacks = [column for column in main.columns if column not in table.columns and column != made]
        there = "" if of_rows else ", and none of them is here"
        return (
            f"{entry} has the columns of {listing[0].entry} without {named(lacks)}: it seems to list pictures to "
            f"predict{there}."
        )
    keys = _shared_columns(table, main)
    rest = [column for column in table.columns if column and column not in keys and not _counts(table, column)]
    if not keys or not rest:
        return None
    words = named(list(keys.values()), last="and")
    return (
        f"{entry} has {named(rest)} for the values of {words} in {listing[0].entry}, and was not joined: to learn it, "
        "write it into a column of that table."
    )


def _counts(table: ManifestTable, column: str) -> bool:
    """Return whether a column counts something for each row, as `training_samples` does: nobody learns that."""
    return not _OF_COUNTS.isdisjoint(words_of(column)) and are_codes(sampled_cells(table, column))


def _shared_columns(table: ManifestTable, main: ManifestTable) -> dict[str, str]:
    """Return the columns of a table whose values are those of a column of another whose name ends alike."""
    found: dict[str, str] = {}
    for column in table.columns:
        words, cells = words_of(column), set(sampled_cells(table, column))
        for other in main.columns:
            values = set(sampled_cells(main, other))
            if (
                words
                and words_of(other)[-len(words) :] == words
                and len(values) > 1
                and 2 * len(values & cells) > len(values)
            ):
                found[column] = other
                break
    return found


def notes_on_tables(
    location: Location,
    said: Sequence[str] = (),
    used: Sequence[str] = (),
    to_predict: Collection[str] = (),
    *,
    has_others: bool = False,
) -> list[str]:
    """Return notes on tables that name the pictures, if the data is not read by these tables.

    Args:
        location: the location of the data.
        said: the notes on the data set. A table that names the classes was read, and gets no other note.
        used: the lists that were read for the parts.
        to_predict: the pictures without labels beside those to train on.
        has_others: there are other pictures beside them, which may be to predict.
    """
    looked = survey(location)
    of_predicted = [each for each in looked.listing if each.entry not in used and _are_among(each, to_predict)]
    listing = [each for each in looked.listing if each.entry not in used and each not in of_predicted]
    entries = [each.entry for each in sorted(listing, key=lambda each: each.part != "train")]
    notes = [
        f"{each.entry} lists pictures to predict, in {column_in_words(each.names_column)}, and no labels were read."
        for each in of_predicted
    ]
    if (to_predict or has_others) and looked.samples:
        samples = [*looked.samples]
        are = agree(len(samples), "is a sample of a submission", "are samples of submissions")
        it = agree(len(samples), "it", "one of them")
        notes.append(f"{named(samples)} {are}: after training, give {it} to `{command_name()} predict` with --like.")
    if len(entries) == 1:
        notes.append(
            f"{entries[0]} lists these pictures too, in {column_in_words(listing[0].names_column)}, and "
            "was not read: --layout manifest does."
        )
    elif entries:
        notes.append(
            f"{named(entries, most=_MOST_NOTES)} list these pictures too, and were not read: --layout manifest reads "
            f"them, or give the path of one, as {location.place}/{entries[0]}."
        )
    naming = [
        entry
        for entry in looked.others
        if any(begins.format(entry) in note for begins in (NAMES_CLASSES, NAMES_TAKEN) for note in said)
    ]
    nearly = [note for note in looked.notes if not note.startswith(tuple(f"{entry} " for entry in naming))]
    more = [note.partition(" has ")[0] for note in nearly[_MOST_NOTES:] if " has " in note]
    tail = [f"Tables that were left out for reasons of this kind: {named(more)}."] if more else []
    return [*notes, *nearly[:_MOST_NOTES], *tail]


def _are_among(found: FoundTable, pictures: Collection[str]) -> bool:
    """Return whether all of the first cells of a list without labels name some of these pictures, by their files."""
    if not pictures or _has_label(found):
        return False
    files = {_stem(name) for name in pictures}
    return all(_stem(cell) in files for cell in sampled_cells(found.table, found.path))


def _has_label(found: FoundTable) -> bool:
    """Return whether a table has, or may have, a column of labels, and not only ids of its rows."""
    try:
        roles = find_roles(found.table, found.path)
    except DataError:
        return True
    values = [cell for cell in found.table.columns.get(roles.label or "", ()) if cell is not None]
    return bool(roles.target.choices or roles.target.no_classes) or len(set(values)) < len(values)


def _stem(name: str) -> str:
    file = name.replace("\\", "/").rpartition("/")[2]
    return file.rpartition(".")[0] if suffix_of(file) in PICTURE_SUFFIXES else file


def asked_beside_tables(question: ConfigError, location: Location) -> ConfigError:
    """Return the question how to read the pictures, with the notes on tables beside them."""
    notes = [] if location.is_file or len(question.options) < 2 else notes_on_tables(location)
    lines = [str(question), *(f"  {note}" for note in notes)]
    return ConfigError("\n".join(lines), options=question.options)
