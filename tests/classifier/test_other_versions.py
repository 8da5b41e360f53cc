"""A model that was made with other versions is compared with its golden pictures when it is loaded, and only then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.classifier.test_folder import forge

from onelook.classifier import Classifier, load
from onelook.classifier.verify import other_versions
from onelook.errors import ModelError
from onelook.predictors.onnx import OnnxPredictor
from onelook.runtime import versions


def stated(saved: Path, **others: str) -> Path:
    """The model, made with these versions, and else with those of here."""
    made = {**versions(), **{name.replace("_", "-"): version for name, version in others.items()}}
    forge(saved, lambda values: values["training"].update(versions=made))
    return saved


@pytest.fixture
def rounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """This installation answers otherwise than when the model was saved."""
    exact = OnnxPredictor.probabilities

    def answer(self: OnnxPredictor, images: np.ndarray, on_features: object = None) -> np.ndarray:
        return exact(self, images) + np.float32(2e-4)

    monkeypatch.setattr(OnnxPredictor, "probabilities", answer)


@pytest.mark.usefixtures("rounded")
def test_other_answers_with_another_version_are_refused_with_both_versions(saved: Path) -> None:
    here = versions()["onnxruntime"]
    with pytest.raises(ModelError, match=rf"differ by 0.0002.* made with onnxruntime '1.19.0' \(here {here}\)"):
        load(stated(saved, onnxruntime="1.19.0"))


@pytest.mark.usefixtures("rounded")
def test_with_the_same_versions_or_none_stated_nothing_is_compared(saved: Path) -> None:
    load(saved)
    load(stated(saved))
    load(stated(saved, torch="1.0", scikit_learn="1.0"))  # which ONNX Runtime does not need


def test_the_same_answers_with_another_version_are_taken(saved: Path) -> None:
    assert load(stated(saved, onelook="0.0.1", onnxruntime="1.19.0")).class_names == ("cat", "dog", "eel")


def test_the_packages_that_decide_are_those_of_the_engine(make_classifier: Callable[..., Classifier]) -> None:
    made = {"onelook": "0.0.1", "torch": "1.0", "numpy": "1.0"}
    card = make_classifier().card.model_copy(update={"training": {"versions": made}})
    found = [[each.split()[0] for each in other_versions(card, engine)] for engine in ("onnx", "torch", "sklearn")]
    assert found == [["onelook"], ["onelook", "torch"], ["onelook", "numpy"]]
