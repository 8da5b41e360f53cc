"""What a model learned, drawn: filters, maps, importances, questions and neighbours that can be worked out by hand."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from onelook.classifier import Classifier, build_classifier
from onelook.data.dataset import ImageSet
from onelook.evaluation.learned import write_learned as write_learned_module
from onelook.evaluation.learned.feature_maps import block_ends, compute_maps, draw_maps
from onelook.evaluation.learned.first_layer import draw_class_weights, draw_filters
from onelook.evaluation.learned.index import LEARNED, Learned
from onelook.evaluation.learned.neighbours import Comparison, find_nearest
from onelook.evaluation.learned.trees import ask_tree, draw_importances
from onelook.evaluation.learned.write_learned import _Pictures, write_learned
from onelook.evaluation.pictures.index import INDEX
from onelook.evaluation.pictures.thumbnails import ThumbnailWriter
from onelook.evaluation.pictures.tiles import around_grey, draw_tiles
from onelook.models.shapes import plan_network, weight_shapes
from onelook.predictors.network_module import NetworkModule
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import ActivationLayer, BatchNorm, Conv, Dense, Flatten, GlobalPool, Layer, Pool

SIDE = 8


class Kept(dict[str, bytes]):
    """A writer's pictures by name."""

    @property
    def writer(self) -> ThumbnailWriter:
        return ThumbnailWriter(self.__setitem__, (0.0, 255.0))

    def pixels(self, name: str) -> np.ndarray:
        with Image.open(io.BytesIO(self[name])) as image:
            return np.asarray(image)


def plan_of(*layers: Layer, channels: int = 1) -> Any:
    return plan_network(NetworkSettings(layers=(*layers, Dense(units="classes"))), (channels, SIDE, SIDE), 3)


def test_tiles_stand_row_after_row_with_clear_lines_between() -> None:
    tiles = np.arange(5, dtype=np.uint8).repeat(6).reshape(5, 2, 3, 1)
    with Image.open(io.BytesIO(draw_tiles(tiles, columns=2))) as image:
        sheet = np.asarray(image)
    assert sheet.shape == (8, 7, 2)
    assert [sheet[0, 0, 0], sheet[0, 4, 0], sheet[3, 0, 0], sheet[7, 2, 0]] == [0, 1, 2, 4]
    assert sheet[2].max() == sheet[:, 3].max() == sheet[6:, 4:].max() == 0
    assert (sheet[:2, :3, 1] == 255).all()


def test_zero_is_grey_and_the_largest_weight_of_each_tile_is_full() -> None:
    tiles = np.array([[0.0, 2.0, -1.0], [0.0, -0.5, 0.25]], np.float32).reshape(2, 1, 3, 1)
    assert around_grey(tiles).reshape(2, 3).tolist() == [[128, 255, 64], [128, 0, 191]]


def test_the_filters_of_the_first_convolution_are_drawn_upright() -> None:
    plan, kept = plan_of(BatchNorm(), Conv(filters=2, kernel=(2, 3)), Flatten()), Kept()
    weights = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(plan).items()}
    weights["1.weight"][1, 0, 1, 2] = 4  # the second filter, lower right
    filters = draw_filters(plan, weights, kept.writer)
    assert filters is not None
    assert (filters.kind, filters.tile, filters.count, filters.shown) == ("kernels", (2, 3), 2, 2)
    sheet = kept.pixels(filters.file)
    assert sheet.shape == (2, 7, 2)
    assert sheet[1, 6, 0] == 255
    assert (np.delete(sheet[..., 0], 3, axis=1) == 128).sum() == 11


def test_the_units_of_a_dense_layer_are_pictures_in_the_order_of_the_flattened_input() -> None:
    plan, kept = plan_of(Pool(size=2, type="average_pool"), Flatten(), Dense(units=70), channels=3), Kept()
    weights = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(plan).items()}
    weights["2.weight"][:, 0] = np.arange(1, 71)[::-1] / 100
    weights["2.weight"][69, 3 * (4 * 2 + 1) + 2] = 9  # row 2, column 1, blue, of the unit with the smallest weights
    filters = draw_filters(plan, weights, kept.writer)
    assert filters is not None
    assert (filters.kind, filters.tile, filters.count, filters.shown) == ("units", (4, 4), 70, 64)
    assert filters.is_colour
    sheet = kept.pixels(filters.file)
    assert sheet.shape[2] == 4
    assert sheet[-4 + 2, -4 + 1].tolist() == [128, 128, 255, 255]


