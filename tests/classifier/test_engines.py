"""Which engine runs a model, and what is said where it cannot."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from onelook.classifier import engines
from onelook.classifier.card import ModelCard
from onelook.classifier.engines import available_engines, choose_engine
from onelook.errors import ConfigError
from onelook.settings.classical import FittedClassical

NETWORK: Any = SimpleNamespace(classical=None)
FOREST: Any = SimpleNamespace(classical="random-forest")


@pytest.mark.parametrize(
    ("name", "card", "engine"),
    [
        ("auto", None, "onnx"),
        ("auto", NETWORK, "onnx"),
        ("auto", FOREST, "sklearn"),
        ("onnx", None, "onnx"),
        ("onnx", NETWORK, "onnx"),
        ("torch", None, "torch"),
        ("torch", NETWORK, "torch"),
        ("sklearn", None, "sklearn"),
        ("sklearn", FOREST, "sklearn"),
    ],
)
def test_the_engine_for_a_request_before_and_after_the_model_is_read(name: Any, card: Any, engine: str) -> None:
    assert choose_engine(name, card) == engine


@pytest.mark.parametrize(
    ("name", "card", "message"),
    [
        ("sklearn", NETWORK, "the engine 'sklearn' cannot run this model. Expected 'onnx' or 'torch', or 'auto'."),
        ("onnx", FOREST, "the engine 'onnx' cannot run this model. Expected 'sklearn', or 'auto'."),
        ("torch", FOREST, "the engine 'torch' cannot run this model. Expected 'sklearn', or 'auto'."),
        ("onx", None, "unknown engine 'onx'. Did you mean 'onnx'?"),
    ],
)
def test_an_engine_that_cannot_run_the_model_is_refused(name: Any, card: Any, message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        choose_engine(name, card)
    assert str(refused.value) == message


def test_without_torch_its_engine_is_refused_and_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert available_engines() == ("onnx", "torch")

    def missing(purpose: str) -> None:
        raise ConfigError(f"{purpose} needs torch")

    monkeypatch.setattr(engines, "require_torch", missing)
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    assert available_engines() == ("onnx",)
    with pytest.raises(ConfigError, match="the engine 'torch' needs torch"):
        choose_engine("torch")


def test_layers_are_asked_of_a_network_only(make_classifier: Any) -> None:
    card: ModelCard = make_classifier().card
    assert card.need_network("export") is card.network
    fitted = FittedClassical(name="svc", rows=9, size=3, learnt="3 vectors")
    for model, kind in (
        (card.model_copy(update={"classical": fitted}), "a svc of scikit-learn"),
        (card.model_copy(update={"classical": fitted, "network": None}), "a svc of scikit-learn"),
    ):
        with pytest.raises(ConfigError) as refused:
            model.need_network("export")
        assert str(refused.value) == f"export needs a network, and this model is {kind}, which has no layers."


def test_a_folder_lists_the_files_of_its_kind_of_model(make_classifier: Any) -> None:
    card: ModelCard = make_classifier().card.model_copy(update={"files": {}})
    fitted = FittedClassical(name="svc", rows=9, size=3, learnt="3 vectors")
    with_list = {"files": {"picture_list.safetensors": "0" * 64}}
    for changes, files in (
        ({}, ("weights.safetensors", "model.onnx", "golden.safetensors")),
        ({"classical": fitted}, ("model.onnx", "model.skops", "golden.safetensors")),
        ({"classical": fitted, "network": None}, ("model.skops", "golden.safetensors")),
    ):
        model = card.model_copy(update=changes)
        assert model.listed_files == files
        assert model.model_copy(update=with_list).listed_files == (*files, "picture_list.safetensors")
