"""The layout `manifest`: a CSV, TSV or Parquet file that lists pictures with their labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from onelook.data.dataset import Dataset
from onelook.data.layouts.layout import Candidate, LayoutOptions, ToldBy
from onelook.data.layouts.manifests.find_tables import SAMPLE_ROWS, FoundTable, lone_table, tables_in
from onelook.data.layouts.manifests.listed_files import ListedFiles, Whereabouts, best_places
from onelook.data.layouts.manifests.rows import Listing, listed_dataset
from onelook.data.layouts.manifests.table import ManifestTable, Roles, find_roles, joined_tables, read_manifest_table
from onelook.data.part_names import PART_ORDER
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, named


class Manifest:
    """The layout `manifest`."""

    def recognise(self, location: Location) -> Candidate | None:
        """Say why a table lists pictures; None where no column names files that are there."""
        try:
            found = lone_table(location) if location.is_file else tables_in(location)
            told_by = ToldBy.TABLE_OF_PATHS if not location.is_file and _repeats_paths(found) else ToldBy.TABLE
        except (DataError, ConfigError):  # no table, or none that can be read here: `open` would say so
            return None
        why = "; ".join(f"{each.entry} lists pictures in the column '{each.path}'" for each in found)
        return Candidate(why, told_by) if found else None

    def open(self, location: Location, options: LayoutOptions) -> Dataset:
        """Open the data set, in the table's order; the parts are those of its split column, else `all`.

        Tables of several parts, such as train.csv and test.csv, are read as one. A file that is missing is
        quarantined when the pictures are read. Pictures that no table lists are left out and noted.

        Raises:
            DataError: there is no such table or there are several, a row has no path or no label, one picture
                stands there in two ways, or all files are missing.
            ConfigError: there is no column of the name that the user gave for the label.
        """
        place = Location(location.root.parent) if location.is_file else location
        found = lone_table(location) if location.is_file else tables_in(location)
        if not found:
            raise DataError(
                f"{location.root}: no CSV, TSV or Parquet file with a column of names of pictures that lie beside it "
                "was found there. Expected a header, as 'path,label', and a row a picture."
            )
        chosen, notes = _chosen(location, found, options)
        located = [_located(location, place, each) for each in chosen]
        table = joined_tables({each.part or "train": one.table for each, one in zip(chosen, located, strict=True)})
        names = [name for one in located for name in one.names]
        path = chosen[0].path
        # Tables of one part each have no split column of their own: the joined one's says so.
        roles = find_roles(table, path, options.label_column)
        why = "; ".join(_why(each, one) for each, one in zip(chosen, located, strict=True))
        return listed_dataset(
            Listing(
                place=place,
                name=location.name,
                layout="manifest",
                table=table,
                roles=roles,
                names=names,
                ids=[each for one in located for each in one.ids],
                why=f"{why}, and {_told_labels(table, roles)}",
            ),
            notes=[*notes, *_notes_on_moves(located), *_note_extras(table, located[0].files, names)],
        )


@dataclass(frozen=True)
class _Located:
    """A table, read, with the file of each row."""

    table: ManifestTable
    files: ListedFiles
    where: Whereabouts
    names: Sequence[str | None]
    ids: Sequence[str]


def _chosen(
    location: Location, found: Sequence[FoundTable], options: LayoutOptions
) -> tuple[list[FoundTable], list[str]]:
    """Return the tables to read, training first, and notes on the others."""
    if len(found) == 1:
        return [found[0]], []
    labelled = [each for each in found if each.roles(options.label_column).label is not None]
    others = [each for each in found if each not in labelled]
    notes = [
        f"{each.entry} lists pictures without labels and was left out: after training, predict on it by its own path."
        for each in others
    ]
    if len(labelled) == 1:
        return labelled, notes
    by_part = {each.part: each for each in labelled}
    alike = {(each.path, each.roles(options.label_column).label) for each in labelled}
    is_split = any(each.roles().split for each in labelled)
    is_parted = len(by_part) == len(labelled) and None not in by_part and "train" in by_part
    if is_parted and len(alike) == 1 and not is_split:
        return [by_part[part] for part in PART_ORDER if part in by_part], notes
    tables = [each.entry for each in found]
    raise DataError(
        f"{location.root}: {len(tables)} tables list pictures: {named(tables)}. Expected one: give the path of "
        f"the one to train on, and another with --test, as in {location.root}/{tables[0]}."
    )


def _repeats_paths(found: Sequence[FoundTable]) -> bool:
    """Return whether the tables only repeat the paths: each label is a folder or the beginning of a name."""
    for each in found:
        roles = each.roles()
        if roles.split is not None or roles.group is not None:
            return False
        labels = each.table.columns[roles.label] if roles.label else ()
        pairs = zip(each.table.columns[each.path], labels, strict=False)
        if any(
            path and cell and cell not in path.replace("\\", "/").replace(".", "/").split("/") for path, cell in pairs
        ):
            return False
    return True


def _located(location: Location, place: Location, found: FoundTable) -> _Located:
    """Return the table with the file that each row names."""
    table = read_manifest_table(location, found.entry)
    cells = table.columns[found.path]
    if None in cells:
        row = cells.index(None) + table.first_row
        raise DataError(f"{table.name}, row {row}: the column '{found.path}' is empty. Expected a path in every row.")
    files = ListedFiles(place, "" if location.is_file else found.folder)
    where = _place(table, found.path, files)
    names = [files.find(cell or "", where) for cell in cells]
    ids = [name or f"{where.folder}{cell}" for name, cell in zip(names, cells, strict=True)]
    return _Located(table, files, where, names, ids)


def _place(table: ManifestTable, column: str, files: ListedFiles) -> Whereabouts:
    """Return the rule by which the names in the column lead to files."""
    cells = [cell for cell in table.columns[column] if cell is not None]
    step = max(1, len(cells) // SAMPLE_ROWS)
    found = files.places(cells[::step]) or files.places(cells)
    if not found:
        raise DataError(
            f"{table.name}: not one of {counted(len(cells), 'file')} that the column '{column}' lists is there, such "
            f"as {named(cells[:3])}. Expected paths relative to the table's folder, or in one folder below it."
        )
    best = best_places(found, table.name)
    if len(best) > 1:
        folders = [each.folder for each in best]
        raise DataError(
            f"{table.name}: the names in the column '{column}', such as '{cells[0]}', are found in {named(folders)} "
            "alike. Expected paths relative to the table's folder: write the folder in front of the names."
        )
    return best[0]


def _why(found: FoundTable, located: _Located) -> str:
    table, path = located.table, found.path
    first, cell = next(
        (name, cell) for name, cell in zip(located.names, table.columns[path], strict=True) if name is not None
    )
    meaning = "" if cell == first else f" ('{cell}' is '{first}')"
    folder = located.where.folder.rstrip("/")
    place = f" in '{folder}'" if folder else ""
    return f"{table.name} lists {counted(table.rows, 'picture')}{place} in the column '{path}'{meaning}"


def _told_labels(table: ManifestTable, roles: Roles) -> str:
    if roles.label is None:
        return "no label column"
    if table.one_hot and roles.label == table.one_hot_name:
        return f"the label is where a 1 stands in {named(table.one_hot)}"
    return f"the label in the column '{roles.label}'"


def _notes_on_moves(located: Sequence[_Located]) -> list[str]:
    notes = []
    for one in located:
        dropped, folder = one.where.dropped, one.where.folder
        if dropped.strip("./"):
            place = f"in '{folder}'" if folder else "in this folder"
            notes.append(
                f"The paths in {one.table.name} begin with '{dropped}', which is not here: what follows was found "
                f"{place}."
            )
    return notes


def _note_extras(table: ManifestTable, files: ListedFiles, names: Sequence[str | None]) -> list[str]:
    listed = set(names)
    extras = [name for name in files.pictures if name not in listed]
    if not extras:
        return []
    verb = agree(len(extras), "is", "are")
    tops = {name.partition("/")[0] if "/" in name else "" for name in extras}
    # One folder says more than five names in it.
    of_folder = len(extras) > 1 and len(tops) == 1 and "" not in tops
    where, which = (f" in '{tops.pop()}/'", "") if of_folder else ("", f": {named(extras)}")
    return [f"{counted(len(extras), 'picture')}{where} that {table.name} does not list {verb} left out{which}."]