@pytest.mark.parametrize(
    "layers",
    [
        (Conv(filters=2, kernel=1), Flatten()),
        (GlobalPool(type="global_average_pool"), Dense(units=4)),  # the dense layer sees the mean of the picture
    ],
    ids=["single values", "a mean"],
)
def test_a_network_that_begins_with_no_pictures_has_no_filters_to_draw(layers: tuple[Any, ...]) -> None:
    plan = plan_of(*layers)
    weights = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(plan).items()}
    assert draw_filters(plan, weights, Kept().writer) is None


def test_two_classes_share_one_row_of_weights_with_opposite_signs() -> None:
    kept = Kept()
    filters = draw_class_weights(np.array([[0.0, 1.0, 0.0, -1.0]]), (2, 2, 1), ("a", "b"), kept.writer)
    assert (filters.names, filters.count) == (("a", "b"), 2)
    assert kept.pixels(filters.file)[..., 0][:, [0, 1, 3, 4]].tolist() == [[128, 0, 128, 255], [128, 255, 128, 0]]


def test_of_many_classes_the_first_are_drawn_under_their_own_names() -> None:
    kept, names = Kept(), tuple(f"class {number}" for number in range(70))
    weights = np.zeros((70, 4))
    weights[:, 3] = np.arange(70)  # the last ones have the largest weights
    filters = draw_class_weights(weights, (2, 2, 1), names, kept.writer)
    assert (filters.names, filters.count, filters.shown) == (names[:64], 70, 64)
    assert kept.pixels(filters.file)[1, 1, 0] == 128  # that of class 0, whose weights are all 0


def test_blocks_end_where_maps_change_their_size() -> None:
    relu = ActivationLayer(function="relu")
    plan = plan_of(
        Conv(filters=4, padding="same"), relu, Pool(type="max_pool"), Conv(filters=8, padding="same"), relu,
        GlobalPool(type="global_max_pool"),
    )  # fmt: skip
    assert block_ends(plan) == (1, 4)
    assert block_ends(plan_of(Flatten(), Dense(units=5))) == ()


def test_maps_are_those_of_the_whole_network() -> None:
    settings = NetworkSettings(
        layers=(Conv(filters=2, kernel=1, activation="relu"), Pool(type="max_pool"), Flatten(), Dense(units="classes"))
    )
    plan = plan_network(settings, (1, SIDE, SIDE), 3)
    weights = {name: np.zeros(shape, np.float32) for name, shape in weight_shapes(plan).items()}
    weights["0.weight"][:, 0, 0, 0] = [2, -1]
    weights["0.bias"][:] = [0, 0.5]
    module = NetworkModule(settings, FittedPreprocess(value_range=(0, 255)), weights, (SIDE, SIDE, 1), 3)
    images = np.random.default_rng(0).integers(0, 256, (2, SIDE, SIDE, 1)).astype(np.uint8)
    first, second = compute_maps(module, images)
    values = images[..., 0] / 255
    assert first[:, 0] == pytest.approx(2 * values, abs=1e-6)
    assert first[:, 1] == pytest.approx(np.maximum(0.5 - values, 0), abs=1e-6)
    assert second[:, 0, 0, 0] == pytest.approx(2 * values[:, :2, :2].max(axis=(1, 2)), abs=1e-6)
    assert second.shape == (2, 2, 4, 4)


def test_the_maps_in_which_pictures_differ_most_are_drawn_on_one_scale() -> None:
    maps = np.zeros((2, 9, 3, 3), np.float32)
    maps[1] = np.arange(9)[:, None, None]  # the first map is the same for both
    maps[0, 1:] += 0.5
    one, other = draw_maps(maps)
    with Image.open(io.BytesIO(one)) as image:
        low = np.asarray(image)
    with Image.open(io.BytesIO(other)) as image:
        high = np.asarray(image)
    assert low.shape == (7, 15, 2)  # eight maps of 3 × 3, four in a row
    assert low[..., 0].max() == 0
    assert high[high[..., 1] > 0][:, 0].min() == 255


