"""The layout `manifest`: a CSV, TSV, text, JSON or Parquet file that lists pictures with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onelook.data.column_names import words_of
from onelook.data.dataset import Dataset
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.manifests.choose_tables import choose_tables, locate
from onelook.data.layouts.manifests.class_names_of import names_of_codes
from onelook.data.layouts.manifests.columns.column_in_words import column_in_words
from onelook.data.layouts.manifests.columns.column_words import FACT_WORDS
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength, Target
from onelook.data.layouts.manifests.columns.label_columns import are_one_to_one
from onelook.data.layouts.manifests.columns.number_columns import is_measure
from onelook.data.layouts.manifests.copied_tables import located_tables, refuse_versions
from onelook.data.layouts.manifests.folder_classes import (
    FOLDER,
    NAME,
    class_folders,
    evidence_of_paths,
    folder_levels,
    note_other_folders,
    parts_in_folders,
    parts_in_names,
    with_readable_classes,
)
from onelook.data.layouts.manifests.join_tables import Located, join_same_pictures
from onelook.data.layouts.manifests.keyed_tables import with_keyed_tables
from onelook.data.layouts.manifests.listing_notes import (
    note_extras,
    note_joined,
    note_moves,
    note_unused,
    why_listed,
    why_located,
)
from onelook.data.layouts.manifests.lists.find_tables import Survey, lone_table, survey
from onelook.data.layouts.manifests.lists.table_place import note_place, table_place
from onelook.data.layouts.manifests.parts.annotated_parts import (
    LABEL,
    PATH,
    SPLIT,
    AnnotatedParts,
    has_annotated_part,
    ids_of,
    read_annotated_parts,
)
from onelook.data.layouts.manifests.parts.numbered_parts import with_parts_by_number
from onelook.data.layouts.manifests.parts.whole_training_lists import without_whole_lists
from onelook.data.layouts.manifests.picture_rows import Listing
from onelook.data.layouts.manifests.placeholder_labels import without_placeholders
from onelook.data.layouts.manifests.readers.table import (
    ManifestTable,
    joined_tables,
    with_asked_mark,
    without_few_several,
)
from onelook.data.layouts.manifests.roles import Roles, find_roles
from onelook.data.layouts.manifests.rows import listed_dataset
from onelook.data.layouts.manifests.sets_beside import refuse_several_sets
from onelook.data.layouts.manifests.stack_tables import stack_tables, with_same_names, with_test_below
from onelook.data.layouts.manifests.texts import without_texts
from onelook.data.layouts.manifests.to_predict import open_to_predict
from onelook.data.layouts.manifests.weigh_tables import evidence_of, source_of_tables
from onelook.data.layouts.question import Choice, ask_which, classes_in_words
from onelook.data.natural_order import natural_sorted
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, listed, named

# A column of one of these alone tells nothing of a picture.
_WORDS_FOR_NOTHING = frozenset(("none", "nothing", "unknown", "null", "nan", "na", "n/a", "nil", "-"))


class Manifest:
    """The layout `manifest`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why a table lists pictures; None if no column names existing files."""
        try:
            looked = Survey(tuple(location.once(lone_table))) if location.is_file else survey(location)
            if not looked.listing:
                return None
            if location.is_file:
                label_source = LabelSource.TABLE
            elif has_annotated_part(location, looked):
                label_source = LabelSource.LABEL_TABLE
            else:
                label_source = source_of_tables(looked, location)
        except (DataError, ConfigError):  # not a table, or not readable: `open` reports it
            return None
        why = "; ".join(map(why_listed, looked.listing))
        return Candidate(why, label_source)

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set in the order of the table. Its parts are those of the split column, or else `all`.

        Tables of several parts, such as train.csv and test.csv, are read as one, and so are tables on the same
        pictures. A file that is missing is quarantined when the pictures are read. Pictures that no table lists are
        left out and noted, unless pictures are only predicted: then all are taken.

        Raises:
            DataError: there is no such table or there are several, a row has no path or no label, one picture has
                contradictory rows, or all files are missing.
            ConfigError: there is no column with the name that the user gave for the label, or several may be it.
        """
        place = location.once(table_place) if location.is_file else location
        looked = Survey(tuple(location.once(lone_table))) if location.is_file else survey(location)
        if not looked.listing:
            raise DataError(
                f"{location.root}: no CSV, TSV or Parquet file with a column of names of pictures that lie beside it "
                "was found there. Expected a header, as 'path,label', and a row a picture."
            )
        if not options.needs_labels and not location.is_file and options.label_column is None:
            return open_to_predict(location, looked, evidence_of(looked))
        if not location.is_file and options.opening.pictures_in is None:
            refuse_several_sets(location, looked.listing)
        annotated = None if location.is_file else read_annotated_parts(location, looked)
        if annotated is not None and options.label_column is None:
            return _open_annotated(location, looked, annotated)
        located, whole = without_whole_lists(
            located_tables(looked.listing, lambda each: locate(location, place, each, options.opening.pictures_in))
        )
        located = with_keyed_tables(location, join_same_pictures(located), looked)
        located = [with_parts_by_number(location, one, looked) for one in located]
        evidence = evidence_of(looked)
        located, told = without_placeholders(located, evidence)
        placeholders = tuple(f"{note.partition(' gives all ')[0]} lists pictures without" for note in told)
        refuse_versions(located if options.opening.pictures_in is None and options.needs_labels else ())
        located = with_test_below(with_same_names(stack_tables(located)))
        located = [replace(one, table=with_asked_mark(one.table, options.label_column)) for one in located]
        chosen, notes = choose_tables(location, located, options, evidence)
        notes = [*told, *(note for note in notes if not placeholders or not note.startswith(placeholders))]
        table = joined_tables({each.found.part or "train": each.table for each in chosen})
        table, few = without_few_several(table)
        notes = [*notes, *few]
        names = [name for one in chosen for name in one.names]
        ids = [each for one in chosen for each in one.ids]
        path = chosen[0].found.path
        paths = [name or each for name, each in zip(names, ids, strict=True)]
        folders = folder_levels(paths)
        # Tables with one part each have no split column; the joined table has one.
        evidence = evidence_of_paths(evidence, paths)
        roles = _roles_of_whole(table, path, options.label_column, evidence)
        if (only := _left_beside_names(roles, chosen[0])) is not None:
            roles = find_roles(table, path, only, evidence)
        table, roles = _with_parts_of_paths(table, roles, names, paths)
        if roles.target.choices and (only := _with_several_classes(table, roles, ids)) is not None:
            roles = find_roles(table, path, only, evidence)
        if roles.target.choices and options.needs_labels:
            raise _ask(location, table, roles, ids)
        if not options.needs_labels:
            roles = _certain(roles)
        if options.label_column is None and not looked.samples and not table.key:
            table, roles, told = with_readable_classes(table, roles, paths, folders)
            notes = [*notes, *told]
        if (
            options.needs_labels
            and roles.label is None
            and not roles.target.no_classes
            and (level := class_folders(folders, table, roles))
        ):
            table = replace(table, columns={**table.columns, FOLDER: level})
            roles = replace(roles, label=FOLDER)
        if options.label_column is None:
            roles = without_texts(table, roles)
        why = "; ".join(why_located(one) for one in chosen)
        used = {
            entry for one in chosen for entry in (one.found.entry, *one.joined, *one.not_used, *one.stacked)
        } | whole
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
                *(note for one in chosen for note in one.found.said),
                *note_joined(chosen),
                *(note for column, note in table.repeated.items() if column == roles.label),
                *roles.target.notes,
                *note_other_folders(table, roles.label, paths, folders),
                *note_moves(chosen),
                *note_place(location, place),
                *note_extras(chosen[0], table, names, is_labelled=roles.label is not None),
                *(note for note in looked.notes if not any(note.startswith(f"{entry} ") for entry in used)),
                *note_unused(looked, used, notes),
            ],
        )


