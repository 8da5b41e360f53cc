"""Decide what pictures with objects of several categories mean: several labels a picture, or a few odd pictures.

The JSON of a labelling tool gives each picture the categories of its boxes or tags, in one cell. If many pictures have
several, a picture has several labels, however many combinations there are; a few such pictures are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.layouts.manifests.columns.several_labels import several_categories_in_words
from onelook.wording import agree, counted

Cells = Sequence[str | None]
SEVERAL = "|"  # separates the values of a list in one cell
_SHARE_OF_FEW = 0.05  # of the pictures with a category


@dataclass(frozen=True)
class SeveralCategories:
    """How many of the pictures with a category have several of them."""

    column: str  # with the categories of each picture, between signs
    several: int
    pictures: int

    @property
    def are_few(self) -> bool:
        """Return whether the pictures with several are so few that the others can be learnt without them."""
        return self.several <= _SHARE_OF_FEW * self.pictures


def count_several(columns: Mapping[str, Cells], column: str) -> SeveralCategories | None:
    """Return how many pictures have several categories; None if none has.

    Example:
        >>> count_several({"category": ["cat", "cat|dog", None]}, "category")
        SeveralCategories(column='category', several=1, pictures=2)
    """
    present = [cell for cell in columns.get(column, ()) if cell is not None]
    several = sum(SEVERAL in cell for cell in present)
    return SeveralCategories(column, several, len(present)) if several else None


def without_several(columns: Mapping[str, Cells], column: str) -> dict[str, Cells]:
    """Return the columns with no category for the pictures that have several."""
    cells = [None if cell is None or SEVERAL in cell else cell for cell in columns[column]]
    return {**columns, column: cells}


def note_few(table: str, found: SeveralCategories) -> str:
    """Return the note on the few pictures that are left out."""
    return (
        f"{found.several:,} of {counted(found.pictures, 'picture')} in {table} {agree(found.several, 'has', 'have')} "
        f"several categories, and no class is chosen for {agree(found.several, 'it', 'them')}."
    )


def reason_of_many(table: str, found: SeveralCategories, boxes: int) -> str:
    """Return the sentence on a table whose pictures often have several categories."""
    return several_categories_in_words(table, found.column, found.several, found.pictures, are_boxes=boxes > 0)
