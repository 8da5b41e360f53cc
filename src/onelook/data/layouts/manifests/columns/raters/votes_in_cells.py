"""Cells that hold the answer of each of several people, as `1|1|0`: the label is the majority's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onelook.data.column_names import is_called_like_label, words_of
from onelook.data.layouts.manifests.columns.raters.votes import majority
from onelook.wording import agree, counted

Cells = Sequence[str | None]

_SIGNS = ("|", ";", ",")
_FEWEST_PEOPLE = 3
_LOOKED_AT = 20
# In a column that is not called like a label.
_FEWEST_CELLS, _MOST_WORDS = 5, 10


@dataclass(frozen=True)
class VotesInCells:
    """Columns with one label in each cell, and a note on each column that was changed."""

    columns: Mapping[str, Cells]
    notes: Mapping[str, str]


def with_majorities(columns: Mapping[str, Cells]) -> VotesInCells:
    """Return the columns with the majority of the answers in each cell, if each holds as many; None for a tie.

    In a list of several labels no label stands twice; in most lists of answers one does.

    Example:
        >>> with_majorities({"labels": ["cat|cat|dog", "dog|dog|dog", "cat|dog|owl"]}).columns
        {'labels': ['cat', 'dog', None]}
        >>> with_majorities({"labels": ["cat|dog|owl", "dog|owl|eel"]}).columns
        {'labels': ['cat|dog|owl', 'dog|owl|eel']}
    """
    changed: dict[str, Cells] = {}
    notes: dict[str, str] = {}
    for name, cells in columns.items():
        answers = _answers(cells)
        if not answers or not (_is_of_labels(name) or _are_of_few_words(answers)):
            continue
        found = [majority(each) for each in answers]
        changed[name] = found
        unlike = sum(len(set(each)) > 1 for each in answers)
        ties = found.count(None)
        told = f", and {ties:,} without a majority {agree(ties, 'is', 'are')} left out" if ties else ""
        notes[name] = (
            f"'{name}' holds the answers of {len(answers[0])} people for each picture: the label is the majority's. "
            f"They differ on {counted(unlike, 'picture')}{told}."
        )
    return VotesInCells({**columns, **changed} if changed else columns, notes)


def _is_of_labels(name: str) -> bool:
    """Return whether a column is called like a label, or begins so, as `labels_str` with the names of `labels`."""
    return is_called_like_label(name) or words_of(name)[:1] in (["label"], ["labels"])


def _are_of_few_words(answers: Sequence[Sequence[str]]) -> bool:
    """Return whether answers are a few words, and no numbers, as MVSA's `positive,neutral,positive`."""
    words = {word for each in answers for word in each}
    return len(answers) >= _FEWEST_CELLS and len(words) <= _MOST_WORDS and all(map(str.isalpha, words))


def _answers(cells: Cells) -> list[list[str]]:
    """Return the answers in each cell; empty if the cells are no lists of as many answers that mostly agree."""
    first = cells[0] if cells else None
    sign = next((sign for sign in _SIGNS if first is not None and sign in first), None)
    if sign is None or first is None:
        return []
    people = first.count(sign) + 1
    if people < _FEWEST_PEOPLE or any(cell is None or cell.count(sign) + 1 != people for cell in cells[:_LOOKED_AT]):
        return []
    answers = [] if None in cells else [_split(cell or "", sign) for cell in cells]
    if any(len(each) != people or not all(each) for each in answers):
        return []
    return answers if 2 * sum(len(set(each)) < people for each in answers) > len(answers) else []


def _split(cell: str, sign: str) -> list[str]:
    return [part.strip(" '\"") for part in cell.strip("[](){}").split(sign)]