def _roles_of_whole(table: ManifestTable, path: str, asked: str | None, evidence: LabelEvidence) -> Roles:
    """Return the roles of the columns; a column that says "none", or the like, of every picture is not the label.

    Beside `Contrast`, a column `ContrastTag` of one value is called like a label, and is none.
    """
    roles = find_roles(table, path, asked, evidence)
    values = [*dict.fromkeys(cell for cell in table.columns.get(roles.label or "", ()) if cell is not None)]
    if asked is not None or len(values) != 1 or values[0].casefold() not in _WORDS_FOR_NOTHING:
        return roles
    rest = {column: cells for column, cells in table.columns.items() if column != roles.label}
    found = find_roles(replace(table, columns=rest), path, None, evidence)
    if found.label is None and not found.target.choices:
        return roles
    note = f"'{roles.label}' holds {values[0]!r} in all rows, so it is not the label."
    return replace(found, target=replace(found.target, notes=(*found.target.notes, note)))


def _with_parts_of_paths(
    table: ManifestTable, roles: Roles, names: Sequence[str | None], paths: Sequence[str]
) -> tuple[ManifestTable, Roles]:
    """Return the table with a column of the parts that names or folders of the pictures tell, if it has none."""
    if roles.split is not None or SPLIT in table.columns:
        return table, roles
    parts, source = parts_in_names(paths), "the beginnings of the names"
    if parts is None:
        parts, source = parts_in_folders(names), "the folders of the pictures"
    if parts is None:
        return table, roles
    columns = {**table.columns, SPLIT: parts}
    return replace(table, columns=columns, parts_from=source), replace(roles, split=SPLIT)


