"""Which of several are worth a look where one costs more and another gives more."""

from __future__ import annotations

from collections.abc import Sequence


def pareto_front(costs: Sequence[float], gains: Sequence[float]) -> tuple[int, ...]:
    """Positions of those that none other beats: none costs no more, gains no less, and is better in one of the two.

    From the cheapest to the dearest, each gaining more than the one before; of equals all are on the front.

    Args:
        costs, gains: one of each for every candidate.

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
