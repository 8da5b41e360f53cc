"""A model's views travel with it: in card, graph and golden pictures, and folders from before load."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.classifier.test_folder import forge

from onelook.classifier import Classifier, load, verify
from onelook.classifier.card import write_card
from onelook.errors import ConfigError, ModelError
from onelook.settings import ViewSettings

Make = Callable[..., Classifier]
SIX = ViewSettings(horizontal_flip=True, shift=1)


@pytest.fixture(scope="module")
def viewing(make_classifier: Make) -> Classifier:
    return make_classifier(views=SIX)


def card_of(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / "model.json").read_text())
    return values


def test_a_saved_model_comes_back_with_its_views(viewing: Classifier, images: np.ndarray, tmp_path: Path) -> None:
    folder = viewing.save(tmp_path / "model")
    assert card_of(folder)["views"] == {"horizontal_flip": True, "shift": 1}
    for engine in ("onnx", "torch"):
        loaded = load(folder, engine)
        assert loaded.card.views == SIX
        np.testing.assert_allclose(loaded.probabilities(images), viewing.probabilities(images), atol=1e-5)
    again = load(folder).save(tmp_path / "again")
    for file in folder.iterdir():
        assert (again / file.name).read_bytes() == file.read_bytes()


def test_a_mirrored_picture_gets_the_same_answer(make_classifier: Make, classifier: Classifier) -> None:
    """With the mirror image alone: a mirror image moved up and left is another than a moved one's mirror image."""
    viewing = make_classifier(views=ViewSettings(horizontal_flip=True))
    picture = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
    first, second = viewing.predict([picture, picture[:, ::-1].copy()])
    assert first.probability == pytest.approx(second.probability, abs=1e-6)
    once, mirrored = classifier.predict([picture, picture[:, ::-1].copy()])
    assert once.probabilities["cat"] != pytest.approx(mirrored.probabilities["cat"], abs=1e-3)


def test_verify_replays_the_views_with_every_engine(viewing: Classifier, tmp_path: Path) -> None:
    verification = verify(viewing.save(tmp_path / "model"))
    assert verification.passed
    assert set(verification.differences) == {"onnx", "torch"}


def test_a_batch_holds_fewer_pictures_the_more_views_there_are(make_classifier: Make, classifier: Classifier) -> None:
    one, six = (each._predictor._batch_size for each in (classifier, make_classifier(views=SIX)))  # type: ignore[attr-defined]
    assert (one, six) == (256, 42)


def test_views_that_are_switched_off_by_hand_are_noticed(viewing: Classifier, tmp_path: Path) -> None:
    """The engine that builds the network from the card then says something else than the golden pictures."""
    folder = viewing.save(tmp_path / "model")
    forge(folder, lambda values: values.update(views={"horizontal_flip": False, "shift": 0}))
    verification = verify(folder)
    assert not verification.passed
    assert verification.differences["torch"] > 1e-3


def test_other_weights_are_looked_at_in_the_same_views(
    make_classifier: Make, other_weights: dict[str, np.ndarray], images: np.ndarray, tmp_path: Path
) -> None:
    changed = make_classifier(views=SIX)
    changed.load_weights(make_classifier(weights=other_weights).save_weights(tmp_path / "w.safetensors"))
    expected = make_classifier(weights=other_weights, views=SIX).probabilities(images)
    assert np.array_equal(changed.probabilities(images), expected)


def test_a_model_of_one_view_is_written_as_before_there_were_views(saved: Path) -> None:
    """An older onelook reads it: format 1, without a field that it does not know."""
    values = card_of(saved)
    assert values["format_version"] == 1
    assert "views" not in values
    assert load(saved).card.views == ViewSettings()
    assert verify(saved).passed


def test_a_model_of_several_views_is_in_a_format_that_an_older_onelook_refuses(
    viewing: Classifier, tmp_path: Path
) -> None:
    assert card_of(viewing.save(tmp_path / "model"))["format_version"] == 2


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"format_version": 1}, "several views of a picture came with format 2"),
        ({"views": {"shift": 5}}, "pictures of 6×5 cannot be moved so far"),
        ({"views": {"shift": -1}}, r"views.shift is -1"),
        ({"views": {"shift": 10**30}}, r"views.shift is"),
        ({"views": {"vertical_flip": True}}, r"views.vertical_flip is"),
        ({"views": None}, r"views is None"),
    ],
)
def test_forged_views_are_refused(viewing: Classifier, tmp_path: Path, changes: dict[str, Any], expected: str) -> None:
    folder = viewing.save(tmp_path / "model")
    forge(folder, lambda values: values.update(changes))
    for use in (load, verify):
        with pytest.raises(ModelError, match=expected):
            use(folder)


def test_a_shift_past_the_picture_is_refused_before_anything_is_built(make_classifier: Make) -> None:
    with pytest.raises(ConfigError, match="pictures of 6×5 cannot be moved so far"):
        make_classifier(views=ViewSettings(shift=5))
    assert make_classifier(views=ViewSettings(shift=4)).card.views.count == 3


def test_floats_are_seen_in_the_same_views(make_classifier: Make, images: np.ndarray) -> None:
    """Bytes, and the same pictures in the range of a model of floats."""
    of_floats = make_classifier(dtype="float32", value_range=(0.0, 1.0), views=SIX)
    of_bytes = make_classifier(views=SIX)
    expected = of_bytes.probabilities(images)
    np.testing.assert_allclose(of_floats.probabilities(images), expected, atol=1e-5)
    np.testing.assert_allclose(of_floats.probabilities((images / 255).astype(np.float32)), expected, atol=1e-5)


@pytest.mark.parametrize(
    ("version", "fields", "of_decode"),
    [
        (1, set(), set()),
        (2, {"views"}, set()),
        (3, {"views", "classical"}, set()),
        (4, {"views", "classical"}, {"ground", "deep_range"}),
        (5, {"views", "classical", "temperature"}, {"ground", "deep_range"}),
    ],
)
def test_a_card_has_the_fields_of_its_format_and_no_later_ones(
    classifier: Classifier, version: int, fields: set[str], of_decode: set[str], tmp_path: Path
) -> None:
    write_card(classifier.card.model_copy(update={"format_version": version}), tmp_path / "model.json")
    values = card_of(tmp_path)
    first = {"format_version", "checksum", "class_names", "decode", "dtype", "preprocess", "network", "training"}
    assert set(values) == first | {"metrics", "golden_engine", "engine_difference", "files"} | fields
    assert set(values["decode"]) == {"height", "width", "channels", "resize"} | of_decode
