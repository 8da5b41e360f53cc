"""Order classes so that confused ones are neighbours, and find groups of classes that are confused with each other.

Classes are joined by average linkage on the share of their pictures that are taken for each other. The order is the one
with the most similar neighbours among those that the tree allows: Bar-Joseph, Gifford and Jaakkola, Fast optimal leaf
ordering for hierarchical clustering, Bioinformatics 17 (2001), as implemented in SciPy.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

# The work for the best order grows with the cube of the classes: 0.05 s for 300, 4 s for 1,000. More classes keep the
# order in which they were joined, which has confused ones together too.
_MOST_IN_BEST_ORDER = 300

Matrix = Sequence[Sequence[int]]  # a row for each label, a column for each predicted class


def confused_together(matrix: Matrix) -> tuple[int, ...]:
    """Return the positions of all classes, confused ones beside each other, never confused ones at the end.

    Without SciPy, or without errors, the order is kept.

    Example:
        >>> confused_together([[8, 0, 3], [0, 9, 0], [1, 0, 8]])
        (0, 2, 1)
    """
    similar = _similarity(matrix)
    confused = np.flatnonzero(similar.any(axis=0))
    tree = _tree(similar[np.ix_(confused, confused)])
    if tree is None:
        return tuple(range(len(matrix)))
    order = _from_the_first(confused[_leaves(tree)[-1]].tolist())
    return (*order, *(position for position in range(len(matrix)) if position not in {*order}))


def confused_groups(matrix: Matrix, most: int) -> list[tuple[int, ...]]:
    """Return groups of 2 to `most` classes that are confused with each other, those with the most errors first.

    Without SciPy there are none.

    Args:
        matrix: the counts.
        most: the most classes of a group.

    Example:
        >>> confused_groups([[8, 0, 0, 2], [0, 9, 1, 0], [0, 2, 8, 0], [3, 0, 0, 7]], most=2)
        [(0, 3), (1, 2)]
    """
    similar = _similarity(matrix)
    confused = np.flatnonzero(similar.any(axis=0))
    tree = _tree(similar[np.ix_(confused, confused)])
    if tree is None:
        return []
    leaves = _leaves(tree)
    unrelated = similar.max() - 1e-12  # the distance of two classes that are never confused
    fits = [len(group) <= most for group in leaves]
    fits[len(confused) :] = [
        fit and far < unrelated for fit, far in zip(fits[len(confused) :], tree[:, 2], strict=True)
    ]
    parents = _parents(tree)
    groups = [
        _from_the_first(confused[leaves[node]].tolist())
        for node in range(len(confused), len(leaves))
        if fits[node] and not (node in parents and fits[parents[node]])
    ]
    counts = np.array(matrix, np.int64)
    return sorted(groups, key=lambda group: -errors_within(counts, group))


def errors_within(counts: NDArray[np.int64], classes: Sequence[int]) -> int:
    """Return how many pictures of these classes were taken for another one of them."""
    block = counts[np.ix_(classes, classes)]
    return int(block.sum() - block.trace())


def _from_the_first(order: list[int]) -> tuple[int, ...]:
    """Return an order or its reverse, which is as good: the one that begins with the lower position."""
    return tuple(order if order[0] <= order[-1] else reversed(order))


def _similarity(matrix: Matrix) -> NDArray[np.float64]:
    """Return for each two classes the mean share of their pictures that were taken for the other; 0 on the diagonal."""
    counts = np.array(matrix, np.float64)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    np.fill_diagonal(shares, 0)
    similar: NDArray[np.float64] = (shares + shares.T) / 2
    return similar


def _tree(similar: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return the classes joined by average linkage, with the best order of leaves; None without SciPy or classes."""
    if len(similar) < 2:
        return None
    try:
        from scipy.cluster.hierarchy import linkage, optimal_leaf_ordering
    except ImportError:
        return None
    first, second = np.triu_indices(len(similar), 1)
    distances = similar.max() - similar[first, second]
    joined: NDArray[np.float64] = linkage(distances, "average")
    return optimal_leaf_ordering(joined, distances) if len(similar) <= _MOST_IN_BEST_ORDER else joined


def _leaves(tree: NDArray[np.float64]) -> list[list[int]]:
    """Return the leaves below each node, in order; the last node is the root."""
    leaves = [[leaf] for leaf in range(len(tree) + 1)]
    for left, right in tree[:, :2].astype(int).tolist():
        leaves.append(leaves[left] + leaves[right])
    return leaves


def _parents(tree: NDArray[np.float64]) -> dict[int, int]:
    return {
        child: len(tree) + 1 + number
        for number, children in enumerate(tree[:, :2].astype(int).tolist())
        for child in children
    }
