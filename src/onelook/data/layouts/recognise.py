"""Choose the layout: only this file decides between layouts that recognise the same data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from shlex import quote
from typing import TYPE_CHECKING

from onelook.data.layouts.compare_readings import labels_of, says_more
from onelook.data.layouts.hash_folders import are_short_folders
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.layout import Candidate, LabelSource, LayoutOptions
from onelook.data.layouts.question import Choice, ask_which, classes_in_words, with_one_more
from onelook.data.layouts.registry import LAYOUTS, layout_entry
from onelook.data.layouts.second_forms import open_as, without_second_forms
from onelook.data.layouts.tables.files import endings
from onelook.data.layouts.tables.text import names_pixels
from onelook.data.part_names import PART_FOLDERS
from onelook.data.person_names import are_called_after_persons
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import named

if TYPE_CHECKING:
    from onelook.data.layouts.manifests.readers.table import ManifestTable

_LABELLED_TABLES = frozenset({LabelSource.LABEL_TABLE, LabelSource.TABLE, LabelSource.TABLE_OF_PATHS})
_BY_FOLDERS_OR_NAMES = frozenset(
    {LabelSource.FOLDERS, LabelSource.CONVENTION, LabelSource.PATTERN, LabelSource.PATTERN_ACROSS_FOLDERS}
)

_FEWEST_LEVELS = 2  # of folders, of which each may be the class
_NEARLY_ALL = 0.9  # of the pictures

# For each kind of candidate, the kinds that it yields to if they are present; checked in this order, weakest last.
_YIELDS_TO: Mapping[LabelSource, frozenset[LabelSource]] = {
    # A table that lists the pictures with a certain label takes precedence over folders and names, and over tables with
    # the same pictures as pixels.
    LabelSource.PIXEL_TABLE: frozenset({LabelSource.LABEL_TABLE}),
    # If pixels are in a table, another table beside it is about something else.
    LabelSource.TABLE: frozenset({LabelSource.PIXEL_TABLE}),
    # Folders and names contain the same labels, for more pictures.
    LabelSource.TABLE_OF_PATHS: frozenset({LabelSource.PIXEL_TABLE, LabelSource.FOLDERS, LabelSource.CONVENTION}),
    LabelSource.LIST: frozenset({LabelSource.PIXEL_TABLE}) | _BY_FOLDERS_OR_NAMES,
    LabelSource.FOLDERS: frozenset({LabelSource.LABEL_TABLE}),
    LabelSource.CONVENTION: frozenset({LabelSource.FOLDERS, LabelSource.LABEL_TABLE}),
    # A table states the labels; a pattern that we find ourselves is less certain.
    LabelSource.PATTERN: frozenset({LabelSource.FOLDERS, *_LABELLED_TABLES}),
    LabelSource.PATTERN_ACROSS_FOLDERS: frozenset({LabelSource.LABEL_TABLE}),
    LabelSource.NOTHING: frozenset({*_LABELLED_TABLES, LabelSource.LIST}) | _BY_FOLDERS_OR_NAMES,
}


def implied_layout(location: Location, options: LayoutOptions) -> str | None:
    """Return the layout that `--label-from` or `--pictures-in` requests, if the location has pictures; else None."""
    if options.opening.pictures_in is not None and not location.is_file:
        from onelook.data.layouts.manifests.lists.find_tables import survey

        return "manifest" if survey(location).listing else None
    if options.label_from is None:
        return None
    from onelook.data.layouts.folders.tree import read_tree

    if not read_tree(location).names:
        return None
    return "class-folders" if isinstance(options.label_from, FolderLevel) else "labelled-names"


def may_be(name: str, location: Location) -> bool:
    """Return whether a layout may fit, by the names of the files. Other layouts are not imported."""
    entry = layout_entry(name)
    if entry.needs_pictures and not location.once(picture_names):
        return False
    if entry.endings and not any(each.endswith(entry.endings) for each in endings(location)):
        return False
    return entry.reads_named_pixels or not location.once(_names_pixels)


def _names_pixels(location: Location) -> bool:
    """Return whether this is a single text file whose header names hundreds of pixels."""
    return location.is_file and names_pixels(location, location.entries()[0])


def candidates(location: Location) -> dict[str, Candidate]:
    """Return the candidate of each layout that recognises the data, by the name of the layout."""
    asked = {name: LAYOUTS.load(name)().recognise(location) for name in LAYOUTS if may_be(name, location)}
    return {name: candidate for name, candidate in asked.items() if candidate is not None}


def standing(found: Mapping[str, Candidate]) -> dict[str, Candidate]:
    """Return the candidates that yield to no other. If there are several, only the user can choose."""
    remaining = dict(found)
    for label_source, stronger in _YIELDS_TO.items():
        if not stronger.isdisjoint(each.label_source for each in remaining.values()):
            remaining = {name: each for name, each in remaining.items() if each.label_source is not label_source}
    return remaining


def _folders_or_tables(location: Location, options: LayoutOptions, found: Mapping[str, Candidate]) -> str | None:
    """Return the reading that labels more pictures, if folders and tables agree on the others; None if they do not.

    Both are opened, and no picture is read. Where they say the same, folders are taken: their names are readable.

    Raises:
        ConfigError: several folders may be the class; the table is one more way.
    """
    try:
        tables = labels_of(open_as("manifest", location, options))
    except (DataError, ConfigError) as problem:
        return "class-folders" if _asks_which_set(problem) and _opens("class-folders", location, options) else None
    names = location.once(picture_names)
    if len(tables.labels) >= _NEARLY_ALL * len(names) and are_short_folders(names):
        return "manifest"
    try:
        folders = labels_of(open_as("class-folders", location, options))
    except ConfigError as question:
        if not tables.labels:
            return None
        way = Choice("--layout manifest", found["manifest"].why, classes_in_words([*tables.labels.values()]))
        raise with_one_more(question, way) from None
    except DataError:  # a part has no class folders
        unlisted = [name for name in location.once(picture_names) if name not in tables.labels]
        return "manifest" if all(map(_is_in_test, unlisted)) else None
    if are_called_after_persons({*folders.labels.values()}) and len(tables.labels) >= _NEARLY_ALL * len(folders.labels):
        return "manifest"
    says = says_more(tables, folders)
    return None if says is None else "manifest" if says else "class-folders"


def _asks_which_set(problem: DataError | ConfigError) -> bool:
    """Return whether tables are about several data sets beside each other: then folders hold them all, as in DAGM."""
    options = getattr(problem, "options", ())
    return bool(options) and not any(str(each).startswith("--") for each in options)


def _opens(layout: str, location: Location, options: LayoutOptions) -> bool:
    try:
        open_as(layout, location, options)
    except (DataError, ConfigError):
        return False
    return True


def _table_names_the_level(location: Location, options: LayoutOptions, found: Mapping[str, Candidate]) -> bool:
    """Return whether folders at several depths may be the class, and a table gives the labels of nearly all pictures.

    So nobody has to choose between `Photos/` and `Photos/Benign/` where a table lists `b001.tif,Benign`.
    """
    table = found.get("manifest")
    if table is None or table.label_source is not LabelSource.TABLE_OF_PATHS:
        return False
    names = location.once(picture_names)
    if max(name.count("/") for name in names) < _FEWEST_LEVELS:  # nothing to choose
        return False
    try:
        open_as("class-folders", location, options)
    except ConfigError:
        pass
    except DataError:
        return False
    else:
        return False
    try:
        tables = labels_of(open_as("manifest", location, options))
    except (DataError, ConfigError):
        return False
    return len(tables.labels) >= _NEARLY_ALL * len(names)


def _folders_label_the_test(location: Location, options: LayoutOptions, found: Mapping[str, Candidate]) -> bool:
    """Return whether a table lists pictures without a label that folders such as `test_images/000/` would label.

    Folders that share out the pictures of a competition are called alike in its parts.
    """
    table = found.get("manifest")
    if table is None or table.label_source is not LabelSource.TABLE_OF_PATHS:
        return False
    from onelook.data.layouts.manifests.lists.find_tables import survey

    listing = survey(location).listing
    tests = [each.table.columns.keys() for each in listing if each.part == "test"]
    others = [each.table.columns.keys() for each in listing if each.part != "test"]
    if not any(columns - of_test for columns in others for of_test in tests):  # all have a label
        return False
    try:
        to_predict = open_as("manifest", location, replace(options, needs_labels=False)).parts.get("test")
        labelled = labels_of(open_as("class-folders", location, options)).labels
    except (DataError, ConfigError):
        return False
    return to_predict is not None and not labelled.keys().isdisjoint(to_predict.ids)


def _is_asked_of_table(
    location: Location, options: LayoutOptions, found: Mapping[str, Candidate], fitting: Mapping[str, Candidate]
) -> bool:
    """Return whether the user named a column of a table that lists the pictures, and only folders or names fit."""
    asked = options.label_column
    if asked is None or "manifest" not in found or any(layout_entry(name).reads_label_column for name in fitting):
        return False
    from onelook.data.layouts.manifests.lists.find_tables import survey

    looked = survey(location)
    tables = [*(each.table for each in looked.listing), *looked.others.values()]
    return any(asked in table.columns or asked in table.one_hot for table in tables)


def _is_in_test(name: str) -> bool:
    return any(PART_FOLDERS.get(folder) == "test" for folder in name.casefold().split("/")[:-1])


def _classes_of(layout: str, location: Location, options: LayoutOptions) -> str:
    """Return the classes of picture files if they are read in this way; empty if that is a question or an error."""
    if not layout_entry(layout).has_picture_files or not location.once(picture_names):
        return ""
    try:
        labels = [*labels_of(open_as(layout, location, options)).labels.values()]
    except (DataError, ConfigError):
        return ""
    return classes_in_words(labels) if labels else ""


def _are_variants(location: Location) -> bool:
    """Return whether each folder holds pictures with the names in a table, as `whole/1.png` and `cropped/1.png`.

    They are kinds of one picture, and no classes: the user chooses among them where the table is opened.
    """
    from onelook.data.layouts.folders.tree import read_tree
    from onelook.data.layouts.manifests.lists.find_tables import survey
    from onelook.data.layouts.manifests.lists.folders_in_tables import folders_as_variants
    from onelook.data.layouts.manifests.weigh_tables import rows_of

    pictures = read_tree(location).names
    variants = folders_as_variants(location, pictures)
    if variants is None:
        return False
    entry, alike = variants
    rows = sum(rows_of(location, each) for each in survey(location).listing if each.entry == entry)
    return rows * len(alike) >= _NEARLY_ALL * len(pictures)  # of fewer, the folders hold others too


def _refuse_folders_of_groups(location: Location, options: LayoutOptions, folders: Candidate) -> None:
    """Ask if the folders may be people, or kinds of pictures, and no classes, because a table says so.

    Raises:
        ConfigError: they may be.
    """
    from onelook.data.layouts.folders.tree import read_tree
    from onelook.data.layouts.manifests.lists.find_tables import survey
    from onelook.data.layouts.manifests.lists.folders_in_tables import folders_as_groups, folders_as_variants

    variants = folders_as_variants(location, read_tree(location).names)
    have_own = variants is not None and {*variants[1]} <= {each.folder for each in survey(location).listing}
    if variants is not None and not have_own:  # else each folder has a table of its own pictures
        entry, alike = variants
        ways = [
            Choice("--layout class-folders", folders.why),
            *(
                Choice(f"--pictures-in {quote(folder.rstrip('/'))}", f"the pictures there that {entry} lists")
                for folder in alike
            ),
        ]
        raise ask_which(
            f"{location.root}: {entry} names pictures that are in {named(alike)} alike, so a "
            "folder may be a kind of picture, and no class.",
            ways,
        )
    found = folders_as_groups(location)
    if found is None:
        return
    entry, column, groups = found
    try:
        classes = open_as("class-folders", location, options).class_names
    except ConfigError:  # a question of its own: `open` asks it
        return
    if 2 * len({*classes} & {*groups}) > len(groups):  # a sample of the table was read
        ways = [
            Choice("--layout class-folders", folders.why),
            Choice("--layout picture-folder", "the pictures without labels"),
        ]
        raise ask_which(
            f"{location.root}: {entry} has the names of the folders in the column '{column}', so a folder may be a "
            f"person or a thing with several pictures, and no class. {' '.join(survey(location).notes[:1])}".rstrip(),
            ways,
        )


def _refuse_things_with_masks(location: Location, folders: Candidate) -> None:
    """Ask if counted folders hold pictures of the same names with a mask for each, as KolektorSDD's `kos01/`.

    Raises:
        ConfigError: they do.
    """
    from onelook.data.layouts.folders.one_thing import note_on_things
    from onelook.data.layouts.folders.tree import read_tree

    for note in note_on_things(read_tree(location)):
        ways = [
            Choice("--layout class-folders", folders.why),
            Choice("--layout picture-folder", "the pictures without labels"),
        ]
        raise ask_which(f"{location.root}: {note}", ways)


def _refuse_facts_of_folders(location: Location, options: LayoutOptions, fitting: Mapping[str, Candidate]) -> None:
    """Ask if a table has a row for each folder, with an unsure label, and all folders hold the same words as names.

    So the names of `0/Anger.jpg`, `0/Fear.jpg` … may be the classes, and the table only tells where person 0 lives.

    Raises:
        ConfigError: it has.
    """
    if fitting.keys() != {"manifest"} or options.label_column is not None or location.is_file:
        return
    from onelook.data.layouts.folders.patterns.by_pattern import names_in_each_folder
    from onelook.data.layouts.folders.tree import read_tree
    from onelook.data.layouts.manifests.columns.evidence import Strength
    from onelook.data.layouts.manifests.lists.find_tables import survey
    from onelook.data.layouts.manifests.roles import find_roles
    from onelook.data.layouts.manifests.weigh_tables import evidence_of

    looked = survey(location)
    of_folders = next((one for one in looked.listing if one.several is not None and one.several.is_folder), None)
    way = None if of_folders is None else names_in_each_folder(read_tree(location))
    if of_folders is None or way is None:
        return
    target = find_roles(of_folders.table, of_folders.path, None, evidence_of(looked)).target
    if target.strength is Strength.NAMED or target.no_classes:
        return
    columns = target.choices if target.column is None else (target.column,)
    raise ask_which(
        f"{location.root}: {of_folders.entry} has a row for each folder, and all folders hold the same names, one "
        "picture of each, so a name may be the class.",
        [
            Choice(way.pattern.flag, f"{classes_in_words(way.labels)}, by the names"),
            *(
                Choice(f"--label-column {quote(column)}", f"{classes_in_words(_filled(of_folders.table, column))}")
                for column in columns
            ),
        ],
    )


def _have_ids(location: Location) -> bool:
    """Return whether a table names pictures in two ways, as `TEST_000` beside a path: a sample may ask for either."""
    from onelook.data.layouts.manifests.lists.find_tables import survey

    return any(each.has_other_names for each in survey(location).listing)


def _filled(table: ManifestTable, column: str) -> list[str]:
    return [cell for cell in table.columns[column] if cell is not None]


def fitting_layout(location: Location, options: LayoutOptions) -> str:
    """Return the one layout that recognises the data and yields to no other.

    Raises:
        DataError: no layout fits; the error says what was found, and what was expected.
        ConfigError: several layouts fit.
    """
    found = candidates(location)
    fitting = standing(found)
    if not options.needs_labels and any(each.label_source in _BY_FOLDERS_OR_NAMES for each in fitting.values()):
        # All pictures, regardless of the meaning of folders and names; a table may have the ids of a submission.
        return "manifest" if "manifest" in found and _have_ids(location) else "picture-folder"
    if _is_asked_of_table(location, options, found, fitting):
        return "manifest"
    if len(fitting) > 1 and options.label_column is not None:  # only tables have one
        fitting = {name: each for name, each in fitting.items() if layout_entry(name).reads_label_column} or fitting
    fitting = without_second_forms(location, options, fitting)
    if fitting.keys() == {"class-folders", "pixel-rows"}:
        from onelook.data.layouts.pixels.feature_rows import rows_about_folders

        if rows_about_folders(location):
            del fitting["pixel-rows"]
    if fitting.keys() == {"class-folders", "manifest"} and _are_variants(location):
        return "manifest"
    if fitting.keys() == {"class-folders", "manifest"} and (agreed := _folders_or_tables(location, options, fitting)):
        return agreed
    if len(fitting) > 1:
        from onelook.data.layouts.manifests.lists.find_tables import survey

        ways = [
            Choice(f"--layout {name}", each.why, _classes_of(name, location, options)) for name, each in fitting.items()
        ]
        notes = "" if location.is_file else "".join(f"{note} " for note in survey(location).notes[:1])
        raise ask_which(f"{notes}{location.root} can be read in {len(fitting)} ways.", ways)
    if fitting.keys() == {"class-folders"}:
        if _table_names_the_level(location, options, found) or _folders_label_the_test(location, options, found):
            return "manifest"
        _refuse_folders_of_groups(location, options, fitting["class-folders"])
        _refuse_things_with_masks(location, fitting["class-folders"])
    if fitting:
        _refuse_facts_of_folders(location, options, fitting)
        return next(iter(fitting))
    from onelook.data.layouts.unrecognised import nothing_fits

    raise nothing_fits(location)
