"""Choose the folder that is the class by a list of the classes beside the pictures, where several folders may be it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from onelook.data.layouts.folders.levels import choose_level, lone_folders
from onelook.data.layouts.label_from import FolderLevel
from onelook.data.storage.location import Location
from onelook.errors import ConfigError, DataError
from onelook.wording import counted

# A text with such a word in its name may list the classes, one in each line.
_LISTS_CLASSES = re.compile(
    r"(?:^|[\W_]|(?<=[a-z]))(?:class|label|categor|synset|name)\w*\.(?:txt|csv|tsv|lst|names)$", re.I
)
_MOST_LISTS = 5
_LARGEST_BYTES = 1 << 20
_DEEPEST = 4
_SHARE_WITH_PICTURES = 0.5  # of the listed classes, in a part of a data set
_NUMBER = re.compile(r"^\d+[\s,;:]+|[\s,;:]+\d+$")


def level_or_listed(
    location: Location,
    names: Sequence[str],
    path: str,
    others: Callable[[], Sequence[Sequence[Sequence[str]]]] = tuple,
) -> tuple[FolderLevel, list[str]]:
    """Return the folder that is the class, as `choose_level` does, and a note if a list of the classes decides.

    Raises:
        ConfigError: several folders may be the class, and no list names those of one.
    """
    try:
        return choose_level(location.root, names, path, others), []
    except ConfigError:
        found = _by_list(location, names, path)
        if found is None:
            raise
        level, entry, count = found
        classes = counted(count, "class", "classes")
        note = f"Several folders may be the class: {entry} lists the {classes} that {level.flag} gives, which is taken."
        return level, [note]


def _by_list(location: Location, names: Sequence[str], path: str) -> tuple[FolderLevel, str, int] | None:
    folders = [name[len(path) :].split("/")[:-1] for name in names]
    alone = lone_folders(folders)
    levels = [*(FolderLevel(number) for number in range(1, _DEEPEST + 1)), FolderLevel("last"), FolderLevel("path")]
    for entry, listed in _lists(location):
        fitting: dict[tuple[str, ...], FolderLevel] = {}
        for level in levels:
            inner = [each[alone:] for each in folders] if level.which == "path" else folders
            classes = [_plain(found) for each in inner if (found := level.class_of(each)) is not None]
            distinct = {*classes}
            are_listed = len(classes) == len(folders) and len(distinct) > 1 and distinct <= listed
            if are_listed and len(distinct) >= _SHARE_WITH_PICTURES * len(listed):
                fitting.setdefault(tuple(classes), level)
        if len(fitting) == 1:
            ((classes_of_rows, level),) = fitting.items()
            return level, entry, len({*classes_of_rows})
    return None


def _lists(location: Location) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the texts that may list the classes, and their lines, without numbers before or behind the names."""
    entries = [each for each in location.entries() if _LISTS_CLASSES.search(each.rpartition("/")[2])]
    for entry in sorted(entries, key=lambda each: each.count("/"))[:_MOST_LISTS]:
        try:
            with location.open(entry) as file:
                text = file.read(_LARGEST_BYTES).decode("utf-8-sig")
        except (DataError, OSError, UnicodeDecodeError):
            continue
        yield entry, frozenset(_plain(_NUMBER.sub("", line.strip())) for line in text.splitlines() if line.strip())


def _plain(name: str) -> str:
    return name.strip("/ ").casefold()
