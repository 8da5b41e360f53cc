"""Divide the training pictures into folds, for cross-validation and for judging labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.data.dataset import ReadPart, require_pool
from onelook.data.labels import Labels
from onelook.data.splits.by_group import connected
from onelook.data.splits.split import Split, check_request, one_class_only, split_by_sides
from onelook.errors import ConfigError
from onelook.wording import counted


def assign_folds(part: ReadPart, class_names: Sequence[str], *, folds: int, seed: int) -> NDArray[np.int64]:
    """Return the fold of every readable row of `part`, (rows,), from 0 to `folds` - 1; copies share a fold.

    A unit (near and exact copies, also with different labels, and members of one given group) is in one fold. The folds
    are stratified: their numbers of pictures of a class differ as little as the units allow, and by at most one if all
    units are single pictures. They are drawn with `seed`, and are the same on every machine.

    Args:
        part: a labelled part.
        class_names: the names of the labels, for messages.
        folds: at least 2.
        seed: any whole number from 0.

    Raises:
        ConfigError: more folds than the smallest class has pictures, or than it has groups; the class is named.
    """
    labels = np.zeros(len(part.ids), np.int64) if part.labels is None else part.labels
    used = part.used
    _check_smallest_class(units_of(part)[used], labels[used], class_names, folds)
    return spread(part, folds=folds, seed=seed)


def spread(part: ReadPart, *, folds: int, seed: int) -> NDArray[np.int64]:
    """Return folds as `assign_folds` does, for classes of any size: some folds may lack a class with few units."""
    labels = np.zeros(len(part.ids), np.int64) if part.labels is None else part.labels
    units, used = units_of(part), part.used
    # Raw 64-bit words: numpy guarantees only this stream to be the same in all versions and on all machines.
    shuffled = used[np.argsort(np.random.PCG64(seed).random_raw(len(used)), kind="stable")]
    return deal(units[shuffled], labels[shuffled], folds)[units]


def units_of(part: ReadPart) -> NDArray[np.int64]:
    """Return, for each row, the number of its unit (copies, and members of a group), which no split may divide."""
    alone = np.full(len(part.ids), -1, np.int64)
    return connected(part.near_groups, alone if part.given_groups is None else part.given_groups)


def deal(units: NDArray[np.int64], labels: Labels, folds: int) -> NDArray[np.int64]:
    """Return the fold of each unit, by the number of the unit.

    Large units are placed first, each in the fold that is then nearest to its share of every class. Single pictures
    follow, class by class, each in the fold with the fewest pictures of its class (ties: the fewest in all). So they
    even out the differences that large units left.

    Args:
        units: (rows,), numbers from 0 without gaps; rows in the order in which they are placed.
        labels: (rows,).
        folds: at least 2.

    Example:
        >>> deal(np.array([0, 0, 1, 2, 3, 4]), np.array([0, 0, 0, 0, 1, 1]), folds=2).tolist()
        [0, 1, 1, 0, 1]
    """
    num_units, num_classes = int(units.max(initial=-1)) + 1, int(labels.max(initial=-1)) + 1
    counts = np.zeros((folds, num_classes), np.int64)
    fold_of = np.zeros(num_units, np.int64)
    sizes = np.bincount(units, minlength=num_units)
    _, first_rows = np.unique(units, return_index=True)
    first_row = np.full(num_units, len(units))
    first_row[units[first_rows]] = first_rows
    large = np.flatnonzero(sizes > 1)
    rows_of_large = _rows_by_unit(units, large)
    for unit in large[np.lexsort((first_row[large], -sizes[large]))].tolist():
        classes = np.bincount(labels[rows_of_large[unit]], minlength=num_classes)
        # The squares grow by (count + classes)² - count²; terms that are equal in all folds are left out.
        cost = (counts * classes).sum(axis=1)
        fold = int(np.lexsort((counts.sum(axis=1), cost))[0])
        counts[fold] += classes
        fold_of[unit] = fold
    totals = counts.sum(axis=1)
    single = np.flatnonzero(sizes[units] == 1)
    for row in single[np.argsort(labels[single], kind="stable")].tolist():
        of_class = counts[:, labels[row]]
        fold = int(np.lexsort((totals, of_class))[0])
        of_class[fold] += 1
        totals[fold] += 1
        fold_of[units[row]] = fold
    return fold_of


def split_of_fold(
    parts: Mapping[str, ReadPart], class_names: Sequence[str], *, fold: int, folds: int, seed: int
) -> Split:
    """Return the split in which one fold of the training pictures validates and the others train; `test` stays.

    Args:
        parts: `train` or `all`, and optionally `test`.
        class_names: the names of the labels.
        fold: the number of the fold, from 1 to `folds`.
        folds: at least 2.
        seed: decides the folds.

    Raises:
        ConfigError: there is a `val` part, which folds would not use; or there are too many folds.
        DataError: there is no training part, there are no labels, or there is a single class.
    """
    check_request({name: part.labels is not None for name, part in parts.items()}, val=None)
    refuse_given_val(parts)
    pool, test = parts[require_pool(parts)], parts.get("test")
    if len(pool.found_classes) < 2:
        raise one_class_only(pool, class_names)
    fold_of = assign_folds(pool, class_names, folds=folds, seed=seed)
    sides = {pool.name: np.where(fold_of == fold - 1, "val", "train")}
    if test is not None:
        sides[test.name] = np.full(len(test.ids), "test")
    return split_by_sides(parts, sides, class_names)


def refuse_given_val(parts: Mapping[str, object]) -> None:
    """Refuse data that comes with its own validation pictures.

    Raises:
        ConfigError: there is a part `val`.
    """
    if "val" in parts:
        raise ConfigError(
            "--folds: the data comes with validation pictures of its own, and in cross-validation each training "
            "picture validates once. Give the training pictures alone (DATA as their folder or file, test pictures "
            "with --test), or leave out --folds."
        )


def _rows_by_unit(units: NDArray[np.int64], wanted: NDArray[np.int64]) -> dict[int, NDArray[np.int64]]:
    rows = np.flatnonzero(np.isin(units, wanted))
    rows = rows[np.argsort(units[rows], kind="stable")]
    starts = np.flatnonzero(np.diff(units[rows], prepend=-1))
    return {int(units[own[0]]): own for own in np.split(rows, starts[1:]) if len(own)}


def _check_smallest_class(units: NDArray[np.int64], labels: Labels, class_names: Sequence[str], folds: int) -> None:
    distinct = np.unique(np.stack([labels, units]), axis=1)
    rows, groups = (np.bincount(each, minlength=len(class_names)) for each in (labels, distinct[0]))
    present = np.flatnonzero(rows)
    if not len(present):
        return
    smallest = int(present[np.argmin(groups[present])])
    if groups[smallest] >= folds:
        return
    name, pictures, many = class_names[smallest], int(rows[smallest]), int(groups[smallest])
    grouped = "" if many == pictures else f" in {counted(many, 'group that stays', 'groups that stay')} together"
    raise ConfigError(
        f"--folds {folds}: the class '{name}' has {counted(pictures, 'picture')}{grouped}, so "
        "some folds would have none of it. "
        + (
            f"Expected --folds {many} or fewer, or more pictures of it."
            if many > 1
            else "Cross-validation needs two or more: add pictures, or remove the class."
        )
    )
