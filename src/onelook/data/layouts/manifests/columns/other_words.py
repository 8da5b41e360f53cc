"""Recognise labels of test pictures that are other words for the classes than those to train on."""

from __future__ import annotations

from collections.abc import Collection

from onelook.data.layouts.manifests.columns.number_columns import number_of
from onelook.data.natural_order import natural_sorted
from onelook.wording import listed


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
