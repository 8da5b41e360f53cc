"""An exported file stands on its own, and one that disagrees with the model is not kept."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest

import onelook
from onelook.classifier import Classifier, build_classifier, load
from onelook.data.pictures.protocol import Images
from onelook.errors import ConfigError, ModelError
from onelook.export import EXPORTS
from onelook.export.compare import random_pictures
from onelook.export.onnx import TARGET, read_onnx
from onelook.export.target import Exported, Source, Target
from onelook.export.write_checked import write_checked
from onelook.predictors.graph_fields import with_notes
from onelook.predictors.predictor import Probabilities
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
    names = ("graph", "golden", "probabilities", "decode", "class_names", "card")
    return SimpleNamespace(**{name: getattr(model, name) for name in names} | changes)


def export_onnx(model: Any, out: Path) -> Exported:
    return write_checked(Source(model, model.graph), TARGET, out)


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
        "random_pictures": 256,
        "difference": exported.difference,
        "class_names": ["no", "yes"],
    }


def test_its_metadata_says_how_pictures_are_decoded_and_what_the_classes_are(tmp_path: Path) -> None:
    model = classifier_with(1.0).with_decode(invert=True)
    export_onnx(model, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    notes = {name: json.loads(text) for name, text in session.get_modelmeta().custom_metadata_map.items()}
    graph = (tmp_path / "model.onnx").read_bytes()[: notes["checksum_bytes"]]
    assert graph == model.graph
    assert notes == {
        "class_names": ["no", "yes"],
        "size": [4, 3, 1],
        "dtype": "uint8",
        "value_range": [0, 255],
        "decode": model.decode.model_dump(),
        "onelook": onelook.__version__,
        "model": "",  # it was never saved
        "checksum": hashlib.sha256(graph).hexdigest(),
        "checksum_bytes": len(graph),
    }
    assert notes["decode"]["invert"] is True


def test_its_metadata_names_the_saved_model(tmp_path: Path) -> None:
    model = load(classifier_with(1.0).save(tmp_path / "model"))
    export_onnx(model, tmp_path / "model.onnx")
    session = onnxruntime.InferenceSession(str(tmp_path / "model.onnx"), providers=["CPUExecutionProvider"])
    named = json.loads(session.get_modelmeta().custom_metadata_map["model"])
    assert named == json.loads((tmp_path / "model" / "model.json").read_text())["checksum"]


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


def test_a_file_is_held_against_the_golden_probabilities_that_were_saved_too(
    classifier: Classifier, tmp_path: Path
) -> None:
    moved = classifier.golden.probabilities.copy()
    moved[3, 0] += np.float32(2e-4)
    model = stand_in(classifier, golden=SimpleNamespace(pictures=classifier.golden.pictures, probabilities=moved))
    with pytest.raises(ModelError, match=r"differ by 0\.0002.* It was not kept"):
        export_onnx(model, tmp_path / "model.onnx")
    moved[3, 0] -= np.float32(1.5e-4)
    exported = export_onnx(model, tmp_path / "model.onnx")
    assert exported.difference == pytest.approx(5e-5, rel=0.05)


def test_a_folder_is_refused(classifier: Classifier, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder. Name a file"):
        export_onnx(classifier, tmp_path)


def test_a_file_that_is_right_on_golden_pictures_alone_is_not_kept(classifier: Classifier, tmp_path: Path) -> None:
    golden = {picture.tobytes() for picture in classifier.golden.pictures}

    def answer(pictures: Images) -> Probabilities:
        known = np.array([[picture.tobytes() in golden] for picture in pictures])
        return np.where(known, classifier.probabilities(pictures), np.float32(0.5))

    target = Target(TARGET.write, lambda path: answer, ".onnx")
    with pytest.raises(ModelError, match="differ by 0.* It was not kept"):
        write_checked(Source(classifier, classifier.graph), target, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_a_file_with_another_answer_is_not_kept_however_near(classifier: Classifier, tmp_path: Path) -> None:
    """Both classes of every picture are nearly as likely; the file says the other one."""
    near = np.array([0.50002, 0.49998], np.float32)
    golden = SimpleNamespace(pictures=classifier.golden.pictures, probabilities=np.tile(near, (16, 1)))
    model = stand_in(classifier, golden=golden, probabilities=lambda pictures: np.tile(near, (len(pictures), 1)))
    target = Target(TARGET.write, lambda path: lambda pictures: np.tile(near[::-1], (len(pictures), 1)), ".onnx")
    with pytest.raises(ModelError, match="answers otherwise than the model on 272 of 272 pictures"):
        write_checked(Source(model, classifier.graph), target, tmp_path / "model.onnx")
    assert not list(tmp_path.iterdir())


def test_random_pictures_have_the_model_s_values_and_are_of_many_kinds() -> None:
    card = classifier_with(1.0).card
    pictures = random_pictures(card)
    assert (pictures.shape, pictures.dtype) == ((256, 4, 3, 1), np.uint8)
    assert np.array_equal(pictures, random_pictures(card))
    assert pictures.min() < 5
    assert pictures.max() > 250
    contrasts = np.ptp(pictures.astype(int), axis=(1, 2, 3))
    assert 45 < contrasts.min() < 70
    assert contrasts.max() > 240
    in_halves = (pictures[:, :2, :2] == pictures[:, :1, :1]).all(axis=(1, 2, 3))
    assert 100 < in_halves.sum() < 156  # those of the coarser grain of two
    fitted = card.preprocess.model_copy(update={"value_range": (-1.0, 1.0)})
    floats = random_pictures(card.model_copy(update={"dtype": "float32", "preprocess": fitted}))
    assert floats.dtype == np.float32
    assert -1 <= floats.min() < -0.9
    assert 0.9 < floats.max() <= 1


def test_a_folder_with_files_is_refused_and_an_empty_one_taken(classifier: Classifier, tmp_path: Path) -> None:
    target = Target(
        write=lambda source, folder: TARGET.write(source, folder / "m.onnx"),
        read=lambda folder: read_onnx(folder / "m.onnx"),
        ending="-web",
        is_folder=True,
    )
    (tmp_path / "own.txt").write_text("mine")
    source = Source(classifier, classifier.graph)
    with pytest.raises(ConfigError, match="a folder with files in it, which would be lost"):
        write_checked(source, target, tmp_path)
    (tmp_path / "empty").mkdir()
    exported = write_checked(source, target, tmp_path / "empty")
    assert [path.name for path in (tmp_path / "empty").iterdir()] == ["m.onnx"]
    assert exported.size_bytes == (tmp_path / "empty" / "m.onnx").stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "own.txt"]


def test_every_format_is_registered_with_a_description() -> None:
    assert EXPORTS.load("onnx") is TARGET
    assert all(isinstance(EXPORTS.load(name), Target) for name in EXPORTS)
    assert all(EXPORTS.describe(name) for name in EXPORTS)
