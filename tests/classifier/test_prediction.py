"""What a prediction says of itself: the label, the likeliest classes, one short line."""

from __future__ import annotations

import pytest

from onelook.classifier import Prediction
from onelook.errors import ConfigError

EEL = Prediction("eel", 0.5, {"cat": 0.125, "dog": 0.25, "eel": 0.5, "fox": 0.125})


def test_the_label_is_the_class_name() -> None:
    assert EEL.label == EEL.class_name == "eel"


def test_the_likeliest_come_first_and_ties_keep_the_order_of_the_model() -> None:
    assert EEL.top(3) == [("eel", 0.5), ("dog", 0.25), ("cat", 0.125)]
    assert EEL.top() == EEL.top(3)
    assert EEL.top(1) == [("eel", 0.5)]
    assert Prediction("b", 0.4, {"c": 0.2, "b": 0.4, "a": 0.4}).top(2) == [("b", 0.4), ("a", 0.4)]
    assert [name for name, _ in EEL.top(9)] == ["eel", "dog", "cat", "fox"]


def test_fewer_than_one_class_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"top\(0\): expected 1 or more"):
        EEL.top(0)


def test_it_is_one_short_line() -> None:
    assert repr([EEL]) == "[Prediction('eel', 50.0 %)]"
    assert repr(Prediction("eel", 0.5, {}, "a/1.png")) == "Prediction('a/1.png': 'eel', 50.0 %)"
