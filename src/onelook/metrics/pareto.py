"""The Pareto front: the candidates that no other beats in both cost and gain."""

from __future__ import annotations

from collections.abc import Sequence


def pareto_front(costs: Sequence[float], gains: Sequence[float]) -> tuple[int, ...]:
    """Return the positions of the candidates that no other beats, from the cheapest to the dearest.

    One beats another if it costs no more, gains no less, and is better in one of the two. Equal candidates are all on
    the front.

    Args:
        costs, gains: the cost and the gain of every candidate.

    Example:
        >>> pareto_front(costs=[1.0, 5.0, 4.0], gains=[0.8, 0.9, 0.7])
        (0, 1)
    """

    def is_beaten(one: int) -> bool:
        return any(
            costs[other] <= costs[one]
            and gains[other] >= gains[one]
            and (costs[other], gains[other]) != (costs[one], gains[one])
            for other in range(len(costs))
        )

    return tuple(sorted((one for one in range(len(costs)) if not is_beaten(one)), key=lambda one: costs[one]))
