"""Recognise columns of numbers: decimals, which are numbers to predict and not classes; and codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence

from onelook.data.natural_order import natural_sorted
from onelook.wording import counted, listed, named

Cells = Sequence[str | None]

_MEASURE = re.compile(
    r"(?:age|mos|rating|weight|score|price|length|height|amount|distance|count|temperature"
    r"|speed|depth|volume|density|pressure|humidity|altitude|elevation|percentage|intensity"
    r"|salary|income|cost|duration|yield|biomass|diameter|radius|concentration)$",
    re.I,
)
_NO_MEASURE = re.compile(r"(?:image|stage|page|village|language|package|passage|message)$", re.I)
_MANY_NUMBERS = 10  # values


def is_of_decimals(cells: Cells) -> bool:
    """Return whether a column has only numbers, and some are not whole."""
    present = [cell for cell in cells if cell is not None]
    numbers = [number_of(cell) for cell in present]
    found = [number for number in numbers if number is not None]
    return len(found) == len(present) > 0 and any(number != int(number) for number in found if abs(number) < 1e15)


def are_codes(cells: Cells) -> bool:
    return all(number_of(cell) is not None for cell in cells[:2_000] if cell is not None)


def is_measure(name: str, cells: Cells) -> bool:
    """Return whether a column has many whole numbers, and a name that tells a measurement, as `boneage` does."""
    present = [cell for cell in cells if cell is not None]
    is_named = bool(_MEASURE.search(name)) and not _NO_MEASURE.search(name)
    return is_named and len(set(present)) >= _MANY_NUMBERS and are_codes(present)


def number_in_words(name: str, cells: Sequence[str]) -> str:
    """Return the sentence on a column of numbers to predict, with advice."""
    distinct = Counter(cells)
    return (
        f"The column '{name}' holds {counted(len(distinct), 'different number')} in {counted(len(cells), 'row')}, "
        f"such as {named(list(distinct)[:3])}: a number to predict (a regression), and no class. "
        f"{HOW_TO_GO_ON_WITH_NUMBERS}"
    )


HOW_TO_GO_ON_WITH_NUMBERS = (
    "onelook trains classifiers: cut the numbers into ranges, write the range of each picture into a column of its "
    "own, and name it with --label-column; or take a tool for regression."
)


def number_of(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None


def note_numbers_for_names(trained_on: Collection[str | None], tested_on: Collection[str | None]) -> list[str]:
    """Return a note if test pictures have numbers for labels and those to train on have names; else empty.

    Example:
        >>> note_numbers_for_names({"cat", "dog"}, {"dog"}), len(note_numbers_for_names({"cat", "dog"}, {"0", "1"}))
        ([], 1)
    """
    names, numbers = ([cell for cell in cells if cell is not None] for cells in (trained_on, tested_on))
    are_names = bool(names) and all(number_of(cell) is None for cell in names)
    if not (are_names and numbers and all(number_of(cell) is not None for cell in numbers)):
        return []
    shown = [listed(natural_sorted(cells), most=4, last="and") for cells in (numbers, names)]
    return [
        f"The labels of the test pictures are numbers ({shown[0]}), and those to train on are names ({shown[1]}): "
        "which is which is not known, so the test pictures are taken as unlabelled. To score them, write the names "
        "into their table."
    ]


def counts_rows(column: str, cells: Sequence[str | None]) -> bool:
    """Return whether a column that pandas writes without a name counts the rows of its table.

    Example:
        >>> counts_rows("", ["0", "1", "2"]), counts_rows("id", ["0", "1", "2"]), counts_rows("", ["0", "2", "1"])
        (True, False, False)
    """
    first = cells[0] if cells and column in ("", "Unnamed: 0") else None
    return first in ("0", "1") and [*cells] == [*map(str, range(int(first), int(first) + len(cells)))]
