"""The layout `manifest`: a CSV, TSV, text, JSON or Parquet file that lists pictures with their labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onelook.data.dataset import Dataset
from onelook.data.layouts.layout import Candidate, LayoutOptions, ToldBy
from onelook.data.layouts.manifests.annotated_parts import (
    LABEL,
    PATH,
    SPLIT,
    AnnotatedParts,
    has_annotated_part,
    ids_of,
    read_annotated_parts,
)
from onelook.data.layouts.manifests.find_tables import (
    SAMPLE_ROWS,
    FoundTable,
    Survey,
    lone_table,
    survey,
)
from onelook.data.layouts.manifests.join_tables import Located, join_same_pictures
from onelook.data.layouts.manifests.keyed_tables import with_keyed_tables
from onelook.data.layouts.manifests.listed_files import ListedFiles, Whereabouts, best_places
from onelook.data.layouts.manifests.listing_notes import note_extras, note_joined, note_moves, note_unused
from onelook.data.layouts.manifests.rows import Listing, listed_dataset
from onelook.data.layouts.manifests.table import ManifestTable, Roles, find_roles, joined_tables
from onelook.data.layouts.manifests.target import Evidence, Strength, are_one_to_one
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.part_names import PART_FOLDERS, PART_ORDER
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, named

_FOLDER = "folder"


class Manifest:
    """The layout `manifest`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why a table lists pictures; None where no column names files that are there."""
        try:
            looked = Survey(tuple(lone_table(location))) if location.is_file else survey(location)
            if not looked.listing:
                return None
            if location.is_file:
                told_by = ToldBy.TABLE
            elif has_annotated_part(location, looked):
                told_by = ToldBy.LABEL_TABLE
            else:
                told_by = _told_by(looked, ListedFiles(location))
        except (DataError, ConfigError):  # no table, or none that can be read here: `open` would say so
            return None
        why = "; ".join(f"{each.entry} lists pictures in the column '{each.path}'" for each in looked.listing)
        return Candidate(why, told_by)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set, in the table's order; the parts are those of its split column, else `all`.

        Tables of several parts, such as train.csv and test.csv, are read as one, and so are tables on the same
        pictures. A file that is missing is quarantined when the pictures are read. Pictures that no table lists are
        left out and noted.

        Raises:
            DataError: there is no such table or there are several, a row has no path or no label, one picture
                stands there in two ways, or all files are missing.
            ConfigError: there is no column of the name that the user gave for the label, or several may be it.
        """
        place = Location(location.root.parent) if location.is_file else location
        looked = Survey(tuple(lone_table(location))) if location.is_file else survey(location)
        if not looked.listing:
            raise DataError(
                f"{location.root}: no CSV, TSV or Parquet file with a column of names of pictures that lie beside it "
                "was found there. Expected a header, as 'path,label', and a row a picture."
            )
        annotated = None if location.is_file else read_annotated_parts(location, looked)
        if annotated is not None and options.label_column is None:
            return _open_annotated(location, looked, annotated)
        located = [_located(location, place, each) for each in looked.listing]
        located = with_keyed_tables(location, join_same_pictures(located), looked)
        evidence = _evidence(looked)
        chosen, notes = _chosen(location, located, options, evidence)
        table = joined_tables({each.found.part or "train": each.table for each in chosen})
        names = [name for one in chosen for name in one.names]
        ids = [each for one in chosen for each in one.ids]
        path = chosen[0].found.path
        folders = _folder_levels([name or each for name, each in zip(names, ids, strict=True)])
        # Tables of one part each have no split column of their own: the joined one's says so.
        roles = find_roles(table, path, options.label_column, replace(evidence, folders=folders))
        if roles.target.choices and options.needs_labels:
            raise _ask(location, table, roles, looked)
        called = "" if options.label_column or looked.samples else _called_by_folders(folders, table, roles)
        if called:
            table = replace(table, columns={**table.columns, _FOLDER: folders[int(called)]})
            note = f"The classes are called by their folders, which say the same as the column '{roles.label}'."
            notes, roles = [*notes, note], replace(roles, label=_FOLDER)
        if roles.label is None and not roles.target.no_classes and (level := _class_folders(folders, table, roles)):
            table = replace(table, columns={**table.columns, _FOLDER: level})
            roles = replace(roles, label=_FOLDER)
        why = "; ".join(_why(one) for one in chosen)
        used = {entry for one in chosen for entry in (one.found.entry, *one.joined)}
        return listed_dataset(
            Listing(
                place=place,
                name=location.name,
                layout="manifest",
                table=table,
                roles=roles,
                names=names,
                ids=ids,
                why=f"{why}, and {_told_labels(table, roles)}",
            ),
            notes=[
                *notes,
                *note_joined(chosen),
                *roles.target.notes,
                *note_moves(chosen),
                *note_extras(table, chosen[0].files, names),
                *looked.notes,
                *note_unused(looked, used, notes),
            ],
        )