def test_large_maps_are_drawn_as_means() -> None:
    maps = np.zeros((1, 1, 60, 30), np.float32)
    maps[0, 0, :30] = 1
    with Image.open(io.BytesIO(draw_maps(maps)[0])) as image:
        drawn = np.asarray(image)[..., 0]
    assert drawn.shape == (20, 10)
    assert drawn[:10].min() == 255
    assert drawn[10:].max() == 0


def tree() -> Any:
    from sklearn.tree import DecisionTreeClassifier

    values = np.zeros((40, 12), np.float32)  # pictures of 2 × 2 in colour
    values[:, 7] = np.arange(40) / 40  # row 2, column 1, green
    return DecisionTreeClassifier(random_state=0).fit(values, np.arange(40) // 20)


def test_importances_are_added_up_over_the_colours() -> None:
    kept = Kept()
    values = np.array([[0.0, 0.0, 0.25], [0.0, 0.04, 0.0], [0.0, 0.0, 0.0], [0.16, 0.16, 0.32]])
    importances = draw_importances(SimpleNamespace(feature_importances_=values[[0, 1, 3, 2]]), (2, 2, 3), kept.writer)
    assert importances.strongest == (2, 1)
    drawn = np.sqrt(np.array([[0.25, 0.04], [0.64, 0.0]]) / 0.64)
    assert kept.pixels(importances.file)[..., 0].tolist() == np.rint(255 * drawn).tolist()


@pytest.mark.parametrize(("value", "answer", "conclusion"), [(0.2, "yes", "cat"), (0.9, "no", "dog")])
def test_a_trees_questions_lead_to_its_own_prediction(value: float, answer: str, conclusion: str) -> None:
    values = np.zeros(12, np.float32)
    values[7] = value
    questions, end = ask_tree(tree(), values, (2, 2, 3), ("cat", "dog"))
    assert questions == (f"row 2, column 1, green is {value:g}: at most 0.487? {answer}",)
    assert end == f"{conclusion}: 20 of 20 training pictures that come to this end"


def test_the_most_similar_pictures_point_in_the_same_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    from onelook.evaluation.learned import neighbours as module

    monkeypatch.setattr(module, "_BATCH", 3)
    angles = np.array([90, 5, 170, 40, 4, 60, 100, 3])
    images = np.stack([np.cos(np.radians(angles)), np.sin(np.radians(angles))], axis=1).reshape(8, 2, 1, 1)
    images *= np.arange(1, 9)[:, None, None, None]
    train = ImageSet(images, np.arange(8), tuple(map(str, range(8))), np.zeros(8, int))
    by = Comparison(lambda pictures: pictures.reshape(len(pictures), 2).astype(np.float32), "pixels", 0)
    wanted = np.array([[1.0, 0.0], [0.0, 7.0]]).reshape(2, 2, 1, 1)
    assert find_nearest(by, wanted, train, np.arange(8), 3).tolist() == [[7, 4, 1], [0, 6, 5]]
    assert find_nearest(by, wanted, train, np.array([0, 2, 3, 4]), 2).tolist() == [[4, 3], [0, 3]]


def classifier() -> Classifier:
    """A network that says the class of the brighter half: `top` or `bottom`."""
    settings = NetworkSettings(
        layers=(Pool(type="average_pool", size=(SIDE // 2, SIDE)), Flatten(), Dense(units="classes"))
    )
    weights = {"2.weight": np.array([[9, -9], [-9, 9]], np.float32), "2.bias": np.zeros(2, np.float32)}
    return build_classifier(
        settings,
        FittedPreprocess(value_range=(0, 255)),
        weights,
        decode=DecodeSettings(height=SIDE, width=SIDE, channels=1),
        class_names=("top", "bottom"),
        dtype="uint8",
        value_range=(0, 255),
        provenance={},
        metrics={},
    )


def halves(*brightness: tuple[int, int], part: str, labels: list[int]) -> ImageSet:
    images = np.zeros((len(brightness), SIDE, SIDE, 1), np.uint8)
    for image, (top, bottom) in zip(images, brightness, strict=True):
        image[: SIDE // 2], image[SIDE // 2 :] = top, bottom
    ids = tuple(f"{part}/{at}" for at in range(len(labels)))
    return ImageSet(images, np.arange(len(labels)), ids, np.array(labels))


def test_a_run_keeps_an_example_of_each_class_and_what_is_similar_to_its_errors(tmp_path: Path) -> None:
    model = classifier()
    scored = halves((250, 20), (40, 200), (190, 90), part="test", labels=[1, 1, 0])  # the first is an error
    train = halves((9, 99), (250, 19), (99, 9), (90, 80), (240, 30), (10, 90), part="train", labels=[1, 0, 0, 1, 1, 1])
    learned = write_learned(tmp_path, model, scored, model.probabilities(scored.images), train)
    assert [(one.class_name, one.picture.id) for one in learned.maps] == []  # its maps are single values
    (error,) = learned.neighbours
    assert (error.picture.id, error.label, error.predicted) == ("test/0", "bottom", "top")
    nearest = [(near.picture.id, near.label) for near in error.nearest]
    assert nearest == [
        ("train/1", "top"), ("train/2", "top"), ("train/4", "bottom"), ("train/3", "bottom"), ("train/5", "bottom"),
    ]  # fmt: skip
    assert (learned.searched, learned.compared_by) == (6, "features")
    folder = tmp_path / LEARNED
    names = {error.picture.file, *(near.picture.file for near in error.nearest)}
    assert {file.name for file in folder.iterdir()} == {INDEX, *names}
    with Image.open(folder / error.nearest[2].picture.file) as image:
        shown = np.asarray(image)
    assert (shown[0, 0], shown[-1, -1]) == (240, 30)
    assert Learned.model_validate_json((folder / INDEX).read_bytes()) == learned


def pictures_of(labels: list[int], predicted: list[int], names: tuple[str, ...]) -> _Pictures:
    of_model: Any = SimpleNamespace(class_names=names)
    worst = np.flatnonzero(np.array(labels) != np.array(predicted))
    nothing: Any = None
    return _Pictures(
        of_model, nothing, np.array(labels), np.array(predicted), worst, nothing, np.array(labels), nothing
    )


def test_an_example_is_the_first_of_its_class_that_is_named_right_else_the_first() -> None:
    labels, predicted = [1, 1, 3, 0, 1, 0, 3], [0, 1, 0, 0, 1, 0, 1]
    assert pictures_of(labels, predicted, ("a", "b", "c", "d")).examples().tolist() == [3, 1, 2]
    many = list(range(12))
    assert pictures_of(many, many, tuple("abcdefghijkl")).examples().tolist() == list(range(10))


def test_of_eight_errors_similar_pictures_are_looked_for_and_of_none_where_nobody_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = classifier()
    scored = halves(*[(250 - at, 20 + at) for at in range(10)], part="test", labels=[1] * 10)
    train = halves(*[(250 - at, at) for at in range(9)], part="train", labels=[0] * 8 + [1])
    learned = write_learned(tmp_path, model, scored, model.probabilities(scored.images), train)
    assert [one.picture.id for one in learned.neighbours] == [f"test/{at}" for at in range(8)]
    monkeypatch.setattr(write_learned_module, "_MOST_COMPARED", 7)
    few = write_learned(tmp_path, model, scored, model.probabilities(scored.images), train)
    assert few.searched == 7
    compared = {near.picture.id for one in few.neighbours for near in one.nearest}
    assert compared <= {f"train/{at}" for at in (0, 1, 2, 4, 5, 6, 8)}  # evenly from the first to the last
    monkeypatch.setattr(write_learned_module, "_COMPARING_WORK", 1.0)
    assert write_learned(tmp_path, model, scored, model.probabilities(scored.images), train).searched == 5
    alone = write_learned(tmp_path, model, scored, model.probabilities(scored.images), train, compare=False)
    assert (alone.neighbours, alone.searched) == ((), 0)


def test_of_one_picture_the_maps_that_vary_most_within_it_are_drawn() -> None:
    maps = np.zeros((1, 9, 4, 4), np.float32)
    maps[0, :, 0, 0] = [5, 0, 5, 5, 5, 5, 5, 5, 5]  # the second is even
    maps[0, 1] = 3
    with Image.open(io.BytesIO(draw_maps(maps)[0])) as image:
        drawn = np.asarray(image)[..., 0]
    assert [int(drawn[5 * (at // 4), 5 * (at % 4)]) for at in range(8)] == [255] * 8
    assert (drawn == 255).sum() == 8
