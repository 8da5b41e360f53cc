"""Heat maps: what each method finds where the answer is known, how maps are drawn, and what a report gets of them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from onelook.classifier import Classifier, build_classifier
from onelook.data.dataset import ImageSet
from onelook.evaluation.heat_maps import choose_method as choice
from onelook.evaluation.heat_maps import write_heat_maps as module
from onelook.evaluation.heat_maps.by_gradients import gradient_maps
from onelook.evaluation.heat_maps.choose_method import choose_light_method, choose_method
from onelook.evaluation.heat_maps.grid import grid_of, in_digits, on_grid
from onelook.evaluation.heat_maps.without_gradients import (
    CLASSICAL_COVERS,
    NETWORK_COVERS,
    covered_drops,
    products_with_weights,
)
from onelook.evaluation.heat_maps.write_heat_maps import write_heat_maps
from onelook.evaluation.pictures.index import HEAT_MAPS, INDEX, HeatMaps
from onelook.models.shapes import plan_network, weight_shapes
from onelook.predictors.network_module import NetworkModule
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import Conv, Dense, Flatten

SIDE = 12


@pytest.mark.parametrize(("shape", "at"), [((28, 28), (20, 5)), ((12, 9), (3, 7)), ((40, 64), (39, 63))])
def test_the_largest_cell_is_where_the_largest_pixels_are(shape: tuple[int, int], at: tuple[int, int]) -> None:
    maps = np.zeros((1, *shape), np.float32)
    maps[0][at] = 1
    cells = on_grid(maps)[0]
    assert cells.shape == grid_of(*shape)
    found = np.unravel_index(cells.argmax(), cells.shape)
    sides = zip(at, cells.shape, shape, strict=True)
    assert found == tuple(int((place + 0.5) * count / side) for place, count, side in sides)


def test_what_speaks_for_and_against_side_by_side_cancels() -> None:
    even = np.full((1, 96, 64), 3.0, np.float32)
    assert on_grid(even) == pytest.approx(3)
    noise = np.where(np.indices((96, 96)).sum(axis=0) % 2, 1.0, -1.0)[None].astype(np.float32)
    assert on_grid(noise)[:, 1:-1, 1:-1].max() < 0.01
    halves = np.ones((1, 96, 96), np.float32)
    halves[:, :48] = -5
    assert on_grid(halves)[0, :4].max() < 1e-6  # what speaks against the prediction is not drawn, and hides nothing
    assert on_grid(halves)[0, 12:].min() == pytest.approx(1)


def test_a_linear_model_is_split_into_what_each_pixel_adds() -> None:
    weights = np.array([[1.0, 0.0, 2.0, 0.0], [0.0, 3.0, 0.0, 0.0], [0.0, 0.0, 0.0, 5.0]])
    values = np.array([[2.0, 1.0, 4.0, 0.5], [1.0, 1.0, 0.0, 0.0]], np.float32)
    maps = products_with_weights(SimpleNamespace(coef_=weights), values, np.array([0, 1]), (2, 2, 1))
    scores = values @ weights.T
    assert maps.sum(axis=(1, 2)) == pytest.approx([scores[0, 0] - scores[0].mean(), scores[1, 1] - scores[1].mean()])
    assert maps[0].ravel() == pytest.approx([2 * 2 / 3, -1, 4 * 4 / 3, -0.5 * 5 / 3])
    two = products_with_weights(SimpleNamespace(coef_=weights[:1]), values[:1], np.array([0]), (2, 2, 1))
    assert two.ravel() == pytest.approx([-2, 0, -8, 0])


def test_a_cover_finds_the_only_place_that_the_model_reads() -> None:
    def reads_one_pixel(images: np.ndarray) -> np.ndarray:
        sure = 0.5 + images[:, 9, 4, 0] / 600
        return np.stack([sure, 1 - sure], axis=1).astype(np.float32)

    images = np.random.default_rng(0).integers(0, 40, (2, SIDE, SIDE, 1)).astype(np.uint8)
    images[:, 9, 4] = 255
    maps = covered_drops(reads_one_pixel, images, np.array([0, 0]), covers=CLASSICAL_COVERS)
    for each in maps:
        assert each[9, 4] == each.max() > 0
        assert each[:5].max() == 0
        assert each[:, 8:].max() == 0
    assert covered_drops(reads_one_pixel, images, np.array([1, 1]), covers=CLASSICAL_COVERS).max() <= 0


def test_a_cover_finds_what_a_network_reads_that_is_sure_of_its_answer_under_any_cover() -> None:
    def reads_one_pixel(images: np.ndarray) -> np.ndarray:
        other = np.exp(-20 - images[:, 9, 4, 0] / 25.5).astype(np.float32)  # the first class has 1 in 32 bits
        return np.stack([1 - other, other], axis=1)

    images = np.zeros((1, SIDE, SIDE, 1), np.uint8)
    images[:, 9, 4] = 255
    (found,) = covered_drops(reads_one_pixel, images, np.array([0]), covers=NETWORK_COVERS)
    assert found[9, 4] == found.max() == pytest.approx(10, rel=1e-5)
    assert found[:7].max() == 0
    assert covered_drops(reads_one_pixel, images, np.array([0]), covers=CLASSICAL_COVERS).max() == 0


def test_the_light_method_needs_no_gradients_and_is_not_offered_where_it_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    model, scored, probabilities = judged(2)
    method = choose_light_method(model)
    assert method is not None
    assert (method[0], choose_method(model)[0]) == ("occlusion", "gradients")
    of = probabilities.argmax(axis=1)
    maps = method[1](scored.images, of)
    assert maps.shape == scored.images.shape[:3]
    one_by_one = [method[1](scored.images[[row]], of[[row]])[0] for row in range(2)]
    np.testing.assert_allclose(maps, one_by_one, atol=1e-4)
    monkeypatch.setattr(choice, "_MOST_MULTIPLY_ADDS", 81 * 2 * SIDE * SIDE)  # less than 82 answers of one dense layer
    assert choose_light_method(model) is None


def network(*layers: Any) -> NetworkSettings:
    return NetworkSettings(layers=(*layers, Dense(units="classes")))


def opened(settings: NetworkSettings, seed: int = 0, classes: int = 3) -> NetworkModule:
    plan = plan_network(settings, (1, SIDE, SIDE), classes)
    chance = np.random.default_rng(seed)
    weights = {name: chance.normal(size=shape).astype(np.float32) for name, shape in weight_shapes(plan).items()}
    return NetworkModule(settings, FittedPreprocess(value_range=(0, 255)), weights, (SIDE, SIDE, 1), classes)


def pictures(count: int) -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (count, SIDE, SIDE, 1)).astype(np.uint8)


def test_a_map_adds_up_to_what_the_picture_adds_to_the_score() -> None:
    module = opened(network(Conv(filters=4, activation="tanh"), Flatten()))
    images, classes = pictures(3), np.array([0, 2, 1])
    with torch.no_grad():
        prepared = module.prepare(images)
        even = prepared.mean(dim=(2, 3), keepdim=True).expand_as(prepared)
        scores = [(logits - logits.mean(dim=1, keepdim=True)) for logits in map(module.network, (prepared, even))]
    rises = [float(scores[0][row, of] - scores[1][row, of]) for row, of in enumerate(classes)]
    assert min(map(abs, rises)) > 1
    assert gradient_maps(module, images, classes).sum(axis=(1, 2)) == pytest.approx(rises, rel=0.03)


def test_maps_of_other_weights_and_of_other_classes_differ() -> None:
    settings = network(Conv(filters=8, activation="relu"), Flatten())
    images, classes = pictures(3), np.array([0, 1, 2])
    maps = on_grid(gradient_maps(opened(settings), images, classes))
    random = on_grid(gradient_maps(opened(settings, seed=1), images, classes))
    others = on_grid(gradient_maps(opened(settings), images, np.array([1, 2, 0])))
    for one, other, third in zip(maps, random, others, strict=True):
        assert abs(np.corrcoef(one.ravel(), other.ravel())[0, 1]) < 0.6
        assert not np.allclose(one, third, atol=0.01 * np.abs(one).max())


def judged(rows: int) -> tuple[Classifier, ImageSet, np.ndarray]:
    """A network with drawn weights, and labels that are never what it says."""
    settings = network(Flatten())
    plan = plan_network(settings, (1, SIDE, SIDE), 3)
    chance = np.random.default_rng(0)
    weights = {name: chance.normal(size=shape).astype(np.float32) for name, shape in weight_shapes(plan).items()}
    decode = DecodeSettings(height=SIDE, width=SIDE, channels=1)
    model = build_classifier(
        settings,
        FittedPreprocess(value_range=(0, 255)),
        weights,
        decode=decode,
        class_names=("a", "b", "c"),
        dtype="uint8",
        value_range=(0, 255),
        provenance={},
        metrics={},
    )
    images = pictures(rows)
    probabilities = model.probabilities(images)
    labels = (probabilities.argmax(axis=1) + 1) % 3
    ids = tuple(f"test/{row + 1}" for row in range(rows))
    return model, ImageSet(images, np.arange(rows), ids, labels), probabilities


def test_the_worst_errors_come_first_and_the_time_ends_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, scored, probabilities = judged(40)
    assert scored.labels is not None
    gap = probabilities.max(axis=1) - probabilities[np.arange(40), scored.labels]
    worst = [scored.ids[at] for at in np.argsort(-gap, kind="stable")]
    index = write_heat_maps(tmp_path, model, scored, probabilities, seconds=100)
    assert index is not None
    assert [one.id for one in index.maps[:24]] == worst[:24]
    assert (len(index.maps), index.wanted, index.method) == (40, 40, "gradients")
    assert HeatMaps.model_validate(json.loads((tmp_path / HEAT_MAPS / INDEX).read_text())) == index
    clock = iter(range(100))
    monkeypatch.setattr("time.perf_counter", lambda: float(next(clock)))
    few = write_heat_maps(tmp_path, model, scored, probabilities, seconds=5)  # a second for each four, and one before
    assert few is not None
    assert few.maps == index.maps[: len(few.maps)]
    assert len(few.maps) == 12


def test_a_map_is_of_its_own_picture_and_of_the_class_that_was_said(tmp_path: Path) -> None:
    model, scored, probabilities = judged(11)
    index = write_heat_maps(tmp_path, model, scored, probabilities, seconds=100)
    assert index is not None
    row = scored.ids.index(index.maps[9].id)
    _, maps_of = choose_method(model)
    own = maps_of(scored.images[[row]], probabilities[[row]].argmax(axis=1))
    assert in_digits(on_grid(own)) == [index.maps[9].cells]


def test_there_is_no_map_without_an_error(tmp_path: Path) -> None:
    model, scored, probabilities = judged(5)
    right = ImageSet(scored.images, scored.rows, scored.ids, probabilities.argmax(axis=1))
    assert write_heat_maps(tmp_path, model, right, probabilities, seconds=100) is None
    assert not (tmp_path / HEAT_MAPS).exists()


def test_cells_that_do_not_fill_the_grid_are_refused() -> None:
    with pytest.raises(ValueError, match="the map of x has 3 cells, not 2 by 2"):
        HeatMaps(method="gradients", size=(4, 4), grid=(2, 2), wanted=1, maps=({"id": "x", "cells": "000"},))


def test_a_map_on_which_nothing_speaks_for_the_prediction_is_counted_and_not_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, scored, probabilities = judged(9)

    def blind(images: np.ndarray, classes: np.ndarray) -> np.ndarray:
        return -np.ones(images.shape[:3], np.float32) * (images[:, :1, :1, 0] > images[:, 1:2, :1, 0]) + 0.5 * (
            images[:, :1, :1, 0] <= images[:, 1:2, :1, 0]
        )

    monkeypatch.setattr(module, "choose_method", lambda _: ("occlusion", blind))
    index = write_heat_maps(tmp_path, model, scored, probabilities, seconds=100)
    assert index is not None
    dark = {name for name, image in zip(scored.ids, scored.images[..., 0], strict=True) if image[0, 0] <= image[1, 0]}
    assert {one.id for one in index.maps} == dark
    assert 0 < index.empty == 9 - len(dark)


def test_lines_of_one_pixel_are_not_joined_with_their_ground_in_small_pictures() -> None:
    maps = np.full((1, 48, 48), 0.1, np.float32)
    maps[0, 24:36:2, 6:18] = 1
    maps[0, 25:36:2, 6:18] = -1
    row, column = np.unravel_index(on_grid(maps)[0].argmax(), (16, 16))
    assert (8 <= row < 12, 2 <= column < 6) == (True, True)


def test_after_the_worst_errors_come_those_that_the_page_has_pictures_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of thirty errors the first is the worst. All but five are of one confusion, which has had twelve pictures.
    rare = {3, 25, 26, 28, 29}
    labels, predicted = np.zeros(30, np.int64), np.array([2 if at in rare else 1 for at in range(30)])
    worst = np.arange(30)[::-1].copy()
    monkeypatch.setattr(module, "WORST_ERRORS", 2)
    assert module._order(worst, labels, predicted).tolist() == [
        *(29, 28),  # the worst two, of the rare confusion
        *range(27, 26, -1),  # then twelve of the frequent one
        *range(24, 13, -1),
        *(26, 25, 3),  # the other three of the rare one
        *(each for each in range(13, -1, -1) if each != 3),
    ]
    model, scored, probabilities = judged(9)
    monkeypatch.setattr(module, "_MOST_BYTES", 5 * SIDE * SIDE + 1)  # five maps: two batches of four are begun
    index = write_heat_maps(tmp_path, model, scored, probabilities, seconds=100)
    assert index is not None
    assert (len(index.maps), index.wanted, index.size, index.grid) == (8, 9, (SIDE, SIDE), (SIDE, SIDE))
