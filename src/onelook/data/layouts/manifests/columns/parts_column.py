"""Find the column with the part of each row: train, val or test, also as numbers or as yes and no."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from onelook.data.column_names import SPLIT_NAMES, words_of
from onelook.data.part_names import PART_FOLDERS, names_a_part, parts_of_words
from onelook.data.part_names import part_of as part_named
from onelook.errors import DataError
from onelook.wording import counted, listed, named

Cells = Sequence[str | None]

# The numbers of CelebA, and of its copies on Kaggle.
_NUMBERED = {"0": "train", "1": "val", "2": "test"}
_PARTITION_WORDS = frozenset({"split", "subset", "partition"})
_MOST_WORDS = 12  # different ones in a column of parts
_YES, _NO = frozenset({"1", "1.0", "true", "yes"}), frozenset({"0", "0.0", "false", "no"})
_FINAL = frozenset({"final", "last", "private", "held", "holdout"})
# The meaning of no, if yes means this part.
_OTHERWISE = {"train": "test", "val": "train", "test": "train"}


def part_of(cell: str | None) -> str | None:
    """Return the part that a word of a split column means; None if it means none."""
    return None if cell is None else part_named(cell)


def parts_column(table_name: str, columns: Mapping[str, Cells]) -> str | None:
    """Return the column with the part of each row; None if there is none.

    A column with a usual name is preferred to a column in which every cell is the name of a part.

    Raises:
        DataError: the column `split` has the one part train, and other words.
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
        >>> with_named_parts({"Train_Val_Test": ["2", "1", "3"]})[0]
        {'Train_Val_Test': ['val', 'train', 'test']}
    """
    if several := _with_several_flags(columns):
        return several
    for column, cells in columns.items():
        meaning = _meaning(column, cells)
        if meaning:
            told = listed((f"{cell} is {part}" for cell, part in meaning.items()), last="")
            renamed = [None if cell is None else meaning.get(cell, cell) for cell in cells]
            return {**columns, column: renamed}, f"the column '{column}' ({told})"
    return columns, ""


def _with_several_flags(columns: Mapping[str, Cells]) -> tuple[Mapping[str, Cells], str] | None:
    """Return the columns with one of parts instead of several flags, each of another part; None without such flags.

    Beside `is_val`, a flag such as `is_final_val` marks the pictures to test on. A row with two flags has none.
    """
    flags: dict[str, str] = {}
    for column, cells in columns.items():
        part = _part_of_flag(words_of(column))
        if (
            part is not None
            and {cell.casefold() for cell in cells if cell is not None} <= _YES | _NO
            and None not in cells
        ):
            flags[column] = part
    if len(flags) < 2:
        return None
    if len(set(flags.values())) < len(flags):
        final = [column for column in flags if _FINAL & set(words_of(column))]
        if len(flags) != 2 or len(final) != 1 or {*flags.values()} != {"val"}:
            return None
        flags[final[0]] = "test"
    marked = {column: [(cell or "").casefold() in _YES for cell in columns[column]] for column in flags}
    rows = list(zip(*marked.values(), strict=True))
    if max(map(sum, rows), default=0) > 1 or not all(any(of_flag) for of_flag in marked.values()):
        return None
    if "train" in flags.values() and any(sum(row) == 0 for row in rows):
        return None
    order = list(flags.values())
    parts = [order[row.index(True)] if any(row) else "train" for row in rows]
    kept = {column: cells for column, cells in columns.items() if column not in flags}
    told = listed((f"'{column}' marks {part}" for column, part in flags.items()), last="and")
    return {**kept, "split": parts}, f"columns of flags ({told})"


def _part_of_flag(words: Sequence[str]) -> str | None:
    """Return the part that a flag marks: the words `is` and one for a part, also with `final` or `hold out` between."""
    if len(words) < 2 or words[0] not in ("is", "in"):
        return None
    return PART_FOLDERS.get(words[-1]) if len(words) == 2 or _FINAL & set(words[1:-1]) else None


def _meaning(column: str, cells: Cells) -> Mapping[str, str]:
    """Return the part that each value of a column means; empty if it means none, or if the words need no change."""
    words = words_of(column)
    if in_order := _parts_in_order(words, {cell for cell in cells if cell is not None}):
        return in_order
    is_of_parts = bool(_PARTITION_WORDS & set(words))
    as_part = PART_FOLDERS.get(words[1]) if len(words) > 1 and words[0] in ("is", "in") else None
    if not is_of_parts and as_part is None and column.casefold() not in SPLIT_NAMES:
        return {}
    times = Counter(cell for cell in cells if cell is not None)
    if is_of_parts and times.keys() == _NUMBERED.keys():
        return _NUMBERED if times["0"] == max(times.values()) else {}
    if as_part is None:
        return _meaning_of_words(times, may_be_others=column.casefold() == "split")
    yes, no = ([cell for cell in times if cell.casefold() in meant] for meant in (_YES, _NO))
    if len(yes) != 1 or len(no) != 1 or len(times) > 2:
        return {}
    return {yes[0]: as_part, no[0]: _OTHERWISE[as_part]}


def _parts_in_order(words: Sequence[str], values: Collection[str]) -> Mapping[str, str]:
    """Return the part of each number where the column names them in order: `Train_Val_Test` holds 1, 2 and 3."""
    parts = [PART_FOLDERS.get(word) for word in words]
    if len(parts) < 2 or None in parts or len(set(parts)) < len(parts) or not all(map(str.isdecimal, values)):
        return {}
    numbers = sorted(values, key=int)
    if len(numbers) != len(parts) or int(numbers[0]) > 1 or int(numbers[-1]) - int(numbers[0]) != len(parts) - 1:
        return {}
    return {number: part for number, part in zip(numbers, parts, strict=True) if part is not None}


def _meaning_of_words(words: Collection[str], *, may_be_others: bool) -> Mapping[str, str]:
    """Return the part that each word means, if they mean several parts, and some are no names of parts; or empty.

    Args:
        words: the different words of a column.
        may_be_others: whether some words may mean no part, as `extra`.
    """
    if len(words) > _MOST_WORDS or all(map(part_of, words)):
        return {}
    found = parts_of_words(words)
    is_split = "train" in found.values() and len(set(found.values())) > 1
    changed = {word: part for word, part in found.items() if part_of(word) is None}
    return changed if is_split and (may_be_others or len(found) == len(words)) else {}


def _holds_parts(table_name: str, column: str, cells: Cells) -> bool:
    """Return whether the words of a column are parts; some may be others, as `extra`, or `uncertain artist`.

    Raises:
        DataError: `split` has the one part train, and other words.
    """
    words = Counter(cell for cell in cells if part_of(cell) is None)
    if not words:
        return True
    known = {part for cell in set(cells) if (part := part_of(cell))}
    if column.casefold() != "split":  # `set` may mean anything, unless most rows are in a training part or another
        return "train" in known and len(known) > 1 and 2 * words.total() < len(cells)
    if known != {"train"}:
        return "train" in known
    shown = listed((repr(word) if word else "nothing" for word, _ in words.most_common()), most=3)
    raise DataError(
        f"{table_name}: the column '{column}' holds {shown} ({counted(words.total(), 'row')}). "
        "Expected train, val (or valid, validation) or test in every row; rename a column that means another thing."
    )


def note_on_words(columns: Mapping[str, Cells], others: Collection[str]) -> str | None:
    """Return a note on a column that is called like one of parts and holds none, such as numbers of folds; or None.

    Args:
        columns: the cells of a table.
        others: its columns that were left out.
    """
    for column in others:
        if is_called_after_parts(column):
            words = named(list(dict.fromkeys(cell for cell in columns[column] if cell)), most=3)
            return f"The column '{column}' holds {words}: no parts (train, val and test), so none were taken from it."
    return None


def is_called_after_parts(column: str) -> bool:
    """Return whether a column is called as one of parts or folds is, and so is no label.

    Example:
        >>> is_called_after_parts("split"), is_called_after_parts("split_2"), is_called_after_parts("set")
        (True, True, False)
        >>> is_called_after_parts("Train_Val_Test"), is_called_after_parts("train_speed")
        (True, False)
    """
    words = words_of(column)
    return bool(_PARTITION_WORDS & set(words[:1])) or (len(words) > 1 and all(map(names_a_part, words)))
