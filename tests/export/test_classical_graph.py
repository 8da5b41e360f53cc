"""Classical models as ONNX graphs: the model's own probabilities, and a clear no where there are none."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeClassifier

from onelook.classifier import Classifier, build_classical
from onelook.cli import main
from onelook.errors import ConfigError
from onelook.export import classical_graph as room
from onelook.export.classical_graph import classical_graph
from onelook.export.onnx import TARGET
from onelook.export.target import Source
from onelook.export.write_checked import write_checked
from onelook.predictors.skops_file import to_skops
from onelook.settings import DecodeSettings, FittedPreprocess
from onelook.settings.classical import FeatureSettings, FittedClassical
from onelook.transforms.hog import hog_length

needs_skl2onnx = pytest.mark.skipif(find_spec("skl2onnx") is None, reason="skl2onnx is not installed")


def logistic(features: FeatureSettings | None = None, size: int = 20) -> Classifier:
    """A model of four classes that has seen the first, the second and the last."""
    draw = np.random.default_rng(0)
    labels = np.arange(30) % 3
    values = draw.uniform(0, 0.4, (30, size)) + labels[:, np.newaxis] * 0.2
    estimator = LogisticRegression(C=0.3).fit(values, np.array([0, 1, 3])[labels])
    return build_classical(
        to_skops(estimator),
        FittedClassical(name="logistic", features=features or FeatureSettings(), rows=30, size=size, learnt="a plane"),
        FittedPreprocess(),
        decode=DecodeSettings(height=4, width=5, channels=1),
        class_names=["a", "b", "c", "d"],
        dtype="uint8",
        provenance={},
        metrics={},
    )


@needs_skl2onnx
@pytest.mark.parametrize("temperature", [1.0, 0.5])
def test_the_graph_has_the_model_s_probabilities_and_classes_never_seen(temperature: float, tmp_path: Path) -> None:
    model = logistic().with_temperature(temperature)
    exported = write_checked(Source(model, classical_graph(model)), TARGET, tmp_path / "m.onnx")
    assert exported.difference < 1e-6
    found = TARGET.read(exported.path)(model.golden.pictures)
    assert (found[:, 2] == 0).all()
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_what_cannot_be_a_graph_is_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError, match="a logistic cannot be written: its features are histograms of gradients"):
        classical_graph(logistic(FeatureSettings(name="hog", hog_cell=2), size=hog_length(4, 5, 2)))
    monkeypatch.setattr(room, "_NOT_IN_A_GRAPH", {"logistic": "it is a toy"})
    with pytest.raises(ConfigError, match="a logistic cannot be written: it is a toy. Run the model folder itself"):
        classical_graph(logistic())


@needs_skl2onnx
def test_principal_components_before_a_model_of_older_operators(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    values, labels = draw.uniform(0, 1, (40, 20)), np.arange(40) % 2
    estimator = make_pipeline(PCA(3, random_state=0), DecisionTreeClassifier(max_depth=2, random_state=0))
    model = build_classical(
        to_skops(estimator.fit(values, labels)),
        FittedClassical(name="decision-tree", features=FeatureSettings(pca=3), rows=40, size=7, learnt="7 nodes"),
        FittedPreprocess(),
        decode=DecodeSettings(height=4, width=5, channels=1),
        class_names=["a", "b"],
        dtype="uint8",
        provenance={},
        metrics={},
    )
    assert write_checked(Source(model, classical_graph(model)), TARGET, tmp_path / "m.onnx").difference < 1e-6


@needs_skl2onnx
def test_what_the_library_fails_on_is_refused_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import skl2onnx

    def fail(*_: Any, **__: Any) -> None:
        raise KeyError("inside")

    monkeypatch.setattr(skl2onnx, "convert_sklearn", fail)
    with pytest.raises(ConfigError, match=r"skl2onnx [\d.]+ fails on it \(KeyError\)"):
        classical_graph(logistic())


def test_other_formats_want_a_network(in_tmp: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logistic().save("model")
    for words in (("--to", "web"), ("--to", "onnx", "--int8", "--calibrate", "digits")):
        assert main(["export", "model", *words]) == 2
        assert "needs a network, and this model is a logistic of scikit-learn" in " ".join(
            capsys.readouterr().err.split()
        )
