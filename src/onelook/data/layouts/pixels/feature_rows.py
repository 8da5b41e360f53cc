"""Recognise tables of numbers on the pictures of class folders, as the outlines of leaves: they are features."""

from __future__ import annotations

from itertools import islice

from onelook.data.layouts.pixels.bare_files import find_tables
from onelook.data.layouts.pixels.bare_table import split_row
from onelook.data.layouts.tables.text import read_first_line
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location, folders_above
from onelook.wording import agree, named

_MOST_TABLES = 20
_MOST_NAMED = 3  # in a note


def rows_about_folders(location: Location) -> tuple[str, ...]:
    """Return the tables of numbers whose first row has the name of a folder of pictures, as `Acer Campestre,0.1,0.2`.

    Numbers such as `7` may be the names of folders and of other classes, and say nothing.
    """
    tables = [] if location.is_file else location.once(find_tables).pictures
    if not tables:
        return ()
    folders = {_plain(folder.rpartition("/")[2]) for folder in folders_above(location.once(picture_names))}
    found = []
    for entry in islice(tables, _MOST_TABLES):
        cells, _ = split_row(read_first_line(location, entry) or "")
        names = {_plain(cell) for cell in (cells[0], cells[-1]) if any(sign.isalpha() for sign in cell)}
        if names & folders:
            found.append(entry)
    return tuple(found)


def notes_on_features(location: Location) -> list[str]:
    """Return a note on such tables where the pictures of the folders are read."""
    found = rows_about_folders(location)
    if not found:
        return []
    hold, were = agree(len(found), "holds", "hold"), agree(len(found), "was", "were")
    return [
        f"{named(found, most=_MOST_NAMED)} {hold} numbers for pictures of the same classes, as features of them, and "
        f"{were} not read: --layout pixel-rows takes the numbers for pixels."
    ]


def _plain(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").strip().casefold()