def _open_annotated(location: Location, looked: Survey, annotated: AnnotatedParts) -> Dataset:
    """Return the data set of class folders and of a table for another part."""
    names = ids_of(annotated)
    roles = Roles(PATH, LABEL, SPLIT, None, ())
    notes = [*annotated.notes, *note_unused(looked, {annotated.entry}, annotated.notes)]
    listing = Listing(location, location.name, "manifest", annotated.table, roles, names, names, annotated.why)
    return listed_dataset(listing, notes)


def _told_by(looked: Survey, files: ListedFiles) -> ToldBy:
    """Return how much the first rows of the tables say of the labels."""
    evidence = _evidence(looked)
    best = ToldBy.LIST
    for each in looked.listing:
        cells = [cell or "" for cell in each.table.columns[each.path]]
        names = _sampled_names(each, files, cells)
        levels = _folder_levels(names)
        roles = find_roles(each.table, each.path, None, replace(evidence, folders=levels))
        says_more = roles.split is not None or roles.group is not None
        if roles.label is None and not roles.target.no_classes:
            lists_parts = (each.part or says_more) and _class_folders(levels, each.table, roles)
            if lists_parts or looked.has_keyed_labels(each):
                told_by = ToldBy.LABEL_TABLE
            else:
                told_by = ToldBy.TABLE if roles.target.choices else ToldBy.LIST
        elif roles.target.no_classes:
            told_by = ToldBy.LABEL_TABLE if roles.target.strength >= Strength.NAMED or not levels else ToldBy.LIST
        elif not says_more and _says_what_paths_say(each.table.columns[roles.label or ""], names, levels):
            told_by = ToldBy.TABLE_OF_PATHS
        else:
            told_by = ToldBy.LABEL_TABLE if roles.target.strength >= Strength.NAMED else ToldBy.TABLE
        if _RANK.index(told_by) > _RANK.index(best):
            best = told_by
    return best


_RANK = (ToldBy.LIST, ToldBy.TABLE_OF_PATHS, ToldBy.TABLE, ToldBy.LABEL_TABLE)


def _sampled_names(found: FoundTable, files: ListedFiles, cells: Sequence[str]) -> list[str]:
    """Return the file of each sampled row, or the cell where there is none."""
    places = best_places(
        files.places([cell for cell in cells if cell], loosely=found.is_loose), found.entry, found.folder
    )
    if not places:
        return list(cells)
    names = []
    for cell in cells:
        try:
            names.append((files.find(cell, places[0]) if cell else None) or cell)
        except DataError:
            names.append(cell)
    return names


def _says_what_paths_say(cells: Sequence[str | None], names: Sequence[str], levels: Sequence[Sequence[str]]) -> bool:
    """Return whether the labels only repeat the paths: each is a folder or the beginning of a name."""
    if len(levels) == 1 and None not in cells and are_one_to_one(cells, levels[0]):
        return True
    return all(
        not cell or cell in name.replace("\\", "/").replace(".", "/").split("/")
        for name, cell in zip(names, cells, strict=False)
    )


