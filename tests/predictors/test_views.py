"""Several views of a picture: what the network sees, what it makes of them, and that both engines agree."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
import torch
from numpy.typing import NDArray

from onelook.models.layers.build import build_network
from onelook.predictors.onnx import OnnxPredictor, build_graph
from onelook.predictors.predictor import Predictor
from onelook.predictors.torch import TorchPredictor
from onelook.settings import FittedPreprocess, NetworkSettings, PreprocessSettings, ViewSettings
from onelook.settings.network import BatchNorm, Conv, Dense, Flatten, GlobalPool

# Two logits: the values of the first row's first two pixels, and of the others nothing.
CORNER = NetworkSettings(layers=(Flatten(), Dense(units="classes", bias=False)))
RAW = FittedPreprocess(settings=PreprocessSettings(scale="none"))
NETWORK = NetworkSettings(
    layers=(Conv(filters=5, activation="relu"), BatchNorm(), Flatten(), Dense(units="classes")),
)
ALL = [
    ViewSettings(horizontal_flip=True),
    ViewSettings(shift=1),
    ViewSettings(horizontal_flip=True, shift=1),
    ViewSettings(horizontal_flip=True, shift=4),
]
Weights = dict[str, NDArray[Any]]


def both(network: NetworkSettings, weights: Weights, shape: tuple[int, int, int], **options: Any) -> list[Predictor]:
    """The network in both engines; `options` are `fitted`, `views`, `dtype`, `num_classes`."""
    fitted, dtype = options.pop("fitted", FittedPreprocess()), options.pop("dtype", np.uint8)
    num_classes = options.pop("num_classes")
    graph = build_graph(network, fitted, weights, shape, dtype, num_classes=num_classes, **options)
    onnx.checker.check_model(onnx.load_from_string(graph), full_check=True)
    return [TorchPredictor(network, fitted, weights, shape, num_classes, **options), OnnxPredictor(graph, threads=1)]


def random_weights(shape: tuple[int, int, int], num_classes: int = 3) -> Weights:
    torch.manual_seed(0)
    height, width, channels = shape
    state = build_network(NETWORK, (channels, height, width), num_classes).state_dict()
    return {name: (values + 0.1 * torch.rand_like(values.float())).numpy() for name, values in state.items()}


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers: NDArray[np.float64] = np.exp(logits)
    return powers / powers.sum()


@pytest.mark.parametrize(
    ("views", "corner", "beside"),
    # The picture:   3 1 0 2    up and left:   1 4 2 4    down and right:   1 4 1 4
    #                4 1 4 2                   0 5 5 5                      1 3 1 0
    #                5 0 5 5                   1 4 2 4                      1 4 1 4
    [
        (ViewSettings(), 3.0, 1.0),
        (ViewSettings(horizontal_flip=True), (3 + 2) / 2, (1 + 0) / 2),
        (ViewSettings(shift=1), 3 / 2 + (1 + 1) / 4, 1 / 2 + (4 + 4) / 4),
        (
            ViewSettings(horizontal_flip=True, shift=1),
            (3 + 2) / 4 + (1 + 4 + 1 + 4) / 8,
            (1 + 0) / 4 + (4 + 2 + 4 + 1) / 8,
        ),
    ],
)
def test_logits_of_all_views_are_averaged_as_worked_out_by_hand(
    views: ViewSettings, corner: float, beside: float
) -> None:
    picture = np.array([[3, 1, 0, 2], [4, 1, 4, 2], [5, 0, 5, 5]], np.uint8)[None, :, :, None]
    weights = {"1.weight": np.eye(2, 12, dtype=np.float32)}
    for predictor in both(CORNER, weights, (3, 4, 1), fitted=RAW, views=views, num_classes=2):
        expected = softmax(np.array([corner, beside]))
        np.testing.assert_allclose(predictor.probabilities(picture)[0], expected, atol=1e-6)


@pytest.mark.parametrize("views", ALL)
@pytest.mark.parametrize("shape", [(7, 6, 1), (5, 9, 3), (5, 5, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_engines_agree(views: ViewSettings, shape: tuple[int, int, int], dtype: type) -> None:
    images: NDArray[Any] = np.random.default_rng(1).integers(0, 256, (5, *shape)).astype(dtype)
    options = {"views": views, "dtype": dtype, "num_classes": 3}
    by_torch, by_onnx = (
        predictor.probabilities(images) for predictor in both(NETWORK, random_weights(shape), shape, **options)
    )
    np.testing.assert_allclose(by_onnx, by_torch, atol=1e-5)
    assert by_torch.dtype == by_onnx.dtype == np.float32
    np.testing.assert_allclose(by_onnx.sum(axis=1), 1, atol=1e-5)
    plain = OnnxPredictor(build_graph(NETWORK, FittedPreprocess(), random_weights(shape), shape, dtype))
    assert np.abs(plain.probabilities(images) - by_onnx).max() > 1e-3, "the views make no difference"


@pytest.mark.parametrize("views", ALL)
def test_views_are_seen_before_the_preparation_as_training_changes_pictures(views: ViewSettings) -> None:
    """Whitening weighs each place by itself: a prepared picture's mirror image is not the mirror image prepared."""
    shape = (5, 6, 3)
    matrix = np.random.default_rng(1).normal(size=(90, 90)).astype(np.float32) / 9
    settings = PreprocessSettings(zca_whitening=True, samplewise_center=True)
    weights = random_weights(shape) | {"preprocess.zca_matrix": matrix}
    fitted = FittedPreprocess(settings=settings, mean=(0.4, 0.5, 0.6))
    images = np.random.default_rng(2).integers(0, 256, (4, *shape), dtype=np.uint8)
    alone = both(NETWORK, weights, shape, fitted=fitted, num_classes=3)[0]
    moves = [(0, 0.5), (-views.shift, 0.25), (views.shift, 0.25)] if views.shift else [(0, 1.0)]
    logits = np.zeros((4, 3))
    for move, weight in moves:
        moved = moved_by_padding(images, move)
        mirrored = [moved, moved[:, :, ::-1]] if views.horizontal_flip else [moved]
        # Logits but for one number a picture, which softmax takes away again once the mean is centred.
        seen = [np.log(alone.probabilities(each).astype(np.float64)) for each in mirrored]
        logits += weight * np.mean([each - each.mean(axis=1, keepdims=True) for each in seen], axis=0)
    expected = np.array([softmax(row) for row in logits])
    for predictor in both(NETWORK, weights, shape, fitted=fitted, num_classes=3, views=views):
        np.testing.assert_allclose(predictor.probabilities(images), expected, atol=1e-5)


