"""Tests whether models differ by more than chance: McNemar's test of two, and Holm's correction for several tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PairedResult:
    """The result of McNemar's test on two models."""

    only_first_right: int  # rows that only the first model predicted right
    only_second_right: int
    p_value: float  # the probability of so large a difference between equally good models, in [0, 1]


def exact_mcnemar(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> PairedResult:
    """Test whether two models differ on the same rows (McNemar 1947; exact and two-sided).

    The test is binomial instead of chi-squared, so that it holds for few rows. Rows on which both are right or both
    are wrong say nothing about which is better. If the models are equally good, each of the other rows is a coin's
    throw.

    Args:
        first_right, second_right: (rows,), whether each model predicted the row right; the same rows in the same order.

    Example:
        >>> first, second = np.array([True] * 6), np.array([False] * 6)
        >>> exact_mcnemar(first, second).p_value
        0.03125
    """
    first_alone = int((first_right & ~second_right).sum())
    second_alone = int((second_right & ~first_right).sum())
    return PairedResult(first_alone, second_alone, _two_sided_coin(first_alone, second_alone))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return the p-values of several tests, each raised so that all can be read at one level.

    The more tests are made, the likelier one of them finds a difference by chance. Holm 1979, Scandinavian Journal of
    Statistics 6:65: the smallest p-value is multiplied by the number of tests, the next one by one less, and so on;
    none becomes smaller than one before it. Whoever calls a difference where the result is below 0.05 makes an error,
    even a single one, in at most 5 % of such families of tests, however the tests depend on each other.

    Args:
        p_values: each in [0, 1], in any order, which the result keeps.

    Example:
        >>> holm([0.04, 0.01, 0.03])
        (0.06, 0.03, 0.06)
    """
    adjusted, so_far = [0.0] * len(p_values), 0.0
    for rank, position in enumerate(sorted(range(len(p_values)), key=lambda position: p_values[position])):
        so_far = max(so_far, min(1.0, (len(p_values) - rank) * p_values[position]))
        adjusted[position] = so_far
    return tuple(adjusted)


def _two_sided_coin(heads: int, tails: int) -> float:
    """Return the probability that a fair coin, thrown heads + tails times, falls at least as unevenly."""
    throws = heads + tails
    # log2 of C(throws, k) / 2^throws, from its ratio to the one before: no large factorials.
    k = np.arange(1, min(heads, tails) + 1)
    steps = np.log2((throws - k + 1) / k)
    one_tail = np.exp2(np.concatenate([[0.0], np.cumsum(steps)]) - throws).sum()
    return min(1.0, 2.0 * float(one_tail))
