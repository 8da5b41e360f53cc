"""Find out how much the first rows of tables say about the labels; layouts are compared by this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from onelook.data.column_names import LABEL_NAMES
from onelook.data.layouts.layout import LabelSource
from onelook.data.layouts.manifests.columns.evidence import LabelEvidence, Strength
from onelook.data.layouts.manifests.columns.group_words import names_groups
from onelook.data.layouts.manifests.columns.label_columns import are_one_to_one
from onelook.data.layouts.manifests.columns.number_columns import number_of
from onelook.data.layouts.manifests.columns.parts_column import part_of
from onelook.data.layouts.manifests.folder_classes import class_folders, evidence_of_paths, folder_levels
from onelook.data.layouts.manifests.lists.find_tables import Survey
from onelook.data.layouts.manifests.lists.found_table import SAMPLE_ROWS, FoundTable
from onelook.data.layouts.manifests.marks_of_folders import marks_tell_folders
from onelook.data.layouts.manifests.names.folder_paths import groups_in_paths
from onelook.data.layouts.manifests.names.listed_files import ListedFiles, best_places
from onelook.data.layouts.manifests.names.several_pictures import is_of_individuals
from onelook.data.layouts.manifests.readers.mat_tables import is_mat
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.readers.text_form import FIRST_COLUMN
from onelook.data.layouts.manifests.roles import Roles, find_roles, split_column
from onelook.data.layouts.tables.files import open_table
from onelook.data.part_names import PART_FOLDERS, names_a_part
from onelook.data.share_names import names_a_share
from onelook.data.storage.location import Location
from onelook.errors import DataError

# Tables that list a smaller share of the pictures do not label the others.
_FEW = 0.25
_MOST = 0.5
_FEWEST_FOLDERS = 2
_FEWEST_THINGS = 3
_FEWEST_IDS = 3
_SIDES_OF_BOX = 4
_CALLED_LABEL = frozenset({"label", "labels", "target"})  # other usual names are those of facts too


def source_of_tables(looked: Survey, location: Location) -> LabelSource:
    """Return how much the first rows of the tables say about the labels."""
    files = ListedFiles(location)
    found = _source_of_labels(looked, location, files)
    # Folders beside labels of which a picture has several are one label, and the others are more about the picture.
    return LabelSource.LIST if found is LabelSource.LABEL_TABLE and _have_marks_of_folders(looked, files) else found


def _source_of_labels(looked: Survey, location: Location, files: ListedFiles) -> LabelSource:
    evidence = evidence_of(looked)
    best = LabelSource.LIST
    is_parted = len({each.part for each in looked.listing} - {None}) > 1 and not _are_of_domains(looked.listing, files)
    joined: set[str] = set()
    folders: list[set[str]] = []  # of the pictures of each table without a header
    for each in looked.listing:
        cells = [cell or "" for cell in each.table.columns[each.path]]
        names = _sampled_names(each, files, cells)
        joined.update(names)
        folders.append({name.rpartition("/")[0] for name in names if FIRST_COLUMN in each.table.columns})
        levels = folder_levels(names)
        try:
            roles = find_roles(each.table, each.path, None, evidence_of_paths(evidence, names))
        except DataError:  # `open` reports it, if nothing else gives the labels
            continue
        gives_parts = is_parted and not any(_is_in_part(name) for name in names)
        is_split = roles.split is not None and not _are_parts_of_paths(each.table.columns[roles.split], names)
        says_more = is_split or roles.group is not None or gives_parts
        if roles.label is None and not roles.target.no_classes:
            lists_parts = (each.part or says_more) and class_folders(levels, each.table, roles)
            if lists_parts or looked.has_keyed_labels(each) or _are_groups(levels, roles, each.table):
                label_source = LabelSource.LABEL_TABLE
            else:
                is_asked = roles.target.choices and not (levels and _are_places(each))
                label_source = LabelSource.TABLE if is_asked else LabelSource.LIST
        elif each.part == "test" and _are_ids(roles, each.table.columns):
            label_source = LabelSource.LIST  # pictures to predict, with a name for each in the submission
        elif roles.target.no_classes:
            is_of_all = not levels and not _lists_one_folder(each, names, files.pictures)
            is_sure = roles.target.strength >= Strength.NAMED or is_of_all
            label_source = LabelSource.LABEL_TABLE if is_sure else LabelSource.LIST
        elif not says_more and _says_what_paths_say(each.table.columns[roles.label or ""], names, levels):
            label_source = LabelSource.TABLE_OF_PATHS
        elif each.several is not None and each.several.paths is not None and _tell(levels, each, roles.label):
            label_source = LabelSource.TABLE  # the folders that tell the label may have been meant, or wider ones
        elif _are_rows(each):
            label_source = LabelSource.LABEL_TABLE
        else:
            label_source = LabelSource.LABEL_TABLE if roles.target.strength >= Strength.NAMED else LabelSource.TABLE
        best = max(best, label_source, key=_RANK.index)
    is_whole = all(each.table.rows < SAMPLE_ROWS - 1 for each in looked.listing)
    if best is LabelSource.LABEL_TABLE and (
        (is_whole and _are_few(joined, files.pictures)) or _leave_folders(location, looked, joined, files.pictures)
    ):
        return LabelSource.TABLE  # it does not label most pictures
    is_less = best is LabelSource.TABLE and _are_of_one_folder_each(folders, files.pictures)
    return LabelSource.LIST if is_less else best


def _are_of_one_folder_each(folders: Sequence[set[str]], pictures: Sequence[str]) -> bool:
    """Return whether each of several tables is about one folder, as the patients of `ill/` and those of `well/`.

    The folders say more than a column without a name.

    Args:
        folders: those of the pictures of each table without a header.
        pictures: all pictures.
    """
    whole = {name.rpartition("/")[0] for name in pictures}
    return (
        len(folders) > 1
        and all(len(each) == 1 for each in folders)
        and len(whole) == len(folders) == len(whole & set().union(*folders))
    )


def _are_rows(found: FoundTable) -> bool:
    """Return whether folders are rows of a table, or videos, persons and the like by the column that names them."""
    if found.several is not None:
        return found.several.is_folder and is_of_individuals(found.several)
    if found.composed is None or not found.composed.are_in_folders:
        return False
    folders = found.table.columns[found.composed.columns[0]]
    return names_groups(found.composed.columns[0]) or len({*folders}) == len(folders)  # a key frame of each video


def _lists_one_folder(found: FoundTable, names: Sequence[str], pictures: Sequence[str]) -> bool:
    """Return whether a table lists the pictures of one folder alone, and others lie in further folders.

    A few may be the originals of those listed, as the `reference_images/` of distorted ones.
    """
    folders = {name.rpartition("/")[0] for name in names}
    further = {folder for name in pictures if (folder := name.rpartition("/")[0]) not in folders}
    others = {folder for folder in further if not names_a_part(folder.rpartition("/")[2])}  # pictures to predict
    beside = sum(name.rpartition("/")[0] in others for name in pictures)
    return found.table.rows < SAMPLE_ROWS - 1 and len(folders) == 1 and beside > _SHARE_BESIDE * len(pictures)


def _are_places(found: FoundTable) -> bool:
    """Return whether a table without a header has numbers alone beside the pictures, and enough of them for boxes."""
    columns = [cells for name, cells in found.table.columns.items() if name != found.path]
    return (
        FIRST_COLUMN in found.table.columns
        and len(columns) >= _SIDES_OF_BOX
        and all(cell is None or number_of(cell) is not None for cells in columns for cell in cells)
    )


def _have_marks_of_folders(looked: Survey, files: ListedFiles) -> bool:
    """Return whether tables have several labels a picture and nothing else, and the folders are classes beside them."""
    several = [each for each in looked.listing if each.table.several_labels]
    labels = {name for each in several for name in each.table.several_labels}
    made = {each.entry: {each.table.one_hot_name} for each in looked.listing if set() < {*each.table.one_hot} <= labels}
    others = [
        each for each in looked.listing if each.table.columns.keys() - {each.path, *made.get(each.entry, ())} - labels
    ]
    if not several or any(find_roles(each.table, each.path).label for each in others):
        return False
    tables = [
        (each.table, _sampled_names(each, files, [cell or "" for cell in each.table.columns[each.path]]))
        for each in several
    ]
    return marks_tell_folders(tables)


def _are_groups(levels: Sequence[Sequence[str]], roles: Roles, table: ManifestTable) -> bool:
    """Return whether the folders are those of the groups in a table that has several columns for the label."""
    groups = table.columns.get(roles.group or "")
    return bool(roles.target.choices) and groups is not None and any(are_one_to_one(groups, level) for level in levels)


def _tell(levels: Sequence[Sequence[str]], found: FoundTable, label: str | None) -> bool:
    """Return whether folders such as `study1_negative` tell the label, and are not persons or the like themselves."""
    cells = found.table.columns[label or ""]
    for level in levels:
        values = set(level)
        tells = len(set(zip(level, cells, strict=False))) == len(values)
        are_few = 2 * len(values) <= len(set(found.table.columns[found.names_column]))
        if tells and are_few and groups_in_paths(sorted(values)) is None:
            return True
    return False


def _are_ids(roles: Roles, columns: Mapping[str, Sequence[str | None]]) -> bool:
    """Return whether the label is only a column left over, with another text in each row."""
    if roles.label is None:  # several labels a picture
        return False
    cells = columns[roles.label]
    return roles.target.strength is Strength.LEFT and len(set(cells)) == len(cells) >= _FEWEST_IDS


def _are_few(joined: Collection[str], pictures: Sequence[str]) -> bool:
    """Return whether tables list a small share of the pictures, besides those to predict."""
    if len(pictures) < len(joined) / _FEW:
        return False
    others = [name for name in pictures if name not in joined]
    to_predict = sum("test" in {PART_FOLDERS.get(part) for part in name.casefold().split("/")[:-1]} for name in others)
    return len(pictures) - to_predict > len(joined) / _FEW


def _leave_folders(location: Location, looked: Survey, joined: Collection[str], pictures: Sequence[str]) -> bool:
    """Return whether tables have rows for less than half of the pictures, and the others are in several folders.

    These may be class folders, so both readings are compared.
    """
    if any(each.several is not None or each.entry.lower().endswith(".parquet") for each in looked.listing):
        return False  # the number of pictures of each row, or of rows, is not known
    if sum(rows_of(location, each) for each in looked.listing) >= _MOST * len(pictures):
        return False
    listed = {name.rpartition("/")[0] for name in joined}
    # `IMD002/` with a listed picture in one folder and its outlines in others is the thing of a row, and no class.
    things = {folder.rpartition("/")[0] for folder in listed}
    things = things if len(things) >= _FEWEST_THINGS else set()
    others: Counter[str] = Counter()
    for folder, count in Counter(name.rpartition("/")[0] for name in pictures).items():
        last = folder.rpartition("/")[2]
        if folder.rpartition("/")[0] in things:
            continue
        if last and folder not in listed and not names_a_part(last) and not names_a_share(last):
            others[last] += count
    return len(others) >= _FEWEST_FOLDERS and others.total() > _MOST * len(pictures)


def rows_of(location: Location, found: FoundTable) -> int:
    """Return the number of rows of a table, or of lines if only its first rows were read."""
    if found.table.rows < SAMPLE_ROWS - 1 or found.whole is not None or is_mat(found.entry):
        return found.table.rows
    with open_table(location, found.entry) as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))


def _are_of_domains(listing: Sequence[FoundTable], files: ListedFiles) -> bool:
    """Return whether several headerless tables of one part list folders apart, as DomainNet's `real_train.txt`.

    Only the user can say which of them are one data set.
    """
    folders: dict[tuple[str | None, str], list[set[str]]] = {}
    for each in listing:
        if FIRST_COLUMN in each.table.columns:
            names = _sampled_names(each, files, [cell or "" for cell in each.table.columns[each.path]])
            tops = {name.rpartition("/")[0] for name in names}
            folders.setdefault((each.part, each.path), []).append(tops)
    return any(
        len(sets) > 1 and sum(map(len, sets)) == len(frozenset().union(*sets)) and "" not in sets[0]
        for sets in folders.values()
    )


_SHARE_BESIDE = 0.1  # of all pictures
_MOST_OF_LIST = 3  # columns of a list of classes: a number, a name, another name
_RANK = (LabelSource.LIST, LabelSource.TABLE_OF_PATHS, LabelSource.TABLE, LabelSource.LABEL_TABLE)


def _sampled_names(found: FoundTable, files: ListedFiles, cells: Sequence[str]) -> list[str]:
    """Return the file of each sampled row, or the cell if there is no file."""
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


def _is_in_part(name: str) -> bool:
    """Return whether a folder in the path of a picture means a part."""
    return not PART_FOLDERS.keys().isdisjoint(name.casefold().split("/")[:-1])


def _are_parts_of_paths(cells: Sequence[str | None], names: Sequence[str]) -> bool:
    """Return whether each picture is in a folder with the name of its part in a table."""
    return all(
        part_of(cell) in {PART_FOLDERS.get(folder.casefold()) for folder in name.split("/")[:-1]}
        for cell, name in zip(cells, names, strict=True)
    )


def _says_what_paths_say(cells: Sequence[str | None], names: Sequence[str], levels: Sequence[Sequence[str]]) -> bool:
    """Return whether the labels only repeat the paths: each label is a folder or the beginning of a name."""
    if len(levels) == 1 and None not in cells and are_one_to_one(cells, levels[0]):
        return True
    return all(
        not cell or cell in name.replace("\\", "/").replace(".", "/").split("/")
        for name, cell in zip(names, cells, strict=False)
    )


def _has_its_labels(test: ManifestTable, train: ManifestTable) -> bool:
    """Return whether a column called `label` has several of the training table's labels: they are no blanks to fill."""
    shared = [name for name in test.columns if name in train.columns and name.casefold() in _CALLED_LABEL]
    return any(len(found := {*test.columns[name]} - {None}) > 1 and found <= {*train.columns[name]} for name in shared)


