"""Whether two models that were tried on the same rows differ by more than chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class PairedResult:
    """What McNemar's test looks at, and what it says."""

    only_first_right: int  # rows that the first model alone had right
    only_second_right: int
    p_value: float  # chance of a difference this large between equally good models, in [0, 1]


def exact_mcnemar(first_right: NDArray[np.bool_], second_right: NDArray[np.bool_]) -> PairedResult:
    """McNemar's exact two-sided test (McNemar 1947; binomial instead of chi-squared, so it holds for few rows).

    Rows on which both are right or both are wrong say nothing about which is better: if the models are equally
    good, each of the others is a coin's throw.

    Args:
        first_right, second_right: (rows,), whether each model had the row right; the same rows in the same order.

    Example:
        >>> first, second = np.array([True] * 6), np.array([False] * 6)
        >>> exact_mcnemar(first, second).p_value
        0.03125
    """
    first_alone = int((first_right & ~second_right).sum())
    second_alone = int((second_right & ~first_right).sum())
    return PairedResult(first_alone, second_alone, _two_sided_coin(first_alone, second_alone))


def _two_sided_coin(heads: int, tails: int) -> float:
    """The probability that a fair coin, thrown heads + tails times, falls at least as unevenly."""
    throws = heads + tails
    # log2 of C(throws, k) / 2^throws by its ratio to the one before: no large factorials.
    k = np.arange(1, min(heads, tails) + 1)
    steps = np.log2((throws - k + 1) / k)
    one_tail = np.exp2(np.concatenate([[0.0], np.cumsum(steps)]) - throws).sum()
    return min(1.0, 2.0 * float(one_tail))
