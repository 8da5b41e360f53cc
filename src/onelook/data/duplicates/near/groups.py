"""Groups of near copies, limited in size, so that a chain of pairs does not join all of the data."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from onelook.data.duplicates.near.confirm import Pairs

_LARGEST_SHARE = 0.05  # of all pictures; with larger groups, no split into training and validation is possible
_ALWAYS_ALLOWED = 20  # pictures


def group_near(groups: Sequence[NDArray[np.int64]], pairs: Pairs) -> list[NDArray[np.int64]]:
    """Return, for each array, the group of each picture: equal numbers for exact and near copies, over all arrays.

    Near copies of near copies are in one group: A, A shifted by one pixel, A shifted by two pixels. In a long burst or
    a film all pictures would be in one group. So the surest pairs are joined first, and a pair is not joined if its
    group would have more than a twentieth of all pictures (and more than 20).

    Args:
        groups: for each array, equal numbers for equal pixels, from 0 in order of first appearance.
        pairs: pairs of these numbers, the surest first.

    Example:
        >>> [found.tolist() for found in group_near([np.array([0, 1, 0, 2]), np.array([3, 1])], np.array([[0, 3]]))]
        [[0, 1, 0, 2], [0, 1]]
    """
    sizes = np.bincount(np.concatenate(groups)) if groups else np.zeros(0, np.int64)
    largest = max(_ALWAYS_ALLOWED, int(_LARGEST_SHARE * sizes.sum()))
    leader = np.arange(len(sizes))

    def lead(group: int) -> int:
        while leader[group] != group:
            leader[group] = leader[leader[group]]
            group = int(leader[group])
        return group

    for one, other in pairs.tolist():
        first, second = sorted((lead(one), lead(other)))
        if first != second and sizes[first] + sizes[second] <= largest:
            leader[second] = first
            sizes[first] += sizes[second]
    final = np.array([lead(group) for group in range(len(leader))], np.int64)
    return [final[of_array] for of_array in groups]
