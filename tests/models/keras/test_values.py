"""Values between the picture and the answer: what follows what, where zeros are added, and what is too large."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from onelook.errors import ModelError
from onelook.models.keras import file, values
from onelook.models.keras.file import WeightReader
from onelook.models.keras.layer import KerasLayer
from onelook.models.keras.steps import SOFTMAX, Step
from onelook.models.keras.values import Value, merge, numbered_weights, steps_between
from onelook.settings.network import ActivationLayer, Branch, Conv, Dense, DepthwiseConv, Flatten, Layer, Merge, Pool
from onelook.settings.shape_layers import Rescale, ZeroPad

NOWHERE: Any = None
LAYER = KerasLayer("Any", "mine", {}, NOWHERE, "here.keras", is_keras_2=False)
PICTURE = Value((1, 6, 5))
RELU = Step(ActivationLayer(function="relu"))


def conv(**settings: Any) -> Step:
    layer = Conv(filters=1, kernel=3, bias=False, **settings)
    return Step(layer, {"weight": np.ones((1, 1, 3, 3), np.float32)})


def layers(end: Value) -> list[Layer | None]:
    return [step.layer for step in steps_between(None, end)]


def test_zeros_on_all_sides_become_the_padding_of_the_convolution_behind_them() -> None:
    even, uneven = ZeroPad(top=2, bottom=2, left=2, right=2), ZeroPad(top=2, bottom=2, left=2, right=1)
    padded = PICTURE.then(LAYER, (Step(even), conv()))
    assert layers(padded) == [Conv(filters=1, kernel=3, bias=False, padding=2)]
    assert (padded.shape, padded.count) == ((1, 8, 7), 1)
    depthwise = Step(DepthwiseConv(kernel=3, bias=False), {"weight": np.ones((1, 1, 3, 3), np.float32)})
    assert layers(PICTURE.then(LAYER, (Step(even), depthwise))) == [DepthwiseConv(kernel=3, bias=False, padding=2)]
    for first, second in ((uneven, conv()), (even, conv(padding="same")), (even, Step(Pool(type="max_pool", size=2)))):
        kept = PICTURE.then(LAYER, (Step(first), second))
        assert layers(kept) == [first, second.layer]
        assert kept.count == 2


def test_branches_begin_at_the_last_value_that_all_need_and_their_weights_are_numbered() -> None:
    common = PICTURE.then(LAYER, (RELU, conv()))
    left = common.then(LAYER, (conv(padding="same"),))
    right = common.then(LAYER, (RELU, Step(Rescale(multiplier=(2.0,)))))
    found = merge(LAYER, Merge(how="add", branches=(Branch(),)), [left, right])
    first, second, both = steps_between(None, found)
    assert [first.layer, second.layer] == [RELU.layer, conv().layer]
    assert isinstance(both.layer, Merge)
    assert [[*branch.layers] for branch in both.layer.branches] == [
        [conv(padding="same").layer],
        [RELU.layer, Rescale(multiplier=(2.0,))],
    ]
    assert [*numbered_weights(steps_between(None, found))] == ["1.weight", "2.branches.0.0.weight"]
    assert found.count == 2 + 1 + 3  # the common ones, the merge, and those of its branches
    with pytest.raises(ModelError, match="follows a softmax"):
        merge(LAYER, Merge(how="add", branches=(Branch(),)), [left, right.then(LAYER, (SOFTMAX,))])


def test_a_network_has_so_many_layers_and_forks_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "_MOST_LAYERS", 3)
    three = PICTURE.then(LAYER, (RELU,) * 3)
    with pytest.raises(ModelError, match="more than 3 layers"):
        three.then(LAYER, (RELU,))
    one = PICTURE.then(LAYER, (RELU,))
    found = merge(LAYER, Merge(how="add", branches=(Branch(),)), [one, one.then(LAYER, (RELU,))])
    assert found.count == 3
    with pytest.raises(ModelError, match="more than 3 layers"):
        merge(LAYER, Merge(how="add", branches=(Branch(),)), [one, one.then(LAYER, (RELU, RELU))])
    monkeypatch.setattr(values, "_MOST_LAYERS", 99)
    monkeypatch.setattr(values, "_DEEPEST_MERGE", 1)
    inner = merge(LAYER, Merge(how="add", branches=(Branch(),)), [PICTURE, one])
    with pytest.raises(ModelError, match="more than 1 times"):
        merge(LAYER, Merge(how="add", branches=(Branch(),)), [PICTURE, inner])


def test_nothing_follows_a_softmax_and_weights_have_the_shapes_of_their_layer() -> None:
    end = PICTURE.then(LAYER, (Step(Flatten()), SOFTMAX))
    assert (end.is_softmax, end.shape, end.count) == (True, (30,), 1)
    with pytest.raises(ModelError, match="follows a softmax"):
        end.then(LAYER, (RELU,))
    wrong = Step(Dense(units=2, bias=False), {"weight": np.ones((30, 2), np.float32)})
    with pytest.raises(ModelError, match=r"has weights of \(30, 2\), expected \(2, 30\)"):
        PICTURE.then(LAYER, (Step(Flatten()), wrong))
    with pytest.raises(ModelError, match="does not fit"):
        PICTURE.then(LAYER, (Step(Conv(filters=1, kernel=7)),))


class Dataset:
    def __init__(self, array: np.ndarray) -> None:
        self.shape, self.dtype, self._array = array.shape, array.dtype, array

    def read(self) -> np.ndarray:
        return self._array


def reader(array: np.ndarray | None) -> WeightReader:
    """A reader of a file that has this one weight."""
    store = SimpleNamespace(find=lambda place, position, names: None if array is None else Dataset(array))
    return WeightReader(SimpleNamespace(weights=store, size_bytes=7))  # type: ignore[arg-type]


def test_weights_are_counted_at_four_bytes_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file, "largest_unpacked", lambda size: {7: 48}[size])
    weights = reader(np.arange(6).reshape(2, 3))
    for _ in range(2):
        found = weights.read(NOWHERE, 0, ("kernel",), (2, 3))
        assert (found.dtype, found.tolist()) == (np.float32, [[0, 1, 2], [3, 4, 5]])
    with pytest.raises(ModelError, match="far larger than its file"):
        weights.read(NOWHERE, 0, ("kernel",), (2, 3))


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (None, "has no weight 'kernel' in the file"),
        (np.zeros((3, 2)), r"has the weight 'kernel' as float64 \(3, 2\); its description says \(2, 3\)"),
        (np.zeros((2, 3), complex), "as complex128"),
        (np.zeros((2, 3), bool), "as bool"),
        (np.array([[1, 2, np.inf]] * 2), "that are not finite"),
        (np.full((2, 3), 1e39), "that are not finite"),  # in float32
    ],
)
def test_weights_that_are_no_numbers_of_this_shape_are_refused(array: np.ndarray | None, said: str) -> None:
    with pytest.raises(ModelError, match=said), np.errstate(over="ignore"):
        reader(array).read(NOWHERE, 0, ("kernel", "other"), (2, 3))
