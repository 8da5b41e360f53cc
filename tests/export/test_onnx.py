"""An exported file stands on its own, and one that disagrees with the model is not kept."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

from onelook.classifier import Classifier, build_classifier
from onelook.errors import ConfigError, ModelError
from onelook.export import EXPORTS
from onelook.export.onnx import export_onnx
from onelook.predictors.graph_fields import with_notes
from onelook.settings import DecodeSettings, FittedPreprocess, NetworkSettings
from onelook.settings.network import Dense, Flatten


def classifier_with(weight: float) -> Classifier:
    weights = {"1.weight": np.linspace(-weight, weight, 24).reshape(2, 12).astype("f4"), "1.bias": np.zeros(2, "f4")}
    return build_classifier(
        NetworkSettings(layers=(Flatten(), Dense(units="classes"))),
        FittedPreprocess(),
        weights,
        decode=DecodeSettings(height=4, width=3, channels=1),
        class_names=["no", "yes"],
        dtype="uint8",
        value_range=(0, 255),
        provenance={},
        metrics={},
    )


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return classifier_with(1.0)


def stand_in(model: Classifier, **changes: Any) -> Any:
    """What the export takes of a model, with something else in some places."""
    names = ("graph", "golden", "probabilities", "decode", "class_names")
    return SimpleNamespace(**{name: getattr(model, name) for name in names} | changes)


def test_the_file_runs_with_onnx_runtime_alone(classifier: Classifier, tmp_path: Path) -> None:
    exported = export_onnx(classifier, tmp_path / "out" / "model.onnx")
    pictures = np.random.default_rng(0).integers(0, 256, (5, 4, 3, 1), dtype=np.uint8)
    session = onnxruntime.InferenceSession(str(tmp_path / "out" / "model.onnx"), providers=["CPUExecutionProvider"])
    (probabilities,) = session.run(["probabilities"], {"images": pictures})
    assert np.abs(probabilities - classifier.probabilities(pictures)).max() < 1e-6
    assert exported.difference < 1e-5
    assert exported.golden_pictures == 16
    assert exported.size_bytes == exported.path.stat().st_size
    assert exported.class_names == ("no", "yes")
    assert exported.to_dict() == {
        "path": str(tmp_path / "out" / "model.onnx"),
        "size_bytes": exported.path.stat().st_size,
        "golden_pictures": 16,
        "difference": exported.difference,
        "class_names": ["no", "yes"],
    }


def test_its_metadata_says_how_pictures_are_decoded_and_what_the_classes_are(tmp_path: Path) -> None:
    model = classifier_with(1.0).with_decode(invert=True)
    export_onnx(model, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    notes = {name: json.loads(text) for name, text in session.get_modelmeta().custom_metadata_map.items()}
    assert notes == {"class_names": ["no", "yes"], "decode": model.decode.model_dump()}
    assert notes["decode"]["invert"] is True


def test_a_long_note_and_one_in_another_script_are_read(tmp_path: Path) -> None:
    notes = {"class_names": "猫" * 50_000, "short": ""}
    onnx.save(onnx.load_from_string(with_notes(classifier_with(1.0).graph, notes)), tmp_path / "model.onnx")
    found = onnx.load(tmp_path / "model.onnx")
    onnx.checker.check_model(found)
    assert {each.key: each.value for each in found.metadata_props} == notes


def test_a_graph_that_disagrees_is_not_kept(classifier: Classifier, tmp_path: Path) -> None:
    old = tmp_path / "model.onnx"
    old.write_text("old")
    wrong = stand_in(classifier, graph=classifier_with(1.01).graph)
    with pytest.raises(ModelError, match="differ by .* expected at most 0.0001. It was not kept. .* `onelook verify`"):
        export_onnx(wrong, old)
    assert old.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["model.onnx"]


def test_neither_numbers_that_are_none_nor_a_model_that_answers_otherwise_by_now_are_kept(
    classifier: Classifier, tmp_path: Path
) -> None:
    none = stand_in(classifier, probabilities=lambda pictures: np.full((len(pictures), 2), np.nan, np.float32))
    changed = stand_in(classifier, probabilities=lambda pictures: classifier.probabilities(pictures) + np.float32(0.01))
    for model in (none, changed):
        with pytest.raises(ModelError, match="It was not kept"):
            export_onnx(model, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_a_folder_is_refused(classifier: Classifier, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder. Name a file"):
        export_onnx(classifier, tmp_path)


def test_every_format_is_registered_with_a_description() -> None:
    assert EXPORTS.load("onnx") is export_onnx
    assert all(EXPORTS.describe(name) for name in EXPORTS)
