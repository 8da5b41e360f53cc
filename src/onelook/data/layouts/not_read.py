"""Count the files beside arrays and tables that a layout did not read and that no note names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from onelook.data.dataset import Dataset
from onelook.data.layouts.left_out import SIDECARS_READ
from onelook.data.layouts.packed import note_on_archives
from onelook.data.layouts.registry import layout_entry
from onelook.data.pictures.by_content import picture_names
from onelook.data.storage.location import Location, suffix_of
from onelook.wording import agree, counted, listed

_SHOWN = 5


def notes_on_files_not_read(
    location: Location, dataset: Dataset, read: Collection[str], looked_at: Collection[str]
) -> list[str]:
    """Return a note on the files that were not read, by kind; empty if there are none.

    Args:
        location: the location of the data.
        dataset: the data set, whose layout may have named files in its notes.
        read: the files that were opened to make the data set.
        looked_at: the files that were opened before, to recognise the layout. Those that end as files of the layout do
            are kept in memory, and not opened again.
    """
    entry = layout_entry(dataset.layout)
    if location.is_file or entry.counts_other_files or _names_some(dataset.notes):
        return []
    pictures = set(location.once(picture_names)) if dataset.layout == "manifest" else frozenset[str]()
    rest = [name for name in location.entries() if name not in pictures and name not in read]
    if not rest:
        return []
    said = "\n".join((dataset.why, *dataset.notes))
    kinds: Counter[str] = Counter()
    unread: list[str] = []
    for name in rest:
        last = name.rpartition("/")[2]
        is_of_layout = last.lower().removesuffix(".gz").endswith(entry.endings)
        if last.lower().endswith(".xml"):  # of many files of boxes a few are looked at
            is_of_layout = SIDECARS_READ in said
        is_named = _names_file(said, last) or (is_of_layout and last.partition(".")[0] in said)
        if not is_named and not (is_of_layout and name in looked_at):
            kinds[suffix_of(name) or "without suffix"] += 1
            unread.append(name)
    if not kinds:
        return []
    shown = listed((f"{count:,} {suffix}" for suffix, count in kinds.most_common()), most=_SHOWN, last="")
    total = kinds.total()
    return [
        f"{counted(total, 'other file')} {agree(total, 'was', 'were')} not read ({shown}).{note_on_archives(unread)}"
    ]


def _names_file(said: str, file: str) -> bool:
    """Return whether a text names a file; `pug_1.jpg` does not name `pug_1`."""
    return file in said and re.search(rf"(?<![\w.-]){re.escape(file)}(?!\.?[\w-])", said) is not None


def _names_some(notes: Sequence[str]) -> bool:
    """Return whether a note of the layout counts its other files already, and names only the first of them."""
    return any(note.startswith("Files that ") and " more." in note for note in notes)
