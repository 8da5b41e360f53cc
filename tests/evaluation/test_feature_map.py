"""The map of pictures: what is near stays near, further points lie beside their neighbours, and numbers are kept."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from onelook.evaluation import feature_map
from onelook.evaluation.feature_map import (
    FeatureMap,
    Sheet,
    count_among_others,
    few_components,
    lay_out,
    on_the_map,
    packed,
    unpacked,
)


@pytest.fixture(autouse=True)
def _as_for_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out as many points in as many rounds as for users, where other tests lay out fewer."""
    monkeypatch.setattr(feature_map, "_MOST_LAID_OUT", 2_500)
    monkeypatch.setattr(feature_map, "_ROUNDS", 500)


def clouds(each: int, count: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Points around far corners, and the corner of each."""
    draw = np.random.default_rng(seed)
    labels = np.arange(each * count) % count
    return (20 * np.eye(count, 8)[labels] + draw.normal(size=(len(labels), 8))).astype(np.float32), labels


def own_neighbours(plane: np.ndarray, labels: np.ndarray) -> float:
    """The share of points whose nearest other point is of their corner."""
    near, _ = feature_map._nearest(plane, plane, 2)
    return float((labels[near[:, 1]] == labels).mean())


def test_groups_stay_together_and_a_seed_gives_the_same_map() -> None:
    values, labels = clouds(40)
    plane, laid_out = lay_out(few_components(values, 1), "t-sne", 1)
    assert (plane.shape, laid_out) == ((120, 2), 120)
    assert own_neighbours(plane, labels) == 1.0
    assert (lay_out(few_components(values, 1), "t-sne", 1)[0] == plane).all()


def test_points_beyond_the_most_lie_beside_their_nearest_neighbours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feature_map, "_MOST_LAID_OUT", 60)
    values, labels = clouds(50)
    values[4] = values[1]  # two copies, which t-SNE does not lay out
    plane, laid_out = lay_out(few_components(values, 1), "t-sne", 1)
    assert laid_out == 60
    assert np.isfinite(plane).all()
    assert own_neighbours(plane, labels) == 1.0
    assert len(np.unique(plane, axis=0)) == len(plane)  # none hides another


def test_without_time_the_map_is_two_principal_components() -> None:
    values, _ = clouds(10)
    components = few_components(values, 0)
    plane, laid_out = lay_out(components, "pca", 0)
    assert laid_out == 0
    assert (plane == components[:, :2]).all()
    assert lay_out(components[:, :1], "pca", 0)[0][:, 1].tolist() == [0.0] * 30


def test_components_are_ordered_by_their_spread() -> None:
    draw = np.random.default_rng(0)
    values = (draw.normal(size=(300, 3)) * [1, 9, 3]).astype(np.float32)
    spread = few_components(values, 0).std(axis=0)
    assert spread == pytest.approx([9, 3, 1], rel=0.15)


def test_the_map_is_filled_at_one_scale_with_y_downwards() -> None:
    placed = on_the_map(np.array([[0.0, 0.0], [4.0, 2.0], [2.0, 1.0]], np.float32))
    assert placed[:, 0].tolist() == [0, 65_535, 32_768]
    assert placed[0, 1] - placed[1, 1] == pytest.approx(65_535 / 2, abs=1)


def test_errors_among_the_other_class_are_counted() -> None:
    values, labels = clouds(15, count=2)
    labels = labels.copy()
    predicted = labels.copy()
    labels[0], labels[2] = 1, 1  # pictures of class 0, by their places and their answers, with wrong labels
    predicted[1] = 0  # a picture of class 1 in its own place, with a wrong answer
    assert count_among_others(values, labels, predicted) == 2


def test_an_error_is_no_neighbour_of_its_own() -> None:
    # Around the error, in its middle, are five pictures of the predicted class, four of its own and one of a third.
    places = np.array([0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5.1, 99], np.float32)[:, None]
    labels = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 2, 2])
    predicted = np.where(places[:, 0] == 0, 1, labels)
    assert count_among_others(places, labels, predicted) == 1


def test_an_error_between_as_many_of_both_classes_is_not_among_the_others() -> None:
    places = np.array([0, -1, 1, -2, 2, -3, 3, -4, 4, -5, 5, 99], np.float32)[:, None]
    labels = np.array([0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1])
    predicted = np.where(places[:, 0] == 0, 1, labels)
    assert count_among_others(places, labels, predicted) == 0
    places[5], places[11] = 98, -3  # one of its own goes away, and one of the others takes its place
    assert count_among_others(places, labels, predicted) == 1


def test_neighbours_are_the_nearest_first() -> None:
    near, distances = feature_map._nearest(
        np.array([[0.0]], np.float32), np.array([[3.0], [1.0], [-2.0]], np.float32), 2
    )
    assert near.tolist() == [[1, 2]]
    assert distances.tolist() == [[1.0, 2.0]]


def drawn_map(**changes: object) -> FeatureMap:
    fields: dict[str, object] = {
        "method": "pca",
        "seen": "pixels",
        "rows": 2,
        "laid_out": 0,
        "errors": 1,
        "among_others": 0,
        "class_names": ("a", "b"),
        "ids": ("1", "2"),
        "positions": packed(np.array([0, 1, 2, 65_535])),
        "labels": packed(np.array([0, 1])),
        "predicted": packed(np.array([0, 0])),
        "sure": packed(np.array([9_000, 10_000])),
    }
    return FeatureMap.model_validate(fields | changes)


def test_numbers_are_kept_and_damaged_ones_are_refused() -> None:
    found = drawn_map()
    assert unpacked(found.positions).tolist() == [0, 1, 2, 65_535]
    assert FeatureMap.model_validate_json(found.model_dump_json()) == found
    for wrong, said in (
        ({"labels": packed(np.array([0]))}, "the numbers are not those of 2 points"),
        ({"predicted": packed(np.array([0, 2]))}, "a point is of a class that is not one of 2"),
        ({"labels": "<script>"}, "pattern"),
        ({"sheet": {"picture": '"', "side": 8, "columns": 2}}, "pattern"),
    ):
        with pytest.raises(ValidationError, match=said):
            drawn_map(**wrong)


def test_the_size_counts_numbers_ids_and_pictures() -> None:
    bare = drawn_map()
    assert bare.size_bytes == 12 + 8 + 8 + 8 + 2
    assert drawn_map(sheet=Sheet(picture="AAAA", side=8, columns=1)).size_bytes == bare.size_bytes + 4
