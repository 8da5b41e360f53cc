"""Find the column with the part of each row: train, val or test, also as numbers or as yes and no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from onelook.data.column_names import SPLIT_NAMES
from onelook.data.layouts.manifests.columns.target import words_of
from onelook.data.part_names import PART_FOLDERS
from onelook.errors import DataError
from onelook.wording import counted, listed

Cells = Sequence[str | None]

# The numbers of CelebA, and of its copies on Kaggle.
_NUMBERED = {"0": "train", "1": "val", "2": "test"}
_PARTITION_WORDS = frozenset({"split", "subset", "partition"})
_YES, _NO = frozenset({"1", "1.0", "true", "yes"}), frozenset({"0", "0.0", "false", "no"})
# The meaning of no, if yes means this part.
_OTHERWISE = {"train": "test", "val": "train", "test": "train"}


def part_of(cell: str | None) -> str | None:
    """Return the part that a word of a split column means; None if it means none."""
    return None if cell is None else PART_FOLDERS.get(cell.lower())


def parts_column(table_name: str, columns: Mapping[str, Cells]) -> str | None:
    """Return the column with the part of each row; None if there is none.

    A column with a usual name is preferred to a column in which every cell is the name of a part.

    Raises:
        DataError: the column `split` has a word other than train, val and test.
    """
    folded = {column.casefold(): column for column in columns}
    named = next((folded[name] for name in SPLIT_NAMES if name in folded), None)
    if named is not None and _holds_parts(table_name, named, columns[named]):
        return named
    for column, cells in columns.items():
        parts = {part_of(cell) for cell in set(cells)}
        if None not in parts and len(parts) > 1 and "train" in parts:
            return column
    return None


def with_named_parts(columns: Mapping[str, Cells]) -> tuple[Mapping[str, Cells], str]:
    """Return the columns with names of parts instead of numbers or yes and no, and a text on the column, or "".

    Example:
        >>> with_named_parts({"eval partition": ["0", "0", "1", "2"]})[0]
        {'eval partition': ['train', 'train', 'val', 'test']}
        >>> with_named_parts({"is_train": ["True", "False"]})
        ({'is_train': ['train', 'test']}, "the column 'is_train' (True is train, False is test)")
    """
    for column, cells in columns.items():
        meaning = _meaning(column, cells)
        if meaning:
            told = listed((f"{cell} is {part}" for cell, part in meaning.items()), last="")
            named = [None if cell is None else meaning[cell] for cell in cells]
            return {**columns, column: named}, f"the column '{column}' ({told})"
    return columns, ""


def _meaning(column: str, cells: Cells) -> Mapping[str, str]:
    """Return the part that each value of a column means; empty if it means none."""
    words = words_of(column)
    of_parts = bool(_PARTITION_WORDS & set(words))
    as_part = PART_FOLDERS.get(words[1]) if len(words) > 1 and words[0] == "is" else None
    if not of_parts and as_part is None:
        return {}
    times = Counter(cell for cell in cells if cell is not None)
    if of_parts:
        are_numbered = times.keys() == _NUMBERED.keys() and times["0"] == max(times.values())
        return _NUMBERED if are_numbered else {}
    yes, no = ([cell for cell in times if cell.casefold() in meant] for meant in (_YES, _NO))
    if as_part is None or len(yes) != 1 or len(no) != 1 or len(times) > 2:
        return {}
    return {yes[0]: as_part, no[0]: _OTHERWISE[as_part]}


def _holds_parts(table_name: str, column: str, cells: Cells) -> bool:
    words = Counter(cell for cell in cells if part_of(cell) is None)
    if not words:
        return True
    if column.casefold() != "split":  # `set` may mean anything
        return False
    shown = listed((repr(word) if word else "nothing" for word, _ in words.most_common()), most=3)
    raise DataError(
        f"{table_name}: the column '{column}' holds {shown} ({counted(words.total(), 'row')}). "
        "Expected train, val (or valid, validation) or test in every row; rename a column that means another thing."
    )
