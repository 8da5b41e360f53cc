"""`verify` replays the golden pictures with every engine and writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from onelook.classifier import Classifier, verify
from onelook.classifier.folder import write_model
from onelook.classifier.golden import Golden, largest_difference
from onelook.classifier.model_parts import ModelParts
from onelook.classifier.verify import Verification


def parts_of(classifier: Classifier) -> ModelParts:
    return ModelParts(classifier.card, classifier.weights, classifier.graph, classifier.golden)


def test_a_sound_model_passes_and_nothing_is_written(saved: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in saved.iterdir()}
    result = verify(saved)
    assert result.passed
    assert result.files == ("model.json", "golden.safetensors", "model.onnx", "weights.safetensors")
    assert result.golden_pictures == 16
    assert set(result.differences) == {"onnx", "torch"}
    assert result.differences["torch"] == 0.0  # the engine that gave them, on the machine that did
    assert 0 < result.differences["onnx"] < 1e-5
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in saved.iterdir()} == before


def test_golden_probabilities_that_the_model_does_not_give_fail(classifier: Classifier, tmp_path: Path) -> None:
    golden = classifier.golden
    moved = golden.probabilities.copy()
    moved[7, 0] += np.float32(3e-4)
    write_model(replace(parts_of(classifier), golden=Golden(golden.pictures, moved)), tmp_path / "model")
    result = verify(tmp_path / "model")
    assert not result.passed
    assert abs(result.differences["torch"] - 3e-4) < 1e-5


def test_a_model_passes_up_to_one_in_ten_thousand() -> None:
    def passes(**differences: float) -> bool:
        return Verification(Path("model"), (), 16, "torch", differences).passed

    assert passes(onnx=1e-4, torch=0.0)
    assert not passes(onnx=1.1e-4, torch=0.0)
    assert not passes(onnx=0.0, torch=float("inf"))


def test_the_largest_difference_is_of_all_rows_whatever_its_sign() -> None:
    first = np.array([[0.5, 0.5], [0.9, 0.1]])
    assert largest_difference(first, np.array([[0.5, 0.5], [0.6, 0.4]])) == pytest.approx(0.3)
    assert largest_difference(np.array([[0.1, 0.9]]), np.array([[0.7, 0.8]])) == pytest.approx(0.6)
    assert largest_difference(first, first[:1]) == float("inf")
    assert largest_difference(first, np.array([[0.5, 0.5], [0.9, np.nan]])) == float("inf")
    assert largest_difference(first[:0], first[:0]) == 0


def test_one_engine_that_disagrees_is_enough_to_fail(
    classifier: Classifier,
    make_classifier: Callable[..., Classifier],
    other_weights: dict[str, np.ndarray],
    tmp_path: Path,
) -> None:
    other_graph = make_classifier(weights=other_weights).graph
    write_model(replace(parts_of(classifier), graph=other_graph), tmp_path / "model")
    result = verify(tmp_path / "model")
    assert result.differences["torch"] == 0.0
    assert result.differences["onnx"] > 1e-4
    assert not result.passed


def test_the_result_is_plain_json(saved: Path) -> None:
    values = json.loads(json.dumps(verify(saved).to_dict()))
    assert values["passed"] is True
    assert values["golden_engine"] == "torch"
    assert values["tolerance"] == 1e-4
