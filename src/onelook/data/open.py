"""The front door of the data: any path, name or array opened as what it is, and why."""

from __future__ import annotations

import difflib
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from onelook.data.class_names import has_integer_labels, listed, name_classes
from onelook.data.dataset import Dataset
from onelook.data.location import ARCHIVE_SUFFIXES, Location
from onelook.data.merge import PartName, add_part
from onelook.data.sources import LAYOUTS, WITH_LABEL_COLUMN
from onelook.data.sources.arrays import open_arrays
from onelook.data.sources.builtin import DATASETS, Builtin
from onelook.data.sources.frame import lists_files, open_frame
from onelook.data.sources.source import Layout, SourceOptions
from onelook.data.sources.table_text import read_first_line
from onelook.errors import ConfigError, DataError, unknown_name


def open_dataset(
    data: Any,
    *,
    test: Any = None,
    val: Any = None,
    class_names: Sequence[str] | None = None,
    label_column: str | None = None,
    layout: str | None = None,
    for_training: bool = True,
) -> Dataset:
    """What is there, in its parts, with its classes; prints as what was found and why.

    Args:
        data: a path (a file, a folder, a zip or tar); a built-in name, such as `digits`; arrays, as `X`, `(X, y)` or
            `{"train": (X, y), "test": (X, y)}`; a pandas or polars DataFrame with a column of paths; or a data set
            that is open already.
        test, val: a second data set, in the same ways, that becomes the part `test` or `val`.
        class_names: names of the integer labels, in numeric order.
        label_column: the column of a table that holds the label, where its name does not say so.
        layout: the layout to take, where several fit; `onelook.data.sources.LAYOUTS` has them.
        for_training: whether a labelled data set needs two classes at least.

    Raises:
        ConfigError: a name, a layout or a column is unknown, or the class names do not fit.
        DataError: nothing is there, it fits no layout, or it is malformed.

    Example:
        >>> dataset = open_dataset("digits")
        >>> {name: len(part) for name, part in dataset.parts.items()}
        {'train': 1437, 'test': 360}
    """
    options = SourceOptions(label_column)
    dataset = _open_one(data, options, layout)
    if label_column is not None and dataset.layout not in WITH_LABEL_COLUMN:
        raise ConfigError(f"--label-column {label_column}: {dataset.name} is no table, its layout is {dataset.layout}.")
    if layout is not None and dataset.layout != layout:
        raise ConfigError(f"--layout {layout}: {dataset.name} is no path; its layout is {dataset.layout}.")
    others: dict[PartName, Dataset] = {}
    if val is not None:
        others["val"] = _open_one(val, options)
    if test is not None:
        others["test"] = _open_one(test, options)
    if class_names is not None:
        # Numbers agree with numbers, so these are matched before they get names.
        for name in [name for name, other in others.items() if has_integer_labels(other.class_names)]:
            dataset = add_part(dataset, others.pop(name), name)
        dataset = name_classes(dataset, class_names)
    for name, other in others.items():
        dataset = add_part(dataset, other, name)
    if for_training:
        _check_classes(dataset)
        _check_dtypes(dataset)
    return dataset


def _open_one(data: Any, options: SourceOptions, layout: str | None = None) -> Dataset:
    if isinstance(data, Dataset):
        return data
    if lists_files(data):
        return open_frame(data, options)
    if not isinstance(data, str | os.PathLike):
        return open_arrays(data)
    path = Path(data).expanduser()
    if isinstance(data, str) and _is_name(data):
        if data not in DATASETS:
            raise ConfigError(
                f"{unknown_name('data set', data, DATASETS)} No file or folder is called so here, either."
            )
        builtin: Builtin = DATASETS.load(data)
        return builtin.open(lambda folder: _open_path(folder, options))
    if not path.exists():
        raise DataError(_nothing_there(path))
    return _open_path(path, options, layout)


def _is_name(data: str) -> bool:
    """Whether this names a built-in data set: no separator, no dot, and nothing is called so here."""
    return not any(mark in data for mark in ("/", "\\", ".", "~")) and not Path(data).exists()


def _open_path(path: Path, options: SourceOptions, layout: str | None = None) -> Dataset:
    location = Location(path)
    entries = location.entries()
    if not location.is_file and len(entries) == 1 and entries[0].lower().endswith(ARCHIVE_SUFFIXES):
        inner = location.path(entries[0])  # None inside an archive: one in another is not looked through
        location = Location(inner) if inner else location
    if layout is None:
        layout = _fitting_layout(location)
    opener: Layout = LAYOUTS.load(layout)()
    dataset = opener.open(location, options)
    notes = [*dataset.notes]
    if location.ignored:
        notes.append(f"Hidden and system entries ignored: {listed(location.ignored)}.")
    if location.runs:
        notes.append(f"What earlier trainings wrote is no data, and ignored: {listed(location.runs)}.")
    return replace(dataset, notes=tuple(notes))