def _folder_levels(names: Sequence[str]) -> list[list[str]]:
    """Return the folders of all pictures by depth, those that differ, without such as are parts."""
    folders = [name.replace("\\", "/").split("/")[:-1] for name in names]
    if not folders or not all(folders):
        return []
    levels = []
    for depth in range(min(map(len, folders))):
        level = [each[depth] for each in folders]
        values = set(level)
        if len(values) > 1 and not all(value.casefold() in PART_FOLDERS for value in values):
            levels.append(level)
    return levels


def _class_folders(levels: Sequence[Sequence[str]], table: ManifestTable, roles: Roles) -> list[str] | None:
    """Return the folder that is each picture's class, where a table only says which pictures are a part."""
    if roles.split is None and table.columns.keys() != {roles.path}:
        return None
    fitting = [level for level in levels if 2 * len(set(level)) <= len(level)]
    # Of several, a part of the body above a patient above a study, only the user can tell which is the class.
    return list(fitting[0]) if len(fitting) == 1 else None


def _called_by_folders(levels: Sequence[Sequence[str]], table: ManifestTable, roles: Roles) -> str:
    """Return the number of the folder that has names where the label has codes for the same; empty where none has."""
    if roles.label is None or roles.target.no_classes:
        return ""
    cells = table.columns[roles.label]
    if not all(cell is not None and cell.isdecimal() for cell in cells):
        return ""
    fitting = (
        str(number)
        for number, level in enumerate(levels)
        if len(level) == len(cells) and not all(map(str.isdecimal, set(level))) and are_one_to_one(cells, level)
    )
    return next(fitting, "")


def _located(location: Location, place: Location, found: FoundTable) -> Located:
    """Return the table with the file that each row names."""
    table = found.read(location)
    if found.path not in table.columns:
        raise DataError(f"{table.name}: the column '{found.path}' is in the first rows alone. Expected one table.")
    cells = table.columns[found.path]
    if None in cells:
        row = cells.index(None) + table.first_row
        raise DataError(f"{table.name}, row {row}: the column '{found.path}' is empty. Expected a path in every row.")
    files = ListedFiles(place, "" if location.is_file else found.folder)
    where = _place(table, found, files)
    names = [files.find(cell or "", where) for cell in cells]
    ids = [name or f"{where.folder}{cell}" for name, cell in zip(names, cells, strict=True)]
    return Located(found, table, files, where, names, ids)


