"""Split pictures in groups that must stay together: choose the groups that validate."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def connected(copies: NDArray[np.int64], given: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, for each row, the number of its unit: rows that are copies or share a given group stay together.

    Two groups with a copy in common are one unit.

    Args:
        copies: (rows,), equal numbers for exact and near copies.
        given: (rows,), equal numbers for one group; -1 for a row in none.

    Example:
        >>> connected(np.array([0, 1, 2, 0, 3]), np.array([7, 7, 8, 8, -1])).tolist()
        [0, 0, 0, 0, 1]
    """
    _, copy_at = np.unique(copies, return_inverse=True)
    alone = given < 0
    of_group = given.copy()
    of_group[alone] = given.max(initial=-1) + 1 + np.arange(np.count_nonzero(alone))
    _, group_at = np.unique(of_group, return_inverse=True)
    units = np.arange(len(copies))
    while True:  # each pass spreads the lowest row of a unit by one link of a chain of groups
        before = units
        for at in (copy_at.reshape(-1), group_at.reshape(-1)):
            lowest = np.full(int(at.max(initial=-1)) + 1, len(units))
            np.minimum.at(lowest, at, units)
            units = lowest[at]
        if np.array_equal(units, before):
            return np.unique(units, return_inverse=True)[1].reshape(-1).astype(np.int64)


def choose_units(
    units: NDArray[np.int64], labels: NDArray[np.int64], counts: NDArray[np.int64], quota: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the units that validate, chosen in one pass to come close to the quota of each class.

    A unit is taken if it reduces the squared distance of the class counts from the quotas and leaves some pictures of
    every class for training. Then each class without validation pictures gets the cheapest unit, if any.

    Args:
        units, labels: (rows,), of the rows that may validate, in the order in which they are tried.
        counts: (classes,), the rows of each class, including those that may not validate.
        quota: (classes,), the wanted number of validation rows of each class.

    Example:
        >>> units, labels = np.array([4, 4, 5, 6, 6, 7]), np.array([0, 0, 0, 1, 1, 1])
        >>> choose_units(units, labels, counts=np.array([3, 3]), quota=np.array([1, 1])).tolist()
        [5, 7]
    """
    classes_of = _classes_by_unit(units, labels)
    # Plain numbers in a plain loop: most units are one picture, and arrays would take twenty times as long for it.
    taken, there, wanted = [0] * len(counts), counts.tolist(), quota.tolist()
    chosen: list[int] = []

    def cost(unit: int) -> int:
        return sum(many * (many + 2 * (taken[label] - wanted[label])) for label, many in classes_of[unit])

    def leaves_some(unit: int) -> bool:
        return all(taken[label] + many < there[label] for label, many in classes_of[unit])

    def take(unit: int) -> None:
        for label, many in classes_of[unit]:
            taken[label] += many
        chosen.append(unit)

    for unit in classes_of:
        if cost(unit) < 0 and leaves_some(unit):
            take(unit)
    with_label: dict[int, list[int]] = {}
    for unit, classes in classes_of.items():
        for label, _ in classes:
            with_label.setdefault(label, []).append(unit)
    for label, many in enumerate(there):
        # The class has no rows, needs none, or already got some with the unit of an earlier class.
        if taken[label] or not many or not wanted[label]:
            continue
        able = [unit for unit in with_label.get(label, ()) if leaves_some(unit)]
        if able:
            take(min(able, key=cost))
    return np.array(sorted(chosen), np.int64)


def _classes_by_unit(units: NDArray[np.int64], labels: NDArray[np.int64]) -> dict[int, list[tuple[int, int]]]:
    """Return, for each unit in order of first appearance, its classes and the number of rows of each.

    Example:
        >>> _classes_by_unit(np.array([8, 5, 8]), np.array([1, 0, 1]))
        {8: [(1, 2)], 5: [(0, 1)]}
    """
    found: dict[int, list[tuple[int, int]]] = {unit: [] for unit in units.tolist()}
    (of_unit, label), many = np.unique(np.stack([units, labels]), axis=1, return_counts=True)
    for unit, *rows in zip(of_unit.tolist(), label.tolist(), many.tolist(), strict=True):
        found[unit].append((rows[0], rows[1]))
    return found
