"""Read names of classes from a Matlab file, which counts them from 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from onelook.data.class_names import has_integer_labels
from onelook.data.column_names import words_of
from onelook.data.dataset import Dataset
from onelook.wording import listed

_WORDS = frozenset(
    ("class", "classes", "classname", "classnames", "name", "names", "category", "categories", "label", "labels")
)
_MOST_LETTERS = 100  # in a name
_LONGEST_NUMBER = 9  # digits


def may_name_classes(variable: str) -> bool:
    """Return whether a variable is called like one that holds the names of classes."""
    return not _WORDS.isdisjoint(words_of(variable))


def with_matlab_names(
    dataset: Dataset, found: Mapping[str, Sequence[str]], *, are_own: bool, is_answered: bool
) -> Dataset:
    """Return the data set with names from a list of texts for its numbered classes; unchanged without one.

    Args:
        dataset: a data set whose classes are numbers.
        found: lists of texts, by the file and the variable that contain them.
        are_own: whether the labels are also from Matlab; then there may be more names than classes.
        is_answered: whether a sample submission asks for the numbers; then a note gives the names.
    """
    if not found or not has_integer_labels(dataset.class_names) or max(map(len, dataset.class_names)) > _LONGEST_NUMBER:
        return dataset
    numbers = [int(name) for name in dataset.class_names]
    first = 0 if 0 in numbers else 1
    for place, texts in found.items():
        needed = max(numbers) - first + 1
        fits = needed == len(texts) or (are_own and needed < len(texts))
        if not (may_name_classes(place.rpartition(": ")[2]) and fits and min(numbers) >= first and _are_names(texts)):
            continue
        names = tuple(texts[number - first] for number in numbers)
        shown = listed([f"{number} is '{name}'" for number, name in zip(numbers, names, strict=True)], most=3)
        if is_answered:
            note = f"{place} names the classes, counted from {first}: {shown}. They keep the numbers of the sample."
            return replace(dataset, notes=(*dataset.notes, note))
        note = f"The classes have the names in {place}, counted from {first}: {shown}."
        return replace(dataset, class_names=names, notes=(*dataset.notes, note))
    return dataset


def _are_names(texts: Sequence[str]) -> bool:
    return len({*texts}) == len(texts) > 1 and all(len(text) <= _MOST_LETTERS for text in texts)
