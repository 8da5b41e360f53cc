"""Say which column is meant: by its name, or by its place if the file has no name for it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from onelook.wording import listed

NAMELESS = re.compile(r"\(?column (?P<number>\d+)\)?")
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_MOST_SHOWN = 5


def place_in_words(number: int) -> str:
    """Return the place of a column, counted from 1.

    Example:
        >>> place_in_words(2), place_in_words(14)
        ('the second column', 'column 14')
    """
    return f"the {_PLACES[number - 1]} column" if 0 < number <= len(_PLACES) else f"column {number}"


def column_in_words(column: str, nameless: Mapping[str, str] | None = None) -> str:
    """Return the words for a column.

    Args:
        column: its name, which may be one that the file does not have.
        nameless: the words for columns whose names the files do not have.

    Example:
        >>> column_in_words("breed"), column_in_words("column 3"), column_in_words("")
        ("the column 'breed'", 'the third column', 'the column without a name')
    """
    if nameless and column in nameless:
        return nameless[column]
    match = NAMELESS.fullmatch(column)
    if match is not None:
        return place_in_words(int(match["number"]))
    return f"the column '{column}'" if column else "the column without a name"


def columns_in_words(
    columns: Iterable[str], nameless: Mapping[str, str] | None = None, *, with_names: bool = False
) -> str:
    """Return several columns as a list: their names in quotes, or their places.

    Args:
        columns, nameless: as in `column_in_words`.
        with_names: whether the user needs a name for `--label-column` in any case.

    Example:
        >>> columns_in_words(["age", "column 3", ""]), columns_in_words(["column 3"], with_names=True)
        ("'age', the third column and the column without a name", "'column 3'")
    """
    words = {column: column_in_words(column, nameless) for column in columns}
    is_named = {column: with_names or said == f"the column '{column}'" for column, said in words.items()}
    return listed((f"'{column}'" if is_named[column] else said for column, said in words.items()), most=_MOST_SHOWN)
