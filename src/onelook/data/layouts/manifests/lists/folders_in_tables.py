"""Find tables that name the folders of the pictures, which may then be persons, things or kinds, and no classes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.column_words import FACT_WORDS
from onelook.data.layouts.manifests.columns.group_words import names_groups
from onelook.data.layouts.manifests.lists.find_tables import survey
from onelook.data.layouts.manifests.lists.found_table import sampled_cells
from onelook.data.layouts.manifests.names.listed_files import ListedFiles
from onelook.data.part_names import part_and_rest
from onelook.data.storage.location import Location, folders_above

_SHARE_ALIKE = 0.9  # of a table's names, that are in each of several folders


def folders_as_groups(location: Location) -> tuple[str, str, Collection[str]] | None:
    """Return a table that joins no pictures, its column of groups that has names of folders, and these; else None.

    Other tables may have more of them, as those of several folds.
    """
    others = {} if location.is_file else survey(location).others
    columns = [
        (entry, each)
        for entry, table in others.items()
        for each in table.columns
        if names_groups(each) or _is_fact(each)
    ]
    if not columns:
        return None
    above = {part for each in folders_above(ListedFiles(location).pictures) for part in each.split("/")}
    called = {"".join(words_of(part)): part for part in above}
    found: dict[str, tuple[str, set[str]]] = {}
    for entry, column in columns:
        cells = set(sampled_cells(others[entry], column))
        groups = cells & above if names_groups(column) else set()
        # `Plate1/` of the cell 1 in the column `plate`
        groups = groups or {called[each] for cell in cells if (each := "".join(words_of(f"{column} {cell}"))) in called}
        if len(groups) > 1 and 2 * len(groups) > len(cells):
            found.setdefault(column, (entry, set()))[1].update(groups)
    return next(((entry, column, groups) for column, (entry, groups) in found.items()), None)


def _is_fact(column: str) -> bool:
    """Return whether a column is called after a fact about the picture, as its plate or batch."""
    return bool(FACT_WORDS & set(words_of(column)))


def folders_as_variants(location: Location, pictures: Sequence[str]) -> tuple[str, Sequence[str]] | None:
    """Return a table whose names are in several folders alike, and these folders, if they hold all pictures; else None.

    So `black/1F600.png` and `color/1F600.png` are two pictures of one thing, and the folders may be no classes.

    Args:
        location: the location of the data.
        pictures: the pictures without masks.
    """
    for found in () if location.is_file else survey(location).listing:
        files = ListedFiles(location, found.folder)
        cells = sampled_cells(found.table, found.path)
        places = files.places(cells, loosely=found.is_loose)
        of_folders = {place.folder: count for place, count in places.items() if place.folder and not place.is_scattered}
        alike = [folder for folder, count in of_folders.items() if count >= _SHARE_ALIKE * len(cells)]
        if len(alike) == 1:
            alike += _kinds_of_some(alike[0], of_folders, pictures)
        if all(part_and_rest(folder.rstrip("/").rpartition("/")[2])[0] for folder in alike):
            continue  # the same names in `train/` and `val/` are of other pictures
        if len(alike) > 1 and pictures and all(name.startswith(tuple(alike)) for name in pictures):
            return found.entry, sorted(alike)
    return None


def _kinds_of_some(whole: str, of_folders: Mapping[str, int], pictures: Sequence[str]) -> list[str]:
    """Return the folders whose pictures are all called like some of those in the folder of all names of a table.

    `optic-cup/` has a drawing for half of the pictures in `full-fundus/`. Numbers may count the pictures of each class.

    Args:
        whole: the folder of nearly all names, with its slash.
        of_folders: how many names of the table are in each folder.
        pictures: the pictures without masks.
    """
    stems: dict[str, set[str]] = {
        folder: {name[len(folder) :].rpartition(".")[0] for name in pictures if name.startswith(folder)}
        for folder in of_folders
    }
    called = [each for each in stems[whole] if not each.isdecimal()]
    if 2 * len(called) < len(stems[whole]):
        return []
    return [folder for folder, inside in stems.items() if folder != whole and inside and inside <= stems[whole]]
