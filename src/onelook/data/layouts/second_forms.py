"""Leave out a second form of the same pictures: rows of pixels beside files, IDX beside CSV, a few illustrations."""

from __future__ import annotations

from collections.abc import Mapping

from onelook.data.dataset import Dataset
from onelook.data.layouts.layout import Candidate, LabelSource, Layout, LayoutOptions
from onelook.data.layouts.registry import LAYOUTS
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location, folders_above
from onelook.errors import ConfigError, DataError

_MOST_STRAYS = 3  # a sheet of samples, a logo; four may be data


def without_second_forms(
    location: Location, options: LayoutOptions, fitting: Mapping[str, Candidate]
) -> dict[str, Candidate]:
    """Return the candidates without those that hold the pictures of another one once more, or a few strays beside it.

    Args:
        location: the location of the data.
        options: what the user asks for.
        fitting: the candidates that yield to no other, by layout.
    """
    left = _without_same_rows(location, options, dict(fitting))
    if not options.needs_labels:
        return left
    again = "picture-folder" if _are_strays(location, left) else _are_in_rows(location, options, left)
    left.pop(again or "", None)
    if _are_rows_of_folders(location, options, left):
        del left["pixel-csv"]
    return left


def _are_strays(location: Location, fitting: Mapping[str, Candidate]) -> bool:
    """Return whether a few pictures without labels only illustrate arrays or pixel tables beside them."""
    others = {each.label_source for name, each in fitting.items() if name != "picture-folder"}
    if not others or not others <= {LabelSource.FORMAT, LabelSource.PIXEL_TABLE}:
        return False
    return "picture-folder" in fitting and len(location.once(picture_names)) <= _MOST_STRAYS


def _are_in_rows(location: Location, options: LayoutOptions, fitting: Mapping[str, Candidate]) -> str | None:
    """Return the layout of files whose pictures lie in labelled rows of values too, as many as there are rows.

    They have no labels themselves, or are what an archive without class folders unpacked to, `ships/ships/1.png`.
    """
    files = [name for name in fitting if name in ("picture-folder", "class-folders")]
    # Beside loose pictures, arrays of as many may be others.
    known = {LabelSource.PIXEL_TABLE, *([LabelSource.FORMAT] if files == ["class-folders"] else [])}
    others = [name for name, each in fitting.items() if each.label_source in known]
    if len(others) != 1 or len(files) != 1 or len(fitting) != len(others) + len(files):
        return None
    sizes = {len(location.once(picture_names))} if files == ["picture-folder"] else _unpacked_sizes(location)
    try:
        parts = open_as(others[0], location, options).parts.values() if sizes else ()
    except (DataError, ConfigError):
        return None
    rows = sum(len(part) for part in parts)
    return files[0] if rows in sizes and all(part.labels is not None for part in parts) else None


def _unpacked_sizes(location: Location) -> frozenset[int]:
    """Return the numbers of pictures in folders that archives unpacked to, if there are only such; else none."""
    from onelook.data.layouts.folders.parts.parted_root import is_unpacked
    from onelook.data.layouts.folders.tree import read_tree

    tree = read_tree(location)
    folders = folders_above(tree.names)
    are_all = all(is_unpacked(f"{tree.base}{top}/", top, tree.names, folders) for top in tree.tops)
    return frozenset(map(len, tree.tops.values())) if are_all else frozenset()


def _are_rows_of_folders(location: Location, options: LayoutOptions, fitting: Mapping[str, Candidate]) -> bool:
    """Return whether pixel tables beside class folders have a row for each of their pictures: the same once more."""
    if fitting.keys() != {"class-folders", "pixel-csv"}:
        return False
    from onelook.data.layouts.pixels.pixel_csv import rows_by_table

    try:
        parts = open_as("class-folders", location, options).parts.values()
    except (DataError, ConfigError):
        return False
    return {*rows_by_table(location).values()} == {sum(len(part) for part in parts if part.labels is not None)}


def _without_same_rows(
    location: Location, options: LayoutOptions, fitting: dict[str, Candidate]
) -> dict[str, Candidate]:
    """Return the candidates without pixel tables if IDX files beside them have as many pictures of each part.

    Fashion-MNIST lies on Kaggle in both forms; the tables need a hundred times longer.
    """
    if fitting.keys() != {"idx", "pixel-csv"}:
        return fitting
    from onelook.data.layouts.pixels.pixel_csv import rows_by_part

    try:
        parts = open_as("idx", location, options).parts
        are_same = rows_by_part(location) == {name: len(part) for name, part in parts.items()}
    except DataError:
        return fitting
    return {"idx": fitting["idx"]} if are_same else fitting


def open_as(layout: str, location: Location, options: LayoutOptions) -> Dataset:
    """Return the data set as a layout reads it.

    Raises:
        DataError: it does not fit, or is damaged.
        ConfigError: it can be read in several ways.
    """
    opener: Layout = LAYOUTS.load(layout)()
    return opener.open(location, options)
