"""Find tables that list pictures in another way than by a path: by parts of names, by folders, by several names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.column_words import CLASS_LIST_WORDS, names_folders
from onelook.data.layouts.manifests.lists.found_table import (
    FoundTable,
    enumerate_columns,
    sampled_cells,
)
from onelook.data.layouts.manifests.lists.path_column import (
    SHARE_FOUND,
    candidate_columns,
    with_path,
)
from onelook.data.layouts.manifests.names.composed_names import (
    fields_of_pictures,
    find_composed,
    note_composed,
    with_composed,
)
from onelook.data.layouts.manifests.names.folder_and_file import find_folder_and_file, folders_and_files, of_part
from onelook.data.layouts.manifests.names.folder_paths import find_folder_paths, without_header
from onelook.data.layouts.manifests.names.listed_files import ListedFiles
from onelook.data.layouts.manifests.names.several_pictures import (
    SeveralPictures,
    expanded,
    find_several,
    has_labels,
    leads_alike,
    with_first_line,
)
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.readers.text_form import TextForm
from onelook.data.pictures.by_content import PICTURE_SUFFIXES
from onelook.data.storage.location import Location, suffix_of

_NEARLY_ALL = 0.9  # of the pictures in a folder; a few of them may be called like others by chance
_SHORTEST_NAME = 6  # of names without a suffix, most of which may be of pictures that are not here


def listing_otherwise(candidate: FoundTable, location: Location, files: ListedFiles) -> list[FoundTable]:
    """Return the table where it lists several pictures a row, or many that are not here; empty if it does not."""
    found = (
        of_folder_and_file(candidate, location)
        or _of_folders(candidate, files.pictures)
        or _of_several(candidate, files.pictures)
    )
    found = found or _of_more_pictures(candidate, location, files) or _of_composed_names(candidate, location)
    return [] if found is None else [found]


def of_folder_and_file(candidate: FoundTable, location: Location) -> FoundTable | None:
    """Return a table of which one column names the folder and one the file of each picture; None for others."""
    names = of_part(location.once(folders_and_files), candidate.part)
    composed = find_folder_and_file(candidate.table, names)
    if composed is None:
        return None
    table = with_composed(candidate.table, composed, names)
    said = note_composed(candidate.entry, composed, names)
    return replace(candidate, table=table, path=next(iter(table.columns)), composed=composed, said=(said,))


def _of_composed_names(candidate: FoundTable, location: Location) -> FoundTable | None:
    """Return a table of which several columns name the picture of each row together; None for others."""
    if _lists_classes(candidate):
        return None
    names = location.once(fields_of_pictures)
    composed = find_composed(candidate.table, names)
    if composed is None:
        return None
    table = with_composed(candidate.table, composed, names)
    said = note_composed(candidate.entry, composed, names)
    return replace(candidate, table=table, path=next(iter(table.columns)), composed=composed, said=(said,))


def _of_folders(candidate: FoundTable, pictures: Sequence[str]) -> FoundTable | None:
    """Return a table with a label for the pictures of each folder, named by its path; None for others."""
    paths = find_folder_paths(candidate.table, pictures)
    if paths is None:
        return None
    table, form = without_header(candidate.table, paths, pictures), candidate.form
    if table.sample is not None and table is not candidate.table:
        at = list(candidate.table.columns).index(paths.column)
        form, table = table.sample.form, replace(table, columns=dict(enumerate_columns(table.sample)))
        paths = replace(paths, column=list(table.columns)[at])
    several = SeveralPictures(paths.column, is_folder=True, paths=paths)
    if not has_labels(table, several):
        return None
    table = expanded(table, several, pictures)
    return replace(candidate, table=table, path=next(iter(table.columns)), form=form, several=several)


def _of_several(candidate: FoundTable, pictures: Sequence[str]) -> FoundTable | None:
    """Return a table of which each row stands for several pictures, with a row for each of these; None for others."""
    several = find_several(candidate.table, pictures)
    if several is None or (_lists_classes(candidate) and not (several.are_kinds and names_folders(several.column))):
        return None
    return _with_row_each(candidate, several, pictures)


def _lists_classes(candidate: FoundTable) -> bool:
    """Return whether a table is called as a list of the classes is."""
    return bool(CLASS_LIST_WORDS & {*words_of(candidate.entry.rpartition("/")[2].partition(".")[0])})


def _with_row_each(candidate: FoundTable, several: SeveralPictures, pictures: Sequence[str]) -> FoundTable:
    """Return the table with a row for each picture, and with its first line as a row if that is no header."""
    table, form = candidate.table, candidate.form
    bare = None if table.sample is None else with_first_line(table.sample, list(table.columns), several, pictures)
    if bare is not None:
        at = list(table.columns).index(several.column)
        form, table = bare.form, replace(table, columns=dict(enumerate_columns(bare)), sample=bare)
        several = replace(several, column=list(table.columns)[at])
    table = expanded(table, several, pictures)
    return replace(candidate, table=table, path=next(iter(table.columns)), form=form, several=several)


def of_other_parts(
    listing: Sequence[FoundTable],
    others: Mapping[str, ManifestTable],
    forms: Mapping[str, TextForm],
    pictures: Sequence[str],
) -> list[FoundTable]:
    """Return the tables of other parts that have the columns of a training table with a row for several pictures.

    They may be too short to tell by themselves that their rows are folders, and no classes.
    """
    found = []
    for first in [each for each in listing if each.part == "train" and each.several is not None]:
        own = list(first.table.columns)[1:]
        for entry, table in others.items():
            candidate = FoundTable(entry, table, "", forms.get(entry))
            if candidate.part in (None, "train") or candidate.folder != first.folder or first.several is None:
                continue
            at = own.index(first.several.column)
            several = leads_alike(table, at, first.several, pictures) if len(table.columns) == len(own) else None
            if several is None:
                continue
            alike = _with_row_each(candidate, several, pictures)
            if alike.table.columns.keys() == first.table.columns.keys():
                found.append(alike)
    return found


def _of_more_pictures(candidate: FoundTable, location: Location, files: ListedFiles) -> FoundTable | None:
    """Return a table of which only few rows have their pictures here, if these are most of the pictures; else None."""
    for column in candidate_columns(candidate.table):
        cells = sampled_cells(candidate.table, column)
        with_suffix = sum(suffix_of(cell) in PICTURE_SUFFIXES for cell in cells)
        if not (2 * with_suffix >= len(cells) or _are_long(cells)) or not cells or not files.places(cells):
            continue
        whole = candidate.read(location).columns.get(column, ())
        places = files.places([cell for cell in whole if cell is not None]).most_common(1)
        if not places:
            continue
        ((place, most),) = places
        of_folder = sum(name.startswith(place.folder) for name in files.pictures)
        is_with_suffix = 2 * with_suffix >= len(cells)
        if most > SHARE_FOUND * len(files.pictures) if is_with_suffix else most >= _NEARLY_ALL * of_folder:
            return with_path(candidate, column)
    return None


def _are_long(cells: Sequence[str]) -> bool:
    """Return whether all names differ and are long: these are names of pictures by no chance."""
    return len(set(cells)) == len(cells) > 0 and min(map(len, cells)) >= _SHORTEST_NAME