def _certain(roles: Roles) -> Roles:
    """Return the roles with the label only if its column has a usual name: pictures to predict need none."""
    if roles.label is not None and roles.target.strength is Strength.NAMED and not roles.target.no_classes:
        return roles
    return replace(roles, label=None, others=(), target=Target())


def _open_annotated(location: Location, looked: Survey, annotated: AnnotatedParts) -> Dataset:
    """Return the data set of class folders, and of a table for another part."""
    names = ids_of(annotated)
    roles = Roles(PATH, LABEL, SPLIT, None, ())
    notes = [*annotated.notes, *note_unused(looked, {annotated.entry}, annotated.notes)]
    listing = Listing(location, location.name, "manifest", annotated.table, roles, names, names, annotated.why)
    return listed_dataset(listing, notes)


def _with_several_classes(table: ManifestTable, roles: Roles, ids: Sequence[str]) -> str | None:
    """Return the only column that differs between pictures, and not just between the rows of one; None for others."""
    rows = sorted({each: row for row, each in reversed([*enumerate(ids)])}.values())
    if len(rows) == len(ids):
        return None
    left = [column for column in roles.target.choices if len({table.columns[column][row] for row in rows}) > 1]
    return left[0] if len(left) == 1 else None


def _ask(location: Location, table: ManifestTable, roles: Roles, ids: Sequence[str]) -> ConfigError:
    """Return the question which column is the label, with the number of pictures of each class."""
    rows = sorted({each: row for row, each in reversed([*enumerate(ids)])}.values())  # the first of each picture
    choices = []
    for column in roles.target.choices:
        flag = f"--label-column {column}" if column.replace("_", "").isalnum() else f"--label-column '{column}'"
        cells = table.columns[column]
        same = [
            other
            for other, values in table.columns.items()
            if other not in (column, roles.path, *roles.target.choices)
            and None not in values
            and are_one_to_one(cells, values)
        ]
        meaning = classes_in_words([cell for row in rows if (cell := cells[row]) is not None])
        if (told := column_in_words(column, table.nameless)) != f"the column '{column}'":
            meaning = f"{meaning} ({told})"
        codes = natural_sorted({cell for cell in cells if cell is not None})
        named_by = names_of_codes(location, codes)
        if named_by is not None and named_by[0] not in table.name:  # the table itself is no list of names
            entry, names = named_by
            shown = listed((f"{code} is '{name}'" for code, name in zip(codes, names, strict=True)), most=3, last="")
            meaning = f"{meaning}; by {entry}, {shown}"
        choices.append(
            Choice(flag, meaning + (f"; {named(same)} {agree(len(same), 'says', 'say')} the same" if same else ""))
        )
    have = agree(1 + table.name.count(" and "), "has", "have")
    return ask_which(
        f"{location.root}: {table.name} {have} {len(choices)} columns that may be the label, and nothing tells "
        f"which.{_told_measures(table)}",
        choices,
    )


def _told_measures(table: ManifestTable) -> str:
    """Return a sentence on columns such as `price`, which may be what is to be predicted; empty without one."""
    found = [
        column
        for column, cells in table.columns.items()
        if is_measure(column, cells) and not FACT_WORDS & {*words_of(column)}
    ]
    if not found:
        return ""
    return f" {named(found)} {agree(len(found), 'holds', 'hold')} numbers to predict, which onelook does not learn."


def _left_beside_names(roles: Roles, one: Located) -> str | None:
    """Return the only column that may be the label beside those that name the pictures; None if there are others."""
    if one.found.composed is None:
        return None
    left = [column for column in roles.target.choices if column not in one.found.composed.of_table]
    return left[0] if len(left) == 1 else None


def _told_labels(table: ManifestTable, roles: Roles) -> str:
    if roles.target.no_classes:
        return "its labels are no classes"
    if roles.label is None:
        return "no label column"
    if roles.label == FOLDER:
        return "the label is the folder that each picture lies in"
    if roles.label == NAME:
        return "the label is what each picture's name begins with"
    if table.one_hot and roles.label == table.one_hot_name:
        mark = "a 1" if table.one_hot_mark == "1" else f"'{table.one_hot_mark}'"
        return f"the label is the column with {mark} among {named(table.one_hot)}"
    return f"the label in {column_in_words(roles.label, table.nameless)}"
