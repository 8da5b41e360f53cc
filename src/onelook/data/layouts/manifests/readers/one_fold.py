"""Take one fold of a table that has a row for each picture in each fold of a cross-validation."""

from __future__ import annotations

from dataclasses import replace

from onelook.data.column_names import words_of
from onelook.data.layouts.manifests.readers.table import ManifestTable
from onelook.data.natural_order import natural_key
from onelook.wording import counted

_FOLD_WORDS = frozenset({"fold", "folds", "kfold", "cv", "split", "repeat", "repetition"})
_MOST_FOLDS = 100


def one_fold(table: ManifestTable, path: str) -> tuple[ManifestTable, tuple[str, ...]]:
    """Return the rows of the first fold and a note, if each picture has a row in several folds; else the table.

    Args:
        table: a list of pictures.
        path: its column of pictures.
    """
    names = table.columns[path]
    if len(set(names)) == len(names):
        return table, ()
    for column, folds in table.columns.items():
        numbers = {cell for cell in folds if cell is not None}
        is_fold = column != path and bool(_FOLD_WORDS & set(words_of(column))) and None not in folds
        if not is_fold or not 1 < len(numbers) <= _MOST_FOLDS or not all(map(str.isdecimal, numbers)):
            continue
        if len(set(zip(names, folds, strict=True))) < len(names):  # a picture is twice in one fold
            continue
        first = min(numbers, key=natural_key)
        rows = [row for row, fold in enumerate(folds) if fold == first]
        columns = {name: [cells[row] for row in rows] for name, cells in table.columns.items() if name != column}
        note = (
            f"{table.name} has a row for a picture in each of {counted(len(numbers), 'fold')}: those of '{column}' "
            f"{first} were read."
        )
        return replace(table, columns=columns), (note,)
    return table, ()
