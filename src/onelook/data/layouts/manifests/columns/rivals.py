"""Find columns that may be the label beside the one that seems to be: levels with decimals, and finer classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.columns.column_in_words import NAMELESS
from onelook.data.layouts.manifests.columns.column_words import FACT_WORDS
from onelook.data.layouts.manifests.columns.number_columns import Cells, is_of_decimals
from onelook.wording import counted, listed

_MOST_LEVELS = 10  # different numbers with decimals that may be classes


def levels_in(columns: Mapping[str, Cells]) -> dict[str, int]:
    """Return the columns of a few numbers with decimals, such as probabilities that people gave, and how many."""
    return {
        name: len(values)
        for name, cells in columns.items()
        if is_of_decimals(cells)
        and not FACT_WORDS & set(words_of(name))
        and 1 < len(values := {*cells} - {None}) <= min(_MOST_LEVELS, len(cells) // 4)
    }


def note_levels(levels: Mapping[str, int]) -> list[str]:
    """Return a note on columns of a few numbers that may be what is wanted."""
    ways = listed((f"'{name}' ({counted(count, 'number')})" for name, count in levels.items()), most=3)
    return [f"{ways} may be the label too: --label-column chooses."] if levels else []


def finer_without_names(columns: Mapping[str, Cells], chosen: str, plausible: Sequence[str]) -> list[str]:
    """Return the columns that part the classes of a column further, if nothing names these columns."""
    if not NAMELESS.fullmatch(chosen):
        return []
    wide = columns[chosen]
    return [
        name
        for name in plausible
        if NAMELESS.fullmatch(name)
        and len(set(columns[name])) > len(set(wide))
        and len(set(zip(columns[name], wide, strict=True))) == len(set(columns[name]))
    ]
