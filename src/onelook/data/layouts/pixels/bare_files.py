"""Find the files of the layout `pixel-rows`: tables of pixel rows, and files that belong together by their names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.pixels.bare_columns import has_label
from onelook.data.layouts.pixels.bare_table import SUFFIXES, bare_rows, is_bare_picture_row, split_row
from onelook.data.layouts.question import Choice, ask_which
from onelook.data.layouts.tables.emnist import is_emnist
from onelook.data.layouts.tables.files import FOUR_CSV_FILES, table_suffix, top_files
from onelook.data.layouts.tables.pair_names import PART_ORDER, pair_names, read_name
from onelook.data.layouts.tables.text import read_first_line
from onelook.data.storage.location import Location
from onelook.errors import DataError
from onelook.wording import agree, counted, listed

# More files are not parts of a data set, but one text file per picture, as for detectors.
_MOST_TABLES = 60


@dataclass(frozen=True)
class BareFiles:
    """The files of one part."""

    pictures: str
    labels: str | None = None  # the file of the labels; None if they are in the same rows, or there are none


@dataclass(frozen=True)
class _Found:
    """The tables of numbers directly in a folder."""

    pictures: tuple[str, ...]  # tables whose rows may be pictures, with labels or without
    others: tuple[str, ...]  # tables that may be labels


def is_of_pictures(location: Location, entry: str) -> bool:
    """Return whether a table's first line is a row of pixels, with a label or without."""
    return is_bare_picture_row(split_row(read_first_line(location, entry) or "")[0])


def find_tables(location: Location) -> _Found:
    """Return the tables of numbers directly in a folder, found by their first lines."""
    entries = [
        entry
        for entry in top_files(location)
        if table_suffix(entry) in SUFFIXES and _plain(entry, (".gz",)) not in FOUR_CSV_FILES
    ]
    if len(entries) > _MOST_TABLES:
        return _Found((), ())
    pictures = [entry for entry in entries if is_of_pictures(location, entry)]
    others = [entry for entry in entries if entry not in pictures and bare_rows(location, entry)] if pictures else []
    return _Found(tuple(pictures), tuple(others))


def _plain(entry: str, suffixes: Sequence[str] = (".gz", ".csv", ".tsv", ".txt", ".data", ".dat")) -> str:
    """Return the name of a file without suffixes that mean nothing; `.tra` and `.test` mean parts and stay."""
    for suffix in suffixes:
        if entry.lower().endswith(suffix):
            entry = entry[: -len(suffix)]
    return entry


def arrange(location: Location) -> dict[str, BareFiles]:
    """Return the table or tables by part, the training part first.

    Raises:
        DataError: there are none, or the names do not show which labels belong to which pictures.
        ConfigError: there are several data sets.
    """
    parts = dict(_arranged(location))
    if "all" in parts and len(parts) > 1:
        parts["train"] = parts.pop("all")
    return {part: parts[part] for part in PART_ORDER if part in parts}


def _arranged(location: Location) -> Mapping[str, BareFiles]:
    """Return the table or tables by the part in their names; `all` if there is none."""
    if location.is_file:
        return {"all": BareFiles(location.entries()[0])}
    found = location.once(find_tables)
    if not found.pictures:
        raise DataError(f"{location.root}: no table of numbers without a header, a row a picture, was found there.")
    labelled = [entry for entry in found.pictures if _has_label(location, entry)]
    if len(labelled) == 1:
        return {"all": BareFiles(labelled[0])}
    if labelled:
        return _by_part(location, labelled)
    names = {_plain(entry): entry for entry in (*found.pictures, *found.others)}
    sets = pair_names(names)
    if len(sets) == 1 and all(len(pair.pictures) == 1 and len(pair.labels) == 1 for pair in sets[0].values()):
        pairs = {part: BareFiles(names[pair.pictures[0]], names[pair.labels[0]]) for part, pair in sets[0].items()}
        if all(pair.pictures in found.pictures for pair in pairs.values()):
            return pairs
    if not sets and len(found.pictures) == 1:
        return {"all": BareFiles(found.pictures[0])}
    hold = agree(len(found.pictures), "holds", "hold")
    raise DataError(
        f"{location.root}: {listed(found.pictures, most=5)} {hold} pictures without labels, and the names do not show "
        "which of the other files have their labels. Expected names such as train-images.csv and train-labels.csv, and "
        "one data set in a folder."
    )


def _has_label(location: Location, entry: str) -> bool:
    return has_label(split_row(read_first_line(location, entry) or "")[0])


def _by_part(location: Location, entries: Sequence[str]) -> Mapping[str, BareFiles]:
    """Return labelled tables by the part in their names.

    Raises:
        ConfigError: a part has several tables.
    """
    sets: dict[tuple[str, ...], dict[str, list[str]]] = {}
    together: dict[str, list[str]] = {}
    for entry in entries:
        name = read_name(_plain(entry))
        sets.setdefault(name.words, {}).setdefault(name.part, []).append(entry)
        together.setdefault(name.part, []).append(entry)
    if all(len(each) == 1 for each in together.values()):
        parts = {part: BareFiles(found[0]) for part, found in together.items()}
        if "train" in parts:
            parts.pop("all", None)  # it is in no part, and a note says that it is left out
        return parts
    choices = []
    for found in sets.values():
        tests = [f"{location.place}/{entry}" for entry in found.get("test", [])[:1]]
        train = found.get("train") or found.get("all") or next(iter(found.values()))
        for entry in train:
            choices.append(Choice(" --test ".join([f"{location.place}/{entry}", *tests]), "a label in each row"))
    raise ask_which(f"{location.root} holds {counted(len(entries), 'table')} of pictures without headers.", choices)


def left_out_notes(location: Location, files: Mapping[str, BareFiles]) -> list[str]:
    """Return notes on the other files of the folder."""
    if location.is_file:
        return []
    used = {each for of in files.values() for each in (of.pictures, of.labels)}
    found = location.once(find_tables)
    notes, rest = [], []
    for entry in location.entries():
        if entry in used or (entry.lower().endswith("mapping.txt") and is_emnist(entry)):
            continue
        if entry in found.pictures:
            what = "is a table of pictures, too" if _has_label(location, entry) else "has pictures without labels"
            notes.append(f"{entry} {what}, and was left out: give its own path.")
        else:
            rest.append(entry)
    return [*notes, *([f"Files that are no rows of pixels were left out: {listed(rest, most=5)}."] if rest else [])]
