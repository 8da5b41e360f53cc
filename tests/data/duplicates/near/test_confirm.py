"""How alike two pictures must be to be copies: the limits worked out by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from onelook.data.duplicates.near import confirm
from onelook.data.duplicates.near.confirm import Yardstick, calibrate, residuals
from onelook.data.duplicates.near.edges import enlarged, softened

NOISE = np.random.Generator(np.random.PCG64(0)).uniform(0, 255, (20, 16, 12)).astype(np.float32)
PICTURES = np.concatenate([NOISE, softened(NOISE)])  # 20 + row is a softened copy of row


def test_other_ways_are_tried_for_the_pairs_below_their_own_limits_alone() -> None:
    chance = np.random.Generator(np.random.PCG64(1))
    pairs = np.column_stack([chance.integers(0, 20, 1200), chance.integers(20, 40, 1200)])
    pairs[::2, 1] = pairs[::2, 0] + 20
    below = np.where(chance.random(1200) < 0.5, 2.0, 0.0)  # more than any two leave over, and less

    def take(rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return PICTURES[rows]

    plain, least = residuals(pairs, take, below=np.zeros(1200)), residuals(pairs, take)
    assert (least[::2] < plain[::2] - 0.1).all()  # so that it shows which of the two is taken
    assert residuals(pairs, take, below=below).tolist() == np.where(below > 0, least, plain).tolist()
    for rows in (slice(0, 512), slice(700, 800), slice(1_100, 1_200)):  # each pair by itself, wherever it stands
        assert residuals(pairs[rows], take) == pytest.approx(least[rows], abs=1e-6)


@pytest.mark.parametrize("changed", [softened, enlarged, lambda pictures: softened(enlarged(pictures))])
def test_a_copy_that_was_changed_in_one_of_the_ways_leaves_nothing_over_either_way_round(
    changed: Callable[[NDArray[np.float32]], NDArray[np.float32]],
) -> None:
    both = np.concatenate([NOISE[:3], changed(NOISE[:3])])
    pairs = np.array([[0, 3], [4, 1], [2, 5]])
    assert residuals(pairs, lambda rows: both[rows]) == pytest.approx([0, 0, 0], abs=0.02)
    assert (residuals(pairs, lambda rows: both[rows], below=np.zeros(3)) > 0.1).all()


def test_the_limit_follows_the_nearer_neighbourhood_of_a_pair() -> None:
    yardstick = Yardstick(typical=0.5, share=0.5, reach=np.array([1.0, 2.0, 2.0, 8.0, 9.0, 0.1, 3.0, 2.0]))
    # The median reach is 2; a quarter is left over where a pair's place is 1.
    pairs = {(1, 2): 0.25, (0, 3): 0.125, (3, 0): 0.125, (1, 6): 0.25, (5, 4): 0.25 * 0.3, (3, 4): 0.25 * 1.2}
    assert yardstick.limits(np.array(list(pairs))) == pytest.approx(list(pairs.values()))


def test_no_limit_lies_outside_what_is_always_and_what_is_never_a_copy() -> None:
    reach = np.ones(2)
    assert Yardstick(0.9, 0.9, reach).limits(np.array([[0, 1]])) == pytest.approx([0.5])
    assert Yardstick(0.9, 0.05, reach).limits(np.array([[0, 1]])) == pytest.approx([0.05])
    assert Yardstick(0.0, 0.0, reach).limits(np.array([[0, 1]])) == pytest.approx([0.05])


def calibrated(
    monkeypatch: pytest.MonkeyPatch, left: Sequence[float], reach: NDArray[np.float64] | None = None
) -> Yardstick:
    """The yardstick where so much is left over of natural neighbours: pictures 0 and 1, 2 and 3, …"""
    monkeypatch.setattr(confirm, "residuals", lambda *_, **__: np.array(left, np.float32))
    natural = np.arange(2 * len(left)).reshape(-1, 2)
    return calibrate(natural, np.ones(2 * len(left)) if reach is None else reach, lambda rows: NOISE[rows])


def hundred_and_one(low: float, middle: float) -> list[float]:
    """Values of which `low` is the 1 % quantile and `middle` the median."""
    return [low] * 2 + [middle] * 99


def test_the_share_follows_the_power_law_through_median_and_lowest_hundredth(monkeypatch: pytest.MonkeyPatch) -> None:
    # P(residual < r) = 0.5 (r / median)^2 goes through 0.01 where r = median / √50. One in 4,000 lies below √0.0005.
    found = calibrated(monkeypatch, hundred_and_one(0.8 / 50**0.5, 0.8))
    assert (found.typical, found.share) == pytest.approx((0.8, 0.0005**0.5))


def test_of_drawings_that_resemble_each_other_a_fifth_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    power = np.log(50) / np.log(1 / 0.9)
    assert calibrated(monkeypatch, hundred_and_one(0.9 * 0.99, 0.99)).share == pytest.approx(0.0005 ** (1 / power))
    assert calibrated(monkeypatch, hundred_and_one(0.9 * 0.97, 0.97)).share == pytest.approx(0.2)


def test_residuals_are_taken_for_their_place_among_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    # The nearest pairs lie where all is twice as near, and half as much is left over of them: nothing new.
    left = hundred_and_one(0.8 / 50**0.5, 0.8)
    left[:2] = [each / 2 for each in left[:2]]
    reach = np.ones(202)
    reach[:4] = 0.5
    found = calibrated(monkeypatch, left, reach)
    assert (found.typical, found.share) == pytest.approx((0.8, 0.0005**0.5))


def test_thirty_pairs_tell_what_is_natural_and_fewer_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    assert calibrated(monkeypatch, [0.4] + [0.8] * 29).share > 0
    few = calibrated(monkeypatch, [0.4] + [0.8] * 28)
    assert (few.typical, few.share) == (0.0, 0.0)


def test_where_neighbours_are_copies_or_all_alike_nothing_is_told_by_them(monkeypatch: pytest.MonkeyPatch) -> None:
    assert calibrated(monkeypatch, hundred_and_one(0.0, 0.8)).share == 0
    assert calibrated(monkeypatch, [0.8] * 101).share == 0
