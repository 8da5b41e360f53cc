"""The signature of training pictures: kept beside the model, the same in every engine; without one, nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from tests.classifier.conftest import pictures
from tests.classifier.test_folder import FILES, forge, names_in, unchanged
from tests.classifier.test_views import card_of

from onelook.classifier import Classifier, load, verify
from onelook.errors import ModelError
from onelook.predictors.onnx import OnnxPredictor
from onelook.predictors.predictor import BATCH_SIZE
from onelook.settings import ViewSettings
from onelook.signature.signature import fit_signature

Make = Callable[..., Classifier]
SIGNATURE = "signature.safetensors"


def sign(model: Classifier, rows: int) -> Classifier:
    (train, features), (val, val_features) = (model.describe([pictures(rows, seed=seed)]) for seed in (5, 6))
    return model.with_signature(fit_signature(train, val, features, val_features, sizes={(6, 5): rows}))


@pytest.fixture(scope="module")
def signed(make_classifier: Make) -> Classifier:
    return sign(make_classifier(), 200)


@pytest.fixture
def folder(signed: Classifier, tmp_path: Path) -> Path:
    return signed.save(tmp_path / "signed")


def test_it_is_a_file_beside_the_others_in_the_same_format(folder: Path, saved: Path) -> None:
    assert names_in(folder) == sorted([*FILES, SIGNATURE])
    assert (folder / SIGNATURE).stat().st_size <= 64 << 10
    assert card_of(folder)["format_version"] == card_of(saved)["format_version"] == 1
    assert verify(folder).passed


@pytest.mark.parametrize("engine", ["onnx", "torch"])
def test_the_same_pictures_are_unlike_in_every_engine_before_and_after_saving(
    signed: Classifier, folder: Path, engine: Any
) -> None:
    shown = np.concatenate([pictures(20, seed=7), pictures(20, seed=8) // 4])
    probabilities, expected = signed.judge(shown)
    loaded = load(folder, engine)
    again, found = loaded.judge(shown)
    assert expected is not None
    assert found is not None
    assert found.distances == pytest.approx(expected.distances, rel=1e-3)
    assert found.how([30], {(60, 50): 1}) == expected.how([30], {(60, 50): 1})
    assert "of 60×50 pixels, where it learnt 6×5" in found.how([30], {(60, 50): 1})
    assert replace(found, distances=np.array([0.999, 1.0, 1.001], np.float32)).is_unlike.tolist() == [
        False,
        False,
        True,
    ]
    assert found.is_unlike.tolist() == [False] * 20 + [True] * 20
    assert np.array_equal(again, loaded.probabilities(shown))
    assert again == pytest.approx(probabilities, abs=1e-4)


def test_features_count_beside_the_pixels(signed: Classifier) -> None:
    """Pictures whose columns are reversed have the same statistics, and other features in this flat network."""
    assert signed.signature is not None
    assert signed.signature.features is not None
    assert signed.signature.features.mean.shape == (120,)
    values = np.zeros((1, 120), np.float32)
    assert signed.signature.features_of(values)[0] > 1


def test_a_picture_is_unlike_by_its_features_alone(signed: Classifier) -> None:
    shown = pictures(3, seed=7)
    assert signed.signature is not None
    for changes, unlike in (({}, False), ({"feature_limit": 1e-3}, True)):
        _, found = signed.with_signature(replace(signed.signature, **changes)).judge(shown)
        assert found is not None
        assert found.is_unlike.tolist() == [unlike] * 3


def test_bytes_are_described_in_the_model_s_values(make_classifier: Make) -> None:
    model = make_classifier(dtype="float32", value_range=(-1, 1))
    statistics, features = model.describe([pictures(4)])
    native, native_features = model.describe([(pictures(4) / 127.5 - 1).astype(np.float32)])
    assert statistics == pytest.approx(native, abs=1e-5)
    assert features is not None
    assert features == pytest.approx(native_features, abs=1e-4)


def test_bytes_are_judged_in_the_model_s_values(make_classifier: Make) -> None:
    model = sign(make_classifier(dtype="float32", value_range=(-1, 1)), 60)
    assert model.signature is not None
    model = model.with_signature(replace(model.signature, feature_limit=model.signature.feature_limit / 1e3))
    shown = np.concatenate([pictures(BATCH_SIZE, seed=7), pictures(3, seed=8) // 4])
    probabilities, found = model.judge(shown)
    native_probabilities, native = model.judge((shown / 127.5 - 1).astype(np.float32))
    assert found is not None
    assert native is not None
    assert found.distances.shape == (BATCH_SIZE + 3,)
    assert found.distances == pytest.approx(native.distances, rel=1e-3)
    assert found.distances.min() > 1  # by the features: their limit is that low
    assert probabilities == pytest.approx(native_probabilities, abs=1e-5)


def test_views_give_the_features_of_the_picture_itself(make_classifier: Make) -> None:
    views = ViewSettings(horizontal_flip=True, shift=1)
    shown = pictures(5)
    for engine in ("onnx", "torch"):
        _, of_views = make_classifier(views=views, engine=engine).describe([shown[:2], shown[2:]])
        _, plain = make_classifier(engine=engine).describe([shown])
        assert of_views is not None
        assert plain is not None
        assert of_views == pytest.approx(plain, abs=1e-4)


def test_the_file_for_other_programs_has_one_output(signed: Classifier) -> None:
    assert [output.name for output in OnnxPredictor(signed.graph)._session.get_outputs()] == ["probabilities"]


def test_a_prediction_says_how_the_picture_is_unlike(signed: Classifier, classifier: Classifier) -> None:
    like, dark = pictures(1, seed=7)[0], pictures(1, seed=8)[0] // 4
    found = signed.predict([like, dark])
    assert found[0].unlike is None
    assert found[1].unlike is not None
    assert "with weaker colours" in found[1].unlike
    assert classifier.predict([dark])[0].unlike is None
    assert classifier.judge(dark[np.newaxis])[1] is None


def test_it_is_kept_with_another_temperature_and_lost_with_other_weights(
    signed: Classifier, saved: Path, make_classifier: Make
) -> None:
    assert signed.with_temperature(2.0).signature is signed.signature
    assert signed.with_decode(invert=True).signature is signed.signature
    other = sign(make_classifier(), 60)
    other.load_weights(saved / "weights.safetensors")
    assert other.signature is None


def change_file(folder: Path, change: Callable[[dict[str, np.ndarray]], object]) -> None:
    tensors = load_file(folder / SIGNATURE)
    change(tensors)
    save_file(tensors, folder / SIGNATURE)
    forge(folder, unchanged)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda t: t.pop("version"), "it has no version"),
        (lambda t: t.update(version=np.array([2], np.int32)), "version 2; this onelook reads up to version 1"),
        (lambda t: t.pop("look.mean"), "expected deviations, features.centres"),
        (lambda t: t.update({"usual": t["usual"][:2]}), "usual are float32"),
        (lambda t: t.update({"features.variances": -t["features.variances"]}), "spread of features is not above 0"),
        (lambda t: t.update({"features.directions": t["features.directions"][:, 1:]}), "features.directions are"),
        (lambda t: t.update({"deviations": t["deviations"] * np.nan}), "deviations are"),
        (lambda t: t.update({"look.rest_and_limit": np.zeros(2)}), "spread of look is not above 0"),
        (lambda t: t.update({"sizes": np.zeros((3, 2), np.int32)}), "a size is below 1"),
        (lambda t: t.update({"sizes": np.ones((2, 2), np.int32)}), "sizes are int32"),
    ],
)
def test_a_damaged_file_is_refused(folder: Path, change: Callable[[Any], object], expected: str) -> None:
    change_file(folder, change)
    with pytest.raises(ModelError, match=expected):
        load(folder)


def test_features_of_another_network_are_refused(folder: Path) -> None:
    def narrower(tensors: dict[str, np.ndarray]) -> None:
        tensors["features.mean"] = tensors["features.mean"][1:]
        tensors["features.directions"] = np.ascontiguousarray(tensors["features.directions"][:, 1:])

    change_file(folder, narrower)
    with pytest.raises(ModelError, match="of 119 features, and the network makes 120"):
        load(folder)