def _place(table: ManifestTable, found: FoundTable, files: ListedFiles) -> Whereabouts:
    """Return the rule by which the names in the column lead to files."""
    cells = [cell for cell in table.columns[found.path] if cell is not None]
    step = max(1, len(cells) // SAMPLE_ROWS)
    places = files.places(cells[::step], loosely=found.is_loose) or files.places(cells, loosely=found.is_loose)
    if not places:
        raise DataError(
            f"{table.name}: not one of {counted(len(cells), 'file')} that the column '{found.path}' lists is there, "
            f"such as {named(cells[:3])}. Expected paths relative to the table's folder, or in one folder below it."
        )
    best = best_places(places, table.name, found.folder if found.entry != table.name else "")
    if len(best) > 1:
        folders = [each.folder for each in best]
        raise DataError(
            f"{table.name}: the names in the column '{found.path}', such as '{cells[0]}', are found in "
            f"{named(folders)} alike. Expected paths relative to the table's folder: write the folder in front of the "
            "names."
        )
    return best[0]


def _evidence(looked: Survey) -> Evidence:
    """Return what the sample submission, and a table of pictures to predict, say of the label."""
    sample: Mapping[str, Sequence[str | None]] = {}
    for table in looked.samples.values():
        sample = sample or table.columns
    # Where the table to train on has no other columns, that to test on has labels.
    of_train = [each for each in looked.listing if each.part == "train"] or looked.listing
    tests = [each.table for each in looked.listing if each.part == "test"]
    tests += [table for entry, table in looked.others.items() if "test" in entry.casefold()]
    for table in tests:
        alike = [each.table for each in of_train if each.part != "test" and each.path in table.columns]
        if any(each.columns.keys() - table.columns.keys() for each in alike):
            return Evidence(sample, frozenset(table.columns))
    return Evidence(sample)


def _chosen(
    location: Location, located: Sequence[Located], options: LayoutOptions, evidence: Evidence
) -> tuple[list[Located], list[str]]:
    """Return the tables to read, training first, and notes on the others."""
    if len(located) == 1:
        return [located[0]], []
    asked = options.label_column

    def roles_of(one: Located) -> Roles:
        levels = _folder_levels([name or each for name, each in zip(one.names, one.ids, strict=True)])
        known = asked if asked in one.table.columns else None
        found = find_roles(one.table, one.found.path, known, replace(evidence, folders=levels))
        is_list = one.table.columns.keys() == {one.found.path}
        if found.label is None and is_list and _class_folders(levels, one.table, found):
            return replace(found, label=_FOLDER)
        return found

    roles = [roles_of(one) for one in located]
    labelled = [
        one
        for one, found in zip(located, roles, strict=True)
        if found.label is not None or found.target.choices or found.target.no_classes
    ]
    others = [one for one in located if one not in labelled]
    notes = [
        f"{one.found.entry} lists pictures without labels and was left out: after training, predict on it by its own "
        "path."
        for one in others
    ]
    if not labelled:
        return [max(located, key=lambda one: len(one.ids))], notes
    if len(labelled) == 1:
        return labelled, notes
    is_trained_on = any(one.found.part == "train" for one in labelled)
    if is_trained_on:
        notes += [
            f"{one.found.entry} lists {counted(len(one.ids), 'other picture')} of no part, and was left out."
            for one in labelled
            if one.found.part is None
        ]
        labelled = [one for one in labelled if one.found.part is not None]
    by_part = {one.found.part: one for one in labelled}
    of_label = {one.found.entry: found for one, found in zip(located, roles, strict=True)}
    alike = {(one.found.path, of_label[one.found.entry].label) for one in labelled}
    is_split = any(of_label[one.found.entry].split for one in labelled)
    is_parted = len(by_part) == len(labelled) and "train" in by_part
    if is_parted and len(alike) == 1 and not is_split:
        return [by_part[part] for part in PART_ORDER if part in by_part], notes
    tables = [one.found.entry for one in labelled]
    raise DataError(
        f"{location.root}: {len(tables)} tables list pictures: {named(sorted(tables))}. Expected one: give the path of "
        f"the one to train on, and another with --test, as in {location.root}/{sorted(tables)[0]}."
    )


def _ask(location: Location, table: ManifestTable, roles: Roles, looked: Survey) -> ConfigError:
    """Return the question which column is the label."""
    choices = []
    for column in roles.target.choices:
        flag = f"--label-column {column}" if column.replace("_", "").isalnum() else f"--label-column '{column}'"
        cells = table.columns[column]
        same = [
            other
            for other, values in table.columns.items()
            if other not in (column, roles.path, *roles.target.choices) and are_one_to_one(cells, values)
        ]
        meaning = classes_in_words([cell for cell in cells if cell is not None])
        choices.append(
            Choice(flag, meaning + (f"; {named(same)} {agree(len(same), 'says', 'say')} the same" if same else ""))
        )
    return ask_which(
        f"{location.root}: {table.name} has {len(choices)} columns that may be the label, and nothing tells which.",
        choices,
    )


def _why(one: Located) -> str:
    table, path = one.table, one.found.path
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
    return f"{table.name} lists {counted(pictures, 'picture')}{place} in the column '{path}'{meaning}"


def _told_labels(table: ManifestTable, roles: Roles) -> str:
    if roles.target.no_classes:
        return "its labels are no classes"
    if roles.label is None:
        return "no label column"
    if roles.label == _FOLDER:
        return "the label is the folder that each picture lies in"
    if table.one_hot and roles.label == table.one_hot_name:
        return f"the label is where a 1 stands in {named(table.one_hot)}"
    return f"the label in the column '{roles.label}'"
