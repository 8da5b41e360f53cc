"""Choose the tables to read among those that list pictures, and find the file of each row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from shlex import quote

from onelook.data.layouts.layout import LayoutOptions
from onelook.data.layouts.manifests.columns.column_in_words import column_in_words
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength
from onelook.data.layouts.manifests.columns.label_columns import are_one_to_one
from onelook.data.layouts.manifests.copied_tables import without_copied_places
from onelook.data.layouts.manifests.folder_classes import FOLDER, class_folders, evidence_of_paths, folder_levels
from onelook.data.layouts.manifests.join_tables import Located
from onelook.data.layouts.manifests.lists.found_table import SAMPLE_ROWS, FoundTable
from onelook.data.layouts.manifests.names.listed_files import ListedFiles, Whereabouts, best_places
from onelook.data.layouts.manifests.names.names_elsewhere import common_folder, find_elsewhere, note_elsewhere
from onelook.data.layouts.manifests.names.several_folders import in_one_folder
from onelook.data.layouts.manifests.readers.mat_tables import is_mat
from onelook.data.layouts.manifests.readers.one_fold import one_fold
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.readers.text_form import FIRST_COLUMN
from onelook.data.layouts.manifests.roles import Roles, find_roles
from onelook.data.layouts.manifests.stack_tables import stack_of_one_label
from onelook.data.layouts.packed import note_on_archives
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.part_names import PART_ORDER, part_of
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, definite, listed, named

_MOST_FOLDERS = 6  # in a question
_MOST_ROWS = 3  # in a note


def locate(location: Location, place: Location, found: FoundTable, pictures_in: str | None = None) -> Located:
    """Return the table with the file of each row.

    Args:
        location: the folder, or the table itself.
        place: the folder.
        found: the table, of which the first rows are read.
        pictures_in: the folder of the pictures that the user chose.

    Raises:
        DataError: the table is malformed, or none of its pictures is there.
        ConfigError: several folders hold its pictures alike, and the user chose none of them.
    """
    table = found.read(location)
    found = replace(found, said=(*found.said, *table.said))
    if found.path not in table.columns:
        raise DataError(f"{table.name}: the column '{found.path}' is in the first rows alone. Expected one table.")
    cells = table.columns[found.path]
    if found.several is not None:
        table = in_one_folder(table, found.several, pictures_in)
        cells = table.columns[found.path]
        pictures = set(ListedFiles(place).pictures)
        ids = [cell or "" for cell in cells]
        names = [cell if cell in pictures else None for cell in ids]
        return Located(found, table, ListedFiles(place), Whereabouts(), names, ids)
    table, blank = _with_paths(table, found.path)
    table, told = one_fold(table, found.path)
    found, cells = replace(found, said=(*found.said, *blank, *told)), table.columns[found.path]
    files = ListedFiles(place, "" if location.is_file else found.folder)
    where = _place(table, found, files, pictures_in, place.entries())
    names = [files.find(cell or "", where) for cell in cells]
    if elsewhere := find_elsewhere(files, cells, names, where):
        found = replace(found, said=(*found.said, *note_elsewhere(table.name, where, elsewhere)))
        names = [elsewhere.get(row, name) for row, name in enumerate(names)]
        where = replace(where, folder=common_folder(names))
    ids = [name or f"{where.folder}{cell}" for name, cell in zip(names, cells, strict=True)]
    return Located(found, table, files, where, names, ids)


def _with_paths(table: ManifestTable, path: str) -> tuple[ManifestTable, list[str]]:
    """Return the table without the rows that name no picture, and a note on these.

    Raises:
        DataError: at least half of the rows name none.
    """
    cells = table.columns[path]
    empty = [row for row, cell in enumerate(cells) if cell is None]
    if not empty:
        return table, []
    if 2 * len(empty) >= len(cells):
        row = empty[0] + table.first_row
        raise DataError(f"{table.name}, row {row}: the column '{path}' is empty. Expected a path in every row.")
    left = set(empty)
    kept = [row for row in range(len(cells)) if row not in left]
    columns = {name: [column[row] for row in kept] for name, column in table.columns.items()}
    names, was = agree(len(empty), "names", "name"), agree(len(empty), "was", "were")
    shown = listed((row + table.first_row for row in empty), most=_MOST_ROWS)
    note = (
        f"{counted(len(empty), 'row')} of {table.name} {names} no picture ({column_in_words(path, table.nameless)} is "
        f"empty) and {was} left out: {agree(len(empty), 'row', 'rows')} {shown}."
    )
    return replace(table, columns=columns), [note]


def _place(
    table: ManifestTable, found: FoundTable, files: ListedFiles, pictures_in: str | None, beside: Sequence[str]
) -> Whereabouts:
    """Return the rule that turns the names in the column into files."""
    cells = [cell for cell in table.columns[found.path] if cell is not None]
    step = max(1, len(cells) // SAMPLE_ROWS)
    places = files.places(cells[::step], loosely=found.is_loose) or files.places(cells, loosely=found.is_loose)
    if not places:
        raise DataError(
            f"{table.name}: not one of {counted(len(cells), 'file')} that the column '{found.path}' lists is there, "
            f"such as {named(cells[:3])}. Expected paths relative to the table's folder, or to one beside or below it."
            f"{note_on_archives(beside)}"
        )
    best = best_places(places, table.name, found.folder if found.entry != table.name else "")
    if pictures_in is not None:
        asked = pictures_in.removeprefix("./").strip("/") + "/"
        there = [each for each in places if each.folder.startswith(asked)]
        if not there and len(best) > 1:
            raise ConfigError(
                f"--pictures-in {quote(pictures_in)}: no picture that {table.name} lists is there. Expected one of "
                f"{named([each.folder.rstrip('/') for each in best])}."
            )
        best = there or best
        best = best_places(Counter({each: places[each] for each in best}), table.name)
    best = [*without_copied_places(files, best)] if len(best) > 1 else best
    if len(best) > 1:
        folders = {each.folder.rstrip("/"): places[each] for each in best}
        raise ask_which(
            f"{table.name}: the names in the column '{found.path}', such as '{cells[0]}', are found in "
            f"{named([f'{folder}/' for folder in folders])} alike.",
            [
                Choice(
                    f"--pictures-in {quote(folder)}",
                    f"{counted(count, 'picture')} of those looked at {agree(count, 'is', 'are')} there",
                )
                for folder, count in list(folders.items())[:_MOST_FOLDERS]
            ],
        )
    return best[0]


def choose_tables(
    location: Location, located: Sequence[Located], options: LayoutOptions, evidence: LabelEvidence
) -> tuple[list[Located], list[str]]:
    """Return the tables to read, training first, and notes on the others."""
    if len(located) == 1:
        return [located[0]], []
    asked = options.label_column

    def roles_of(one: Located) -> Roles:
        paths = [name or each for name, each in zip(one.names, one.ids, strict=True)]
        levels = folder_levels(paths)
        known = asked if asked in one.table.columns else None
        found = find_roles(one.table, one.found.path, known, evidence_of_paths(evidence, paths))
        is_list = one.table.columns.keys() == {one.found.path}
        if found.label is None and is_list and class_folders(levels, one.table, found):
            return replace(found, label=FOLDER)
        return found

    roles = _with_label_of_training(located, [roles_of(one) for one in located])
    wanted = _wanted_columns(located, roles)
    labelled = [
        one
        for one, found in zip(located, roles, strict=True)
        if (found.label is not None or found.target.choices or found.target.no_classes)
        and not _lacks_label(one, found, wanted)
    ]
    made = {one.table.one_hot_name for one in located}  # of columns of 0 and 1
    notes = [
        f"{one.found.entry} lists pictures without labels{_lacks(one, wanted - made)} and was left out: "
        "after training, predict on "
        f"{'the folder of its pictures' if is_mat(one.found.entry) else 'it by its own path'}."
        for one in located
        if one not in labelled
    ]
    if not labelled:
        largest = max(located, key=lambda one: len(one.ids))
        return [largest], [note for note in notes if not note.startswith(f"{largest.found.entry} lists")]
    if len(labelled) == 1:
        return labelled, notes
    labelled, told = _without_boxes_of_the_same(labelled)
    notes += told
    if len(labelled) == 1:
        return labelled, notes
    is_trained_on = any(one.found.part == "train" for one in labelled)
    if is_trained_on:
        labelled, told = _with_test_by_folder(labelled)
        notes += told
        notes += [
            f"{one.found.entry} lists {counted(len(one.ids), 'other picture')} of no part, and was left out."
            for one in labelled
            if one.found.part is None
        ]
        labelled = [one for one in labelled if one.found.part is not None]
    if len({one.found.part for one in labelled}) < len(labelled):
        label_of = {one.found.entry: found.label for one, found in zip(located, roles, strict=True)}
        labelled = stack_of_one_label(labelled, label_of)
        if len(labelled) == 1:
            return labelled, notes
    by_part = {one.found.part: one for one in labelled}
    of_label = {one.found.entry: found for one, found in zip(located, roles, strict=True)}
    is_split = any(of_label[one.found.entry].split for one in labelled)
    is_parted = len(by_part) == len(labelled) and "train" in by_part
    if is_parted and not is_split and _have_one_label([(one, of_label[one.found.entry]) for one in labelled]):
        return [by_part[part] for part in PART_ORDER if part in by_part], notes
    raise _several_lists(location, [(one, of_label[one.found.entry]) for one in labelled])


def _with_test_by_folder(labelled: Sequence[Located]) -> tuple[list[Located], list[str]]:
    """Return the tables, and a note; the one of no part is of the test if all of its pictures lie in a test folder.

    So `retinopathy_solution.csv`, published after a competition, labels the pictures of `test/`.
    """
    others = [one for one in labelled if one.found.part is None]
    if len(others) != 1 or any(one.found.part == "test" for one in labelled):
        return [*labelled], []
    (other,) = others
    inside = other.pictures()
    if not inside or not all(any(part_of(folder) == "test" for folder in name.split("/")[:-1]) for name in inside):
        return [*labelled], []
    test = replace(other, found=replace(other.found, part_beside="test"))
    note = f"All pictures of {other.found.entry} lie in a test folder: they are the test part."
    return [test if one is other else one for one in labelled], [note]


def _several_lists(location: Location, tables: Sequence[tuple[Located, Roles]]) -> DataError:
    """Return the error that several tables list pictures; its example has parts if one has, as there are no others."""
    tables = sorted(tables, key=lambda each: each[0].found.entry)
    example = next((one for one, found in tables if found.split is not None), tables[0][0])
    more = [len(one.stacked) + len(one.joined) for one, _ in tables]
    entries = [f"'{one.found.entry}'" for one, _ in tables]
    shown = [
        f"{entry} with {counted(count, 'more table')}" if count else entry
        for entry, count in zip(entries, more, strict=True)
    ]
    told = listed(shown, last="and")
    return DataError(
        f"{location.root}: {len(tables)} tables list pictures: {told}. Expected one: give the path of the one to "
        f"train on, and another with --test, as in {location.place}/{example.found.entry}.{_difference(tables)}"
    )


def _difference(tables: Sequence[tuple[Located, Roles]]) -> str:
    """Return a sentence on pictures that two tables list, and how many of their labels differ; empty for others."""
    for (one, found), (other, of_other) in combinations(tables, 2):
        cells, others = (each.table.columns.get(roles.label or "") for each, roles in ((one, found), (other, of_other)))
        common = one.pictures() & other.pictures()
        are_all = common == one.pictures() == other.pictures()
        if (
            cells is None
            or others is None
            or not ((are_all and found.label == of_other.label) or {*cells} == {*others})
        ):
            continue
        own = dict(zip(one.names, cells, strict=True))
        pairs = zip(other.names, others, strict=True)
        differing = [name for name, cell in pairs if name in common and own[name] != cell]
        if differing:
            shared = definite(len(common), "picture", before="the same") if are_all else counted(len(common), "picture")
            return (
                f" {'They' if are_all else 'Both'} list {shared}, and give another label to "
                f"{len(differing):,} of them, such as {named(differing, most=2)}."
            )
    return ""


def _without_boxes_of_the_same(labelled: Sequence[Located]) -> tuple[list[Located], list[str]]:
    """Return the tables without those of boxes whose pictures another table without boxes lists too, and notes."""
    whole = [one for one in labelled if not one.table.boxes]
    notes: list[str] = []
    kept = []
    for one in labelled:
        pictures = one.pictures()
        home = next((each for each in whole if pictures < each.pictures()), None) if one.table.boxes else None
        if home is None:
            kept.append(one)
        else:
            notes.append(
                f"{one.found.entry} gives boxes in {len(pictures):,} of {len(home.pictures()):,} pictures of "
                f"{home.found.entry}, with other classes, and was left out."
            )
    return kept, notes


def _with_label_of_training(located: Sequence[Located], roles: Sequence[Roles]) -> list[Roles]:
    """Return the roles; a table of another part with the columns of the training table has its label, if it fits.

    In a small table, such as one with a picture of each class, the label alone looks like a number of the rows.
    """
    training = [
        (one, found) for one, found in zip(located, roles, strict=True) if one.found.part == "train" and found.label
    ]
    if len(training) != 1:
        return list(roles)
    if training[0][1].label == FOLDER:  # a short list of a part has few pictures in each folder
        folders = _folders_of(training[0][0])
        return [
            replace(found, label=FOLDER)
            if found.label is None and one.table.columns.keys() == {one.found.path} and _folders_of(one) <= folders
            else found
            for one, found in zip(located, roles, strict=True)
        ]
    ((first, of_first),) = training
    label = of_first.label or ""
    known = set(first.table.columns[label])
    return [
        replace(found, label=label, target=of_first.target)
        if found.target.strength <= Strength.LEFT
        and not found.target.no_classes
        and one.table.columns.keys() == first.table.columns.keys()
        and set(one.table.columns[label]) <= known - {None}
        else found
        for one, found in zip(located, roles, strict=True)
    ]


def _folders_of(one: Located) -> set[str]:
    return {name.rpartition("/")[0] for name in one.pictures()}


def _wanted_columns(located: Sequence[Located], roles: Sequence[Roles]) -> set[str]:
    """Return the columns that are, or may be, the label in the tables to train on."""
    return {
        column
        for one, found in zip(located, roles, strict=True)
        if one.found.part == "train" and FIRST_COLUMN not in one.table.columns
        for column in (found.label, found.target.column, *found.target.choices)
        if column is not None
    }


def _lacks_label(one: Located, found: Roles, wanted: set[str]) -> bool:
    """Return whether a table of another part lacks the label, and what was taken for it is only a column left over."""
    if not wanted or one.found.part in (None, "train") or FIRST_COLUMN in one.table.columns:
        return False
    is_left_over = found.target.strength < Strength.NAMED or found.label in one.table.naming
    return wanted.isdisjoint(one.table.columns) and found.label != FOLDER and is_left_over


def _lacks(one: Located, wanted: set[str]) -> str:
    columns = one.table.columns.keys()
    says_more = wanted and wanted.isdisjoint(columns) and columns != {one.found.path}
    return f" (it has no column {named(sorted(wanted), last='or')})" if says_more else ""


def _have_one_label(tables: Sequence[tuple[Located, Roles]]) -> bool:
    """Return whether the tables have the same column of paths, and a column that is, or may be, the label in each."""
    if len({one.found.path for one, _ in tables}) > 1:
        return False
    labels = {roles.label for _, roles in tables}
    return len(labels) == 1 or any(
        all(_may_be_label(column, one.table, roles) for one, roles in tables) for column in labels if column
    )


def _may_be_label(column: str, table: ManifestTable, roles: Roles) -> bool:
    cells = table.columns.get(column)
    if cells is None:
        return False
    if roles.label is None:
        return not roles.target.choices or column in roles.target.choices
    return roles.label in (column, FOLDER) or are_one_to_one(cells, table.columns[roles.label])