def _columns_of_parts(table: ManifestTable) -> set[str]:
    """Return the column that shares the rows out, as `train-valid`: a test table without it may have labels."""
    try:
        return {column for column in (split_column(table, list(table.columns)),) if column is not None}
    except DataError:
        return set()


def _is_labelled(table: ManifestTable) -> bool:
    return bool(table.one_hot) or any(column.casefold() in LABEL_NAMES for column in table.columns)


def evidence_of(looked: Survey) -> LabelEvidence:
    """Return the evidence on the label in the sample submission and in a table of pictures to predict."""
    sample: Mapping[str, Sequence[str | None]] = {}
    for table in looked.samples.values():
        sample = sample or table.columns
    # If the training table has no other columns, the test table has labels too.
    of_train = [each for each in looked.listing if each.part == "train"] or looked.listing
    tests = [each.table for each in looked.listing if each.part == "test"]
    tests += [table for entry, table in looked.others.items() if "test" in entry.casefold()]
    for table in tests:
        alike = [each.table for each in of_train if each.part != "test" and each.path in table.columns]
        # With the training table's labels it is no table to predict, whatever else is known of the training pictures.
        if any(_is_labelled(each) and each.columns.keys() <= table.columns.keys() for each in alike):
            continue
        if any(_has_its_labels(table, each) for each in alike):
            continue
        if any(each.columns.keys() - table.columns.keys() - _columns_of_parts(each) for each in alike):
            return LabelEvidence(sample, frozenset(table.columns), lists=_short_lists(looked))
    return LabelEvidence(sample, lists=_short_lists(looked))


def _short_lists(looked: Survey) -> dict[str, frozenset[str]]:
    """Return the names in tables of a few columns that list no pictures, and may list classes; the header too."""
    found: dict[str, frozenset[str]] = {}
    for entry, table in looked.others.items():
        for column, cells in table.columns.items() if len(table.columns) <= _MOST_OF_LIST else ():
            names = [cell for cell in cells if cell]
            if len({*names}) == len(names) > 1 and not all(number_of(name) is not None for name in names):
                found[entry] = frozenset((*names, column))
    return found
