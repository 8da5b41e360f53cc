"""Tell which columns of a table may be the label, by their names and cells alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from onelook.data.column_names import LABEL_NAMES, is_called_like_label, words_of
from onelook.data.layouts.manifests.columns.column_words import PEOPLE_WORDS
from onelook.data.layouts.manifests.columns.number_columns import (
    Cells,
    are_codes,
    is_of_decimals,
)
from onelook.data.part_names import names_a_part
from onelook.data.share_names import names_a_share, number_shares

_DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}.*|\d{1,2}:\d{2}.*")
# The end of a file's name, such as the video that a frame is from.
_FILE = re.compile(
    r"\.(?:avi|mp4|mov|mkv|mpg|wmv|wav|mp3|ogg|flac|jpe?g|png|tiff?|bmp|dcm|svs|xml|json|txt|csv)$", re.I
)
# What a labelling tool writes of the work on a row.
_STATES = frozenset(("accept", "reject", "ignore", "skip", "accepted", "rejected", "ignored", "skipped"))
_FEWEST_NUMBERED = 5
_SHARE_FILLED = 0.5  # of a column that says the same as a fuller one
_FEWEST_ROWS = 10  # in a smaller table (a test, a toy example), classes may all differ


def people_among(columns: Mapping[str, Cells]) -> tuple[str, ...]:
    """Return the columns with a fact on people, such as age and gender, that may be classes."""
    return tuple(
        name for name, cells in columns.items() if PEOPLE_WORDS & set(words_of(name)) and is_plausible(name, cells)
    )


def is_part_of(cells: Cells, wider: Cells) -> bool:
    """Return whether each value of a column occurs with one value of a column of fewer values."""
    return len(set(zip(cells, wider, strict=True))) == len(set(cells)) > len(set(wider))


def are_alike(cell: str | None, name: str) -> bool:
    """Return whether a cell and a beginning of a name are the same text, or the same number."""
    if cell is None:
        return False
    are_numbers = cell.isdecimal() and name.isdecimal()
    return int(cell) == int(name) if are_numbers else cell.casefold() == name.casefold()


def is_index(cells: Cells) -> bool:
    """Return whether a column numbers the rows."""
    return len(set(cells)) == len(cells) >= _FEWEST_NUMBERED and all(cell and cell.isdecimal() for cell in cells)


def are_files(cells: Cells) -> bool:
    """Return whether a column holds a file of its own for each row, such as a second path of each picture."""
    present = [cell for cell in cells if cell is not None]
    return len(set(present)) == len(present) > 1 and all(map(_FILE.search, present))


def is_id(cells: Cells) -> bool:
    """Return whether every row has another value, as the numbers that a program gives to its annotations."""
    return None not in cells and len(set(cells)) == len(cells) >= _FEWEST_ROWS


def are_one_to_one(cells: Cells, others: Sequence[str | None]) -> bool:
    """Return whether each value of one column occurs with one value of the other, and the reverse."""
    pairs = set(zip(cells, others, strict=False))
    return len(pairs) == len({one for one, _ in pairs}) == len({other for _, other in pairs}) > 1


def usually_labels(columns: Mapping[str, Cells]) -> list[str]:
    """Return the columns with usual names of a label, the likeliest first."""
    folded = {name.casefold(): name for name in columns}
    if "x" in folded:  # `y` is a place in the picture
        folded.pop("y", None)
    found = [folded[name] for name in LABEL_NAMES if name in folded]
    found += [name for name in folded.values() if name not in found and is_called_like_label(name)]
    return found


def is_plausible(name: str, cells: Cells) -> bool:
    """Return whether a column may be classes, and not an index, a constant, a number with decimals or a date."""
    present = [cell for cell in cells if cell is not None]
    values = set(present)
    if not name or len(values) < 2 or is_index(cells) or (2 * len(present) < len(cells) and len(cells) >= _FEWEST_ROWS):
        return False
    if len(present) >= _FEWEST_ROWS and 2 * len(values) > len(present):
        return False
    if values <= _STATES:
        return False
    some = list(values)[:50]
    if is_of_decimals(present[:2_000]) or all(map(_DATE.fullmatch, some)) or all(map(_FILE.search, some)):
        return False
    return not {"unnamed", "index"} & set(words_of(name)[:1])


def are_parts_or_shares(folders: Collection[str]) -> bool:
    """Return whether all folders are called after parts or shares of the pictures: any column may agree by chance."""
    return all(names_a_part(folder) or names_a_share(folder) for folder in folders) or number_shares(folders)


def agree_with_folders(cells: Cells, folders: Sequence[str]) -> bool:
    return len(cells) == len(folders) and None not in cells and are_one_to_one(cells, folders)


def most_readable(columns: Mapping[str, Cells], names: Sequence[str]) -> str:
    return next((name for name in names if not are_codes(columns[name])), names[0])


def without_codes(columns: Mapping[str, Cells], plausible: Sequence[str]) -> list[str]:
    """Return the columns without those that are codes, or other names, for the classes of another column.

    If two columns say the same, the one with fewer blanks is kept.
    """
    kept: list[str] = []
    for name in sorted(plausible, key=lambda each: (columns[each].count(None), are_codes(columns[each]))):
        if not any(say_the_same(columns[name], columns[other]) for other in kept):
            kept.append(name)
    return [name for name in plausible if name in kept]


def say_the_same(cells: Cells, fuller: Cells) -> bool:
    """Return whether each value of one column occurs with one value of the other, apart from its own blanks."""
    if None not in cells:
        return are_one_to_one(cells, fuller)
    filled = [(one, other) for one, other in zip(cells, fuller, strict=True) if one is not None]
    ones, others = [one for one, _ in filled], [other for _, other in filled]
    is_enough = len(filled) >= max(_FEWEST_ROWS, _SHARE_FILLED * len(cells))
    return is_enough and None not in others and set(others) == {*fuller} - {None} and are_one_to_one(ones, others)
