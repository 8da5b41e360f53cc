"""A model's temperature: in every engine and in the graph, saved, and without a change of the answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from onelook.classifier import Classifier, load
from onelook.classifier.card import read_card
from onelook.errors import ConfigError, ModelError
from onelook.predictors.onnx import OnnxPredictor
from onelook.settings import ViewSettings

Make = Callable[..., Classifier]
VIEWS = [ViewSettings(), ViewSettings(horizontal_flip=True)]


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    odds = probabilities.astype(np.float64) ** (1 / temperature)
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("views", VIEWS, ids=["one view", "two views"])
@pytest.mark.parametrize("temperature", [0.5, 3.0])
def test_every_engine_and_the_graph_divide_the_logits_by_it(
    views: ViewSettings, temperature: float, make_classifier: Make, images: np.ndarray, tmp_path: Path
) -> None:
    plain = make_classifier(views=views)
    model = plain.with_temperature(temperature)
    expected = tempered(plain.probabilities(images), temperature)
    folder = model.save(tmp_path / "model")
    for engine in ("onnx", "torch"):
        loaded = load(folder, engine)
        assert loaded.card.temperature == temperature
        assert loaded.probabilities(images) == pytest.approx(expected, abs=1e-5)
    assert OnnxPredictor(folder / "model.onnx").probabilities(images) == pytest.approx(expected, abs=1e-5)
    assert model.golden.probabilities == pytest.approx(tempered(plain.golden.probabilities, temperature), abs=1e-5)
    assert np.array_equal(plain.golden.pictures, model.golden.pictures)
    assert plain.card.temperature == 1.0  # the model that it was made from is as it was


def test_the_likeliest_class_and_all_else_stay(make_classifier: Make, images: np.ndarray) -> None:
    plain = make_classifier(engine="torch")
    model = plain.with_temperature(7.0)
    assert np.array_equal(model.probabilities(images).argmax(axis=1), plain.probabilities(images).argmax(axis=1))
    assert (model.engine, model.class_names, model.card.metrics) == ("torch", plain.class_names, {"accuracy": 0.5})
    assert all(np.array_equal(model.weights[name], values) for name, values in plain.weights.items())


def test_an_older_version_reads_the_model_unless_it_has_a_temperature(make_classifier: Make, tmp_path: Path) -> None:
    model = make_classifier()
    for made, version in ((model, 1), (model.with_temperature(2.0), 5), (model.with_temperature(1.0), 1)):
        values = json.loads((made.save(tmp_path / "model") / "model.json").read_text())
        assert values["format_version"] == version
        assert ("temperature" in values) == (version == 5)


def test_a_format_before_temperatures_cannot_have_one(make_classifier: Make, tmp_path: Path) -> None:
    path = make_classifier().with_temperature(2.0).save(tmp_path / "model") / "model.json"
    card = read_card(path)
    with pytest.raises(ValueError, match="temperatures came with format 5"):
        type(card).model_validate(card.model_dump() | {"format_version": 4})
    path.write_text(path.read_text().replace('"temperature": 2.0', '"temperature": 1.0'))
    with pytest.raises(ModelError, match="altered since it was saved"):
        load(path.parent)


def test_other_weights_have_no_temperature(make_classifier: Make, tmp_path: Path, images: np.ndarray) -> None:
    plain = make_classifier()
    weights = plain.save_weights(tmp_path / "w.safetensors")
    model = plain.with_temperature(2.0)
    model.load_weights(weights)
    assert model.card.temperature == 1.0
    assert np.array_equal(model.probabilities(images), plain.probabilities(images))


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_a_temperature_is_a_number_above_0(temperature: float, make_classifier: Make) -> None:
    with pytest.raises(ConfigError, match="expected a number above 0"):
        make_classifier().with_temperature(temperature)
