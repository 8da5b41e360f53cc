"""Cells of points, and the centres near a point, found with landmarks and without."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from onelook.data.duplicates.near import cells
from onelook.data.duplicates.near.cells import Cells, Centres


def points(rows: int, values: int = 6, seed: int = 0) -> NDArray[np.float32]:
    return np.random.Generator(np.random.PCG64(seed)).normal(size=(rows, values)).astype(np.float32)


def closest(of: NDArray[np.float32], centres: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    far = np.linalg.norm(of[:, None].astype(np.float64) - centres, axis=2)
    return np.argsort(far, axis=1)[:, :count]


def test_every_point_is_in_the_cell_of_its_nearest_centre(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_CELL", 30)
    of = points(300)
    found = Cells.of(of)
    assert sorted(found.order.tolist()) == list(range(300))
    assert len(found.ends) == len(found.centres.positions) == 10
    own = closest(of, found.centres.positions, 1)[:, 0]
    for cell in range(10):
        assert found.members(cell).tolist() == np.flatnonzero(own == cell).tolist()


def test_centres_are_the_means_of_their_cells_once_these_have_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_CELL", 10)
    monkeypatch.setattr(cells, "_POINTS_AT_ONCE", 7)
    corners = np.array([[0, 0], [0, 9], [9, 0]], np.float32)
    of = np.repeat(corners, 10, axis=0) + 0.1 * points(30, values=2)
    found = Cells.of(of).centres.positions
    filled = np.unique(closest(of, found, 1))
    assert found[filled] == pytest.approx(
        np.stack([of[closest(of, found, 1)[:, 0] == cell].mean(axis=0) for cell in filled]), abs=1e-4
    )


def test_few_points_are_one_cell() -> None:
    found = Cells.of(points(5))
    assert found.members(0).tolist() == [0, 1, 2, 3, 4]
    assert found.centres.nearest(points(2), 1).tolist() == [[0], [0]]


def test_centres_are_compared_with_all_if_they_are_few() -> None:
    positions, of = points(100, seed=1), points(50, seed=2)
    assert Centres.at(positions).nearest(of, 5).tolist() == closest(of, positions, 5).tolist()


def test_landmarks_find_the_same_centres_if_all_are_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_ALL_COMPARED", 10)
    monkeypatch.setattr(cells, "_AROUND", 10.0)  # times ten: all hundred
    positions, of = points(100, seed=1), points(50, seed=2)
    centres = Centres.at(positions)
    assert len(centres.landmarks) == 40
    assert centres.nearest(of, 5).tolist() == closest(of, positions, 5).tolist()


def test_landmarks_find_nearly_all_centres_among_those_around_them(monkeypatch: pytest.MonkeyPatch) -> None:
    positions, of = points(2_000, seed=1), points(500, seed=2)
    centres = Centres.at(positions)  # 715 of 2,000 around each of 178 landmarks
    found, expected = centres.nearest(of, 12), closest(of, positions, 12)
    shared = [len({*one} & {*other}) / 12 for one, other in zip(found.tolist(), expected.tolist(), strict=True)]
    assert np.mean(shared) > 0.98