def _fitting_layout(location: Location) -> str:
    """The one layout that recognises what is there.

    Raises:
        DataError: none does; says what is there, and what could be.
        ConfigError: several do.
    """
    asked = {name: LAYOUTS.load(name)().recognise(location) for name in LAYOUTS}
    fitting = {name: why for name, why in asked.items() if why is not None}
    if len(fitting) > 1:
        reasons = "; ".join(f"{name} ({why})" for name, why in fitting.items())
        raise ConfigError(
            f"{location.root} can be read in {len(fitting)} ways: {reasons}. Choose one with --layout NAME."
        )
    if not fitting and not location.entries():
        raise DataError(f"{location.root}: {_contents(location)}. Expected pictures, tables of pixels or IDX files.")
    if not fitting and all(entry.lower().endswith(ARCHIVE_SUFFIXES) for entry in location.entries()):
        raise DataError(
            f"{location.root}: {_contents(location)}: archives in it are not looked into. "
            "Unpack it, and give the archive or folder that holds the pictures."
        )
    if not fitting and location.suffix in (".npy", ".npz"):
        raise DataError(
            f"{location.root}: a file of NumPy arrays, whose meaning its names do not tell. "
            "Load it in Python and train on the arrays: onelook.train((X, y))."
        )
    if not fitting:
        known = "; ".join(f"{name}: {LAYOUTS.describe(name)}" for name in LAYOUTS)
        raise DataError(f"{location.root}: {_contents(location)}, which fits no known layout. Known are {known}.")
    return next(iter(fitting))


def _contents(location: Location) -> str:
    """What lies there, in a few words."""
    entries = location.entries()
    if location.is_file:
        line = read_first_line(location, entries[0])
        start = f" that starts with '{line[:40]}'" if line and line.isprintable() else ""
        return f"a file with the suffix '{location.suffix}'{start}"
    kind = {"": "folder", ".zip": "zip"}.get(location.suffix, "tar")
    if not entries:
        hidden = f" (hidden and system entries do not count: {listed(location.ignored)})" if location.ignored else ""
        return f"an empty {kind}{hidden}"
    suffixes = Counter(PurePosixPath(entry).suffix.lower() or "without suffix" for entry in entries)
    kinds = ", ".join(f"{count:,} {suffix}" for suffix, count in suffixes.most_common(5))
    return f"a {kind} of {len(entries):,} file{'s' * (len(entries) > 1)} ({kinds})"


def _nothing_there(path: Path) -> str:
    """Says that a path does not exist, with the nearest name that does."""
    parent = path.parent
    while not parent.is_dir():
        path, parent = parent, parent.parent
    close = difflib.get_close_matches(path.name, [entry.name for entry in parent.iterdir()], n=1)
    hint = f"Did you mean '{parent / close[0]}'?" if close else f"In {parent.resolve()} nothing has a similar name."
    return f"no file or folder '{path}'. {hint}"


def _check_classes(dataset: Dataset) -> None:
    """Refuses a labelled training set with a single class: there is nothing to tell apart."""
    for part in dataset.parts.values():
        if part.name not in ("train", "all") or part.labels is None or not len(part.labels):
            continue
        if (part.labels == part.labels[0]).all():
            only = dataset.class_names[int(part.labels[0])]
            many = f"all {len(part):,} labelled pictures are" if len(part) > 1 else "the only labelled picture is"
            raise DataError(
                f"{dataset.name}: {many} of one class, '{only}'. Expected two classes or more, to tell apart."
                f"{''.join(f' {note}' for note in dataset.notes)}"
            )


def _check_dtypes(dataset: Dataset) -> None:
    """Refuses parts whose numbers are of different kinds: 1 is white in one and nearly black in the other."""
    dtypes = {name: part.pictures.facts().dtype for name, part in dataset.parts.items()}
    wanted = dtypes.get("train", next(iter(dtypes.values())))
    for name, dtype in dtypes.items():
        if dtype != wanted:
            raise DataError(
                f"{dataset.name}: the {name} pictures are {dtype}, those to train on {wanted}. "
                f"Bring them to the same range of values, then to {wanted}."
            )
