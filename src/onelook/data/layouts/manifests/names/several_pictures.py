"""Read tables with one row for several pictures (a patient, a well): its key is a folder or begins file names."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from onelook.data.column_names import GROUP_NAMES, LABEL_NAMES, words_of
from onelook.data.layouts.left_out import leave_out
from onelook.data.layouts.manifests.columns.column_words import names_folders
from onelook.data.layouts.manifests.columns.evidence import Strength
from onelook.data.layouts.manifests.columns.group_words import GROUP_WORDS, group_words_of
from onelook.data.layouts.manifests.names.folder_paths import FolderPaths, groups_in_paths, pictures_by_path
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.layouts.manifests.readers.text_form import SampledText
from onelook.data.layouts.manifests.readers.text_table import with_columns
from onelook.data.layouts.manifests.roles import find_roles
from onelook.data.storage.location import folders_above
from onelook.errors import DataError
from onelook.wording import named

# The column of the pictures in an expanded table.
PICTURE = "picture"
_FOLDER_AND_LABEL = 2  # columns
_SIGNS = re.compile(r"[_\-. ]")
_ENDING = re.compile(r"(?:[_\-. ][^\W\d_]{3,}|\.(?:mp4|avi|mov|mkv|webm|wmv|zip|dcm|svs|nii))$", re.I)  # `video.mp4`
_BEGINNING = re.compile(r"[^\W\d_]{3,}[_\-. ]")
_FEWEST_KEYS = 8  # fewer may be classes
_FEWEST_FOLDERS = 3  # of which two have the same label
_SHARE_FOUND = 0.75  # the share of keys that must lead to pictures
_SAMPLE_ROWS = 200
_QUICK_LOOK = 20  # keys that are looked for first
# Columns with these names are classes; folders and beginnings of names may be classes too.
_OF_CLASSES = frozenset(
    (
        *LABEL_NAMES,
        *("classes", "categories", "species", "breed", "wnid", "synset", "code", "type", "kind", "tag", "genus"),
    )
)


@dataclass(frozen=True)
class SeveralPictures:
    """How the rows of a table lead to pictures."""

    column: str  # the column whose cells are folders, or beginnings of names
    is_folder: bool
    paths: FolderPaths | None = None  # if its cells are paths of folders
    before: str = ""  # what all cells have before the name of the folder, as `study_`
    behind: str = ""  # … and behind it, as `_study`
    are_kinds: bool = False  # the folders are too few to be groups of pictures: they are kinds of the classes

    def key_of(self, cell: str) -> str:
        """Return the folder, or the beginning of names, that a cell means."""
        return cell.removeprefix(self.before).removesuffix(self.behind)

    @property
    def has_word(self) -> bool:
        """Whether cells have a word beside the name of the folder."""
        return bool(self.before or self.behind)


def find_several(table: ManifestTable, pictures: Sequence[str]) -> SeveralPictures | None:
    """Return how each row of a table leads to several pictures; None if it does not, or has no label.

    Args:
        table: the first rows of the table, each with its own key.
        pictures: the names of all pictures.
    """
    pictures = _without_masks(pictures)
    for column, cells in table.columns.items():
        keys = {cell for cell in cells[:_SAMPLE_ROWS] if cell is not None}
        # A first line with a number may be a key too, and no name of a column.
        fewest = _FEWEST_KEYS - (table.sample is not None and column.isdecimal())
        if len(keys) < max(fewest, len(cells[:_SAMPLE_ROWS])) or not _may_be_keys(column, keys):
            continue
        whole = [SeveralPictures(column, is_folder=True), SeveralPictures(column, is_folder=False)]
        before, behind = _common_words(keys)
        with_words = [replace(whole[0], before=before), replace(whole[0], behind=behind)]
        for several in [*whole, *(each for each in with_words if each.has_word)]:
            if not _may_lead(several, {several.key_of(key) for key in keys}, pictures):
                continue
            found = _pictures_by_key(several, keys, pictures)
            times = Counter(map(len, found.values()))
            is_several = sum(count for pictures_each, count in times.items() if pictures_each > 1) * 2 >= len(found)
            # `photos/700000/medium.jpg`, where the folder is the key and the name says nothing
            is_several = is_several or (several.is_folder and len(_last_names(found)) == 1) or several.has_word
            is_several = is_several or (several.is_folder and _begin_so(found))  # `IMD003/photo/IMD003.bmp`
            if len(found) >= _SHARE_FOUND * len(keys) and is_several and has_labels(table, several):
                return several
    folders = next((each for each in table.columns if _sorts_all_folders(table, each, pictures)), None)
    if folders is None:
        return None
    of_folders = SeveralPictures(folders, is_folder=True)
    return of_folders if is_of_individuals(of_folders) else replace(of_folders, are_kinds=True)


def leads_alike(
    table: ManifestTable, at: int, several: SeveralPictures, pictures: Sequence[str]
) -> SeveralPictures | None:
    """Return how a column of a table leads to several pictures, if it does as a column of another table; else None.

    Args:
        table: the first rows of the table.
        at: the place of the column.
        several: how the other table leads to pictures.
        pictures: the names of all pictures.
    """
    column = list(table.columns)[at]
    cells = table.columns[column]
    keys = {cell for cell in cells if cell is not None}
    if several.paths is not None or not keys or len(keys) < len(cells):
        return None
    found = _pictures_by_key(several, keys, _without_masks(pictures))
    return replace(several, column=column) if len(found) >= _SHARE_FOUND * len(keys) else None


def with_first_line(
    sample: SampledText, columns: Sequence[str], several: SeveralPictures, pictures: Sequence[str]
) -> SampledText | None:
    """Return the sample with its first line as a row if that leads to pictures too, so it is no header; else None.

    Two columns without names are a folder and its label.
    """
    at = columns.index(several.column)
    first = sample.records[0][at].strip() if len(sample.records[0]) > at else ""
    if sample.form.header_at is None or not first or not _pictures_by_key(several, {first}, pictures):
        return None
    bare = with_columns(sample, 0, is_listed_first=True)
    if bare is None or bare.width != _FOLDER_AND_LABEL or at != 0:
        return bare
    return replace(bare, form=replace(bare.form, columns=("folder", "label")))


def expanded(table: ManifestTable, several: SeveralPictures, pictures: Sequence[str]) -> ManifestTable:
    """Return the table with one row for each picture; a row without pictures keeps its key as its path.

    Raises:
        DataError: a key is empty, or occurs twice and is no path of a folder.
    """
    keys = table.columns[several.column]
    times = Counter(keys)
    if None in times or (several.paths is None and max(times.values(), default=0) > 1):
        what = "is empty in a row" if None in times else f"has {times.most_common(1)[0][0]!r} twice"
        raise DataError(f"{table.name}: the column '{several.column}' {what}. Expected each of its cells once.")
    present = {key for key in keys if key is not None}
    if several.paths is not None:
        by_key = pictures_by_path(several.paths, present, pictures)
        if (groups := groups_in_paths(keys)) is not None and groups[0] not in table.columns:
            table = replace(table, columns={**table.columns, groups[0]: groups[1]})
    else:
        by_key = _pictures_by_key(several, present, _without_masks(pictures))
    rows = [(row, name) for row, key in enumerate(keys) for name in by_key.get(key or "", [key])]
    columns: dict[str, Sequence[str | None]] = {
        column: [cells[row] for row, _ in rows] for column, cells in table.columns.items()
    }
    path = PICTURE if PICTURE not in columns else f"{PICTURE} file"
    return replace(
        table,
        columns={path: [name for _, name in rows], **columns},
        key=several.column if not several.are_kinds and (len(rows) > len(keys) or several.has_word) else "",
        naming=(several.column,) if several.are_kinds else table.naming,
    )


def _without_masks(pictures: Sequence[str]) -> Sequence[str]:
    return leave_out(pictures, folders_above(pictures))[0]


def note_several(table: ManifestTable, several: SeveralPictures) -> str:
    """Return the sentence on rows for several pictures, with an example."""
    path, keys = next(iter(table.columns.values())), table.columns[several.column]
    key = Counter(keys).most_common(1)[0][0]
    first = [name for name, other in zip(path, keys, strict=True) if other == key and name is not None]
    how = "folders" if several.is_folder else "beginnings of names"
    if len(set(keys)) == len(keys):
        return (
            f"The cells of '{several.column}' in {table.name} are {how} of one picture each, as '{key}' of "
            f"{named(first)}."
        )
    otherwise = (
        "To take the folders for the classes: --layout class-folders"
        if several.are_kinds
        else "If they are channels of one picture, make one file of them first."
    )
    return (
        f"The cells of '{several.column}' in {table.name} are {how} of several pictures, as '{key}' of "
        f"{named([name.rpartition('/')[2] for name in first], most=3)}: each of the {len(path):,} pictures "
        f"has the label of its row. {otherwise}"
    )


def is_of_individuals(several: SeveralPictures) -> bool:
    """Return whether the name of the column says that its cells are persons, samples or the like, and not classes.

    So does `folder` above folders of which several have the same label.

    Example:
        >>> [is_of_individuals(SeveralPictures(column, True)) for column in ("patient", "BraTS21ID", "id")]
        [True, True, False]
    """
    if several.paths is not None:
        return several.paths.are_of_individuals
    words = words_of(several.column)
    if several.are_kinds:
        return names_folders(several.column)
    is_group = several.column.casefold() in GROUP_NAMES or bool(set(GROUP_WORDS) & group_words_of(several.column))
    return is_group or (len(words) > 1 and words[-1] in ("id", "uid"))


def _sorts_all_folders(table: ManifestTable, column: str, pictures: Sequence[str]) -> bool:
    """Return whether a short table gives a label to each folder of pictures, and one label to several of them.

    So `n0` and `n2` are both of the class `cat`. If each folder had a label of its own, this would be its name.
    """
    cells = table.columns[column]
    is_bare = table.sample is not None and len(table.columns) == _FOLDER_AND_LABEL
    keys = {cell for cell in cells if cell is not None}
    if not _FEWEST_FOLDERS <= len(keys) == len(cells) < _FEWEST_KEYS:
        return False
    folders = [name.split("/")[:-1] for name in pictures]
    depth = min(map(len, folders), default=0)
    levels = [{each[at] for each in folders} for at in (*range(depth), -1)] if depth else []
    if keys in levels:
        labels = _labels_besides(table, column)
    elif is_bare and column == next(iter(table.columns)) and {*keys, column} in levels:  # the first line is a row
        label = [*table.columns][1]
        labels = [label, *(cell or "" for cell in table.columns[label])]
    else:
        return False
    return 1 < len({*labels}) < len(labels) and not all(map(str.isdecimal, labels))


def _labels_besides(table: ManifestTable, column: str) -> list[str]:
    """Return the labels of the rows; empty if none are certain, or a row has none."""
    try:
        roles = find_roles(table, column)
    except DataError:
        return []
    is_told = roles.target.strength is Strength.NAMED or names_folders(column)
    cells = table.columns.get(roles.label or "", ())
    return [cell or "" for cell in cells] if is_told and not roles.target.no_classes and None not in cells else []


def _may_be_keys(column: str, keys: Collection[str]) -> bool:
    """Return whether cells are keys of single things; words without a number are more often classes."""
    words = words_of(column)
    is_of_classes = _OF_CLASSES & {column.casefold(), *words} and column.casefold() not in GROUP_NAMES
    return not is_of_classes and all(any(sign.isdecimal() for sign in key) for key in keys)


def _common_words(keys: Collection[str]) -> tuple[str, str]:
    """Return the words with their signs that all keys begin with, and end in; empty ones without such.

    Example:
        >>> _common_words(["0a1_study", "9f2_study"]), _common_words(["study_1", "study_2"])
        (('', '_study'), ('study_', ''))
    """
    first, last = _BEGINNING.match(min(keys)), _ENDING.search(min(keys))
    before = first[0] if first and all(key.startswith(first[0]) for key in keys) else ""
    behind = last[0] if last and all(key.endswith(last[0]) for key in keys) else ""
    return (before, behind) if len(keys) > 1 else ("", "")


def _may_lead(several: SeveralPictures, keys: Collection[str], pictures: Sequence[str]) -> bool:
    """Return whether keys are folders or begin names: a quick look before all pictures are gone through."""
    if several.is_folder:
        parts = {part for folder in folders_above(pictures) for part in folder.split("/")}
        return 2 * len(parts & set(keys)) >= len(keys)
    text = "\n".join(f"/{name.rpartition('/')[2]}" for name in pictures)
    some = sorted(keys)[:: max(1, len(keys) // _QUICK_LOOK)]
    return 2 * sum(f"/{key}" in text for key in some) >= len(some)


def _begin_so(found: Mapping[str, Sequence[str]]) -> bool:
    """Return whether the names of the pictures begin with the folder that is their key."""
    return all(name.rpartition("/")[2].startswith(key) for key, names in found.items() for name in names)


def _last_names(found: Mapping[str, Sequence[str]]) -> set[str]:
    """Return the names of the files, without their folders and suffixes."""
    return {name.rpartition("/")[2].rpartition(".")[0] for names in found.values() for name in names}


def _pictures_by_key(
    several: SeveralPictures, keys: Collection[str], pictures: Sequence[str]
) -> Mapping[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    known: dict[str, str | None] = {}  # folder -> key
    of_folder = {several.key_of(key): key for key in keys} if several.is_folder else {}
    for name in pictures:
        folder, _, last = name.rpartition("/")
        if several.is_folder:
            if folder not in known:
                known[folder] = next((of_folder[part] for part in folder.split("/") if part in of_folder), None)
            key = known[folder]
        else:
            starts = (last[: match.start()] for match in _SIGNS.finditer(last))
            key = next((start for start in starts if start in keys), None)
        if key is not None:
            found[key].append(name)
    return found


def has_labels(table: ManifestTable, several: SeveralPictures) -> bool:
    """Return whether a column besides the key may be a label, or has labels that are not classes."""
    try:
        roles = find_roles(table, several.column)
    except DataError:
        return False
    if roles.label is None:
        return bool(roles.target.choices or roles.target.no_classes)
    cells = table.columns[roles.label]
    if roles.target.no_classes and roles.label not in table.several_labels:
        return len(set(cells)) < len(cells)  # `tench, Tinca tinca` of its own for each row are its names
    # A label of its own for each row names it: the rows are classes.
    return 2 * len(set(cells)) <= len(cells)
