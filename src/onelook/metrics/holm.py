"""Several tests at once: the more are made, the likelier one of them finds a difference by chance."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """The p-values of several tests, each raised so that all can be read at one level.

    Holm 1979, Scandinavian Journal of Statistics 6:65. The smallest is multiplied by the number of tests, the next one
    by one less, and so on; none falls below one before it. Whoever calls a difference where the result is below 0.05
    is wrong, even once, in at most 5 % of such families, whatever the tests have to do with each other.

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
