"""Which tensors a card asks for, how large a network may be, and what is said of those that do not fit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from onelook.classifier import Classifier, tensors
from onelook.classifier.tensors import check_weights, expected_weights, from_safetensors, to_safetensors
from onelook.errors import ModelError
from onelook.settings import ViewSettings

# Of a 3 × 3 convolution with 4 filters on 6 × 5 × 3, whose output has 120 values, a dense layer of 3 outputs after it.
LAYERS, VALUES, MULTIPLY_ADDS = 4, 120, 6 * 5 * 4 * 27 + 120 * 3


def test_the_tensors_of_a_network_have_these_names_and_shapes(classifier: Classifier) -> None:
    assert expected_weights(classifier.card) == {
        "0.weight": (4, 3, 3, 3),
        "0.bias": (4,),
        **{f"1.{name}": (4,) for name in ("weight", "bias", "running_mean", "running_var")},
        "3.weight": (3, 120),
        "3.bias": (3,),
    }


@pytest.mark.parametrize(
    ("limit", "most", "words"),
    [
        ("_MAXIMUM_LAYERS", LAYERS, "layers, expected at most"),
        ("_MAXIMUM_VALUES", VALUES, "values in one layer's output"),
        ("_MAXIMUM_MULTIPLY_ADDS", MULTIPLY_ADDS, "multiply-adds for one picture"),
    ],
)
def test_a_network_may_be_as_large_as_the_limit_and_no_larger(
    classifier: Classifier, monkeypatch: pytest.MonkeyPatch, limit: str, most: int, words: str
) -> None:
    monkeypatch.setattr(tensors, limit, most)
    expected_weights(classifier.card)
    monkeypatch.setattr(tensors, limit, most - 1)
    with pytest.raises(ModelError, match=f"the model's network has {most:,} {words}"):
        expected_weights(classifier.card)


def test_several_views_are_as_much_work(
    make_classifier: Callable[..., Classifier], monkeypatch: pytest.MonkeyPatch
) -> None:
    card = make_classifier(views=ViewSettings(horizontal_flip=True)).card
    for limit, most in (("_MAXIMUM_VALUES", 2 * VALUES), ("_MAXIMUM_MULTIPLY_ADDS", 2 * MULTIPLY_ADDS)):
        monkeypatch.setattr(tensors, limit, most)
        expected_weights(card)
        monkeypatch.setattr(tensors, limit, most - 1)
        with pytest.raises(ModelError, match=f"has {most:,} "):
            expected_weights(card)
        monkeypatch.undo()


def test_three_differences_are_named_and_more_are_counted(classifier: Classifier) -> None:
    weights = dict(classifier.weights)
    for name in ("0.bias", "1.bias", "3.bias"):
        del weights[name]
    with pytest.raises(ModelError) as refused:
        check_weights(weights, classifier.card, "w")
    assert "'0.bias' is missing, expected 4, '1.bias' is missing, expected 4, '3.bias' is missing, expected 3." in str(
        refused.value
    )
    weights["9.weight"] = np.zeros((2, 2), np.float32)
    weights["0.weight"] = weights["0.weight"].astype(np.float64)
    with pytest.raises(ModelError, match=" and 2 more. Expected weights of the same network"):
        check_weights(weights, classifier.card, "w")


def test_another_kind_of_number_is_another_tensor(classifier: Classifier) -> None:
    weights = {**classifier.weights, "3.bias": np.zeros(3, np.float16)}
    with pytest.raises(ModelError, match="'3.bias' is float16 3, expected float32 3"):
        check_weights(weights, classifier.card, "w")


def test_equal_tensors_give_equal_bytes_in_any_order() -> None:
    some = {
        name: np.full((2, at + 1), at, dtype)
        for at, (name, dtype) in enumerate((("b", "f4"), ("a", "f4"), ("c", "i8")))
    }
    again = {name: some[name].copy(order="F") for name in reversed(list(some))}
    content = to_safetensors(some)
    assert to_safetensors(again) == content
    assert {name: array.tolist() for name, array in from_safetensors(content, "x").items()} == {
        name: array.tolist() for name, array in some.items()
    }
