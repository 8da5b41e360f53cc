"""The nearest points, as comparing all with all gives them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from onelook.data.duplicates.near import cells, neighbours
from onelook.data.duplicates.near.neighbours import nearest


def points(rows: int, values: int = 6, seed: int = 0) -> NDArray[np.float32]:
    return np.random.Generator(np.random.PCG64(seed)).normal(size=(rows, values)).astype(np.float32)


def brute(of: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    exact = of.astype(np.float64)
    squares = (exact**2).sum(axis=1)
    far = squares[:, None] + squares - 2 * exact @ exact.T
    np.fill_diagonal(far, np.inf)
    return np.argsort(far, axis=1)[:, :count]


def test_few_points_are_all_compared() -> None:
    of = points(300)
    rows, distances = nearest(of, 4)
    assert rows.tolist() == brute(of, 4).tolist()
    assert distances == pytest.approx(np.linalg.norm(of[:, None] - of[rows], axis=2), abs=1e-3)
    assert (np.diff(distances, axis=1) >= 0).all()


def test_no_neighbour_is_lost_between_cells_if_all_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_CELL", 30)
    of = points(300)  # in ten cells of the twelve that are searched
    rows, distances = nearest(of, 4)
    assert rows.tolist() == brute(of, 4).tolist()
    assert distances == pytest.approx(np.linalg.norm(of[:, None] - of[rows], axis=2), abs=1e-3)


def test_askers_and_distances_are_the_same_however_many_there_are_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_CELL", 30)
    of = points(300)
    rows, distances = nearest(of, 4)
    monkeypatch.setattr(neighbours, "_ASKED_AT_ONCE", 7)
    monkeypatch.setattr(neighbours, "_DISTANCES_AT_ONCE", 100)  # ten members of a cell at once
    again, distances_again = nearest(of, 4)
    assert again.tolist() == rows.tolist()
    assert distances_again == pytest.approx(distances, abs=1e-3)


@pytest.mark.parametrize("all_compared", [10, 1_000])  # of 50 cells: landmarks, and no landmarks
def test_cells_find_copies_without_fail_and_others_nearly_so(
    all_compared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "_CELL", 40)
    monkeypatch.setattr(cells, "_ALL_COMPARED", all_compared)
    of = points(2_000, values=16)
    of[1_500:1_800] = of[:300] + 0.05 * points(300, values=16, seed=1)
    rows, _ = nearest(of, 4)
    assert (rows[:300, 0] == np.arange(1_500, 1_800)).all()
    assert (rows[1_500:1_800, 0] == np.arange(300)).all()
    assert (rows == brute(of, 4)).mean() > 0.7  # 0.78 measured, where no point is much nearer than others


def test_points_all_in_one_place_are_borne(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "_DISTANCES_AT_ONCE", 10_000)  # the cell is larger than what is compared at once
    rows, distances = nearest(np.zeros((500, 3), np.float32), 3)
    assert (rows >= 0).all()
    assert (rows != np.arange(500)[:, None]).all()
    assert not distances.any()


def test_fewer_points_than_neighbours() -> None:
    rows, distances = nearest(points(3), 4)
    assert (rows[:, 2:] == -1).all()
    assert np.isinf(distances[:, 2:]).all()
    assert sorted(rows[0, :2].tolist()) == [1, 2]


def test_the_same_comes_out_again() -> None:
    of = points(2_000, values=16)
    assert nearest(of, 4)[0].tolist() == nearest(of, 4)[0].tolist()