def moved_by_padding(images: NDArray[np.uint8], move: int) -> NDArray[np.uint8]:
    """Down and to the right by `move` pixels, by NumPy's own reflection."""
    size, (height, width) = abs(move), images.shape[1:3]
    padded = np.pad(images, ((0, 0), (size, size), (size, size), (0, 0)), mode="reflect")
    return padded[:, size - move : size - move + height, size - move : size - move + width]


@pytest.mark.parametrize("rows", [0, 1, 42, 43, 300])
def test_rows_keep_their_order_and_none_is_lost_over_batches(rows: int) -> None:
    shape, views = (6, 5, 1), ViewSettings(horizontal_flip=True, shift=1)
    images = np.random.default_rng(3).integers(0, 256, (rows, *shape), dtype=np.uint8)
    weights = random_weights(shape)
    for predictor in both(NETWORK, weights, shape, views=views, num_classes=3):
        probabilities = predictor.probabilities(images)
        assert probabilities.shape == (rows, 3)
        for row in {0, rows // 2, rows - 1} if rows else ():
            np.testing.assert_allclose(probabilities[row], predictor.probabilities(images[row, None])[0], atol=1e-6)


def test_a_graph_takes_any_number_of_pictures_even_none() -> None:
    import onnxruntime

    shape = (6, 5, 1)
    views = ViewSettings(horizontal_flip=True, shift=1)
    graph = build_graph(NETWORK, FittedPreprocess(), random_weights(shape), shape, num_classes=3, views=views)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    for rows in (0, 1, 7):
        (probabilities,) = session.run(None, {"images": np.zeros((rows, *shape), np.uint8)})
        assert probabilities.shape == (rows, 3)


@pytest.mark.parametrize("views", ALL)
def test_features_are_those_of_the_picture_itself_one_row_each(views: ViewSettings) -> None:
    shape = (6, 5, 1)
    images = np.random.default_rng(0).integers(0, 256, (7, *shape), dtype=np.uint8)
    found = []
    for each in (views, ViewSettings()):
        graph = build_graph(NETWORK, FittedPreprocess(), random_weights(shape), shape, num_classes=3, views=each)
        rows: list[NDArray[np.float32]] = []
        OnnxPredictor(graph, threads=1, batch_size=3, features=True).probabilities(images, rows.append)
        found.append(np.concatenate(rows))
    assert len(found[0]) == len(images)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5, atol=1e-5)


def test_one_view_leaves_the_graph_as_it_was() -> None:
    shape = (6, 5, 1)
    graph = onnx.load_from_string(build_graph(NETWORK, FittedPreprocess(), random_weights(shape), shape, num_classes=3))
    assert not {"Gather", "Concat", "ReduceSum"} & {node.op_type for node in graph.graph.node}


def test_six_views_of_42_pictures_are_one_batch() -> None:
    """As many as 256 pictures seen once, and no more: memory stays what it is."""
    shape, seen = (6, 5, 1), []
    views = ViewSettings(horizontal_flip=True, shift=1)
    predictor, _ = both(NETWORK, random_weights(shape), shape, views=views, num_classes=3)
    predictor._model[2].register_forward_pre_hook(lambda _, inputs: seen.append(len(inputs[0])))  # type: ignore[attr-defined]
    predictor.probabilities(np.zeros((100, *shape), np.uint8))
    assert seen == [252, 252, 96]


@pytest.mark.parametrize(
    ("views", "size", "most"),
    [(ViewSettings(), 28, 256), (ALL[0], 28, 128), (ALL[2], 28, 42), (ViewSettings(), 224, 83), (ALL[2], 224, 13)],
)
def test_as_many_pictures_at_a_time_as_their_views_leave_room_for(
    views: ViewSettings, size: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = NetworkSettings(layers=(GlobalPool(type="global_average_pool"), Dense(units="classes")))
    weights = {"1.weight": np.ones((2, 1), np.float32), "1.bias": np.zeros(2, np.float32)}
    found = TorchPredictor(network, RAW, weights, (size, size, 1), 2, views=views)
    asked: list[int] = []
    monkeypatch.setattr("onelook.predictors.torch.predict_in_batches", lambda *given, **_: asked.append(given[3]))
    found.probabilities(np.zeros((1, size, size, 1), np.uint8))
    assert asked == [most]
