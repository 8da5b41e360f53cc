"""Open data: turn any path, name or Python object into a `Dataset`, by the layout that fits it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, Unpack

from onelook.data.class_names import has_integer_labels, name_classes, settle_class_names
from onelook.data.dataset import Dataset
from onelook.data.join_parts import PartName, add_part
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.layouts.layout import Layout, LayoutOptions
from onelook.data.layouts.not_read import notes_on_files_not_read
from onelook.data.layouts.packed import lone_archive
from onelook.data.layouts.recognise import fitting_layout, implied_layout
from onelook.data.layouts.registry import LAYOUTS, layout_entry
from onelook.data.part import NamedPart
from onelook.data.part_names import pool_name
from onelook.data.pictures.by_content import picture_names
from onelook.data.remote.addresses import is_url
from onelook.data.storage.location import Location, hidden_in_words
from onelook.errors import ConfigError, DataError, nearest, unknown_name
from onelook.settings.opening import OpeningKeywords, OpeningOptions, opening_options
from onelook.wording import agree, counted, listed

# The code for data of other kinds is imported where such data is met: most of a second opening would be imports.


def open_dataset(
    data: Any,
    *,
    test: Any = None,
    val: Any = None,
    for_training: bool = True,
    needs_labels: bool = True,
    **options: Unpack[OpeningKeywords],
) -> Dataset:
    """Open data, and return its parts and classes. The data set prints as a summary of what was found, and why.

    Args:
        data: a path (a file, a folder, a zip or tar); an address, such as `s3://bucket/photos.zip`; a built-in name,
            such as `digits`; arrays, as `X`, `(X, y)` or
            `{"train": (X, y), "test": (X, y)}`; a pandas or polars DataFrame with a column of paths or one column
            per pixel; a `datasets.Dataset` or `DatasetDict`; or a data set that is already open, or
            one of its parts.
        test, val: a second data set of any of these kinds, which becomes the part `test` or `val`.
        for_training: whether a labelled data set needs at least two classes.
        needs_labels: False if pictures are only predicted: then every picture is read, and no question about labels is
            asked.
        **options: fields of `onelook.settings.opening.OpeningOptions`, such as `label_from="folder:1"`. They also apply
            to `test` and `val`, except `layout`.

    Raises:
        ConfigError: a name, a layout or a column is unknown, or the class names do not fit.
        DataError: nothing is there, it fits no layout, or it is malformed.

    Example:
        >>> dataset = open_dataset("digits")
        >>> {name: len(part) for name, part in dataset.parts.items()}
        {'train': 1437, 'test': 360}
    """
    opening = opening_options(options, "open_dataset")
    return open_with(data, opening, test=test, val=val, for_training=for_training, needs_labels=needs_labels)


def open_with(
    data: Any,
    opening: OpeningOptions,
    *,
    test: Any = None,
    val: Any = None,
    for_training: bool = True,
    needs_labels: bool = True,
) -> Dataset:
    """Open data with options that are validated already. The arguments are those of `open_dataset`.

    Raises:
        ConfigError: as for `open_dataset`.
        DataError: as for `open_dataset`.
    """
    options, layout = LayoutOptions(opening, needs_labels), opening.layout
    if options.label_from is not None:
        implied = "class-folders" if isinstance(options.label_from, FolderLevel) else "labelled-names"
        if layout not in (None, implied):
            raise ConfigError(
                f"--label-from {opening.label_from} goes with the layout {implied}, not with --layout {layout}.",
                options=[f"--layout {implied}"],
            )
    dataset = _recognised(_whole(_open_one(data, options, layout)), data, opening)
    _refuse_idle_options(dataset, opening)
    if layout is not None and dataset.layout != layout:
        raise ConfigError(f"--layout {layout}: {dataset.name} is no path; its layout is {dataset.layout}.")
    others: dict[PartName, Dataset] = {}
    if val is not None:
        others["val"] = _recognised(_whole(_open_one(val, options)), val, opening)
    if test is not None:
        others["test"] = _recognised(_whole(_open_one(test, options)), test, opening)
    if opening.class_names is not None:
        # Numbers are matched with numbers before the classes get names.
        for name in [name for name, other in others.items() if has_integer_labels(other.class_names)]:
            dataset = add_part(dataset, others.pop(name), name)
        dataset = name_classes(dataset, opening.class_names)
    for name, other in others.items():
        dataset = add_part(dataset, other, name)
    if opening.ignore_groups:
        from onelook.data.layouts.manifests.names.groups_in_names import without_groups

        dataset = without_groups(dataset)
    if opening.fixes is not None:
        from onelook.data.fixes.apply import with_fixes
        from onelook.data.fixes.fixes_file import read_fixes

        dataset = with_fixes(dataset, read_fixes(Path(opening.fixes).expanduser()))
    if for_training:
        _check_classes(dataset, str(data) if isinstance(data, (str, Path)) else dataset.name)
        _check_dtypes(dataset)
    return dataset


def _refuse_idle_options(dataset: Dataset, opening: OpeningOptions) -> None:
    """Refuse an option that the layout of the data does not read.

    Raises:
        ConfigError: there is one.
    """
    if opening.label_from is not None and not layout_entry(dataset.layout).reads_label_from:
        raise ConfigError(
            f"--label-from {opening.label_from}: {dataset.name} is no folder or archive of pictures; its layout is "
            f"{dataset.layout}."
        )
    if opening.label_column is not None and not layout_entry(dataset.layout).reads_label_column:
        raise ConfigError(
            f"--label-column {opening.label_column}: {dataset.name} is no table, its layout is {dataset.layout}."
        )
    if opening.pictures_in is not None and dataset.layout != "manifest":
        raise ConfigError(
            f"--pictures-in {opening.pictures_in}: {dataset.name} is no table of pictures, its layout is "
            f"{dataset.layout}."
        )


def _whole(dataset: Dataset) -> Dataset:
    """Return the data set, checked: every part has pictures, and the class names differ."""
    for name, part in dataset.parts.items():
        if not len(part):
            of = "" if name == "all" else f" of the part '{name}'"
            raise DataError(f"{dataset.name}: there are no pictures{of} in it. Expected at least one.")
    return settle_class_names(dataset)


def _recognised(dataset: Dataset, data: Any, opening: OpeningOptions) -> Dataset:
    """Return the data set with published class names if it is a published one, unless the user names the classes."""
    if opening.class_names is not None or not isinstance(data, str | os.PathLike):
        return dataset
    if isinstance(data, str) and _is_name(data):  # a built-in set has its names
        return dataset
    from onelook.data.layouts.published.recognise import with_published_names

    return with_published_names(dataset, data)


def _open_one(data: Any, options: LayoutOptions, layout: str | None = None) -> Dataset:
    if not isinstance(data, str | os.PathLike):
        return _open_object(data, options)
    if isinstance(data, str) and is_url(data):
        from onelook.data.layouts.folders.remote_folder import open_remote

        found = open_remote(data, needs_labels=options.needs_labels)
        return found if isinstance(found, Dataset) else _open_path(found, options, layout)
    path = Path(os.path.expanduser(data))  # noqa: PTH111 - Path's own way fails for an unknown user
    if isinstance(data, str) and _is_name(data):
        from onelook.data.layouts.builtin import DATASETS, Builtin

        if data not in DATASETS:
            unknown = unknown_name("data set", data, DATASETS)
            raise ConfigError(f"{unknown} No file or folder is called so here, either.", options=unknown.options)
        builtin: Builtin = DATASETS.load(data)
        return builtin.open(lambda folder: _open_path(folder, options))
    if not path.exists():
        raise _nothing_there(path)
    return _open_path(path, options, layout)


def _open_object(data: Any, options: LayoutOptions) -> Dataset:
    """Open a Python object: arrays, a table or a data set."""
    if isinstance(data, Dataset):
        return data
    if isinstance(data, NamedPart) and isinstance(data.dataset, Dataset):
        return data.dataset.only(data.name)
    from onelook.data.layouts.arrays.from_python import open_arrays
    from onelook.data.layouts.data_frame import holds_pixels, lists_files, open_frame, open_pixel_frame
    from onelook.data.layouts.hugging_face.dataset import is_hf_dataset, open_hf_dataset

    if is_hf_dataset(data):
        return open_hf_dataset(data, options)
    if holds_pixels(data):
        return open_pixel_frame(data, options)
    return open_frame(data, options) if lists_files(data) else open_arrays(data)


def _is_name(data: str) -> bool:
    """Return whether this names a built-in data set: it has no separator and no dot, and no file has that name."""
    return not any(mark in data for mark in ("/", "\\", ".", "~")) and not Path(data).exists()


def _open_path(path: Path, options: LayoutOptions, layout: str | None = None) -> Dataset:
    fixes = options.opening.fixes
    location = Location(path, without=None if fixes is None else Path(fixes).expanduser())
    entries = location.entries()
    if not location.is_file and (archive := lone_archive(entries)) is not None:
        inner = location.path(archive)  # None inside an archive: an archive in an archive is not opened
        location = Location(inner) if inner else location
    location.record(looked_at := set[str]())
    if layout == "picture-folder":  # named by the user: so the labels in folders and names do not matter
        options = replace(options, needs_labels=False)
    elif layout is None:
        layout = implied_layout(location, options) or fitting_layout(location, options)
    if layout == "labelled-names":
        from onelook.data.layouts.manifests.lists.find_tables import sample_names

        options = replace(options, sample_names=sample_names(location))
    opener: Layout = LAYOUTS.load(layout)()
    if layout_entry(layout).has_picture_files and not location.is_file:
        location.once(picture_names)  # files that turn out to be no pictures were not read
    location.record(read := set[str]())
    try:
        dataset = opener.open(location, options)
    except ConfigError as question:
        if layout == "manifest" or not layout_entry(layout).has_picture_files:
            raise
        from onelook.data.layouts.manifests.listing_notes import asked_beside_tables

        raise asked_beside_tables(question, location) from None
    if layout_entry(layout).has_picture_files or location.once(picture_names):
        dataset = _with_what_is_beside(location, dataset, options)
    location.record(None)
    notes = [*dataset.notes, *notes_on_files_not_read(location, dataset, read, looked_at)]
    if location.ignored:
        notes.append(f"Hidden and system entries ignored: {hidden_in_words(location.ignored)}.")
    if location.shards:
        shown = listed(location.shards, most=3)
        are_tars = location.shards[0].endswith(".tar")
        what = ("tar file", "as the shards") if are_tars else ("zip", "as folders of their names,")
        notes.append(f"{counted(len(location.shards), what[0])} ({shown}) are read in place {what[1]} of one data set.")
    if location.repeated:
        names = listed(location.repeated)
        notes.append(f"Files that are in the archive more than once (the last one is read): {names}.")
    if location.runs:
        notes.append(f"Files that earlier trainings wrote were ignored: {listed(location.runs)}.")
    location.forget()
    return replace(dataset, notes=tuple(notes))


def _with_what_is_beside(location: Location, dataset: Dataset, options: LayoutOptions) -> Dataset:
    """Return the data set with what tables beside the pictures and their names say: class names, groups, notes."""
    from onelook.data.layouts.manifests.class_names_of import with_class_names
    from onelook.data.layouts.manifests.listing_notes import notes_on_tables
    from onelook.data.layouts.manifests.names.groups_in_names import with_groups_from_names
    from onelook.data.layouts.manifests.parts.listed_parts import with_listed_parts
    from onelook.data.layouts.manifests.readme_notes import notes_on_readme
    from onelook.data.layouts.pixels.feature_rows import notes_on_features

    if options.names_classes:
        dataset = with_class_names(location, dataset)
    if not options.needs_labels:
        return dataset
    dataset = with_groups_from_names(dataset)
    if dataset.layout == "manifest" or location.is_file:
        return dataset
    dataset, lists = with_listed_parts(location, dataset)
    is_labelled = any(part.labels is not None for part in dataset.parts.values())
    of_no_label = [each for part in dataset.parts.values() if is_labelled and part.labels is None for each in part.ids]
    has_others = any("beside the parts" in reason for reason in set(dataset.set_aside.values()))
    notes = notes_on_tables(location, dataset.notes, lists, of_no_label, has_others=has_others)
    if dataset.layout == "class-folders":
        notes += notes_on_features(location)
    notes += notes_on_readme(location, dataset)
    return replace(dataset, notes=(*dataset.notes, *notes))


def _nothing_there(path: Path) -> DataError:
    """Return the error for a path that does not exist, with the nearest existing ones."""
    parent = path.parent
    while not parent.is_dir():
        path, parent = parent, parent.parent
    close = [str(parent / name) for name in nearest(path.name, (entry.name for entry in parent.iterdir()))]
    hint = f"Did you mean '{close[0]}'?" if close else f"In {parent.resolve()} nothing has a similar name."
    return DataError(f"no file or folder '{path}'. {hint}", options=close)


def _check_classes(dataset: Dataset, place: str) -> None:
    """Refuse labels that are not classes, and a labelled training set with a single class.

    Args:
        place: the path of the data, or its name if it has none.
    """
    if dataset.no_classes:
        raise DataError(f"{place}: {dataset.no_classes}")
    pool = pool_name(dataset.parts)
    labels = None if pool is None else dataset.parts[pool].labels
    if labels is not None and len(labels) and (labels == labels[0]).all():
        only = dataset.class_names[int(labels[0])]
        many = agree(len(labels), "the only labelled picture is", f"all {len(labels):,} labelled pictures are")
        raise DataError(
            f"{dataset.name}: {many} of one class, '{only}'. Expected two classes or more, to tell apart."
            f"{''.join(f' {note}' for note in dataset.notes)}"
        )


def _check_dtypes(dataset: Dataset) -> None:
    """Refuse parts of different dtypes: 1 is white in one and nearly black in the other."""
    dtypes = {name: part.pictures.facts().dtype for name, part in dataset.parts.items()}
    wanted = dtypes[pool_name(dtypes) or next(iter(dtypes))]
    for name, dtype in dtypes.items():
        if dtype != wanted:
            raise DataError(
                f"{dataset.name}: the {name} pictures are {dtype}, those to train on {wanted}. "
                f"Bring them to the same range of values, then to {wanted}."
            )
