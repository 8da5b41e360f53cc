"""Set, match and check class names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import Dataset
from onelook.errors import ConfigError, DataError
from onelook.wording import agree, counted, listed, named, printable

_MOST_DIGITS = 18  # longer numbers are treated as names


def settle_class_names(dataset: Dataset) -> Dataset:
    """Return the data set with class names that every file can contain, and that all differ.

    Raises:
        DataError: two classes have one name, or one has none.
    """
    names = tuple(map(printable, dataset.class_names))
    if "" in names:
        raise DataError(
            f"{dataset.name}: of its {counted(len(names), 'class')}, class {names.index('')} has an empty name. "
            "Expected a name for each."
        )
    if len(set(names)) < len(names):
        twice = next(name for name, count in Counter(names).items() if count > 1)
        raise DataError(f"{dataset.name}: two classes are called '{twice}'. Expected a name of its own for each.")
    return dataset if names == dataset.class_names else replace(dataset, class_names=names)


def name_classes(dataset: Dataset, names: Sequence[str]) -> Dataset:
    """Return the data set with names for its integer labels, in numeric order.

    Raises:
        ConfigError: the counts differ, a name occurs twice, or the classes have names already.
    """
    if not dataset.class_names:
        raise ConfigError(f"--class-names: {dataset.name} has no labels that could be named.")
    if not has_integer_labels(dataset.class_names):
        raise ConfigError(
            f"--class-names gives names to integer labels, but the classes of {dataset.name} have names already: "
            f"{listed(dataset.class_names)}."
        )
    if len(names) != len(dataset.class_names):
        raise ConfigError(
            f"--class-names gives {counted(len(names), 'name')}, but {dataset.name} has "
            f"{counted(len(dataset.class_names), 'class')}: {listed(dataset.class_names)}. Expected one name for each, "
            "in this order."
        )
    if twice := [name for name, count in Counter(names).items() if count > 1]:
        raise ConfigError(
            f"--class-names: {named(twice)} {agree(len(twice), 'stands', 'stand')} twice. Expected each once."
        )
    return replace(dataset, class_names=tuple(names))


def names_as_in(dataset: Dataset, known: Sequence[str]) -> Dataset:
    """Return the data set with the labels in the data as class names, if `known` lacks one of its published names.

    A model or a run may have the numbers as names, or names that its user gave to the numbers.
    """
    if not dataset.codes or set(dataset.class_names) <= set(known):
        return dataset
    return replace(dataset, class_names=dataset.codes, codes=())


def has_integer_labels(class_names: Sequence[str]) -> bool:
    """Return whether the class names are whole numbers."""
    return bool(class_names) and all(name.removeprefix("-").isdecimal() for name in class_names)


def are_same_numbers(names: Sequence[str], known: Sequence[str]) -> bool:
    """Return whether all names are numbers among the known ones, but some in another spelling.

    Example:
        >>> are_same_numbers(["1", "10"], ["001", "002", "010"]), are_same_numbers(["1", "2"], ["1", "2", "02"])
        (True, False)
    """
    if not (has_integer_labels(names) and has_integer_labels(known)) or set(names) <= set(known):
        return False
    if max(map(len, (*names, *known))) > _MOST_DIGITS:
        return False
    numbers, own = list(map(int, known)), list(map(int, names))
    return len(set(numbers)) == len(numbers) and len(set(own)) == len(own) and set(own) <= set(numbers)


def positions_among(names: Sequence[str], known: Sequence[str], origin: str) -> NDArray[np.int64]:
    """Return the position of each name among the `known` classes.

    A class that is a number matches the known class at this position, counted from 0, or the same number in another
    spelling, such as 1 and 001.

    Raises:
        DataError: a class is not among the known ones.
    """
    by_name: Mapping[str, int] = {name: position for position, name in enumerate(known)}
    if has_integer_labels(names) and not has_integer_labels(known):
        by_name = {str(position): position for position in range(len(known))}
    elif are_same_numbers(names, known):
        of_number = {int(name): position for position, name in enumerate(known)}
        by_name = {name: of_number[int(name)] for name in names}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        raise DataError(
            f"{origin} has classes that the training data has not: {listed(unknown)}. "
            f"Expected only these: {listed(known)}."
        )
    return np.array([by_name[name] for name in names], np.int64)


def note_on_numbers(names: Sequence[str], known: Sequence[str]) -> str | None:
    """Return a note on the class that each number was matched to; None if the known classes have no names.

    Only a person can check this: in a table by someone else, 0 need not be the first class by name.

    Example:
        >>> note_on_numbers(["0", "1"], ["cat", "dog"])
        "The labels are numbers, the classes have names: 0 was taken for 'cat' and 1 for 'dog'."
    """
    if are_same_numbers(names, known):
        spelled = {int(name): name for name in known}
        pairs = [(name, spelled[int(name)]) for name in names if name not in known]
        shown = [f"{name} {'was taken ' if at == 0 else ''}for '{other}'" for at, (name, other) in enumerate(pairs)]
        return f"The labels are the same numbers in another spelling: {listed(shown)}."
    if not has_integer_labels(names) or has_integer_labels(known):
        return None
    taken = [f"{name} {'was taken ' if at == 0 else ''}for '{known[int(name)]}'" for at, name in enumerate(names)]
    return f"The labels are numbers, the classes have names: {listed(taken)}."
