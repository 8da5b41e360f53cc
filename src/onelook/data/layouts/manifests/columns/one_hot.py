"""One-hot labels: a column for each class with a 1 or a cross, converted to one column of class names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.column_words import FACT_WORDS

_LEVELS: Mapping[str | None, int] = {"0": 0, "0.0": 0, "False": 0, "false": 0, "1": 1, "1.0": 1, "True": 1, "true": 1}


# Besides 1 for "yes", a column has one value for "no"; with a 0, another value means "perhaps" or nothing.
_OTHERWISE = frozenset((None, "-1", "-1.0"))


_HOT = re.compile(r"[\[(]\s*[01](?:\.0?)?(?:[\s,;]+[01](?:\.0?)?)+\s*[\])]")  # as Python and NumPy write it
_DIGIT = re.compile(r"(?<![.\d])[01]")
_FEWEST_ROWS = 10  # in all of which a column may hold the same by chance
# What people write into one cell of a row, in a column for each class; the others are empty, or say no.
_YES = frozenset(("x", "✓", "✔", "☑", "☒", "*", "+", "•", "●", "○", "◯"))
_YES |= frozenset(("yes", "y", "ja", "j", "oui", "sí", "si", "sim", "да", "是", "有", "はい", "예"))
_NO = frozenset(("no", "n", "nein", "non", "não", "nao", "nee", "нет", "否", "无", "無", "いいえ", "아니오"))
_NO |= frozenset(("-", "–", "☐", "×", "✗", "✘"))
_SHARE_WITH_CROSS = 0.8  # of the rows; the others were not judged


@dataclass(frozen=True)
class OneHot:
    """Columns of 0 and 1, or of crosses."""

    columns: tuple[str, ...]
    labels: tuple[str | None, ...] | None  # the class of each row; None alone if a row has several, or no 1
    mark: str = field(default="1", repr=False)  # the cell that names the class


def read_crosses(columns: Mapping[str, Sequence[str | None]], other_than: Sequence[str | None]) -> OneHot | None:
    """Return the columns with a cross, or a word for yes, in some rows alone, if most rows have one.

    If rows have several, three such columns are several labels; two are facts beside the label, as `checked` and
    `blurred` are.

    Example:
        >>> read_crosses({"id": ["a", "b"], "cat": ["x", None], "dog": [None, "X"]}, ["id"])
        OneHot(columns=('cat', 'dog'), labels=('cat', 'dog'))
    """
    crossed = {
        name: {value: value.casefold() in _YES for value in values if value is not None}
        for name, cells in columns.items()
        if name not in other_than and not FACT_WORDS & {*words_of(name)} and _are_crosses(values := {*cells})
    }
    if len(crossed) < 2:
        return None
    rows = [
        [name for name, cell in zip(crossed, row, strict=True) if cell is not None and crossed[name][cell]]
        for row in zip(*(columns[name] for name in crossed), strict=True)
    ]
    mark = next(cell for cell in columns[next(iter(crossed))] if cell is not None and cell.casefold() in _YES)
    if len(rows) - rows.count([]) < _SHARE_WITH_CROSS * len(rows):
        return None
    if any(len(said) > 1 for said in rows):
        return OneHot(tuple(crossed), None, mark) if len(crossed) > 2 else None
    return OneHot(tuple(crossed), tuple(said[0] if said else None for said in rows), mark)


def with_one_hot_cells(columns: Mapping[str, Sequence[str | None]]) -> Mapping[str, Sequence[str | None]]:
    """Return the columns with the number of the class where each cell holds a list of one 1 and of 0, from 0.

    Example:
        >>> with_one_hot_cells({"y": ["[0, 1, 0]", "[1. 0. 0.]"], "z": ["[1, 1]", "[1, 0]"]})
        {'y': ['1', '0'], 'z': ['[1, 1]', '[1, 0]']}
    """
    found: dict[str, Sequence[str | None]] = {}
    for name, cells in columns.items():
        first = next((cell for cell in cells if cell), "")
        read = {cell: _place_of_one(cell) for cell in {*cells} if cell} if _HOT.fullmatch(first) else {}
        widths = {len(_DIGIT.findall(cell)) for cell in read}
        is_hot = len(widths) == 1 and None not in read.values() and len({*read.values()}) > 1
        found[name] = [None if cell is None else read.get(cell) for cell in cells] if is_hot else cells
    return found


def _place_of_one(cell: str) -> str | None:
    values = _DIGIT.findall(cell) if _HOT.fullmatch(cell) else []
    return str(values.index("1")) if values.count("1") == 1 else None


def read_one_hot(columns: Mapping[str, Sequence[str | None]], other_than: Sequence[str | None]) -> OneHot | None:
    """Return the columns with only 0 and 1, and the labels that they give; None if there are fewer than two.

    Args:
        columns: the cells of a table.
        other_than: columns with another meaning.

    Example:
        >>> read_one_hot({"id": ["a", "b"], "cat": ["1", "0"], "dog": ["0", "1"]}, ["id"])
        OneHot(columns=('cat', 'dog'), labels=('cat', 'dog'))
    """
    names = [
        name
        for name, cells in columns.items()
        if name not in other_than and cells and _is_of_marks(cells) and not _is_constant_code(name, cells)
    ]
    with_one = [name for name in names if any(_LEVELS.get(cell) for cell in columns[name])]
    if len(with_one) > 1 and len(columns[names[0]]) >= _FEWEST_ROWS:
        # What is 1 in every row, as the number of a table, is no class beside others.
        names = [name for name in names if name not in with_one or any(not _LEVELS.get(cell) for cell in columns[name])]
    if not with_one or len(names) < 2 or (len(names) < 3 and any(None in columns[name] for name in names)):
        return None
    if any({"-1", "-1.0"} & (values := set(columns[name])) and {"0", "0.0"} & values for name in names):
        return OneHot(tuple(names), None)  # yes, no and perhaps: opinions on several labels
    labels = []
    for row in zip(*(columns[name] for name in names), strict=True):
        said = [name for name, cell in zip(names, row, strict=True) if _LEVELS.get(cell)]
        if len(said) != 1:
            return OneHot(tuple(names), None)
        labels.append(said[0])
    return OneHot(tuple(names), tuple(labels))


def chief_column(columns: Mapping[str, Sequence[str | None]], marks: Collection[str]) -> str | None:
    """Return the column whose values each imply the 1 in one of the columns of marks; None if there is not just one.

    So `stress` tells the worst of the kinds that a leaf has, of which several may be marked.

    Example:
        >>> rows = {"stress": ["a", "b", "b", "c"], "rust": ["1", "0", "1", "0"], "mites": ["0", "1", "1", "0"]}
        >>> chief_column(rows, ["rust", "mites"]), chief_column(rows, ["rust"])
        ('stress', None)
    """
    found = []
    for name, cells in columns.items():
        values = {*cells} - {None}
        if name in marks or len(marks) < 2 or not len(marks) <= len(values) <= 2 * len(marks) + 1:
            continue
        rows_of = {value: [row for row, cell in enumerate(cells) if cell == value] for value in values}
        implied = [
            [value for value, rows in rows_of.items() if all(_LEVELS.get(columns[mark][row]) for row in rows)]
            for mark in marks
        ]
        if all(len(of_mark) == 1 for of_mark in implied) and len({each[0] for each in implied}) == len(marks):
            found.append(name)
    return found[0] if len(found) == 1 else None


def _are_crosses(values: Collection[str | None]) -> bool:
    """Return whether a column has crosses, or words for yes, and nothing else but empty cells and words for no."""
    folded = {value.casefold() for value in values if value is not None}
    return not folded.isdisjoint(_YES) and folded <= _YES | _NO


def _is_constant_code(name: str, cells: Sequence[str | None]) -> bool:
    """Return whether a column such as `Series_ID` has one number in all rows: it is no class."""
    return words_of(name)[-1:] == ["id"] and len(set(cells)) == 1


def _is_of_marks(cells: Sequence[str | None]) -> bool:
    """Return whether a column has only 0 and 1, or 1 and -1, or 1 and empty cells."""
    values = set(cells)
    return all(cell in _LEVELS or cell in _OTHERWISE for cell in values) and any(cell in _LEVELS for cell in values)


def mark_among(cells: Collection[str | None]) -> str:
    """Return the cell that means "yes" among those of columns of marks: 1, or a cross, or a word.

    Example:
        >>> mark_among(["x", None]), mark_among(["0", "1"])
        ('x', '1')
    """
    return min((cell for cell in cells if cell is not None and cell.casefold() in _YES), default="1")


def value_for_no(marks: Collection[str | None]) -> str:
    """Return the value that means "no" among those of columns of marks.

    Example:
        >>> value_for_no({"-1", "1"}), value_for_no({"-1.0", "0.0", "1.0", None})
        ('-1', '0')
    """
    has_zero = any(_LEVELS.get(mark) == 0 for mark in marks)
    return "-1" if not has_zero and any(mark in ("-1", "-1.0") for mark in marks) else "0"
